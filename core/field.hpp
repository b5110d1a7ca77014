#pragma once
#include <limits>
#include <span>
#include <string_view>
#include <tuple>

namespace tripartite {

/// How a learned parameter is stored, so that any step of an optimiser leaves it valid.
enum class Learned {
    no,          ///< cannot be learned
    directly,    ///< the parameter itself, clamped to its bounds after each update
    by_sigmoid,  ///< w with dt / value = sigmoid(w): a time constant that stays above the step
    as_fraction, ///< w with value = sigmoid(w): between 0 and 1
    by_softplus, ///< w with value = log(1 + e^w): above 0
};

/// One named member of a plain struct: the only source of YAML keys, units, bounds, defaults and documentation.
template <class Owner, class T> struct Field {
    using type = T;
    std::string_view name;
    T Owner::*member;
    std::string_view unit, doc;
    double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
    bool open_min = false, open_max = false;       ///< the bound itself is excluded
    std::span<const std::string_view> choices{};   ///< the words of an enumeration, in the order of its values
    Learned learned = Learned::no;

    constexpr Field positive() const { auto f = *this; f.min = 0; f.open_min = true; return f; }
    constexpr Field non_negative() const { auto f = *this; f.min = 0; return f; }
    constexpr Field within(double low, double high) const { auto f = *this; f.min = low; f.max = high; return f; }
    constexpr Field below(double high) const { auto f = *this; f.max = high; f.open_max = true; return f; }
    constexpr Field one_of(std::span<const std::string_view> words) const { auto f = *this; f.choices = words; return f; }
    constexpr Field learnable(Learned how) const { auto f = *this; f.learned = how; return f; }
};

template <class Owner, class T>
constexpr auto field(std::string_view name, T Owner::*member, std::string_view unit, std::string_view doc) {
    return Field<Owner, T>{name, member, unit, doc};
}

template <class Fields, class F> constexpr void for_each_field(const Fields& fields, F&& f) {
    std::apply([&](const auto&... x) { (f(x), ...); }, fields);
}

}  // namespace tripartite
