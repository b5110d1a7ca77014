#pragma once
#include "neurons/nest.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron with exponential synaptic currents, integrated exactly (NEST `iaf_psc_exp`; Rotter and
/// Diesmann 1999):
///
///   C_m dV/dt = -C_m (V - E_L)/tau_m + I_syn_ex + I_syn_in + I_e + current,   dI_syn/dt = -I_syn/tau_syn
///
/// Weights that arrive in a step are added to I_syn at its end: they move V from the next step on. V is held at V_reset for
/// t_ref after a spike, while the currents decay. Not here: NEST's escape noise (delta, rho) and filtered current input.
struct IafPscExp {
    static constexpr std::string_view name = "iaf_psc_exp", doc = "leaky integrate-and-fire with exponential synaptic currents, exact (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::current_units;

    template <class T> struct Params {
        T E_L = -70.0, C_m = 250.0, tau_m = 10.0, t_ref = 2.0, V_th = -55.0, V_reset = -70.0, tau_syn_ex = 2.0, tau_syn_in = 2.0, I_e = 0.0;
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
            field("tau_syn_ex", &P::tau_syn_ex, "ms", "decay time of the excitatory current").positive(),
            field("tau_syn_in", &P::tau_syn_in, "ms", "decay time of the inhibitory current").positive(),
            field("I_e", &P::I_e, "pA", "constant current"),
        };
    }
    static std::string_view problem(const Params<double>& p) { return p.V_reset >= p.V_th ? "V_reset must be below V_th" : ""; }

    template <class T> struct State { T V_m, I_syn_ex, I_syn_in, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("I_syn_ex", &S::I_syn_ex, "pA", "excitatory synaptic current"),
            field("I_syn_in", &S::I_syn_in, "pA", "inhibitory synaptic current"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0}; }

    template <class T> struct Coefficients { T leak, V_inf, P21_ex, P21_in, P20, P11_ex, P11_in, V_th, V_reset, t_ref, bound; };
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        const double leak = nest::leak(p.tau_m, dt), resistance = p.tau_m / p.C_m;
        return {leak, p.E_L + resistance * p.I_e,
                nest::from_exponential(p.tau_syn_ex, p.tau_m, p.C_m, dt), nest::from_exponential(p.tau_syn_in, p.tau_m, p.C_m, dt), resistance * leak,
                std::exp(-dt / p.tau_syn_ex), std::exp(-dt / p.tau_syn_in), p.V_th, p.V_reset, nest::whole_steps(p.t_ref, dt), 0};
    }

    /// The change of V is summed before it is added to V, which rounds once: V rests where it should in float32 too.
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        const T change = fma(k.leak, k.V_inf - s.V_m, fma(k.P21_ex, s.I_syn_ex, fma(k.P21_in, s.I_syn_in, k.P20 * x[2])));
        s.V_m = select(s.refractory > T(0), s.V_m, s.V_m + change);
        s.refractory = nest::count_down(s.refractory);
        s.I_syn_ex = fma(k.P11_ex, s.I_syn_ex, x[0]);
        s.I_syn_in = fma(k.P11_in, s.I_syn_in, x[1]);
        return s.V_m;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_th; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.V_m = select(nest::fired(spike), k.V_reset, s.V_m);
        s.refractory = select(nest::fired(spike), k.t_ref, s.refractory);
    }
};

}  // namespace tripartite
