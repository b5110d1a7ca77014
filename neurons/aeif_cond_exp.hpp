#pragma once
#include "neurons/aeif.hpp"

namespace tripartite {

/// Adaptive exponential integrate-and-fire neuron with exponential conductances (NEST `aeif_cond_exp`): the membrane of
/// neurons/aeif.hpp with current = g_ex (E_ex - V) + g_in (E_in - V) + I_e + current, dg/dt = -g/tau_syn.
/// Weights that arrive in a step are added to the conductances at its end; inhibitory ones are negative and add to g_in. To stay
/// stable, the fixed integrator takes a conductance above 12 C_m/dt, 33 720 nS with the defaults, for that value.
struct AeifCondExp {
    static constexpr std::string_view name = "aeif_cond_exp", doc = "adaptive exponential integrate-and-fire with exponential conductances (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3, substeps = nest::Aeif::substeps;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::conductance_units;

    template <class T> struct Params {
        T V_peak = 0.0, V_reset = -60.0, t_ref = 0.0, g_L = 30.0, C_m = 281.0, E_L = -70.6, a = 4.0, b = 80.5, Delta_T = 2.0, tau_w = 144.0,
          V_th = -50.4, tau_syn_ex = 0.2, tau_syn_in = 2.0, I_e = 0.0, gsl_error_tol = 1e-6, E_ex = 0.0, E_in = -85.0;
        nest::Integrator integrator = nest::Integrator::fixed;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple_cat(nest::Aeif::fields<P>(), std::tuple{field("E_ex", &P::E_ex, "mV", "excitatory reversal potential"),
                                                                   field("E_in", &P::E_in, "mV", "inhibitory reversal potential")});
    }
    static std::string_view problem(const Params<double>& p) { return nest::Aeif::problem(p); }

    template <class T> struct State { T V_m, g_ex, g_in, w, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("g_ex", &S::g_ex, "nS", "excitatory conductance"),
            field("g_in", &S::g_in, "nS", "inhibitory conductance"),
            field("w", &S::w, "pA", "adaptation current"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0, 0}; }

    template <class T> struct Coefficients { nest::Aeif::Coefficients<T> membrane; T E_ex, E_in, half_ex, half_in, rate_ex, rate_in, most, bound; };
    static Coefficients<double> coefficients(const Params<double>& p, double step) {
        const double half = step / 2;
        return {nest::Aeif::coefficients(p, step), p.E_ex, p.E_in, std::exp(-half / p.tau_syn_ex), std::exp(-half / p.tau_syn_in),
                1 / p.tau_syn_ex, 1 / p.tau_syn_in, 1.2 * p.C_m / step, 0};
    }

    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return int(p.integrator); }
    static constexpr bool needs_double(int variant) { return nest::is_adaptive(variant); }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        const T drive = k.membrane.I_e + x[2];
        const auto current = [&](const T& v, const T& g_ex, const T& g_in) __attribute__((always_inline)) {
            return fma(g_ex, k.E_ex - v, fma(g_in, k.E_in - v, drive));
        };
        if constexpr (variant == int(nest::Integrator::adaptive))
            return nest::Aeif::adaptive<T>(s, k.membrane, s.g_ex, s.g_in, k.rate_ex, k.rate_in, current);
        const auto g_ex = nest::halves(nest::smaller(s.g_ex, T(k.most)), k.half_ex), g_in = nest::halves(nest::smaller(s.g_in, T(k.most)), k.half_in);
        s.g_ex = s.g_ex * k.half_ex * k.half_ex, s.g_in = s.g_in * k.half_in * k.half_in;
        return nest::Aeif::fixed<T>(s, k.membrane, [&](const T& v, int half) __attribute__((always_inline)) {
            return current(v, g_ex[half], g_in[half]);
        });
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.membrane.V_peak; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        if constexpr (variant == int(nest::Integrator::fixed)) nest::Aeif::spike_resets(s, k.membrane, spike);
    }
    template <class T> TRIPARTITE_INLINE static void receive(State<T>& s, const auto&, const std::array<T, 3>& x) {
        s.refractory = nest::count_down(s.refractory);
        s.g_ex = s.g_ex + x[0];
        s.g_in = s.g_in - x[1];
    }
};

}  // namespace tripartite
