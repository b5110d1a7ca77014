#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron with an adaptation current w that follows membrane and spikes:
///
///   w[t] = beta w[t-1] + a u[t-1] + b s[t-1]
///   u[t] = alpha (u[t-1] - threshold s[t-1]) + (1 - alpha) (x[t] - w[t])      s[t] = H(u[t] - threshold)
///
/// Bittar and Garner 2022, where the threshold is 1; learned values are clamped to their bounds: alpha to [e^(-1/5), e^(-1/25)], beta to
/// [e^(-1/30), e^(-1/120)], a to [-1, 1], b to [0, 2]. With `recurrent:` in its layer it is their RadLIF.
/// Written from memory of the paper: equations and bounds are ours as far as they differ. The defaults, and starting at rest, are ours.
struct AdLif {
    static constexpr std::string_view name = "adlif", doc = "leaky integrate-and-fire with a learned adaptation current (after Bittar and Garner 2022, from memory)";
    static constexpr bool spiking = true;

    template <class T> struct Params { T alpha = 0.9, beta = 0.98, a = 0.1, b = 0.5, threshold = 1.0; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("alpha", &P::alpha, "", "share of the membrane that a step keeps").within(0.8187307530779818, 0.9607894391523232).learnable(Learned::directly),
            field("beta", &P::beta, "", "share of the adaptation that a step keeps").within(0.9672161004820059, 0.9917012926388258).learnable(Learned::directly),
            field("a", &P::a, "", "how the adaptation follows the membrane").within(-1, 1).learnable(Learned::directly),
            field("b", &P::b, "", "what a spike adds to the adaptation").within(0, 2).learnable(Learned::directly),
            field("threshold", &P::threshold, "", "firing threshold").positive().learnable(Learned::directly),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T u, w, spike; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("u", &S::u, "", "membrane potential"), field("w", &S::w, "", "adaptation"), field("spike", &S::spike, "", "1 after a spike, else 0")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0, 0}; }

    template <class T> struct Coefficients { T alpha, gain, beta, a, b, threshold, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) {
        return {p.alpha, T(1.0) - p.alpha, p.beta, p.a, p.b, p.threshold, T(0.0)};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.w = k.beta * s.w + k.a * s.u + k.b * s.spike;
        s.u = k.alpha * (s.u - k.threshold * s.spike) + k.gain * (x[0] - s.w);
        return s.u;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto&, const T& spike) { s.spike = spike; }
};

}  // namespace tripartite
