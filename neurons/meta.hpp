#pragma once
#include "neurons/escape.hpp"

namespace tripartite {

/// Probabilistic meta neuron: a membrane with a recovery variable that fires by chance.
///
///   v[t] = a v[t-1] (1 - s[t-1]) + g x[t] + b - u[t-1]
///   u[t] = r u[t-1] + k s[t-1]
///   P(s[t] = 1) = sigmoid(beta (v[t] - theta))
///
/// a decay, g gain, b bias, r recovery_decay, k recovery_jump, theta threshold, beta slope; each can be learned, per neuron too. Backwards
/// the derivative of P takes the place of the surrogate. `deterministic` is the twin that fires where P >= 1/2, with the surrogate.
///
/// This is our model. Rudnicka, Szczepanski and Pregowska 2025 (arXiv 2508.11674) train probabilistic meta neurons whose internal
/// parameters are learned; the equations of their paper were not at hand, and no number of ours stands for one of theirs.
struct Meta {
    static constexpr std::string_view name = "meta", doc = "probabilistic meta neuron: membrane, recovery and firing by chance (our equations)";
    static constexpr bool spiking = true;

    template <class T> struct Params {
        T decay = 0.9, gain = 1.0, bias = 0.0, recovery_decay = 0.8, recovery_jump = 0.2, threshold = 1.0, slope = 5.0;
        bool deterministic = false;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("decay", &P::decay, "", "a, share of the membrane that a step keeps").within(0, 1).learnable(Learned::as_fraction),
            field("gain", &P::gain, "", "g, factor of the input").learnable(Learned::directly),
            field("bias", &P::bias, "", "b, added in each step").learnable(Learned::directly),
            field("recovery_decay", &P::recovery_decay, "", "r, share of the recovery that a step keeps").within(0, 1).learnable(Learned::as_fraction),
            field("recovery_jump", &P::recovery_jump, "", "k, what a spike adds to the recovery").learnable(Learned::directly),
            field("threshold", &P::threshold, "", "theta, where it fires with probability 1/2").learnable(Learned::directly),
            field("slope", &P::slope, "", "beta, steepness of the probability; without effect where deterministic").positive().learnable(Learned::by_softplus),
            field("deterministic", &P::deterministic, "", "fires where the probability reaches 1/2, and learns by the surrogate"),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T v, u, spike; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("v", &S::v, "", "membrane potential"), field("u", &S::u, "", "recovery"), field("spike", &S::spike, "", "1 after a spike, else 0")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0, 0}; }

    template <class T> struct Coefficients { T decay, gain, bias, recovery_decay, recovery_jump, threshold, slope, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) {
        return {p.decay, p.gain, p.bias, p.recovery_decay, p.recovery_jump, p.threshold, p.slope, T(0.0)};
    }

    enum Variant { probabilistic, deterministic };
    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return p.deterministic; }
    static constexpr bool stochastic(int variant) { return variant == probabilistic; }

    template <int, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.v = fma(k.decay, s.v, fma(k.gain, x[0], k.bias)) - s.u;
        s.u = k.recovery_decay * s.u + k.recovery_jump * s.spike;
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static T probability(const T& x, const auto& k) { return escape_probability(x, k.slope); }
    template <int, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto&, const T& spike) {
        s.v = (value_of<T>(1) - spike) * s.v;
        s.spike = spike;
    }
};

}  // namespace tripartite
