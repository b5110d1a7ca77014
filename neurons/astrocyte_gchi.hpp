#pragma once
#include "neurons/escape.hpp"
#include "neurons/gliotransmission.hpp"
#include "neurons/nest.hpp"

namespace tripartite {

/// An astrocyte with calcium dynamics, the G-ChI model (De Pitta et al. 2009; equations, values and the step of 10 ms as in Stimberg,
/// Goodman, Brette and De Pitta 2019 and its released code). Concentrations in uM, rates per second:
///
///   dGamma_A/dt = O_N Y_S (1 - Gamma_A) - Omega_N (1 + zeta C/(C + K_KC)) Gamma_A       receptors; Y_S at the port `transmitter`
///   dI/dt = O_beta Gamma_A + O_delta/(1 + I/kappa_delta) C^2/(C^2 + K_delta^2) - O_3K C^4/(C^4 + K_D^4) I/(I + K_3K) - Omega_5P I
///           - F_ex s(|I - I_bias|) sign(I - I_bias) + coupling                          IP3; gap junctions reach the port `coupling`
///   dC/dt = (Omega_C m^3 h^3 + Omega_L) (C_T - (1 + rho_A) C) - O_P C^2/(C^2 + K_P^2)   calcium;  m = I/(I + d_1) C/(C + d_5)
///   dh/dt = O_2 (Q - (Q + C) h),   Q = d_2 (I + d_1)/(I + d_3)                          inactivation of the channels
///   dx_A/dt = Omega_A (1 - x_A),  dG_A/dt = -Omega_e G_A                                gliotransmitter: resources, outside the cell
///   dGamma_S/dt = O_G G_A (1 - Gamma_S) - Omega_G Gamma_S                               share of presynaptic receptors that it holds
///
/// with s(x) = 1/2 (1 + tanh((x - I_Theta)/omega_I)). An event is C crossing C_Theta upwards: G_A += rho_e G_T U_A x_A, then
/// x_A -= U_A x_A. A step is one of the classical Runge-Kutta method for the first four, Gamma_A taken between 0 and 1 in the slopes, as in the
/// released code. Ours: at the end of a step Gamma_A is in these bounds and I not negative; the last three, whose equations are linear, advance exactly
/// (the released code holds G_A for a step: at 10 ms a release binds a third more); Gamma_S stands here, because an astrocyte's synapses share it.
struct AstrocyteGchi {
    static constexpr std::string_view name = "astrocyte_gchi", doc = "astrocyte with IP3, calcium and gliotransmission (G-ChI), on a slow step";
    static constexpr bool spiking = true;
    static constexpr int ports = 2;
    static constexpr std::string_view port_names[] = {"transmitter", "coupling"}, port_units[] = {"mM", "uM/s"};

