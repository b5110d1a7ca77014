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

/// A value as it stands in a file; "" for a number that is not finite, which stands for 'not given'.
template <class Owner, class T> std::string value_text(const Field<Owner, T>& f, const Owner& owner) {
    const T& value = owner.*(f.member);
    if constexpr (std::is_same_v<T, double>) {
        if (!std::isfinite(value)) return "";
        const bool bare = f.unit.empty() || f.unit.find('/') != f.unit.npos || f.unit == "epochs";
        return bare ? fmt::format("{}", value) : fmt::format("{} {}", value, f.unit);
    } else if constexpr (std::is_enum_v<T>) {
        return std::string(f.choices[std::size_t(value)]);
    } else if constexpr (std::is_same_v<T, bool>) {
        return value ? "true" : "false";
    } else {
        return fmt::format("{}", value);
    }
}

template <class Owner, class Fields> std::vector<ParameterDescription> describe_fields(const Owner& defaults, const Fields& fields) {
    std::vector<ParameterDescription> rows;
    for_each_field(fields, [&](const auto& f) {
        using T = typename std::decay_t<decltype(f)>::type;
        std::string allowed = std::is_same_v<T, bool> ? "true, false" : Demand::of(f).bounds();
        if constexpr (std::is_enum_v<T>) allowed = fmt::format("{}", fmt::join(f.choices, ", "));
        rows.push_back({f.name, f.unit, value_text(f, defaults), allowed, f.doc, f.learned != Learned::no});
    });
    return rows;
}

template <class Kind> KindDescription describe_kind() { return {Kind::name, Kind::doc, describe_fields(Kind{}, Kind::fields())}; }

}  // namespace tripartite
