#pragma once
#include "neurons/iaf_cond_exp.hpp"

namespace tripartite {

/// The excitatory neuron of Diehl and Cook (2015), Front. Comput. Neurosci. 9:99: iaf_cond_exp whose threshold rises with each of its
/// spikes and falls back very slowly, so that all neurons of a population take part in learning:
///
///   fires at V_m >= V_th + theta,   dtheta/dt = (theta_rest - theta)/tau_theta,   a spike: theta += theta_plus
///
/// Their conductances are in units of the leak: with g_L = 1 nS and C_m = tau_m g_L, tau_m = 100 ms, the numbers are the same. Their
/// theta starts at 20 mV, decays to 0, and 20 mV are taken from the threshold: here it starts at 0 and decays to theta_rest = -20 mV, so that
/// neurons that seldom fire become more excitable. theta is what a neuron has learned: it outlives a sample, and
/// stays as it is while a network does not learn. In float32 the decay of a theta with tau_theta above 10^6 steps is rounded; take float64.
struct DiehlCook {
    static constexpr std::string_view name = "diehl_cook", doc = "iaf_cond_exp whose threshold rises with each spike and decays slowly (Diehl and Cook 2015)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3, lasting = 1;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::conductance_units;

    template <class T> struct Params {
        T V_th = -52.0, V_reset = -65.0, t_ref = 5.0, g_L = 1.0, C_m = 100.0, E_ex = 0.0, E_in = -100.0, E_L = -65.0, tau_syn_ex = 1.0,
          tau_syn_in = 2.0, I_e = 0.0, theta_plus = 0.05, tau_theta = 1e7, theta_rest = -20.0, gsl_error_tol = 1e-6;
        nest::Integrator integrator = nest::Integrator::fixed;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple_cat(IafCondExp::fields_of<P>(),
                              std::tuple{field("theta_plus", &P::theta_plus, "mV", "by how much a spike raises the threshold").non_negative(),
                                         field("tau_theta", &P::tau_theta, "ms", "time constant with which that decays").positive(),
                                         field("theta_rest", &P::theta_rest, "mV", "to which it decays, from 0 at the start")});
    }
    static std::string_view problem(const Params<double>& p) { return IafCondExp::problem(p); }

    template <class T> struct State { T V_m, g_ex, g_in, refractory, theta; };
    template <class T> static constexpr auto state_fields() {
        return std::tuple_cat(IafCondExp::state_fields_of<State<T>>(), std::tuple{field("theta", &State<T>::theta, "mV", "how far the threshold has risen")});
    }
    static State<double> initial(const Params<double>& p) { return {p.E_L, 0, 0, 0, 0}; }

    template <class T> struct Coefficients { IafCondExp::Coefficients<T> membrane; T theta_decay, theta_plus, theta_rest, bound; };
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        return {IafCondExp::coefficients(p, dt), std::exp(-dt / p.tau_theta), p.theta_plus, p.theta_rest, 0};
    }

    static constexpr int variants = IafCondExp::variants;
    static int variant(const Params<double>& p) { return IafCondExp::variant(p); }
    static constexpr bool needs_double(int variant) { return IafCondExp::needs_double(variant); }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        s.theta = (s.theta - k.theta_rest) * k.theta_decay + k.theta_rest;
        return IafCondExp::integrate<variant>(s, k.membrane, x);
    }
    template <class T> TRIPARTITE_INLINE static T threshold(const State<T>& s, const auto& k) { return k.membrane.V_th + s.theta; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        IafCondExp::reset<variant>(s, k.membrane, spike);
        s.theta = fma(k.theta_plus, spike, s.theta);
    }
};

}  // namespace tripartite
