#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron whose threshold rises with its own spikes. Two forms, alpha = exp(-dt/tau_m), rho = exp(-dt/tau_a):
///
///   yin       b[t] = rho b[t-1] + (1 - rho) s[t-1],   B[t] = threshold + strength b[t]
///             v[t] = alpha v[t-1] + (1 - alpha) R x[t] - B[t] s[t-1] dt,   s[t] = H(v[t] - B[t])
///   bellec    b[t] = rho b[t-1] + s[t-1],             B[t] = threshold + strength b[t]
///             v[t] = alpha v[t-1] + R x[t] - threshold s[t-1],             s[t] = H(v[t] - B[t])
///
/// Yin, Corradi and Bohte 2021 (released code; dt in ms, defaults threshold 0.01 and strength 1.8); Bellec et al. 2018, 2020, with R = 1.
/// tau_m and tau_a are learned with dt/tau as the sigmoid of what is stored; that, the defaults of both, and learning threshold and
/// strength are ours.
struct Alif {
    static constexpr std::string_view name = "alif", doc = "leaky integrate-and-fire with an adaptive threshold, in the forms of Yin et al. and of Bellec et al.";
    static constexpr bool spiking = true;

    enum class Form { yin, bellec };
    static constexpr std::string_view forms[] = {"yin", "bellec"};

    template <class T> struct Params {
        Form form = Form::yin;
        T tau_m = 20.0, tau_a = 100.0, threshold = 0.01, strength = 1.8, resistance = 1.0;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("form", &P::form, "", "whose equations").one_of(forms),
            field("tau_m", &P::tau_m, "ms", "membrane time constant").positive().learnable(Learned::by_sigmoid),
            field("tau_a", &P::tau_a, "ms", "time constant of the adaptation").positive().learnable(Learned::by_sigmoid),
            field("threshold", &P::threshold, "", "threshold at rest").positive().learnable(Learned::directly),
            field("strength", &P::strength, "", "how much the adaptation raises the threshold").non_negative().learnable(Learned::directly),
            field("resistance", &P::resistance, "", "R, factor of the input").positive(),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T v, b, spike; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("v", &S::v, "", "membrane potential"), field("b", &S::b, "", "adaptation"), field("spike", &S::spike, "", "1 after a spike, else 0")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0, 0}; }

    /// A spike adds `kick` to b, and takes fixed + varying b from v a step later.
    template <class T> struct Coefficients { T alpha, gain, rho, kick, threshold, strength, fixed, varying, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const T alpha = exp(T(0.0) - T(dt) / p.tau_m), rho = exp(T(0.0) - T(dt) / p.tau_a);
        if (p.form == Form::bellec) return {alpha, p.resistance, rho, T(1.0), p.threshold, p.strength, p.threshold, T(0.0), T(0.0)};
        return {alpha, (T(1.0) - alpha) * p.resistance, rho, T(1.0) - rho, p.threshold, p.strength, T(dt) * p.threshold, T(dt) * p.strength, T(0.0)};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.b = k.rho * s.b + k.kick * s.spike;
        s.v = fma(k.alpha, s.v, k.gain * x[0]) - s.spike * (k.fixed + k.varying * s.b);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static T threshold(const State<T>& s, const auto& k) { return k.threshold + k.strength * s.b; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto&, const T& spike) { s.spike = spike; }
};

}  // namespace tripartite
