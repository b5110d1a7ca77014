#include "experiment/section.hpp"

#include <algorithm>
#include <charconv>
#include <cmath>

#include "core/quantity.hpp"
#include "core/text.hpp"

namespace tripartite {
namespace {

/// The text of a scalar; anything else is a problem.
const std::string* scalar(const YamlNode& node, std::string_view expected, Problems& problems) {
    if (node.kind == YamlNode::Kind::scalar) return &node.scalar;
    problems.value(node, fmt::format("expected {}, got {}", expected, node.description()));
    return nullptr;
}

/// Decimal digits only, without leading zeros: 010 would be 8 to some and 10 to others.
bool plain_integer(std::string_view text) {
    if (text.starts_with('-')) text.remove_prefix(1);
    return !text.empty() && std::ranges::all_of(text, [](char c) { return c >= '0' && c <= '9'; }) && (text.size() == 1 || text[0] != '0');
}

}  // namespace

std::string Demand::bounds() const {
    const bool low = std::isfinite(min), high = std::isfinite(max);
    if (low && high && !open_min && !open_max) return fmt::format("within {} and {}", min, max);
    std::string text;
    if (low) text = fmt::format("{} {}", open_min ? ">" : ">=", min);
    if (high) text += fmt::format("{}{} {}", low ? " and " : "", open_max ? "<" : "<=", max);
    return text;
}

std::optional<double> read_number(const YamlNode& node, const Demand& demand, Problems& problems) {
    const std::string* text = scalar(node, demand.unit.empty() ? "a number" : fmt::format("a number in {}", demand.unit), problems);
    if (!text) return std::nullopt;
    const auto parsed = parse_quantity(*text, demand.unit);
    if (const auto* wrong = std::get_if<std::string>(&parsed)) return problems.value(node, *wrong), std::nullopt;
    const double value = std::get<double>(parsed);
    if (!demand.allows(value)) return problems.value(node, fmt::format("must be {}, got {}", demand.bounds(), *text)), std::nullopt;
    return value;
}

std::optional<std::int64_t> read_integer(const YamlNode& node, const Demand& demand, std::int64_t largest, Problems& problems) {
    const std::string* text = scalar(node, "a whole number", problems);
    if (!text) return std::nullopt;
    std::int64_t value = 0;
    if (!plain_integer(*text)) return problems.value(node, fmt::format("expected a whole number, got '{}'", *text)), std::nullopt;
    const bool fits = std::from_chars(text->data(), text->data() + text->size(), value).ec == std::errc() && value <= largest;
    if (!fits) return problems.value(node, fmt::format("must be at most {}, got {}", largest, *text)), std::nullopt;
    if (!demand.allows(double(value))) return problems.value(node, fmt::format("must be {}, got {}", demand.bounds(), *text)), std::nullopt;
    return value;
}

std::optional<bool> read_bool(const YamlNode& node, Problems& problems) {
    const std::string* text = scalar(node, "true or false", problems);
    if (!text) return std::nullopt;
    if (*text != "true" && *text != "false") return problems.value(node, fmt::format("expected true or false, got '{}'", *text)), std::nullopt;
    return *text == "true";
}

std::optional<std::string> read_word(const YamlNode& node, Problems& problems) {
    const std::string* text = scalar(node, "a text", problems);
    return text ? std::optional(*text) : std::nullopt;
}

std::span<const YamlNode> read_list(const YamlNode& node, std::string_view what, int entries, Problems& problems) {
    const bool list = node.kind == YamlNode::Kind::list;
    if (list && (entries < 0 || node.entries.size() == std::size_t(entries))) return node.entries;
    problems.value(node, fmt::format("expected {}, got {}", what, list ? fmt::format("{} values", node.entries.size()) : node.description()));
    return {};
}

std::optional<Interval> read_interval(const YamlNode& node, const Demand& demand, Problems& problems) {
    const auto bounds = read_list(node, "[low, high]", 2, problems);
    if (bounds.empty()) return std::nullopt;
    Interval interval;
    for (const auto& [entry, to, open] : {std::tuple(&bounds[0], &interval.low, "-.inf"), {&bounds[1], &interval.high, ".inf"}}) {
        if (entry->kind == YamlNode::Kind::scalar && entry->scalar == open) continue;
        const auto number = read_number(*entry, demand, problems);
        if (!number) return std::nullopt;
        *to = *number;
    }
    if (interval.low > interval.high) return problems.value(node, "low must not be above high"), std::nullopt;
    return interval;
}

std::optional<int> read_choice(const YamlNode& node, std::span<const std::string_view> choices, Problems& problems) {
    const std::string* text = scalar(node, "one of " + listed(choices), problems);
    if (!text) return std::nullopt;
    const auto found = std::ranges::find(choices, *text);
    if (found == choices.end())
        return problems.value(node, fmt::format("expected one of {}, got '{}'{}", listed(choices), *text, did_you_mean(*text, choices))), std::nullopt;
    return int(found - choices.begin());
}

Section::Section(const YamlNode& node, Problems& problems, Empty empty) : node_(node), problems_(problems) {
    const bool none = node.kind == YamlNode::Kind::null && empty == Empty::allowed;
    if (node.kind == YamlNode::Kind::mapping || none) return;
    problems_.value(node_, "expected a mapping, got " + node_.description());
    readable_ = false;
}

const YamlNode* Section::take(std::string_view key, Empty empty) {
    const bool again = std::ranges::count(known_, key);
    known_.push_back(key);
    const YamlNode* value = readable_ ? node_.find(key) : nullptr;
    if (!value || value->kind != YamlNode::Kind::null || empty == Empty::allowed) return value;
    if (!again) problems_.key(*value, "has no value");
    return nullptr;
}

const YamlNode* Section::need(std::string_view key, Empty empty) {
    if (readable_ && !has(key)) problems_.at(node_.key_place, node_.path.empty() ? std::string(key) : fmt::format("{}.{}", node_.path, key), "is required");
    return take(key, empty);
}

std::vector<std::string> Section::words(std::string_view key) {
    const YamlNode* value = take(key);
    std::vector<std::string> words;
    const auto add = [&](const YamlNode& node) {
        if (auto word = read_word(node, problems_)) words.push_back(*word);
    };
    if (value && value->kind == YamlNode::Kind::list)
        for (const auto& entry : value->entries) add(entry);
    else if (value) add(*value);
    return words;
}

const YamlNode* Section::take_kind(std::string_view what, std::span<const std::string_view> kinds) {
    const YamlNode *chosen = nullptr, *unknown = nullptr;
    if (!readable_) return nullptr;
    for (const auto& value : node_.entries) {
        if (std::ranges::count(known_, value.key)) continue;
        const bool known = std::ranges::count(kinds, value.key);
        if (known && chosen) problems_.key(value, fmt::format("a second {}; there can be only one", what));
        else if (known) chosen = &value;
        else if (!unknown) unknown = &value;
    }
    known_.insert(known_.end(), kinds.begin(), kinds.end());
    if (chosen) return chosen;
    if (unknown) {
        const std::string& word = unknown->key;
        const std::string near = did_you_mean(word, known_);
        problems_.at(unknown->key_place, node_.path, fmt::format("unknown {} '{}'{}", what, word, near.empty() ? "; known: " + listed(kinds) : near));
        known_.push_back(word);
    } else {
        problem(fmt::format("names no {}; known: {}", what, listed(kinds)));
    }
    return nullptr;
}

void Section::refuse(std::initializer_list<std::string_view> keys, std::string_view why) {
    for (const auto key : keys)
        if (const YamlNode* value = readable_ ? node_.find(key) : nullptr; value && !std::ranges::count(known_, key)) {
            problems_.key(*value, std::string(why));
            known_.push_back(key);
        }
}

void Section::close() {
    if (!readable_) return;
    for (const auto& value : node_.entries)
        if (!std::ranges::count(known_, value.key)) problems_.key(value, "unknown key" + did_you_mean(value.key, known_));
}

YamlNode as_kind(const YamlNode& node) {
    if (node.kind != YamlNode::Kind::scalar) return node;
    YamlNode mapping = node;
    mapping.kind = YamlNode::Kind::mapping;
    auto& child = mapping.add(node.scalar);
    child.place = child.key_place = node.place;
    child.path = node.path + "." + node.scalar;
    return mapping;
}

}  // namespace tripartite
