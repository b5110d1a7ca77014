#pragma once
#include "engine/make_neuron.hpp"

namespace tripartite::testing_networks {

/// A leaky neuron that decides three times a step and receives at its end:  u <- beta u + i / 3, a spike takes the threshold from u.
struct SubsteppedLif {
    static constexpr std::string_view name = "substepped_lif", doc = "leaky integrate-and-fire in three sub-steps";
    static constexpr bool spiking = true;
    static constexpr int substeps = 3;

    template <class T> struct Params { T alpha = 0.5, beta = 0.9, threshold = 0.4; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{field("alpha", &P::alpha, "", "share of the current that a step keeps").within(0, 1),
                          field("beta", &P::beta, "", "share of the membrane that a sub-step keeps").within(0, 1).learnable(Learned::as_fraction),
                          field("threshold", &P::threshold, "", "firing threshold").positive().learnable(Learned::directly)};
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T u, i; };
    template <class T> static constexpr auto state_fields() {
        return std::tuple{field("u", &State<T>::u, "", "membrane potential"), field("i", &State<T>::i, "", "synaptic current")};
    }
    static State<double> initial(const Params<double>&) { return {0.1, 0}; }

    template <class T> struct Coefficients { T alpha, beta, threshold, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) { return {p.alpha, p.beta, p.threshold, T(0.0)}; }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>&) {
        s.u = fma(k.beta, s.u, s.i * T(scalar_of<T>(1.0 / 3)));
        return s.u;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) { s.u = s.u - spike * k.threshold; }
    template <class T> TRIPARTITE_INLINE static void receive(State<T>& s, const auto& k, const std::array<T, 1>& x) { s.i = fma(k.alpha, s.i, x[0]); }
};

}  // namespace tripartite::testing_networks