    template <class T> struct Params {
        T step = 10.0, O_N = 0.3, Omega_N = 0.5, zeta = 10.0, K_KC = 0.5, O_beta = 0.5, O_delta = 1.2, kappa_delta = 1.5, K_delta = 0.1, O_3K = 4.5,
          K_D = 0.7, K_3K = 1.0, Omega_5P = 0.05, F_ex = 0.0, I_bias = 0.0, I_Theta = 0.3, omega_I = 0.05, Omega_C = 6.0, C_T = 2.0, rho_A = 0.18,
          Omega_L = 0.1, O_P = 0.9, K_P = 0.05, d_1 = 0.13, d_2 = 1.05, d_3 = 0.9434, d_5 = 0.08, O_2 = 0.2, C_Theta = 0.5, Omega_A = 0.6, U_A = 0.6,
          G_T = 200.0, rho_e = 6.5e-4, Omega_e = 60.0, O_G = 1.5, Omega_G = 0.5 / 60;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("step", &P::step, "ms", "time between two steps of the astrocyte, whole steps of the simulation").positive(),
            field("O_N", &P::O_N, "1/(uM s)", "rate at which transmitter binds to receptors").non_negative(),
            field("Omega_N", &P::Omega_N, "1/s", "largest rate at which receptors are inactivated").non_negative(),
            field("zeta", &P::zeta, "", "largest reduction of the receptors' affinity by protein kinase C").non_negative(),
            field("K_KC", &P::K_KC, "uM", "calcium affinity of protein kinase C").positive(),
            field("O_beta", &P::O_beta, "uM/s", "largest rate of IP3 production by phospholipase C beta").non_negative(),
            field("O_delta", &P::O_delta, "uM/s", "largest rate of IP3 production by phospholipase C delta").non_negative(),
            field("kappa_delta", &P::kappa_delta, "uM", "IP3 that inhibits phospholipase C delta").positive(),
            field("K_delta", &P::K_delta, "uM", "calcium affinity of phospholipase C delta").positive(),
            field("O_3K", &P::O_3K, "uM/s", "largest rate of IP3 degradation by IP3 3-kinase").non_negative(),
            field("K_D", &P::K_D, "uM", "calcium affinity of IP3 3-kinase").positive(),
            field("K_3K", &P::K_3K, "uM", "IP3 affinity of IP3 3-kinase").positive(),
            field("Omega_5P", &P::Omega_5P, "1/s", "rate of IP3 degradation by the 5-phosphatase").non_negative(),
            field("F_ex", &P::F_ex, "uM/s", "largest flow of IP3 from outside, which brings I to within I_Theta of I_bias").non_negative(),
            field("I_bias", &P::I_bias, "uM", "IP3 outside").non_negative(),
            field("I_Theta", &P::I_Theta, "uM", "difference of IP3 at which half of F_ex flows").non_negative(),
            field("omega_I", &P::omega_I, "uM", "width of that threshold").positive(),
            field("Omega_C", &P::Omega_C, "1/s", "largest rate of calcium release by the IP3 receptors of the store").non_negative(),
            field("C_T", &P::C_T, "uM", "free calcium of the cell in all").positive(),
            field("rho_A", &P::rho_A, "", "volume of the store over that of the cytosol").positive(),
            field("Omega_L", &P::Omega_L, "1/s", "rate of calcium leak from the store").non_negative(),
            field("O_P", &P::O_P, "uM/s", "largest rate of calcium uptake by the store's pumps").non_negative(),
            field("K_P", &P::K_P, "uM", "calcium affinity of the pumps").positive(),
            field("d_1", &P::d_1, "uM", "IP3 binding affinity of the channels").positive(),
            field("d_2", &P::d_2, "uM", "calcium inactivation constant of the channels").positive(),
            field("d_3", &P::d_3, "uM", "IP3 dissociation constant of the channels").positive(),
            field("d_5", &P::d_5, "uM", "calcium activation constant of the channels").positive(),
            field("O_2", &P::O_2, "1/(uM s)", "rate at which calcium inactivates the channels").positive(),
            field("C_Theta", &P::C_Theta, "uM", "calcium at which gliotransmitter is released").positive(),
            field("Omega_A", &P::Omega_A, "1/s", "rate at which gliotransmitter is recycled").positive(),
            field("U_A", &P::U_A, "", "share of it that a release uses").within(0, 1),
            field("G_T", &P::G_T, "mM", "gliotransmitter in the vesicles").non_negative(),
            field("rho_e", &P::rho_e, "", "volume of the vesicles over that outside the cell").non_negative(),
            field("Omega_e", &P::Omega_e, "1/s", "rate at which gliotransmitter is cleared").positive(),
            field("O_G", &P::O_G, "1/(uM s)", "rate at which it binds to presynaptic receptors").non_negative(),
            field("Omega_G", &P::Omega_G, "1/s", "rate at which it leaves them").positive(),
        };
    }
    static std::string_view problem(const Params<double>&) { return ""; }
    static double interval(const Params<double>& p) { return p.step; }

