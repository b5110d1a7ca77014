#pragma once
#include <fmt/format.h>
#include <fmt/ranges.h>

#include <string>
#include <string_view>
#include <vector>

#include "experiment/section.hpp"

namespace tripartite {

/// One row of a field table, for people to read.
struct ParameterDescription {
    std::string_view name, unit;
    std::string initial, allowed;  ///< default; "> 0", "ge, gt", …
    std::string_view doc;
    bool learnable = false;
};

/// A kind that a file can name, with its parameters.
struct KindDescription {
    std::string_view name, doc;
    std::vector<ParameterDescription> parameters;
};

/// A number as it stands in a file.
inline std::string quantity_text(double value, std::string_view unit) {
    if (!std::isfinite(value)) return value < 0 ? "-.inf" : ".inf";
    const bool bare = unit.empty() || unit.find('/') != unit.npos || unit == "epochs";
    return bare ? fmt::format("{}", value) : fmt::format("{} {}", value, unit);
}

/// Values that are lists of numbers in a file.
template <class T> inline constexpr bool is_list = is_vector<T> || is_pair<T> || std::is_same_v<T, Interval>;

/// A value as it stands in a file; "" for a list, and for a number that is not finite, which stands for 'not given'.
template <class Owner, class T> std::string value_text(const Field<Owner, T>& f, const std::type_identity_t<Owner>& owner) {
    const T& value = owner.*(f.member);
    if constexpr (std::is_same_v<T, double>) {
        return std::isfinite(value) ? quantity_text(value, f.unit == unit_of_value ? "" : f.unit) : "";
    } else if constexpr (std::is_enum_v<T>) {
        return std::string(f.choices[std::size_t(value)]);
    } else if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else if constexpr (is_list<T>) {
        return "";
    } else {
        return fmt::format("{}", value);
    }
}

template <class Owner, class Fields> std::vector<ParameterDescription> describe_fields(const Owner& defaults, const Fields& fields) {
    std::vector<ParameterDescription> rows;
    for_each_field(fields, [&](const auto& f) {
        using T = typename std::decay_t<decltype(f)>::type;
        std::string allowed = std::is_same_v<T, bool> ? "true, false" : Demand::of(f).bounds();
        if constexpr (is_list<T>) allowed = is_vector<T> ? "a list" : is_pair<T> ? "[a, b]" : "[low, high]";
        if constexpr (std::is_enum_v<T>) allowed = fmt::format("{}", fmt::join(f.choices, ", "));
        rows.push_back({f.name, f.unit == unit_of_value ? "" : f.unit, value_text(f, defaults), allowed, f.doc, f.learned != Learned::no});
    });
    return rows;
}

template <class Kind> KindDescription describe_kind() { return {Kind::name, Kind::doc, describe_fields(Kind{}, Kind::fields())}; }

}  // namespace tripartite
