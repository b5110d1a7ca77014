#pragma once
#include "neurons/aeif.hpp"

namespace tripartite {

/// Adaptive exponential integrate-and-fire neuron with exponential synaptic currents (NEST `aeif_psc_exp`): the membrane of
/// neurons/aeif.hpp with current = I_syn_ex - I_syn_in + I_e + current, dI_syn/dt = -I_syn/tau_syn.
/// Weights that arrive in a step are added to the currents at its end; inhibitory ones are negative and add to I_syn_in.
struct AeifPscExp {
    static constexpr std::string_view name = "aeif_psc_exp",
                                      doc = "adaptive exponential integrate-and-fire with exponential synaptic currents (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3, substeps = nest::Aeif::substeps;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::current_units;

    template <class T> struct Params {
        T V_peak = 0.0, V_reset = -60.0, t_ref = 0.0, g_L = 30.0, C_m = 281.0, E_L = -70.6, a = 4.0, b = 80.5, Delta_T = 2.0, tau_w = 144.0,
          V_th = -50.4, tau_syn_ex = 0.2, tau_syn_in = 2.0, I_e = 0.0, gsl_error_tol = 1e-6;
        nest::Integrator integrator = nest::Integrator::fixed;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return nest::Aeif::fields<P>();
    }
    static std::string_view problem(const Params<double>& p) { return nest::Aeif::problem(p); }

    template <class T> struct State { T V_m, I_syn_ex, I_syn_in, w, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("I_syn_ex", &S::I_syn_ex, "pA", "excitatory synaptic current"),
            field("I_syn_in", &S::I_syn_in, "pA", "inhibitory synaptic current, which is subtracted"),
            field("w", &S::w, "pA", "adaptation current"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0, 0}; }

    template <class T> struct Coefficients { nest::Aeif::Coefficients<T> membrane; T half_ex, half_in, rate_ex, rate_in, bound; };
    static Coefficients<double> coefficients(const Params<double>& p, double step) {
        const double half = step / 2;
        return {nest::Aeif::coefficients(p, step), std::exp(-half / p.tau_syn_ex), std::exp(-half / p.tau_syn_in),
                1 / p.tau_syn_ex, 1 / p.tau_syn_in, 0};
    }

    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return int(p.integrator); }
    static constexpr bool needs_double(int variant) { return nest::is_adaptive(variant); }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        const T drive = k.membrane.I_e + x[2];
        const auto current = [&](const T&, const T& I_ex, const T& I_in) __attribute__((always_inline)) { return I_ex - I_in + drive; };
        if constexpr (variant == int(nest::Integrator::adaptive))
            return nest::Aeif::adaptive<T>(s, k.membrane, s.I_syn_ex, s.I_syn_in, k.rate_ex, k.rate_in, current);
        const auto I_ex = nest::halves(s.I_syn_ex, k.half_ex), I_in = nest::halves(s.I_syn_in, k.half_in);
        s.I_syn_ex = I_ex[2], s.I_syn_in = I_in[2];
        return nest::Aeif::fixed<T>(s, k.membrane, [&](const T& v, int half) __attribute__((always_inline)) {
            return current(v, I_ex[half], I_in[half]);
        });
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.membrane.V_peak; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        if constexpr (variant == int(nest::Integrator::fixed)) nest::Aeif::spike_resets(s, k.membrane, spike);
    }
    template <class T> TRIPARTITE_INLINE static void receive(State<T>& s, const auto&, const std::array<T, 3>& x) {
        s.refractory = nest::count_down(s.refractory);
        s.I_syn_ex = s.I_syn_ex + x[0];
        s.I_syn_in = s.I_syn_in - x[1];
    }
};

}  // namespace tripartite
