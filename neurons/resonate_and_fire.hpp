#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// Resonate-and-fire neuron: a damped oscillator z = x + i y that answers to inputs in its own rhythm (Izhikevich 2001):
///
///   dz/dt = (-1/tau + i omega) z      z <- z + input      fires where y >= threshold, and then z <- i after_spike
///
/// The step is exact: z[t] = exp((-1/tau + i omega) dt) z[t-1] + x[t]. That the input is a kick to the real part at the end of the step,
/// and learning tau and omega, are ours; the rest is reconstructed from memory.
struct ResonateAndFire {
    static constexpr std::string_view name = "resonate_and_fire", doc = "damped oscillator that fires (Izhikevich 2001; the discrete form is ours)";
    static constexpr bool spiking = true;

    template <class T> struct Params { T tau = 10.0, omega = 0.5, threshold = 1.0, after_spike = 0.0; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau", &P::tau, "ms", "time constant of the damping").positive().learnable(Learned::by_sigmoid),
            field("omega", &P::omega, "", "angular frequency [rad/ms]").learnable(Learned::directly),
            field("threshold", &P::threshold, "", "firing threshold of the imaginary part").positive().learnable(Learned::directly),
            field("after_spike", &P::after_spike, "", "imaginary part after a spike; the real part is then 0"),
        };
    }
    template <class T> static std::string_view problem(const Params<T>& p) { return p.after_spike >= p.threshold ? "after_spike must be below threshold" : ""; }

    template <class T> struct State { T x, y; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("x", &S::x, "", "real part, like a current"), field("y", &S::y, "", "imaginary part, like a potential")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0}; }

    template <class T> struct Coefficients { T along, across, threshold, after_spike, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        using std::cos, std::sin;
        const T decay = exp(T(0.0) - T(dt) / p.tau), angle = p.omega * T(dt);
        return {decay * cos(angle), decay * sin(angle), p.threshold, p.after_spike, T(0.0)};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& input) {
        const T x = s.x;
        s.x = k.along * x - k.across * s.y + input[0];
        s.y = k.across * x + k.along * s.y;
        return s.y;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        const T rest = value_of<T>(1) - spike;
        s.x = rest * s.x;
        s.y = rest * s.y + spike * k.after_spike;
    }
};

}  // namespace tripartite
