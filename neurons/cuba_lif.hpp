#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron with a synaptic current i that decays (CUBA-LIF of lava and SpikingJelly):
///
///   i[t] = alpha i[t-1] + x[t]      v[t] = beta v[t-1] + i[t]      s[t] = H(v[t] - threshold)
///   v[t] <- 0 (reset: zero), or v[t] - threshold (reset: subtract), where it fires
///
/// Defaults: SpikingJelly's (alpha 0.5, beta 0.75, threshold 0.5). Learning alpha and beta through a sigmoid is ours.
struct CubaLif {
    static constexpr std::string_view name = "cuba_lif", doc = "leaky integrate-and-fire with a synaptic current that decays (lava, SpikingJelly)";
    static constexpr bool spiking = true;

    enum class Reset { zero, subtract };
    static constexpr std::string_view resets[] = {"zero", "subtract"};

    template <class T> struct Params {
        T alpha = 0.5, beta = 0.75, threshold = 0.5;
        Reset reset = Reset::zero;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("alpha", &P::alpha, "", "share of the current that a step keeps").within(0, 1).learnable(Learned::as_fraction),
            field("beta", &P::beta, "", "share of the membrane that a step keeps").within(0, 1).learnable(Learned::as_fraction),
            field("threshold", &P::threshold, "", "firing threshold").positive().learnable(Learned::directly),
            field("reset", &P::reset, "", "what a spike does to the membrane").one_of(resets),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T i, v; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("i", &S::i, "", "synaptic current"), field("v", &S::v, "", "membrane potential")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0}; }

    /// A spike takes `share` of the membrane and `jump` away.
    template <class T> struct Coefficients { T alpha, beta, threshold, share, jump, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) {
        const bool zero = p.reset == Reset::zero;
        return {p.alpha, p.beta, p.threshold, T(zero ? 1.0 : 0.0), zero ? T(0.0) : p.threshold, T(0.0)};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.i = fma(k.alpha, s.i, x[0]);
        s.v = fma(k.beta, s.v, s.i);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) { s.v = s.v - spike * (k.share * s.v + k.jump); }
};

}  // namespace tripartite
