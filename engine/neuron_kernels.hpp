#pragma once
#include "engine/neuron_model.hpp"
#include "engine/step_kernel.hpp"
#include "engine/tile.hpp"

/// The loops over a tile, generated from a neuron model. Nobody writes a gradient for a neuron: the adjoint evaluates the
/// model's own functions on duals.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

template <class M, class Real> using PackState = typename M::template State<Pack<Real>>;
template <class M, class Real> using PackCoefficients = typename M::template Coefficients<Pack<Real>>;

template <class S, class Real> TRIPARTITE_INLINE S load_members(const Real* from, Index stride) {
    S s;
    TRIPARTITE_UNROLL for (int i = 0; i < int(sizeof(S) / sizeof(Pack<Real>)); ++i)
        members<Pack<Real>>(s)[i] = Pack<Real>::load(from + i * stride);
    return s;
}
template <class S, class Real> TRIPARTITE_INLINE void store_members(const S& s, Real* to, Index stride) {
    TRIPARTITE_UNROLL for (int i = 0; i < int(sizeof(S) / sizeof(Pack<Real>)); ++i) members<Pack<Real>>(s)[i].store(to + i * stride);
}
template <class M, class Real> TRIPARTITE_INLINE std::array<Pack<Real>, num_ports<M>> load_input(const NeuronTile<Real>& a, int t, Index at) {
    std::array<Pack<Real>, num_ports<M>> input;
    TRIPARTITE_UNROLL for (int p = 0; p < num_ports<M>; ++p)
        input[p] = p == 0 || a.input.at[p] ? Pack<Real>::load(a.input.at[p] + t * a.input.step[p] + at) : Pack<Real>(0);
    return input;
}

/// The spike for x = membrane - threshold, in step t at an offset in the row: 0 or 1, or between them in a gradient check.
template <class M, int variant, class Real>
TRIPARTITE_INLINE Pack<Real> decide(const NeuronTile<Real>& a, Pack<Real> x, const PackCoefficients<M, Real>& k, int t, Index offset) {
    using P = Pack<Real>;
    if constexpr (is_stochastic<M>(variant)) {
        const P probability = M::probability(x, k);
        if constexpr (sizeof(Real) == 8)
            if (a.soft) return probability;
        return select(P::load(a.uniform + t * a.uniform_step + offset) < probability, P(1), P(0));
    } else {
        if constexpr (sizeof(Real) == 8)
            if (a.soft) return each_lane(x, [&](double y) { return a.soft->primitive(y); });
        return select(x >= k.bound, P(1), P(0));
    }
}

template <class Real> TRIPARTITE_INLINE void store_spikes(const NeuronTile<Real>& a, int t, int b, int lane, Pack<Real> spike) {
    if constexpr (sizeof(Real) == 8)
        if (a.soft) return spike.store(a.values + t * a.values_step + b * a.values_sample + lane);
    using Part = std::conditional_t<sizeof(Real) == 4, std::uint16_t, std::uint8_t>;
    const Part part = Part(bits(spike > Pack<Real>(0)));
    std::memcpy(reinterpret_cast<char*>(a.spikes + t * a.spikes_step + b) + lane / 8, &part, sizeof part);
}

/// Normalisation of the membrane, folded into the threshold: a sign, and an affine map of the threshold.
template <class Real> struct ThresholdFold {
    Pack<Real> sign, factor, shift;
};

/// All steps of one sample for `Q` neighbouring packs: several chains of dependent operations are in flight at once.
template <class M, int variant, class Real, bool folded, int Q> TRIPARTITE_INLINE void forward_packs(const NeuronTile<Real>& a, int b, int lane) {
    using P = Pack<Real>;
    PackState<M, Real> s[Q];
    PackCoefficients<M, Real> k[Q];
    [[maybe_unused]] ThresholdFold<Real> fold[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        k[q] = load_members<PackCoefficients<M, Real>>(a.coefficients + lane + q * P::width, a.coefficient);
        if constexpr (folded) fold[q] = load_members<ThresholdFold<Real>>(a.fold + lane + q * P::width, a.fold_row);
        s[q] = load_members<PackState<M, Real>>(a.state + b * a.width + lane + q * P::width, a.state_variable);
    }
    for (int t = 0; t < a.steps; ++t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const int n = lane + q * P::width;
            const P u = integrate<M, variant>(s[q], k[q], load_input<M>(a, t, Index(b) * a.width + n));
            if (a.membrane) u.store(a.membrane + t * a.membrane_step + b * a.width + n);
            if constexpr (M::spiking) {
                P distance;
                if constexpr (folded) distance = fma(fold[q].sign, u, -fma(fold[q].factor, M::threshold(s[q], k[q]), fold[q].shift));
                else distance = u - M::threshold(s[q], k[q]);
                const P spike = decide<M, variant>(a, distance, k[q], t, Index(b) * a.width + n);
                reset<M, variant>(s[q], k[q], spike);
                store_spikes(a, t, b, n, spike);
            } else if (a.values) u.store(a.values + t * a.values_step + b * a.values_sample + n);
        }
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q)
        store_members(s[q], a.state + b * a.width + lane + q * P::width, a.state_variable);
}

