#pragma once
#include "neurons/gliotransmission.hpp"
#include "neurons/nest.hpp"

namespace tripartite {

/// The presynaptic terminals of one axon, near an astrocyte: the tripartite synapse as a population, so that learning passes through it.
/// In a step dt, with a spike s[t], between 0 and 1, at the port `input` and what an astrocyte releases at `gliotransmitter`, in this order:
///
///   u <- u e^(-Omega_f dt),   x <- 1 + (x - 1) e^(-Omega_d dt)                                 facilitation, recovery
///   u <- u + s U_0 (1 - u),   U_0 = (1 - Gamma_S) U0 + alpha Gamma_S,   r[t] = s u x,   x <- x - r[t]       release
///   G_A <- G_A + gliotransmitter[t];   dGamma_S/dt = O_G G_A (1 - Gamma_S) - Omega_G Gamma_S,   dG_A/dt = -Omega_e G_A
///
/// It never fires and sends r, the share of its resources that is released: dense projections from it carry weight times r. Equations and values
/// are those of Stimberg, Goodman, Brette and De Pitta 2019 (synapse `tripartite`, neuron `astrocyte_gchi`). Ours: a population of terminals, shared by
/// the synapses of an axon, in which G_A is not negative and each release finds all of the astrocyte's resources; Gamma_S advances as in `astrocyte_gchi`.
struct SynapticTerminal {
    static constexpr std::string_view name = "synaptic_terminal", doc = "presynaptic terminal: short-term plasticity under gliotransmitter; sends what it releases";
    static constexpr bool spiking = false;
    static constexpr int ports = 2;
    static constexpr std::string_view port_names[] = {"input", "gliotransmitter"}, port_units[] = {"", "uM"};

    template <class T> struct Params { T U0 = 0.6, alpha = 0.0, Omega_f = 3.33, Omega_d = 2.0, Omega_e = 60.0, O_G = 1.5, Omega_G = 0.5 / 60; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("U0", &P::U0, "", "probability of release at rest, without gliotransmitter").within(0, 1).learnable(Learned::directly),
            field("alpha", &P::alpha, "", "the same where gliotransmitter holds all receptors: below U0 it decreases release, above it increases it").within(0, 1).learnable(Learned::directly),
            field("Omega_f", &P::Omega_f, "1/s", "rate of facilitation").positive().learnable(Learned::by_softplus),
            field("Omega_d", &P::Omega_d, "1/s", "rate of recovery from depression").positive().learnable(Learned::by_softplus),
            field("Omega_e", &P::Omega_e, "1/s", "rate at which gliotransmitter is cleared").positive(),
            field("O_G", &P::O_G, "1/(uM s)", "rate at which it binds to receptors").non_negative(),
            field("Omega_G", &P::Omega_G, "1/s", "rate at which it leaves them").positive(),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T u, x, G_A, Gamma_S; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{
            field("u", &S::u, "", "share of the resources that a spike releases"),
            field("x", &S::x, "", "resources that are there"),
            field("G_A", &S::G_A, "uM", "gliotransmitter around the terminal"),
            field("Gamma_S", &S::Gamma_S, "", "share of its receptors that gliotransmitter holds"),
        };
    }
    static State<double> initial(const Params<double>&) { return {0, 1, 0, 0}; }

    template <class T> struct Coefficients { T U0, more, facilitated, depressed, cleared, bound_by, unbound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const T h = T(dt * 1e-3), none = T(0.0);  // s
        const T cleared = exp(none - p.Omega_e * h);
        return {p.U0, p.alpha - p.U0, exp(none - p.Omega_f * h), exp(none - p.Omega_d * h), cleared, p.O_G * (T(1.0) - cleared) / p.Omega_e, p.Omega_G * h};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        s.u = s.u * k.facilitated;
        s.x = fma(k.depressed, s.x - T(1), T(1));
        const T spike = nest::smaller(T(1), nest::larger(T(0), x[0]));
        s.u = fma(spike * fma(k.more, s.Gamma_S, T(k.U0)), T(1) - s.u, s.u);
        const T released = spike * s.u * s.x;
        s.x = s.x - released;
        s.G_A = nest::larger(T(0), s.G_A + x[1]);
        bind_gliotransmitter(s.Gamma_S, s.G_A, k);
        return released;
    }
};

}  // namespace tripartite
