#pragma once
#include "neurons/nest.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron with exponential conductances (NEST `iaf_cond_exp`; Meffin, Burkitt and Grayden 2004):
///
///   C_m dV/dt = -g_L (V - E_L) - g_ex (V - E_ex) - g_in (V - E_in) + I_e + current,   dg/dt = -g/tau_syn
///
/// Weights that arrive in a step are added to the conductances at its end; inhibitory ones are negative and add to g_in. V is
/// held at V_reset for t_ref after a spike. The fixed integrator takes one step of fourth order with exactly decayed conductances;
/// to stay stable it takes a conductance above 1.2 C_m/dt, 3000 nS with the defaults, for that value.
struct IafCondExp {
    static constexpr std::string_view name = "iaf_cond_exp", doc = "leaky integrate-and-fire with exponential conductances (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::conductance_units;

    template <class T> struct Params {
        T V_th = -55.0, V_reset = -60.0, t_ref = 2.0, g_L = 16.6667, C_m = 250.0, E_ex = 0.0, E_in = -85.0, E_L = -70.0, tau_syn_ex = 0.2,
          tau_syn_in = 2.0, I_e = 0.0, gsl_error_tol = 1e-6;
        nest::Integrator integrator = nest::Integrator::fixed;
    };
    template <class T> static constexpr auto fields() { return fields_of<Params<T>>(); }
    /// For models with the same membrane: their own parameters, with these names.
    template <class P> static constexpr auto fields_of() {
        return std::tuple{
            field("V_th", &P::V_th, "mV", "threshold"),
            field("V_reset", &P::V_reset, "mV", "potential after a spike"),
            field("t_ref", &P::t_ref, "ms", "refractory period").non_negative(),
            field("g_L", &P::g_L, "nS", "leak conductance").positive(),
            field("C_m", &P::C_m, "pF", "capacitance of the membrane").positive(),
            field("E_ex", &P::E_ex, "mV", "excitatory reversal potential"),
            field("E_in", &P::E_in, "mV", "inhibitory reversal potential"),
            field("E_L", &P::E_L, "mV", "resting potential"),
            field("tau_syn_ex", &P::tau_syn_ex, "ms", "decay time of the excitatory conductance").positive(),
            field("tau_syn_in", &P::tau_syn_in, "ms", "decay time of the inhibitory conductance").positive(),
            field("I_e", &P::I_e, "pA", "constant current"),
            field("integrator", &P::integrator, "", "fixed steps, or adaptive ones to validate them").one_of(nest::integrators),
            field("gsl_error_tol", &P::gsl_error_tol, "", "largest error of an adaptive step").positive(),
        };
    }
    static std::string_view problem(const auto& p) { return p.V_reset >= p.V_th ? "V_reset must be below V_th" : ""; }

    template <class T> struct State { T V_m, g_ex, g_in, refractory; };
    template <class T> static constexpr auto state_fields() { return state_fields_of<State<T>>(); }
    template <class S> static constexpr auto state_fields_of() {
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("g_ex", &S::g_ex, "nS", "excitatory conductance"),
            field("g_in", &S::g_in, "nS", "inhibitory conductance"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0}; }

    template <class T> struct Coefficients {
        T dt, g_L, E_L, E_ex, E_in, I_e, per_C, half_ex, half_in, rate_ex, rate_in, most, tolerance, V_th, V_reset, t_ref, bound;
    };
    static Coefficients<double> coefficients(const auto& p, double dt) {
        return {dt, p.g_L, p.E_L, p.E_ex, p.E_in, p.I_e, 1 / p.C_m,
                std::exp(-dt / 2 / p.tau_syn_ex), std::exp(-dt / 2 / p.tau_syn_in), 1 / p.tau_syn_ex, 1 / p.tau_syn_in,
                1.2 * p.C_m / dt, p.gsl_error_tol, p.V_th, p.V_reset, nest::whole_steps(p.t_ref, dt), 0};
    }

    static constexpr int variants = 2;
    static int variant(const auto& p) { return int(p.integrator); }
    static constexpr bool needs_double(int variant) { return nest::is_adaptive(variant); }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(auto& s, const auto& k, const std::array<T, 3>& x) {
        const T drive = k.I_e + x[2];
        const T v = variant == int(nest::Integrator::fixed) ? fixed<T>(s, k, drive) : adaptive<T>(s, k, drive);
        s.V_m = select(s.refractory > T(0), k.V_reset, v);
        s.refractory = nest::count_down(s.refractory);
        s.g_ex = s.g_ex + x[0];
        s.g_in = s.g_in - x[1];
        return s.V_m;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_th; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(auto& s, const auto& k, const T& spike) {
        s.V_m = select(nest::fired(spike), k.V_reset, s.V_m);
        s.refractory = select(nest::fired(spike), k.t_ref, s.refractory);
    }

private:
    template <class T> TRIPARTITE_INLINE static T slope(const T& v, const T& g_ex, const T& g_in, const T& drive, const auto& k) {
        return fma(k.g_L, k.E_L - v, fma(g_ex, k.E_ex - v, fma(g_in, k.E_in - v, drive))) * k.per_C;
    }
    /// Both return V after the step and decay the conductances. The equation is linear in V, C_m dV/dt = inflow - g V: in the fixed
    /// step both sums are made once for each of the three times and not once for each of the four slopes.
    template <class T> TRIPARTITE_INLINE static T fixed(auto& s, const auto& k, const T& drive) {
        const auto g_ex = nest::halves(nest::smaller(s.g_ex, T(k.most)), k.half_ex), g_in = nest::halves(nest::smaller(s.g_in, T(k.most)), k.half_in);
        std::array<T, 3> g, inflow;
        TRIPARTITE_UNROLL for (std::size_t half = 0; half < 3; ++half) {
            g[half] = g_ex[half] + g_in[half] + k.g_L;
            inflow[half] = fma(g_ex[half], k.E_ex, fma(g_in[half], k.E_in, fma(k.g_L, k.E_L, drive)));
        }
        std::array v{s.V_m};
        rk4_step(v, T(k.dt * k.per_C), [&](const auto& y, int half) __attribute__((always_inline)) {
            return std::array{fma(-g[half], y[0], inflow[half])};
        });
        s.g_ex = s.g_ex * k.half_ex * k.half_ex, s.g_in = s.g_in * k.half_in * k.half_in;
        return v[0];
    }
    template <class T> TRIPARTITE_INLINE static T adaptive(auto& s, const auto& k, const T& drive) {
        std::array y{s.V_m, s.g_ex, s.g_in};
        rkf45(y, T(k.dt), T(k.tolerance), [&](const auto& y) __attribute__((always_inline)) {
            return std::array{slope(y[0], y[1], y[2], drive, k), -y[1] * k.rate_ex, -y[2] * k.rate_in};
        }, [](auto&, const auto&) {});
        s.g_ex = y[1], s.g_in = y[2];
        return y[0];
    }
};

}  // namespace tripartite
