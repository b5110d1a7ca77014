#pragma once
#include "neurons/nest.hpp"

namespace tripartite {

/// Repeats what it receives (NEST `parrot_neuron`): fires in each step in which something arrives, once, whatever the weights, as
/// long as their sum is not 0. The spike has the time of arrival: the delay is that of the projection.
struct Parrot {
    static constexpr std::string_view name = "parrot", doc = "repeats the spikes that it receives (NEST parrot_neuron)";
    static constexpr bool spiking = true;

    template <class T> struct Params {};
    template <class T> static constexpr auto fields() { return std::tuple{}; }
    static std::string_view problem(const Params<double>&) { return ""; }

    template <class T> struct State {};
    template <class T> static constexpr auto state_fields() { return std::tuple{}; }
    static State<double> initial(const Params<double>&) { return {}; }

    template <class T> struct Coefficients { T bound; };
    static Coefficients<double> coefficients(const Params<double>&, double) { return {fires_above}; }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>&, const auto&, const std::array<T, 1>& x) { return abs(x[0]); }
    template <class T> TRIPARTITE_INLINE static T threshold(const State<T>&, const auto&) { return T(0); }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>&, const auto&, const T&) {}
};

}  // namespace tripartite
