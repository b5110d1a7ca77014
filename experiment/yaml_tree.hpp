#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "core/error.hpp"

namespace tripartite {

/// Every problem of an experiment file, one a line: "file:line:column: path: what is wrong; did you mean '…'?".
struct ConfigError : Error {
    using Error::Error;
};

/// Where something is written, counted from 1; line 0: not in the file, but given with --set.
struct Place {
    int line = 0, column = 0;
};

/// A YAML document as a plain tree. Lists are mappings with the keys 0, 1, …; a null stands where its key does.
struct YamlNode {
    enum class Kind { null, scalar, list, mapping };
    Kind kind = Kind::null;
    std::string key, scalar;
    std::vector<YamlNode> entries;
    std::string path;        ///< "network.layers.0.dense"
    Place place, key_place;  ///< of the value, and of its key

    const YamlNode* find(std::string_view key) const;
    YamlNode* find(std::string_view key);
    YamlNode& add(std::string_view key);
    /// "a mapping", "a list", "nothing" or the text in quotes: what an error says that it got.
    std::string description() const;
};

/// Collects what is wrong, to say it all at once.
class Problems {
public:
    explicit Problems(std::string file) : file_(std::move(file)) {}

    void at(const Place& place, const std::string& path, const std::string& what);
    void value(const YamlNode& node, const std::string& what) { at(node.place, node.path, what); }
    void key(const YamlNode& node, const std::string& what) { at(node.key_place, node.path, what); }
    std::size_t count() const { return found_.size(); }
    /// Throws ConfigError with everything found, in the order of the file, unless that is nothing.
    void raise();

private:
    struct Problem {
        Place place;
        std::string text;
    };
    std::string file_;
    std::vector<Problem> found_;
};

/// Parses one document. Duplicate and merge keys become problems; text that is not YAML throws ConfigError.
YamlNode parse_yaml(std::string_view text, Problems& problems);

/// Replaces or adds what "path=value" says; the value is YAML. A word on the way stands for a mapping with that key.
void override_yaml(YamlNode& root, std::string_view assignment, Problems& problems);

/// Writes each node's path.
void set_paths(YamlNode& root);

}  // namespace tripartite