    template <class T> struct State { T Gamma_A, I, C, h, x_A, G_A, Gamma_S; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("Gamma_A", &S::Gamma_A, "", "share of the astrocyte's receptors that are active"),
            field("I", &S::I, "uM", "IP3"),
            field("C", &S::C, "uM", "calcium in the cytosol"),
            field("h", &S::h, "", "share of the channels that are not inactivated"),
            field("x_A", &S::x_A, "", "share of the gliotransmitter that can be released"),
            field("G_A", &S::G_A, "uM", "gliotransmitter outside the cell"),
            field("Gamma_S", &S::Gamma_S, "", "share of the receptors of its synapses that gliotransmitter holds"),
        };
    }
    static State<double> initial(const Params<double>&) { return {0, 0.01, 0.01, 0.9, 1, 0, 0}; }

    template <class T> struct Coefficients {
        T h, O_N, Omega_N, zeta, K_KC, O_beta, O_delta, per_kappa, K_delta, O_3K, K_D, K_3K, Omega_5P, F_ex, I_bias, I_Theta, steepness, Omega_C, C_T, volume,
          Omega_L, O_P, K_P, d_1, d_2, d_3, d_5, O_2, C_Theta, recovered, U_A, released, cleared, bound_by, unbound, bound;
    };
    /// K_delta, K_D, K_P in the power in which they occur; dt is the astrocyte's step.
    static Coefficients<double> coefficients(const Params<double>& p, double dt) {
        const double h = dt * 1e-3;  // s
        constexpr double uM_per_mM = 1e3;
        return {h, p.O_N * uM_per_mM, p.Omega_N, p.zeta, p.K_KC, p.O_beta, p.O_delta, 1 / p.kappa_delta, p.K_delta * p.K_delta, p.O_3K, std::pow(p.K_D, 4), p.K_3K,
                p.Omega_5P, p.F_ex, p.I_bias, p.I_Theta, 2 / p.omega_I, p.Omega_C, p.C_T, 1 + p.rho_A, p.Omega_L, p.O_P, p.K_P * p.K_P, p.d_1, p.d_2, p.d_3, p.d_5,
                p.O_2, p.C_Theta, -std::expm1(-p.Omega_A * h), p.U_A, p.rho_e * p.G_T * uM_per_mM * p.U_A, std::exp(-p.Omega_e * h),
                -p.O_G * std::expm1(-p.Omega_e * h) / p.Omega_e, p.Omega_G * h, fires_above};
    }

    /// Returns C, or C_Theta if C was above it before: such a step is no crossing.
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        const T before = s.C;
        std::array y{s.Gamma_A, s.I, s.C, s.h};
        rk4_step(y, T(k.h), [&](const auto& y, int) __attribute__((always_inline)) { return slope(y[0], y[1], y[2], y[3], x, k); });
        bind_gliotransmitter(s.Gamma_S, s.G_A, k);
        s.x_A = fma(k.recovered, T(1) - s.x_A, s.x_A);
        s.Gamma_A = nest::smaller(nest::larger(T(0), y[0]), T(1)), s.I = nest::larger(T(0), y[1]), s.C = y[2], s.h = y[3];
        return select(before > T(k.C_Theta), T(k.C_Theta), s.C);
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.C_Theta; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.G_A = fma(spike * k.released, s.x_A, s.G_A);
        s.x_A = fma(-(spike * k.U_A), s.x_A, s.x_A);
    }

private:
    /// A function of its own: a slow cell pays little for the call, and inlined four times it takes three times as long to compile.
    template <class T>
    TRIPARTITE_NOINLINE static std::array<T, 4> slope(const T& receptors, const T& ip3, const T& C, const T& h, const std::array<T, 2>& x, const auto& k) {
        const T gamma = nest::smaller(nest::larger(T(0), receptors), T(1)), I = nest::larger(T(0), ip3), C2 = C * C, C4 = C2 * C2;
        const T d_gamma = k.O_N * x[0] * (T(1) - gamma) - k.Omega_N * (T(1) + k.zeta * C / (C + k.K_KC)) * gamma;
        const T made = k.O_beta * gamma + k.O_delta / (T(1) + I * k.per_kappa) * (C2 / (C2 + k.K_delta));
        const T broken_down = k.O_3K * (C4 / (C4 + k.K_D)) * (I / (I + k.K_3K)) + k.Omega_5P * I;
        const T apart = k.I_bias - I, flow = k.F_ex * escape_probability(abs(apart) - k.I_Theta, k.steepness);
        const T m = I / (I + k.d_1) * (C / (C + k.d_5)), mh = m * h, Q = k.d_2 * (I + k.d_1) / (I + k.d_3);
        const T in_store = k.C_T - k.volume * C;
        return {d_gamma, made - broken_down + select(apart < T(0), -flow, flow) + x[1],
                fma(k.Omega_C * (mh * mh * mh) + k.Omega_L, in_store, -(k.O_P * (C2 / (C2 + k.K_P)))), k.O_2 * (Q - (Q + C) * h)};
    }
};

}  // namespace tripartite