template <class M, int variant, class Real, bool folded> void forward_lanes(const NeuronTile<Real>& a) {
    constexpr int most = num_states<M> + num_coefficients<M> <= 8 ? 4 : 1;
    int lane = 0;
    for (; lane + most * Pack<Real>::width <= a.width; lane += most * Pack<Real>::width)
        for (int b = 0; b < a.samples; ++b) forward_packs<M, variant, Real, folded, most>(a, b, lane);
    for (; lane < a.width; lane += Pack<Real>::width)
        for (int b = 0; b < a.samples; ++b) forward_packs<M, variant, Real, folded, 1>(a, b, lane);
}
template <class M, int variant, class Real> void forward_tile(const NeuronTile<Real>& a) {
    if constexpr (M::spiking)
        if (a.fold) return forward_lanes<M, variant, Real, true>(a);
    forward_lanes<M, variant, Real, false>(a);
}

/// y_bar^T J: adds sum_i y_bar[i] * y[i].d[j] for the lanes j of each dual y[i].
template <class P, int N> TRIPARTITE_INLINE void pull(P (&out)[N], P y_bar, const Dual<P, N>& y) {
    TRIPARTITE_UNROLL for (int j = 0; j < N; ++j) out[j] += y_bar * y.d[j];
}

/// The three adjoints of one step: of the reset, of the decision, and of the integration. Each evaluates the model on
/// duals whose lanes are (state, input or spike, coefficients); without learning the coefficients are plain packs.
template <class M, int variant, class Real, bool learning> struct StepAdjoint {
    using P = Pack<Real>;
    static constexpr int S = num_states<M>, I = num_ports<M>, C = learning ? num_coefficients<M> : 0;
    P state_bar[S], coefficients_bar[num_coefficients<M>];

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
        constexpr int N = S + C;
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

/// Runs the steps again and keeps, for each, the state before it, [step][Q][state], and x = membrane - threshold, [step][Q].
template <class M, int variant, class Real, int Q>
TRIPARTITE_INLINE void recompute(const AdjointTile<Real>& a, const PackCoefficients<M, Real> (&k)[Q], Real* states, Real* x, Index at) {
    using P = Pack<Real>;
    constexpr int S = num_states<M>;
    PackState<M, Real> s[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) s[q] = load_members<PackState<M, Real>>(a.state + at + q * P::width, a.state_variable);
    for (int t = 0; t < a.steps; ++t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            store_members(s[q], states + (t * Q + q) * S * P::width, P::width);
            const P u = integrate<M, variant>(s[q], k[q], load_input<M>(a, t, at + q * P::width));
            if constexpr (M::spiking) {
                const P distance = u - M::threshold(s[q], k[q]);
                distance.store(x + (t * Q + q) * P::width);
                reset<M, variant>(s[q], k[q], decide<M, variant>(a, distance, k[q], t, at + q * P::width));
            }
        }
}

/// The adjoint of one step of one pack, given the state before it and the surrogate's slope, or x; returns that of its input.
template <class M, int variant, class Real, bool learning>
TRIPARTITE_INLINE auto adjoint_step(const AdjointTile<Real>& a, const PackCoefficients<M, Real>& k, const PackState<M, Real>& before, int t, Index at,
                                    const Real* slope, StepAdjoint<M, variant, Real, learning>& adjoint) {
    using P = Pack<Real>;
    const auto input = load_input<M>(a, t, at);
    P u_bar = a.membrane_bar ? P::load(a.membrane_bar + t * a.membrane_bar_step + at) : P(0);
    if constexpr (M::spiking) {
        auto middle = before;
        const P u = integrate<M, variant>(middle, k, input);
        const P spike = decide<M, variant>(a, u - M::threshold(middle, k), k, t, at);
        P spike_bar = adjoint.through_reset(middle, k, spike) * P(a.reset_gradient);
        if (a.spikes_bar) spike_bar += P::load(a.spikes_bar + t * a.spikes_bar_step + at);
        const P x_bar = adjoint.through_decision(k, spike_bar, P::load(slope));
        u_bar += x_bar;
        adjoint.through_threshold(middle, k, -x_bar);
    } else if (a.spikes_bar) u_bar += P::load(a.spikes_bar + t * a.spikes_bar_step + at);
    return adjoint.through_integration(before, k, input, u_bar);
}

/// All steps of one sample, backwards, for Q neighbouring packs.
template <class M, int variant, class Real, bool learning, int Q> TRIPARTITE_INLINE void adjoint_packs(const AdjointTile<Real>& a, int b, int lane) {
    using P = Pack<Real>;
    constexpr int S = num_states<M>, I = num_ports<M>;
    const Index at = Index(b) * a.width + lane;
    Real *x = a.scratch, *states = x + Index(a.steps) * Q * P::width;
    PackCoefficients<M, Real> k[Q];
    StepAdjoint<M, variant, Real, learning> adjoint[Q];
    std::array<P, I> sum[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        k[q] = load_members<PackCoefficients<M, Real>>(a.coefficients + lane + q * P::width, a.coefficient);
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) adjoint[q].state_bar[i] = P::load(a.state_bar + i * a.state_variable + at + q * P::width);
        TRIPARTITE_UNROLL for (int i = 0; i < num_coefficients<M>; ++i) adjoint[q].coefficients_bar[i] = P(0);
        sum[q].fill(P(0));
    }
    recompute<M, variant, Real, Q>(a, k, states, x, at);
    if constexpr (M::spiking && !is_stochastic<M>(variant)) a.slope(*a.surrogate, x, Index(a.steps) * Q * P::width);
    for (int t = a.steps - 1; t >= 0; --t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const auto before = load_members<PackState<M, Real>>(states + (t * Q + q) * S * P::width, P::width);
            const Index here = at + q * P::width;
            const auto input_bar = adjoint_step(a, k[q], before, t, here, x + (t * Q + q) * P::width, adjoint[q]);
            TRIPARTITE_UNROLL for (int i = 0; i < I; ++i) {
                if (i > 0 && !a.input_bar.at[i]) continue;
                if (a.input_bar.step[i]) input_bar[i].store(a.input_bar.at[i] + t * a.input_bar.step[i] + here);
                else sum[q][i] += input_bar[i];
            }
        }
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        TRIPARTITE_UNROLL for (int i = 0; i < I; ++i)
            if (!a.input_bar.step[i] && (i == 0 || a.input_bar.at[i])) sum[q][i].store(a.input_bar.at[i] + at + q * P::width);
        TRIPARTITE_UNROLL for (int i = 0; i < S; ++i) adjoint[q].state_bar[i].store(a.state_bar + i * a.state_variable + at + q * P::width);
        if constexpr (learning)
            for (int i = 0; i < num_coefficients<M>; ++i)
                for (int j = 0; j < P::width; ++j) a.coefficients_bar[i * a.width + lane + q * P::width + j] += double(adjoint[q].coefficients_bar[i].v[j]);
    }
}

/// Packs of one adjoint that run side by side: as many as leave the registers to the model.
template <class M, bool learning> inline constexpr int adjoint_packs_at_once = !learning && num_states<M> <= 2 ? 2 : 1;

template <class M, int variant, class Real, bool learning> void adjoint_tile(const AdjointTile<Real>& a) {
    constexpr int most = adjoint_packs_at_once<M, learning>, P = Pack<Real>::width;
    int lane = 0;
    for (; lane + most * P <= a.width; lane += most * P)
        for (int b = 0; b < a.samples; ++b) adjoint_packs<M, variant, Real, learning, most>(a, b, lane);
    for (; lane < a.width; lane += P)
        for (int b = 0; b < a.samples; ++b) adjoint_packs<M, variant, Real, learning, 1>(a, b, lane);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
