#pragma once
#include <numbers>

#include "neurons/nest.hpp"

namespace tripartite {

/// Hodgkin and Huxley's neuron with alpha-shaped synaptic currents (NEST `hh_psc_alpha`; Hodgkin and Huxley 1952):
///
///   C_m dV/dt = -g_Na m^3 h (V - E_Na) - g_K n^4 (V - E_K) - g_L (V - E_L) + I_syn_ex + I_syn_in + I_e + current
///   dx/dt = alpha_x(V) (1 - x) - beta_x(V) x   for x = m, h, n
///
/// A spike is a maximum of V at or above 0 mV, seen from step to step, with t_ref between spikes; nothing is reset. Weights that
/// arrive in a step start alpha functions with these peaks at its end. The rates take V for at most 100 mV away from 0, beyond
/// which fixed steps would be unstable. Training (ours): the surrogate takes how far V fell in the step, below 0 mV V itself if it is less.
struct HhPscAlpha {
    static constexpr std::string_view name = "hh_psc_alpha", doc = "Hodgkin-Huxley neuron with alpha-shaped synaptic currents (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 3;
    static constexpr const auto &port_names = nest::synapse_ports, &port_units = nest::current_units;
    /// Runge-Kutta steps in each dt. The spike is decided once a dt, hence these are no sub-steps of the contract.
    static constexpr int inner_steps = 10;

    template <class T> struct Params {
        T E_L = -54.402, C_m = 100.0, g_Na = 12000.0, g_K = 3600.0, g_L = 30.0, E_Na = 50.0, E_K = -77.0, t_ref = 2.0, tau_syn_ex = 0.2,
          tau_syn_in = 2.0, I_e = 0.0, gsl_error_tol = 1e-6;
        nest::Integrator integrator = nest::Integrator::fixed;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("E_L", &P::E_L, "mV", "reversal potential of the leak"),
            field("C_m", &P::C_m, "pF", "capacitance of the membrane").positive(),
            field("g_Na", &P::g_Na, "nS", "sodium conductance").non_negative(),
            field("g_K", &P::g_K, "nS", "potassium conductance").non_negative(),
            field("g_L", &P::g_L, "nS", "leak conductance").non_negative(),
            field("E_Na", &P::E_Na, "mV", "sodium reversal potential"),
            field("E_K", &P::E_K, "mV", "potassium reversal potential"),
            field("t_ref", &P::t_ref, "ms", "least time between spikes").non_negative(),
            field("tau_syn_ex", &P::tau_syn_ex, "ms", "time to the peak of the excitatory current").positive(),
            field("tau_syn_in", &P::tau_syn_in, "ms", "time to the peak of the inhibitory current").positive(),
            field("I_e", &P::I_e, "pA", "constant current"),
            field("integrator", &P::integrator, "", "fixed steps, or adaptive ones to validate them").one_of(nest::integrators),
            field("gsl_error_tol", &P::gsl_error_tol, "", "largest error of an adaptive step").positive(),
        };
    }
    static std::string_view problem(const Params<double>&) { return ""; }
    /// In longer ones the fixed steps of an action potential are unstable.
    static double longest_dt(const Params<double>& p) { return p.integrator == nest::Integrator::fixed ? 0.2 : std::numeric_limits<double>::infinity(); }

    template <class T> struct State { T V_m, Act_m, Inact_h, Act_n, I_syn_ex, dI_syn_ex, I_syn_in, dI_syn_in, refractory; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("V_m", &S::V_m, "mV", "membrane potential"),
            field("Act_m", &S::Act_m, "", "activation m of sodium"),
            field("Inact_h", &S::Inact_h, "", "inactivation h of sodium"),
            field("Act_n", &S::Act_n, "", "activation n of potassium"),
            field("I_syn_ex", &S::I_syn_ex, "pA", "excitatory synaptic current"),
            field("dI_syn_ex", &S::dI_syn_ex, "pA/ms", "its rise: dI_syn/dt + I_syn/tau_syn"),
            field("I_syn_in", &S::I_syn_in, "pA", "inhibitory synaptic current"),
            field("dI_syn_in", &S::dI_syn_in, "pA/ms", "its rise"),
            field("refractory", &S::refractory, "steps", "what is left of the refractory period"),
        };
    }
    /// -65 mV, and the gates at rest there.
    static State<double> initial(const Params<double>&) {
        const auto r = rates(-65.0);
        const auto at_rest = [](double alpha, double beta) { return alpha / (alpha + beta); };
        return {-65, at_rest(r[0], r[1]), at_rest(r[2], r[3]), at_rest(r[4], r[5]), 0, 0, 0, 0, 0};
    }

    template <class T> struct Coefficients {
        T step, per_C, g_Na, g_K, g_L, E_Na, E_K, E_L, I_e, half_ex, half_in, rate_ex, rate_in, kick_ex, kick_in, t_ref, tolerance, bound;
    };
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        const double step = dt / inner_steps;
        return {step, 1 / p.C_m, p.g_Na, p.g_K, p.g_L, p.E_Na, p.E_K, p.E_L, p.I_e,
                std::exp(-step / 2 / p.tau_syn_ex), std::exp(-step / 2 / p.tau_syn_in), 1 / p.tau_syn_ex, 1 / p.tau_syn_in,
                std::numbers::e / p.tau_syn_ex, std::numbers::e / p.tau_syn_in, nest::whole_steps(p.t_ref, dt), p.gsl_error_tol, fires_above};
    }

    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return int(p.integrator); }
    static constexpr bool needs_double(int variant) { return nest::is_adaptive(variant); }

    /// Returns how far V fell in this step, where a neuron fires from; below, what is negative.
    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 3>& x) {
        const T before = s.V_m, drive = k.I_e + x[2];
        if constexpr (variant == int(nest::Integrator::fixed))
            for (int i = 0; i < inner_steps; ++i) fixed(s, k, drive);
        else adaptive(s, k, drive);
        s.dI_syn_ex = fma(k.kick_ex, x[0], s.dI_syn_ex);
        s.dI_syn_in = fma(k.kick_in, x[1], s.dI_syn_in);
        const T fell = before - s.V_m, u = select(s.refractory > T(0), T(0), select(s.V_m >= T(0), fell, nest::smaller(fell, s.V_m)));
        s.refractory = nest::count_down(s.refractory);
        return u;
    }
    template <class T> TRIPARTITE_INLINE static T threshold(const State<T>&, const auto&) { return T(0); }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.refractory = select(nest::fired(spike), k.t_ref, s.refractory);
    }

