#include "experiment/yaml_tree.hpp"

#include <yaml-cpp/yaml.h>

#include <algorithm>
#include <utility>

namespace tripartite {
namespace {

constexpr int deepest = 32, largest = 100'000;

Place place_of(const YAML::Mark& mark) { return {mark.line + 1, mark.column + 1}; }

/// Copies a document of yaml-cpp, of which nothing else here knows: its nodes are references and change when they are read.
class Copier {
public:
    explicit Copier(Problems& problems) : problems_(problems) {}

    void copy(const YAML::Node& from, YamlNode& to, int depth) {
        // yaml-cpp gives a null the mark of whatever comes next.
        to.place = from.IsNull() ? to.key_place : place_of(from.Mark());
        if (depth > deepest || ++size_ > largest) {
            if (!too_large_) problems_.value(to, depth > deepest ? "nested too deeply" : "the document has too many values");
            too_large_ = true;
        } else if (from.IsScalar()) {
            to.kind = YamlNode::Kind::scalar;
            to.scalar = from.Scalar();
        } else if (from.IsSequence()) {
            to.kind = YamlNode::Kind::list;
            for (const auto& item : from) add(to, std::to_string(to.entries.size()), item.Mark(), item, depth);
        } else if (from.IsMap()) {
            to.kind = YamlNode::Kind::mapping;
            for (const auto& item : from) copy_entry(item.first, item.second, to, depth);
        }
    }

private:
    void copy_entry(const YAML::Node& key, const YAML::Node& value, YamlNode& to, int depth) {
        const Place place = place_of(key.Mark());
        if (!key.IsScalar()) return problems_.at(place, to.path, "a key must be a plain word");
        const std::string path = join(to.path, key.Scalar());
        if (key.Scalar() == "<<") return problems_.at(place, path, "merge keys are not read; write the keys out");
        if (to.find(key.Scalar())) return problems_.at(place, path, "duplicate key");
        add(to, key.Scalar(), key.Mark(), value, depth);
    }
    void add(YamlNode& to, const std::string& key, const YAML::Mark& mark, const YAML::Node& value, int depth) {
        auto& child = to.add(key);
        child.key_place = place_of(mark);
        child.path = join(to.path, key);
        copy(value, child, depth + 1);
    }
    static std::string join(const std::string& path, const std::string& key) { return path.empty() ? key : path + "." + key; }

    Problems& problems_;
    int size_ = 0;
    bool too_large_ = false;
};

void set_places(YamlNode& node, Place place) {
    node.place = node.key_place = place;
    for (auto& child : node.entries) set_places(child, place);
}

/// A word becomes a mapping with that key.
void add_word(YamlNode& node) {
    auto& child = node.add(node.scalar);
    child.place = child.key_place = node.place;
}

/// The node that a path names, made where it is missing; null if the path leads nowhere.
YamlNode* descend(YamlNode& root, std::string_view path, Problems& problems) {
    YamlNode* at = &root;
    for (std::size_t begin = 0; begin <= path.size();) {
        const std::size_t end = std::min(path.find('.', begin), path.size());
        const std::string key(path.substr(begin, end - begin));
        if (at->kind == YamlNode::Kind::scalar) add_word(*at);
        if (at->kind == YamlNode::Kind::scalar || at->kind == YamlNode::Kind::null) at->kind = YamlNode::Kind::mapping;
        YamlNode* next = at->find(key);
        if (!next && at->kind == YamlNode::Kind::list) {
            problems.at({}, std::string(path.substr(0, end)), fmt::format("the list has {} entries, counted from 0", at->entries.size()));
            return nullptr;
        }
        at = next ? next : &at->add(key);
        begin = end + 1;
    }
    return at;
}

void number(YamlNode& node) {
    for (auto& child : node.entries) {
        child.path = node.path.empty() ? child.key : node.path + "." + child.key;
        number(child);
    }
}

}  // namespace

const YamlNode* YamlNode::find(std::string_view key) const {
    const auto found = std::ranges::find(entries, key, &YamlNode::key);
    return found == entries.end() ? nullptr : &*found;
}
YamlNode& YamlNode::add(std::string_view key) {
    auto& child = entries.emplace_back();
    child.key = key;
    return child;
}
YamlNode* YamlNode::find(std::string_view key) { return const_cast<YamlNode*>(std::as_const(*this).find(key)); }

std::string YamlNode::description() const {
    return kind == Kind::null ? "nothing" : kind == Kind::list ? "a list" : kind == Kind::mapping ? "a mapping" : "'" + scalar + "'";
}

void Problems::at(const Place& place, const std::string& path, const std::string& what) {
    const std::string where = place.line > 0 ? fmt::format("{}:{}:{}: ", file_, place.line, place.column) : "--set ";
    found_.push_back({place, where + path + (path.empty() ? "" : ": ") + what});
}

void Problems::raise() {
    if (found_.empty()) return;
    std::ranges::stable_sort(found_, {}, [](const Problem& p) { return std::pair(p.place.line, p.place.column); });
    const auto same = std::ranges::unique(found_, {}, &Problem::text);  // an entry for several populations is read for each
    found_.erase(same.begin(), same.end());
    std::string text;
    for (const auto& problem : found_) text += (text.empty() ? "" : "\n") + problem.text;
    throw ConfigError(text);
}

YamlNode parse_yaml(std::string_view text, Problems& problems) {
    YamlNode root;
    root.place = root.key_place = {1, 1};
    try {
        const auto documents = YAML::LoadAll(std::string(text));
        if (documents.size() > 1) problems.at(place_of(documents[1].Mark()), "", "a second document begins here; a file has one experiment");
        if (!documents.empty()) Copier(problems).copy(documents[0], root, 0);
    } catch (const YAML::Exception& e) {
        problems.at(place_of(e.mark), "", "not valid YAML: " + e.msg);
        problems.raise();
    }
    return root;
}

void override_yaml(YamlNode& root, std::string_view assignment, Problems& problems) {
    const std::size_t equals = assignment.find('=');
    const std::string path(assignment.substr(0, equals));
    if (equals == std::string_view::npos || path.empty()) return problems.at({}, std::string(assignment), "expected path=value, as in learning.epochs=3");
    Problems inside("the value");
    YamlNode value;
    try {
        value = parse_yaml(assignment.substr(equals + 1), inside);
        inside.raise();
    } catch (const ConfigError& e) {
        return problems.at({}, path, e.what());
    }
    set_places(value, {});
    if (YamlNode* at = descend(root, path, problems)) {
        value.key = at->key;
        *at = std::move(value);
    }
}

void set_paths(YamlNode& root) { number(root); }

}  // namespace tripartite
