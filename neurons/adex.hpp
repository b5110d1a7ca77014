#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Adaptive exponential integrate-and-fire neuron (Brette and Gerstner 2005) without units, by Euler steps of dt, to be trained:
///
///   tau_m dv/dt = -(v - v_rest) + sharpness exp((v - v_onset) / sharpness) - w + x      tau_w dw/dt = a (v - v_rest) - w
///   fires where v >= v_peak, and then v <- v_reset, w <- w + b
///
/// The equations are the paper's, divided by the leak conductance; in the exponential v is at most v_peak. The numbers, the Euler steps and
/// what is learned are ours. `aeif_cond_exp` and `aeif_psc_exp` are NEST's forms, with units, to be simulated.
struct Adex {
    static constexpr std::string_view name = "adex", doc = "adaptive exponential integrate-and-fire without units, in Euler steps, to be trained (our numbers)";
    static constexpr bool spiking = true;

    template <class T> struct Params { T tau_m = 10.0, tau_w = 100.0, v_rest = 0.0, v_onset = 0.8, sharpness = 0.1, v_peak = 1.0, v_reset = 0.0, a = 0.0, b = 0.1; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau_m", &P::tau_m, "ms", "membrane time constant").positive().learnable(Learned::by_sigmoid),
            field("tau_w", &P::tau_w, "ms", "time constant of the adaptation").positive().learnable(Learned::by_sigmoid),
            field("v_rest", &P::v_rest, "", "membrane at rest, without the exponential"),
            field("v_onset", &P::v_onset, "", "where the exponential sets in").learnable(Learned::directly),
            field("sharpness", &P::sharpness, "", "width of the onset").positive(),
            field("v_peak", &P::v_peak, "", "firing threshold"),
            field("v_reset", &P::v_reset, "", "membrane after a spike"),
            field("a", &P::a, "", "how the adaptation follows the membrane").learnable(Learned::directly),
            field("b", &P::b, "", "what a spike adds to the adaptation").learnable(Learned::directly),
        };
    }
    template <class T> static std::string_view problem(const Params<T>& p) { return p.v_reset >= p.v_peak ? "v_reset must be below v_peak" : ""; }

    template <class T> struct State { T v, w; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("v", &S::v, "", "membrane potential"), field("w", &S::w, "", "adaptation")};
    }
    static State<double> initial(const Params<double>& p) { return {p.v_rest, 0}; }

    template <class T> struct Coefficients { T h, h_w, v_rest, v_onset, sharpness, steepness, v_peak, v_reset, a, b, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        return {T(dt) / p.tau_m, T(dt) / p.tau_w, p.v_rest, p.v_onset, p.sharpness, T(1.0) / p.sharpness, p.v_peak, p.v_reset, p.a, p.b, T(0.0)};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        const T before = s.v - k.v_rest, inside = select(s.v < T(k.v_peak), s.v, T(k.v_peak)) - k.v_onset;
        s.v = fma(k.h, k.sharpness * exp(inside * k.steepness) - before - s.w + x[0], s.v);
        s.w = fma(k.h_w, k.a * before - s.w, s.w);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.v_peak; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.v = (value_of<T>(1) - spike) * s.v + spike * k.v_reset;
        s.w = s.w + spike * k.b;
    }
};

}  // namespace tripartite
