#pragma once
#include <numbers>

#include "neurons/nest.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron with alpha-shaped synaptic currents, integrated exactly (NEST `iaf_psc_alpha`):
///
///   C_m dV/dt = -C_m (V - E_L)/tau_m + I_syn_ex + I_syn_in + I_e + current,   I_syn after a spike: w (e/tau) t e^(-t/tau)
///
/// whose peak is the weight, at t = tau_syn. Weights that arrive in a step act from its end on. V is held at V_reset for t_ref
/// after a spike, while the currents go on.
struct IafPscAlpha {
    static constexpr std::string_view name = "iaf_psc_alpha", doc = "leaky integrate-and-fire with alpha-shaped synaptic currents, exact (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::current_units;

    template <class T> struct Params {
        T E_L = -70.0, C_m = 250.0, tau_m = 10.0, t_ref = 2.0, V_th = -55.0, V_reset = -70.0, tau_syn_ex = 2.0, tau_syn_in = 2.0, I_e = 0.0,
          V_min = -std::numeric_limits<double>::infinity();
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("E_L", &P::E_L, "mV", "resting potential"),
            field("C_m", &P::C_m, "pF", "capacitance of the membrane").positive(),
            field("tau_m", &P::tau_m, "ms", "membrane time constant").positive(),
            field("t_ref", &P::t_ref, "ms", "refractory period").non_negative(),
            field("V_th", &P::V_th, "mV", "threshold"),
            field("V_reset", &P::V_reset, "mV", "potential after a spike"),
            field("tau_syn_ex", &P::tau_syn_ex, "ms", "time to the peak of the excitatory current").positive(),
            field("tau_syn_in", &P::tau_syn_in, "ms", "time to the peak of the inhibitory current").positive(),
            field("I_e", &P::I_e, "pA", "constant current"),
            field("V_min", &P::V_min, "mV", "lowest potential; none unless given"),
        };
    }
    static std::string_view problem(const Params<double>& p) {
        if (p.V_reset >= p.V_th) return "V_reset must be below V_th";
        return p.V_min > p.V_reset ? "V_min must not be above V_reset" : "";
    }

    template <class T> struct State { T V_m, I_syn_ex, dI_syn_ex, I_syn_in, dI_syn_in, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("I_syn_ex", &S::I_syn_ex, "pA", "excitatory synaptic current"),
            field("dI_syn_ex", &S::dI_syn_ex, "pA/ms", "its rise: dI_syn/dt + I_syn/tau_syn"),
            field("I_syn_in", &S::I_syn_in, "pA", "inhibitory synaptic current"),
            field("dI_syn_in", &S::dI_syn_in, "pA/ms", "its rise"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0, 0, 0}; }

    template <class T> struct Coefficients {
        T leak, V_inf, P31_ex, P32_ex, P31_in, P32_in, P30, P11_ex, P21_ex, kick_ex, P11_in, P21_in, kick_in, V_min, V_th, V_reset, t_ref, bound;
    };
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        const double leak = nest::leak(p.tau_m, dt), resistance = p.tau_m / p.C_m;
        const double ex = std::exp(-dt / p.tau_syn_ex), in = std::exp(-dt / p.tau_syn_in);
        return {leak, p.E_L + resistance * p.I_e,
                nest::from_alpha(p.tau_syn_ex, p.tau_m, p.C_m, dt), nest::from_exponential(p.tau_syn_ex, p.tau_m, p.C_m, dt),
                nest::from_alpha(p.tau_syn_in, p.tau_m, p.C_m, dt), nest::from_exponential(p.tau_syn_in, p.tau_m, p.C_m, dt), resistance * leak,
                ex, dt * ex, std::numbers::e / p.tau_syn_ex, in, dt * in, std::numbers::e / p.tau_syn_in,
                nest::finite_bound(p.V_min), p.V_th, p.V_reset, nest::whole_steps(p.t_ref, dt), 0};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        const T synapses = fma(k.P31_ex, s.dI_syn_ex, fma(k.P32_ex, s.I_syn_ex, fma(k.P31_in, s.dI_syn_in, k.P32_in * s.I_syn_in)));
        const T v = s.V_m + fma(k.leak, k.V_inf - s.V_m, fma(k.P30, x[2], synapses));
        s.V_m = select(s.refractory > T(0), s.V_m, nest::larger(v, T(k.V_min)));
        s.refractory = nest::count_down(s.refractory);
        s.I_syn_ex = fma(k.P11_ex, s.I_syn_ex, k.P21_ex * s.dI_syn_ex);
        s.dI_syn_ex = fma(k.P11_ex, s.dI_syn_ex, k.kick_ex * x[0]);
        s.I_syn_in = fma(k.P11_in, s.I_syn_in, k.P21_in * s.dI_syn_in);
        s.dI_syn_in = fma(k.P11_in, s.dI_syn_in, k.kick_in * x[1]);
        return s.V_m;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_th; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.V_m = select(nest::fired(spike), k.V_reset, s.V_m);
        s.refractory = select(nest::fired(spike), k.t_ref, s.refractory);
    }
};

}  // namespace tripartite