private:
    /// x/(1 - e^-x), given e^-x; by its Taylor series near 0, where it is 0/0.
    template <class T> TRIPARTITE_INLINE static T ratio(const T& x, const T& exp_minus_x) {
        using V = scalar_of<T>;
        const T y = x * x, even = fma(fma(T(V(1.0 / 30240)), y, T(V(-1.0 / 720))), y, T(V(1.0 / 12)));
        const T series = fma(even, y, fma(T(V(0.5)), x, T(V(1))));
        return select(abs(x) < T(V(0.3)), series, x / (T(V(1)) - exp_minus_x));
    }
    /// alpha and beta of m, h, n, in 1/ms. All but one of the exponentials are powers of e^(-V/80).
    template <class T> TRIPARTITE_INLINE static std::array<T, 6> rates(const T& potential) {
        using V = scalar_of<T>;
        const auto constant = [](double x) __attribute__((always_inline)) { return T(V(x)); };
        const T v = nest::smaller(nest::larger(potential, T(V(-100))), T(V(100)));
        const T e80 = exp(v * constant(-1.0 / 80)), e40 = e80 * e80, e20 = e40 * e40, e10 = e20 * e20;
        const T m = (v + constant(40)) * constant(0.1), n = (v + constant(55)) * constant(0.1);
        return {ratio(m, e10 * constant(std::exp(-4))), constant(4) * exp((v + constant(65)) * constant(-1.0 / 18)),
                e20 * constant(0.07 * std::exp(-65.0 / 20)), constant(1) / fma(e10, constant(std::exp(-3.5)), constant(1)),
                constant(0.1) * ratio(n, e10 * constant(std::exp(-5.5))), e80 * constant(0.125 * std::exp(-65.0 / 80))};
    }
    /// d(V, m, h, n)/dt.
    template <class T>
    TRIPARTITE_INLINE static std::array<T, 4> slope(const T& v, const T& m, const T& h, const T& n, const T& current, const auto& k) {
        const auto r = rates(v);
        const T sodium = k.g_Na * (m * m * m * h), potassium = k.g_K * (n * n * n * n);
        const auto gate = [](const T& x, const T& alpha, const T& beta) __attribute__((always_inline)) { return alpha - (alpha + beta) * x; };
        return {fma(sodium, k.E_Na - v, fma(potassium, k.E_K - v, fma(k.g_L, k.E_L - v, current))) * k.per_C,
                gate(m, r[0], r[1]), gate(h, r[2], r[3]), gate(n, r[4], r[5])};
    }
    /// The same as a call: four of them on duals in one function would take the compiler minutes.
    template <class... A> __attribute__((noinline)) static auto called_slope(const A&... arguments) { return slope(arguments...); }
    /// Half a step of an alpha function: (I + (h/2) dI) e^(-h/2/tau).
    template <class T> TRIPARTITE_INLINE static void advance(T& I, T& dI, const auto& step, const auto& decay) {
        I = fma(step * scalar_of<T>(0.5), dI, I) * decay;
        dI = dI * decay;
    }
    template <class T> TRIPARTITE_INLINE static void fixed(State<T>& s, const auto& k, const T& drive) {
        T current[3];
        for (int half = 0; half < 3; ++half) {
            current[half] = s.I_syn_ex + s.I_syn_in + drive;
            if (half == 2) break;
            advance(s.I_syn_ex, s.dI_syn_ex, k.step, k.half_ex);
            advance(s.I_syn_in, s.dI_syn_in, k.step, k.half_in);
        }
        std::array y{s.V_m, s.Act_m, s.Inact_h, s.Act_n};
        rk4_step(y, T(k.step), [&](const auto& y, int half) __attribute__((always_inline)) {
            if constexpr (std::is_same_v<T, value_of<T>>) return slope(y[0], y[1], y[2], y[3], current[half], k);
            else return called_slope(y[0], y[1], y[2], y[3], current[half], k);
        });
        s.V_m = y[0], s.Act_m = y[1], s.Inact_h = y[2], s.Act_n = y[3];
    }
    template <class T> TRIPARTITE_INLINE static void adaptive(State<T>& s, const auto& k, const T& drive) {
        std::array y{s.V_m, s.Act_m, s.Inact_h, s.Act_n, s.I_syn_ex, s.dI_syn_ex, s.I_syn_in, s.dI_syn_in};
        rkf45(y, k.step * T(inner_steps), T(k.tolerance), [&](const auto& y) __attribute__((always_inline)) {
            const auto d = slope(y[0], y[1], y[2], y[3], y[4] + y[6] + drive, k);
            return std::array{d[0], d[1], d[2], d[3], y[5] - k.rate_ex * y[4], -k.rate_ex * y[5], y[7] - k.rate_in * y[6], -k.rate_in * y[7]};
        }, [](auto&, const auto&) {});
        s = {y[0], y[1], y[2], y[3], y[4], y[5], y[6], y[7], s.refractory};
    }
};

}  // namespace tripartite
