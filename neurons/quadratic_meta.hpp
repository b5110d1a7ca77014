#pragma once
#include "neurons/escape.hpp"

namespace tripartite {

/// Meta neuron of two variables: a quadratic membrane v and a recovery u, by Euler steps of dt.
///
///   tau dv/dt = v^2 - v - u + x      tau du/dt = a (b v - u)      a spike: v <- c, u <- u + d
///   P(s = 1) = sigmoid(slope (v - threshold)), or where deterministic s = H(v - threshold)
///
/// v is not allowed below v_min, from where its square would throw it upwards. a, b, c, d can be learned, per neuron too.
///
/// Our reconstruction, from memory, of the meta-dynamic neurons of Cheng et al. (2020, 2023), whose quadratic form it has; the Euler steps,
/// v_min, the defaults and the firing by chance are ours from the start.
struct QuadraticMeta {
    static constexpr std::string_view name = "quadratic_meta", doc = "meta neuron of two variables, quadratic (after Cheng et al., from memory; firing by chance is ours)";
    static constexpr bool spiking = true;

    template <class T> struct Params {
        T tau = 4.0, a = 0.5, b = 0.2, c = 0.0, d = 0.5, threshold = 1.0, v_min = -1.0, slope = 5.0;
        bool deterministic = false;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau", &P::tau, "ms", "time constant of both variables").positive(),
            field("a", &P::a, "", "rate of the recovery, in 1/tau").learnable(Learned::directly),
            field("b", &P::b, "", "how the recovery follows the membrane").learnable(Learned::directly),
            field("c", &P::c, "", "membrane after a spike").learnable(Learned::directly),
            field("d", &P::d, "", "what a spike adds to the recovery").learnable(Learned::directly),
            field("threshold", &P::threshold, "", "where it fires with probability 1/2").learnable(Learned::directly),
            field("v_min", &P::v_min, "", "lowest membrane potential"),
            field("slope", &P::slope, "", "steepness of the probability; without effect where deterministic").positive().learnable(Learned::by_softplus),
            field("deterministic", &P::deterministic, "", "fires where the probability reaches 1/2, and learns by the surrogate"),
        };
    }
    template <class T> static std::string_view problem(const Params<T>& p) {
        return p.c >= p.threshold || p.v_min >= p.threshold ? "c and v_min must be below threshold" : "";
    }

    template <class T> struct State { T v, u; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("v", &S::v, "", "membrane potential"), field("u", &S::u, "", "recovery")};
    }
    static State<double> initial(const Params<double>& p) { return {p.c, 0}; }

    template <class T> struct Coefficients { T h, a, b, c, d, threshold, v_min, slope, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const T h = T(dt) / p.tau;
        return {h, h * p.a, p.b, p.c, p.d, p.threshold, p.v_min, p.slope, T(0.0)};
    }

    enum Variant { probabilistic, deterministic };
    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return p.deterministic; }
    static constexpr bool stochastic(int variant) { return variant == probabilistic; }

    template <int, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        const T before = s.v, v = fma(k.h, before * before - before - s.u + x[0], before);
        s.v = select(v > T(k.v_min), v, T(k.v_min));
        s.u = fma(k.a, k.b * before - s.u, s.u);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static T probability(const T& x, const auto& k) { return escape_probability(x, k.slope); }
    template <int, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.v = (value_of<T>(1) - spike) * s.v + spike * k.c;
        s.u = s.u + spike * k.d;
    }
};

}  // namespace tripartite
