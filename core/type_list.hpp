#pragma once
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>
#include <vector>

namespace tripartite {

/// A list of types that can be visited: one list drives factories, `tripartite list`, documentation and typed tests.
template <class... Ts> struct TypeList {
    template <template <class...> class Target> using apply = Target<Ts...>;
    template <int i> using at = std::tuple_element_t<i, std::tuple<Ts...>>;
    static constexpr int size = sizeof...(Ts);

    /// Calls f.template operator()<T>() for each type.
    template <class F> static void for_each(F&& f) { (f.template operator()<Ts>(), ...); }

    /// Where T stands in the list, or -1.
    template <class T> static constexpr int position = [] {
        int at = 0, found = -1;
        ((std::is_same_v<T, Ts> ? found = at : 0, ++at), ...);
        return found;
    }();

    static std::vector<std::string_view> names() { return {Ts::name...}; }
};

/// The list of a variant's alternatives.
template <class Variant> struct AlternativesOf;
template <class... Ts> struct AlternativesOf<std::variant<Ts...>> { using type = TypeList<Ts...>; };
template <class Variant> using alternatives_of = typename AlternativesOf<Variant>::type;

}  // namespace tripartite
