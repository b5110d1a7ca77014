#pragma once
#include "neurons/nest.hpp"

namespace tripartite {

/// Leaky integrate-and-fire neuron whose membrane jumps by the weight of each spike, integrated exactly (NEST `iaf_psc_delta`):
///
///   C_m dV/dt = -C_m (V - E_L)/tau_m + I_e + current + C_m (weights [mV] as delta functions at the end of their step)
///
/// For t_ref after a spike V is held at V_reset and what arrives is lost (NEST's default, refractory_input: false).
struct IafPscDelta {
    static constexpr std::string_view name = "iaf_psc_delta", doc = "leaky integrate-and-fire, spikes are jumps of the membrane, exact (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 2;
    static constexpr const auto& port_names = nest::jump_ports;
    static constexpr std::string_view port_units[] = {"mV", "pA"};

    template <class T> struct Params {
        T E_L = -70.0, C_m = 250.0, tau_m = 10.0, t_ref = 2.0, V_th = -55.0, V_reset = -70.0, I_e = 0.0,
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
            field("I_e", &P::I_e, "pA", "constant current"),
            field("V_min", &P::V_min, "mV", "lowest potential; none unless given"),
        };
    }
    static std::string_view problem(const Params<double>& p) {
        if (p.V_reset >= p.V_th) return "V_reset must be below V_th";
        return p.V_min > p.V_reset ? "V_min must not be above V_reset" : "";
    }

    template <class T> struct State { T V_m, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("V_m", &S::V_m, "mV", "membrane potential"),
                          field("refractory", &S::refractory, "steps", "what is left of the refractory period")};
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0}; }

    template <class T> struct Coefficients { T leak, V_inf, P30, V_min, V_th, V_reset, t_ref, bound; };
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        const double leak = nest::leak(p.tau_m, dt), resistance = p.tau_m / p.C_m;
        return {leak, p.E_L + resistance * p.I_e, resistance * leak, nest::finite_bound(p.V_min), p.V_th, p.V_reset,
                nest::whole_steps(p.t_ref, dt), 0};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        const T v = s.V_m + fma(k.leak, k.V_inf - s.V_m, fma(k.P30, x[1], x[0]));
        s.V_m = select(s.refractory > T(0), s.V_m, nest::larger(v, T(k.V_min)));
        s.refractory = nest::count_down(s.refractory);
        return s.V_m;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_th; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.V_m = select(nest::fired(spike), k.V_reset, s.V_m);
        s.refractory = select(nest::fired(spike), k.t_ref, s.refractory);
    }
};

}  // namespace tripartite
