#include "experiment/write_yaml.hpp"

#include <algorithm>
#include <cctype>
#include <nlohmann/json.hpp>

namespace tripartite {
namespace {

using Kind = YamlNode::Kind;
constexpr std::size_t line_width = 110;

/// As it is where YAML reads it back as this text, else as a JSON string, which is YAML too.
std::string quoted(const std::string& text) {
    const auto plain = [](unsigned char c) { return std::isalnum(c) || std::string_view(" _./+-").find(char(c)) != std::string_view::npos; };
    const auto starts = [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '/' || c == '.'; };
    const auto number = [](const std::string& t) { return t.size() > 1 && t[0] == '-' && (std::isdigit(static_cast<unsigned char>(t[1])) || t[1] == '.'); };
    static constexpr std::string_view nulls[] = {"null", "Null", "NULL"};
    const bool safe = !text.empty() && (starts(text[0]) || number(text)) && text.back() != ' ' &&
                      std::ranges::all_of(text, plain) && !std::ranges::count(nulls, text);
    return safe ? text : nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

YamlNode scalar(std::string text) {
    YamlNode node;
    node.kind = Kind::scalar;
    node.scalar = std::move(text);
    return node;
}

std::string flow(const YamlNode& node) {
    if (node.kind == Kind::scalar) return quoted(node.scalar);
    std::string inside;
    for (const auto& value : node.entries) {
        if (!inside.empty()) inside += ", ";
        inside += node.kind == Kind::list ? flow(value) : quoted(value.key) + ": " + flow(value);
    }
    return node.kind == Kind::list ? "[" + inside + "]" : "{" + inside + "}";
}

void block(const YamlNode& node, std::size_t indent, std::string& out) {
    for (const auto& value : node.entries) {
        const bool list = node.kind == Kind::list;
        const std::string start = std::string(indent, ' ') + (list ? "- " : quoted(value.key) + ":"), line = flow(value);
        if (value.kind == Kind::scalar || value.entries.empty() || start.size() + line.size() < line_width) {
            out += start + (list ? "" : " ") + line + "\n";
            continue;
        }
        std::string lines;
        block(value, indent + 2, lines);
        out += list ? start + lines.substr(indent + 2) : start + "\n" + lines;
    }
}

}  // namespace

YamlWriter& YamlWriter::add(std::string_view key, std::string text) {
    return add(key, scalar(std::move(text)));
}

YamlWriter& YamlWriter::add(std::string_view key, const std::vector<YamlWriter>& list) {
    YamlNode node;
    node.kind = Kind::list;
    for (const auto& entry : list) node.entries.push_back(entry.node_);
    return add(key, std::move(node));
}

YamlWriter& YamlWriter::add(std::string_view key, const std::vector<std::string>& words) {
    YamlNode node;
    node.kind = Kind::list;
    for (const auto& word : words) node.entries.push_back(scalar(word));
    return add(key, std::move(node));
}

std::string YamlWriter::text() const {
    std::string out;
    block(node_, 0, out);
    return out;
}

}  // namespace tripartite
