#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Levy-Baxter neuron: it has no memory, and what arrives passes by chance. With the drive y[t], the sum of its weighted inputs,
///
///   s[t] = H(phi A y[t] - threshold),   phi = 1 with probability `release`, else 0,   A exponential with mean 1
///   P(s[t] = 1) = release exp(-threshold / y[t]) where y[t] > 0, else 0
///
/// Levy and Baxter let every synapse fail and vary on its own; here all synapses of a neuron share phi and A within a step, so that P is
/// exact, smooth and needs the sum alone. That, and the exponential amplitude, are ours: a reconstruction from memory, not their model.
struct LevyBaxter {
    static constexpr std::string_view name = "levy_baxter", doc = "neuron without memory whose input passes by chance, with a random amplitude (our reconstruction)";
    static constexpr bool spiking = true;
    static constexpr bool stochastic(int) { return true; }

    template <class T> struct Params { T release = 0.8, threshold = 0.5; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("release", &P::release, "", "probability that the input passes").within(0, 1).learnable(Learned::as_fraction),
            field("threshold", &P::threshold, "", "firing threshold").positive().learnable(Learned::directly),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T y; };
    template <class T> static constexpr auto state_fields() { return std::tuple{field("y", &State<T>::y, "", "drive of the last step")}; }
    static State<double> initial(const Params<double>&) { return {0}; }

    template <class T> struct Coefficients { T release, threshold, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) { return {p.release, p.threshold, T(0.0)}; }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto&, const std::array<T, 1>& x) {
        s.y = x[0];
        return s.y;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static T probability(const T& x, const auto& k) {
        using V = value_of<T>;
        using R = scalar_of<V>;
        const T y = x + k.threshold;
        const auto positive = value(y) > value(k.threshold) * V(R(0.0125)) + V(R(1e-6));  // below it P < e^-80
        return select(positive, k.release * exp(V(R(0)) - k.threshold / select(positive, y, T(V(R(1))))), T(V(R(0))));
    }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>&, const auto&, const T&) {}
};

}  // namespace tripartite
