#pragma once
#include "neurons/nest.hpp"

namespace tripartite::nest {

/// The adaptive exponential membrane (Brette and Gerstner 2005) that aeif_cond_exp and aeif_psc_exp share:
///
///   C_m dV/dt = -g_L (V - E_L) + g_L Delta_T exp((V - V_th)/Delta_T) - w + current,   tau_w dw/dt = a (V - E_L) - w
///
/// A neuron fires at V >= V_peak, or at V_th where Delta_T = 0: V becomes V_reset, w grows by b. For t_ref V is held, while w goes on.
struct Aeif {
    /// 10 Runge-Kutta steps in each dt, of 0.01 ms where dt is 0.1 ms. A spike resets V at the end of one of them: the one that is
    /// nearest to it, so that spikes are not late on average.
    static constexpr int substeps = 10;

    template <class P> static constexpr auto fields() {
        return std::tuple{
            field("V_peak", &P::V_peak, "mV", "a spike is where V reaches this"),
            field("V_reset", &P::V_reset, "mV", "potential after a spike"),
            field("t_ref", &P::t_ref, "ms", "refractory period").non_negative(),
            field("g_L", &P::g_L, "nS", "leak conductance").positive(),
            field("C_m", &P::C_m, "pF", "capacitance of the membrane").positive(),
            field("E_L", &P::E_L, "mV", "resting potential"),
            field("a", &P::a, "nS", "adaptation below threshold"),
            field("b", &P::b, "pA", "adaptation by each spike"),
            field("Delta_T", &P::Delta_T, "mV", "slope of the exponential; 0: none, and the neuron fires at V_th").non_negative(),
            field("tau_w", &P::tau_w, "ms", "time constant of the adaptation").positive(),
            field("V_th", &P::V_th, "mV", "where the exponential takes off"),
            field("tau_syn_ex", &P::tau_syn_ex, "ms", "decay time of excitatory input").positive(),
            field("tau_syn_in", &P::tau_syn_in, "ms", "decay time of inhibitory input").positive(),
            field("I_e", &P::I_e, "pA", "constant current"),
            field("integrator", &P::integrator, "", "fixed steps, or adaptive ones to validate them").one_of(integrators),
            field("gsl_error_tol", &P::gsl_error_tol, "", "largest error of an adaptive step").positive(),
        };
    }
    template <class T> struct Coefficients {
        T step, per_C, g_L, E_L, g_Delta, per_Delta, V_th, a, per_tau_w, ceiling, V_reset, b, V_peak, t_ref, I_e, tolerance;
    };
    /// step = dt/substeps. A membrane far above V_th is as good as at V_peak: the exponential is cut off before it overflows. With
    /// fixed steps a neuron fires already from where the exponential alone takes V to infinity within half a step.
    static Coefficients<double> coefficients(const auto& p, double step) {
        const double steps = whole_steps(p.t_ref, step * substeps);
        double peak = p.Delta_T > 0 ? p.V_peak : p.V_th;
        if (p.integrator == Integrator::fixed) peak = std::min(peak, p.V_th + p.Delta_T * std::log1p(2 * p.C_m / (p.g_L * step)));
        return {step, 1 / p.C_m, p.g_L, p.E_L, p.g_L * p.Delta_T, p.Delta_T > 0 ? 1 / p.Delta_T : 0, p.V_th, p.a, 1 / p.tau_w,
                p.Delta_T > 0 ? std::min(p.V_peak, p.V_th + 50 * p.Delta_T) : p.V_peak, p.V_reset, p.b, peak,
                steps > 0 ? steps + 1 : 0, p.I_e, p.gsl_error_tol};  // counted down at the end of the spike's own step too
    }
    static std::string_view problem(const auto& p) {
        if (p.V_peak < p.V_th) return "V_peak must not be below V_th";
        return p.V_reset >= (p.Delta_T > 0 ? p.V_peak : p.V_th) ? "V_reset must be below V_peak, and below V_th if Delta_T is 0" : "";
    }

    /// The potential that counts in the equations.
    template <class T> TRIPARTITE_INLINE static T potential(const T& v, const T& refractory, const auto& k) {
        return select(refractory > T(0), k.V_reset, smaller(v, T(k.ceiling)));
    }
    /// dV/dt and dw/dt at potential(v).
    template <class T> TRIPARTITE_INLINE static std::array<T, 2> slope(const T& v, const T& w, const T& current, const T& refractory, const auto& k) {
        const T upswing = k.g_Delta * exp((v - k.V_th) * k.per_Delta);
        const T dv = (fma(k.g_L, k.E_L - v, upswing) - w + current) * k.per_C;
        return {select(refractory > T(0), T(0), dv), fma(k.a, v - k.E_L, -w) * k.per_tau_w};
    }
    template <class T> TRIPARTITE_INLINE static void spike_resets(auto& s, const auto& k, const T& spike) {
        s.V_m = select(fired(spike), k.V_reset, s.V_m);
        s.w = fma(spike, k.b, s.w);
        s.refractory = select(fired(spike), k.t_ref, s.refractory);
    }

    /// One sub-step of fixed length; current(v, half) is what synapses bring at potential v after 0, 1, 2 halves of it.
    template <class T> TRIPARTITE_INLINE static T fixed(auto& s, const auto& k, const auto& current) {
        std::array y{s.V_m, s.w};
        rk4_step(y, T(k.step), [&](const auto& y, int half) __attribute__((always_inline)) {
            const T v = potential(y[0], s.refractory, k);
            return slope(v, y[1], current(v, half), s.refractory, k);
        });
        s.V_m = y[0], s.w = y[1];
        return s.V_m;
    }
    /// The same with adaptive steps, of which each may end with a spike; `in` are the two synaptic variables, which decay at
    /// `rates`, and current(v, in). Returns V_peak if there was one.
    template <class T>
    TRIPARTITE_INLINE static T adaptive(auto& s, const auto& k, T& ex, T& in, const T& rate_ex, const T& rate_in, const auto& current) {
        T spikes(0);
        std::array y{s.V_m, s.w, ex, in};
        rkf45(y, T(k.step), T(k.tolerance), [&](const auto& y) __attribute__((always_inline)) {
            const T v = potential(y[0], s.refractory, k);
            const auto d = slope(v, y[1], current(v, y[2], y[3]), s.refractory, k);
            return std::array{d[0], d[1], -y[2] * rate_ex, -y[3] * rate_in};
        }, [&](auto& y, const auto& accepted) __attribute__((always_inline)) {
            const T spike = select(accepted, select(y[0] >= k.V_peak, T(1), T(0)), T(0));
            s.V_m = y[0], s.w = y[1];
            spike_resets(s, k, spike);
            y[0] = s.V_m, y[1] = s.w;
            spikes = spikes + spike;
        });
        s.V_m = y[0], s.w = y[1], ex = y[2], in = y[3];
        return select(spikes > T(0), T(k.V_peak), s.V_m);
    }
};

}  // namespace tripartite::nest
