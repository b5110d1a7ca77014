#pragma once
#include <array>
#include <cmath>
#include <cstdint>
#include <optional>
#include <type_traits>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/type_list.hpp"
#include "experiment/yaml_tree.hpp"
#include "synapses/distribution.hpp"

namespace tripartite {

/// What a field table demands of a value, without its type.
struct Demand {
    std::string_view unit{};
    double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
    bool open_min = false, open_max = false;
    std::span<const std::string_view> choices{};

    /// `value_unit` stands for the unit_of_value.
    template <class F> static Demand of(const F& f, std::string_view value_unit = "") {
        return {f.unit == unit_of_value ? value_unit : f.unit, f.min, f.max, f.open_min, f.open_max, f.choices};
    }
    /// "> 0", "within 0 and 1", …; "" if every number will do.
    std::string bounds() const;
    bool allows(double value) const { return (open_min ? value > min : value >= min) && (open_max ? value < max : value <= max); }
};

/// Each reads a value, or reports what is wrong with it and returns nothing.
std::optional<double> read_number(const YamlNode& node, const Demand& demand, Problems& problems);
std::optional<std::int64_t> read_integer(const YamlNode& node, const Demand& demand, std::int64_t largest, Problems& problems);
std::optional<bool> read_bool(const YamlNode& node, Problems& problems);
std::optional<std::string> read_word(const YamlNode& node, Problems& problems);
/// The entries of a list, which must have so many; none if it is wrong. -1: any number.
std::span<const YamlNode> read_list(const YamlNode& node, std::string_view what, int entries, Problems& problems);
/// `[low, high]`, where .inf and -.inf stand for no bound.
std::optional<Interval> read_interval(const YamlNode& node, const Demand& demand, Problems& problems);
/// The place of the word among the choices.
std::optional<int> read_choice(const YamlNode& node, std::span<const std::string_view> choices, Problems& problems);

template <class T> inline constexpr bool is_vector = false;
template <class T> inline constexpr bool is_vector<std::vector<T>> = true;
template <class T> inline constexpr bool is_pair = false;
template <class T> inline constexpr bool is_pair<std::array<T, 2>> = true;

template <class T> void read_value(const YamlNode& node, const Demand& demand, T& to, Problems& problems) {
    const auto assign = [&](const auto& value) { if (value) to = static_cast<T>(*value); };
    if constexpr (std::is_same_v<T, bool>) assign(read_bool(node, problems));
    else if constexpr (std::is_same_v<T, double>) assign(read_number(node, demand, problems));
    else if constexpr (std::is_same_v<T, std::string>) assign(read_word(node, problems));
    else if constexpr (std::is_same_v<T, Interval>) assign(read_interval(node, demand, problems));
    else if constexpr (is_vector<T>) {
        to.clear();
        for (const auto& entry : read_list(node, "a list", -1, problems)) read_value(entry, demand, to.emplace_back(), problems);
    } else if constexpr (is_pair<T>) {
        std::size_t i = 0;
        for (const auto& entry : read_list(node, "two numbers", 2, problems)) read_value(entry, demand, to[i++], problems);
    }
    else if constexpr (std::is_enum_v<T>) assign(read_choice(node, demand.choices, problems));
    else {
        constexpr std::int64_t largest = sizeof(T) < 8 ? std::int64_t(std::numeric_limits<T>::max()) : INT64_MAX;
        Demand whole = demand;
        if constexpr (std::is_unsigned_v<T>) whole.min = std::fmax(demand.min, 0);
        assign(read_integer(node, whole, largest, problems));
    }
}

/// A mapping that is being read: whoever reads it takes the keys that it knows, and close() reports the others.
class Section {
public:
    enum class Empty { refused, allowed };  ///< whether no value at all stands for an empty mapping

    /// `node` must outlive the section.
    Section(const YamlNode& node, Problems& problems, Empty empty = Empty::refused);

    /// The value of a key, or null. A key without a value is a problem unless it is allowed.
    const YamlNode* take(std::string_view key, Empty empty = Empty::refused);
    /// The same; its absence is a problem.
    const YamlNode* need(std::string_view key, Empty empty = Empty::refused);
    bool has(std::string_view key) const { return node_.find(key) != nullptr; }

    /// Takes the keys of a field table into the members of `to`.
    template <class Owner, class Fields> void read(Owner& to, const Fields& fields, std::string_view value_unit = "") {
        for_each_field(fields, [&](const auto& f) {
            if (const YamlNode* value = take(f.name)) read_value(*value, Demand::of(f, value_unit), to.*(f.member), problems_);
        });
    }
    /// One word or a list of words.
    std::vector<std::string> words(std::string_view key);
    /// Of the keys not taken yet, the only one that names a kind. `what` is what errors call it: "loss".
    const YamlNode* take_kind(std::string_view what, std::span<const std::string_view> kinds);
    /// Reports keys that are known, but have no place here: "belongs to mode: simulate".
    void refuse(std::initializer_list<std::string_view> keys, std::string_view why);
    /// Reports the keys that nobody took.
    void close();

    const YamlNode& node() const { return node_; }
    Problems& problems() { return problems_; }
    void problem(const std::string& what) { problems_.key(node_, what); }

private:
    const YamlNode& node_;
    Problems& problems_;
    std::vector<std::string_view> known_;
    bool readable_ = true;
};

/// `kind: {parameters}`, or the word `kind` alone, as a mapping.
YamlNode as_kind(const YamlNode& node);

/// A variant of components from the keys of a section that were not taken yet.
template <class Variant> void read_kind(Section& section, std::string_view what, Variant& to, std::string_view value_unit = "") {
    using Kinds = alternatives_of<Variant>;
    const auto names = Kinds::names();
    const YamlNode* chosen = section.take_kind(what, names);
    if (!chosen) return;
    Section parameters(*chosen, section.problems(), Section::Empty::allowed);
    Kinds::for_each([&]<class Kind>() {
        if (section.node().find(Kind::name) != chosen) return;
        Kind kind;
        parameters.read(kind, Kind::fields(), value_unit);
        to = kind;
    });
    parameters.close();
}

/// A variant that has its mapping for itself.
template <class Variant>
void read_only_kind(const YamlNode& node, std::string_view what, Variant& to, Problems& problems, std::string_view value_unit = "") {
    const YamlNode mapping = as_kind(node);
    Section section(mapping, problems);
    read_kind(section, what, to, value_unit);
    section.close();
}

}  // namespace tripartite
