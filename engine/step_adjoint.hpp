#pragma once
#include "engine/neuron_model.hpp"

/// The adjoint of one step of a neuron model, from the model's own functions on duals.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

template <class M, class Real> using PackState = typename M::template State<Pack<Real>>;
template <class M, class Real> using PackCoefficients = typename M::template Coefficients<Pack<Real>>;

/// y_bar^T J: adds sum_i y_bar[i] * y[i].d[j] for the lanes j of each dual y[i].
template <class P, int N> TRIPARTITE_INLINE void pull(P (&out)[N], P y_bar, const Dual<P, N>& y) {
    TRIPARTITE_UNROLL for (int j = 0; j < N; ++j) out[j] += y_bar * y.d[j];
}

/// The three adjoints of one step: of the reset, of the decision, and of the integration. Each evaluates the model on
/// duals whose lanes are (state, input or spike, coefficients); without learning the coefficients are plain packs.
template <class M, int variant, class Real, bool learning> struct StepAdjoint {
    using P = Pack<Real>;
    static constexpr int S = num_states<M>, I = num_ports<M>, C = learning ? num_coefficients<M> : 0;
    P state_bar[S > 0 ? S : 1], coefficients_bar[num_coefficients<M>];

    template <int N> static TRIPARTITE_INLINE auto seeded(const PackState<M, Real>& s) {
        typename M::template State<Dual<P, N>> d;
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) members<Dual<P, N>>(d)[i] = Dual<P, N>::seed(members<P>(s)[i], i);
        return d;
    }
    /// The coefficients occupy the last C lanes.
    template <int N> static TRIPARTITE_INLINE auto seeded(const PackCoefficients<M, Real>& k) {
        if constexpr (!learning) return k;
        else {
            typename M::template Coefficients<Dual<P, N>> d;
            TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) members<Dual<P, N>>(d)[i] = Dual<P, N>::seed(members<P>(k)[i], N - C + i);
            return d;
        }
    }
    template <int N> TRIPARTITE_INLINE void take_coefficients(const P (&out)[N]) {
        TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) coefficients_bar[i] += out[N - C + i];
    }

    /// Turns the adjoint of the state after the reset into that before it; returns that of the spike.
    TRIPARTITE_INLINE P through_reset(const PackState<M, Real>& middle, const PackCoefficients<M, Real>& k, P spike) {
        constexpr int N = S + 1 + C;
        auto s = seeded<N>(middle);
        reset<M, variant>(s, seeded<N>(k), Dual<P, N>::seed(spike, S));
        P out[N] = {};
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) out[i] = P(0);
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) pull(out, state_bar[i], members<Dual<P, N>>(s)[i]);
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) state_bar[i] = out[i];
        take_coefficients(out);
        return out[S];
    }
    /// Turns the adjoint of the state after a step into that before it received its input; returns that of the input.
    TRIPARTITE_INLINE std::array<P, I> through_receive(const PackState<M, Real>& after, const PackCoefficients<M, Real>& k, const std::array<P, I>& input) {
        constexpr int N = S + I + C;
        auto s = seeded<N>(after);
        std::array<Dual<P, N>, I> x;
        TRIPARTITE_UNROLL for (int i = 0; i < I; ++i) x[i] = Dual<P, N>::seed(input[i], S + i);
        receive<M, variant>(s, seeded<N>(k), x);
        return pulled_to_input(s, P(0), Dual<P, N>(P(0)));
    }
    /// From the adjoint of the spike to that of x = u - threshold. `at` is the surrogate's slope at x; for kinds that fire with a
    /// probability it is x itself.
    TRIPARTITE_INLINE P through_decision(const PackCoefficients<M, Real>& k, P spike_bar, P at) {
        if constexpr (!is_stochastic<M>(variant)) return spike_bar * at;
        else {
            constexpr int N = 1 + C;
            P out[N];
            TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) out[i] = P(0);
            pull(out, spike_bar, M::probability(Dual<P, N>::seed(at, 0), seeded<N>(k)));
            take_coefficients(out);
            return out[0];
        }
    }
    /// Takes the adjoint of the threshold.
    TRIPARTITE_INLINE void through_threshold(const PackState<M, Real>& middle, const PackCoefficients<M, Real>& k, P bar) {
        constexpr int N = S + C > 0 ? S + C : 1;
        const auto threshold = M::threshold(seeded<N>(middle), seeded<N>(k));
        if constexpr (!std::is_same_v<std::decay_t<decltype(threshold)>, P>) {
            P out[N];
            TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) out[i] = P(0);
            pull(out, bar, threshold);
            TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) state_bar[i] += out[i];
            take_coefficients(out);
        }
    }
    /// Turns the adjoints of the state after the integration and of u into that of the state before, and of the input.
    TRIPARTITE_INLINE std::array<P, I> through_integration(PackState<M, Real> before, const PackCoefficients<M, Real>& k,
                                                           const std::array<P, I>& input, P u_bar) {
        constexpr int N = S + I + C;
        auto s = seeded<N>(before);
        std::array<Dual<P, N>, I> x;
        TRIPARTITE_UNROLL for (int i = 0; i < I; ++i) x[i] = Dual<P, N>::seed(input[i], S + i);
        const auto u = integrate<M, variant>(s, seeded<N>(k), x);
        return pulled_to_input(s, u_bar, u);
    }

private:
    /// The state after a function of (state, input, coefficients), and its value u: sets the adjoint of the state before, returns that of the input.
    template <class D, int N> TRIPARTITE_INLINE std::array<P, I> pulled_to_input(const D& s, P u_bar, const Dual<P, N>& u) {
        P out[N];
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) out[i] = u_bar * u.d[i];
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) pull(out, state_bar[i], members<Dual<P, N>>(s)[i]);
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) state_bar[i] = out[i];
        take_coefficients(out);
        std::array<P, I> input_bar;
        TRIPARTITE_UNROLL for (int i = 0; i < I; ++i) input_bar[i] = out[S + i];
        return input_bar;
    }
};

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
