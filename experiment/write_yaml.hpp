#pragma once
#include "experiment/describe.hpp"

namespace tripartite {

/// A number, or a list of what is a number or a list.
template <class T> YamlNode list_node(const T& value, std::string_view unit) {
    YamlNode node;
    if constexpr (std::is_arithmetic_v<T>) {
        node.kind = YamlNode::Kind::scalar;
        node.scalar = quantity_text(double(value), unit);
    } else {
        node.kind = YamlNode::Kind::list;
        for (const auto& entry : value) node.entries.push_back(list_node(entry, unit));
    }
    return node;
}
/// An interval; an empty list if everything lies within.
inline YamlNode list_node(const Interval& interval, std::string_view unit) {
    if (std::isinf(interval.low) && std::isinf(interval.high)) return list_node(std::vector<double>(), unit);
    return list_node(std::array{interval.low, interval.high}, unit);
}

/// A mapping to be written; add() keeps the order.
class YamlWriter {
public:
    YamlWriter() { node_.kind = YamlNode::Kind::mapping; }
    YamlWriter& add(std::string_view key, YamlNode value) {
        value.key = key;
        node_.entries.push_back(std::move(value));
        return *this;
    }
    YamlWriter& add(std::string_view key, const YamlWriter& value) { return add(key, value.node_); }
    YamlWriter& add(std::string_view key, std::string text);
    YamlWriter& add(std::string_view key, const std::vector<YamlWriter>& list);
    YamlWriter& add(std::string_view key, const std::vector<std::string>& words);

    /// Every field that has a value.
    template <class Owner, class Fields> YamlWriter& add_fields(const Owner& owner, const Fields& fields) {
        for_each_field(fields, [&](const auto& f) {
            using T = typename std::decay_t<decltype(f)>::type;
            if constexpr (is_list<T>)
                if (const auto list = list_node(owner.*(f.member), f.unit == unit_of_value ? "" : f.unit); !list.entries.empty()) add(f.name, list);
            const std::string text = value_text(f, owner);
            if (!text.empty() || std::is_same_v<T, std::string>) add(f.name, text);
        });
        return *this;
    }
    /// `kind: {parameters}`.
    template <class Variant> YamlWriter& add_kind(const Variant& variant) {
        std::visit([&]<class Kind>(const Kind& kind) { add(Kind::name, YamlWriter().add_fields(kind, Kind::fields())); }, variant);
        return *this;
    }

    const YamlNode& node() const { return node_; }
    /// Mappings and lists stand on one line where they fit.
    std::string text() const;

private:
    YamlNode node_;
};

template <class Variant> YamlWriter kind_writer(const Variant& variant) { return YamlWriter().add_kind(variant); }

}  // namespace tripartite
