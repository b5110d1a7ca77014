#pragma once
#include "engine/step_adjoint.hpp"
#include "engine/step_kernel.hpp"
#include "engine/tile.hpp"

/// The loops over a tile, generated from a neuron model. Nobody writes a gradient for a neuron: the adjoint evaluates the
/// model's own functions on duals.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

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

/// Whether there was a spike in the sub-steps of a step, up to one more: 1 - (1 - fired)(1 - spike).
template <class M, class P> TRIPARTITE_INLINE P either(P fired, P spike) {
    if constexpr (num_substeps<M> == 1) return spike;
    else return fired + spike * (P(1) - fired);
}

template <class Real> TRIPARTITE_INLINE void store_spikes(const NeuronTile<Real>& a, int t, int b, int lane, Pack<Real> spike) {
    if constexpr (sizeof(Real) == 8)
        if (a.soft) return spike.store(a.values + t * a.values_step + b * a.values_sample + lane);
    using Part = std::conditional_t<sizeof(Real) == 4, std::uint16_t, std::uint8_t>;
    const Part part = Part(bits(spike > Pack<Real>(0)));
    std::memcpy(reinterpret_cast<char*>(a.spikes + t * a.spikes_step + b) + lane / 8, &part, sizeof part);
}

/// All steps of one sample for `Q` neighbouring packs: several chains of dependent operations are in flight at once.
template <class M, int variant, class Real, bool folded, int Q> TRIPARTITE_INLINE void forward_packs(const NeuronTile<Real>& a, int b, int lane) {
    using P = Pack<Real>;
    PackState<M, Real> s[Q];
    PackCoefficients<M, Real> k[Q];
    [[maybe_unused]] std::conditional_t<folded, FoldedThreshold<M, variant, Real>, char> fold[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        k[q] = load_members<PackCoefficients<M, Real>>(a.coefficients + lane + q * P::width, a.coefficient);
        if constexpr (folded) fold[q] = load_members<FoldedThreshold<M, variant, Real>>(a.fold + lane + q * P::width, a.fold_row);
        s[q] = load_members<PackState<M, Real>>(a.state + b * a.width + lane + q * P::width, a.state_variable);
    }
    for (int t = 0; t < a.steps; ++t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const int n = lane + q * P::width;
            const auto input = load_input<M>(a, t, Index(b) * a.width + n);
            P u, fired(0);
            for (int i = 0; i < num_substeps<M>; ++i) {
                u = integrate<M, variant>(s[q], k[q], input);
                if constexpr (M::spiking) {
                    P distance;
                    if constexpr (folded) distance = fold[q].distance(u, s[q], k[q]);
                    else distance = u - M::threshold(s[q], k[q]);
                    const P spike = decide<M, variant>(a, distance, k[q], t, Index(b) * a.width + n);
                    reset<M, variant>(s[q], k[q], spike);
                    fired = either<M>(fired, spike);
                }
            }
            receive<M, variant>(s[q], k[q], input);
            if (a.membrane) u.store(a.membrane + t * a.membrane_step + b * a.width + n);
            if constexpr (M::spiking) store_spikes(a, t, b, n, fired);
            else if (a.values) u.store(a.values + t * a.values_step + b * a.values_sample + n);
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

/// What the adjoint keeps of each sub-step: the state before it and, of models with several, whether the step had fired by then.
template <class M> inline constexpr int num_kept = num_states<M> + (num_substeps<M> > 1);

/// Runs the steps again and keeps, for each sub-step, the state before it, [sub-step][Q][kept], and x = membrane - threshold, [sub-step][Q].
template <class M, int variant, class Real, int Q>
TRIPARTITE_INLINE void recompute(const AdjointTile<Real>& a, const PackCoefficients<M, Real> (&k)[Q], Real* states, Real* x, Index at) {
    using P = Pack<Real>;
    constexpr int S = num_states<M>, kept = num_kept<M>;
    PackState<M, Real> s[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) s[q] = load_members<PackState<M, Real>>(a.state + at + q * P::width, a.state_variable);
    for (int t = 0; t < a.steps; ++t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const auto input = load_input<M>(a, t, at + q * P::width);
            [[maybe_unused]] P fired(0);
            for (int i = 0; i < num_substeps<M>; ++i) {
                const int n = (t * num_substeps<M> + i) * Q + q;
                store_members(s[q], states + n * kept * P::width, P::width);
                if constexpr (kept > S) fired.store(states + (n * kept + S) * P::width);
                const P u = integrate<M, variant>(s[q], k[q], input);
                if constexpr (M::spiking) {
                    const P distance = u - M::threshold(s[q], k[q]);
                    distance.store(x + n * P::width);
                    const P spike = decide<M, variant>(a, distance, k[q], t, at + q * P::width);
                    reset<M, variant>(s[q], k[q], spike);
                    fired = either<M>(fired, spike);
                }
            }
            receive<M, variant>(s[q], k[q], input);
        }
}

/// From what the adjoints say of a decision's consequences to the adjoint of x: of the state after the reset, and of whether the step has fired by then,
/// which becomes that of whether it had fired before.
template <class M, int variant, class Real, bool learning>
TRIPARTITE_INLINE Pack<Real> adjoint_of_decision(StepAdjoint<M, variant, Real, learning>& adjoint, const PackState<M, Real>& middle, const PackCoefficients<M, Real>& k, Pack<Real> spike,
                                                 Real reset_gradient, Pack<Real> slope, const Real* fired_before, Pack<Real>& fired_bar) {
    using P = Pack<Real>;
    P spike_bar = adjoint.through_reset(middle, k, spike) * P(reset_gradient);
    if constexpr (num_substeps<M> == 1) spike_bar += fired_bar;
    else {
        spike_bar += fired_bar * (P(1) - P::load(fired_before));
        fired_bar = fired_bar * (P(1) - spike);
    }
    const P x_bar = adjoint.through_decision(k, spike_bar, slope);
    adjoint.through_threshold(middle, k, -x_bar);
    return x_bar;
}

/// The adjoint of what the state receives after the reset; that of the state becomes the one before.
template <class M, int variant, class Real, bool learning>
TRIPARTITE_INLINE auto adjoint_of_receiving(StepAdjoint<M, variant, Real, learning>& adjoint, PackState<M, Real> middle, const PackCoefficients<M, Real>& k, Pack<Real> spike,
                                            const std::array<Pack<Real>, num_ports<M>>& input) {
    reset<M, variant>(middle, k, spike);
    return adjoint.through_receive(middle, k, input);
}
template <class M, int variant, class Real> inline constexpr bool receives = has_receive<M, variant, PackState<M, Real>, PackCoefficients<M, Real>, std::array<Pack<Real>, num_ports<M>>>;

/// The adjoint of one step of one pack, given what is kept of its sub-steps and the surrogate's slopes, or x, whose sub-steps are `packs`
/// packs apart; returns that of its input. The first thing undone is the receiving, in the last sub-step.
template <class M, int variant, class Real, bool learning>
TRIPARTITE_INLINE auto adjoint_step(const AdjointTile<Real>& a, const PackCoefficients<M, Real>& k, const Real* states, int t, Index at, const Real* slopes,
                                    int packs, StepAdjoint<M, variant, Real, learning>& adjoint) {
    using P = Pack<Real>;
    constexpr int I = num_ports<M>, last = num_substeps<M> - 1;
    const auto input = load_input<M>(a, t, at);
    std::array<P, I> input_bar;
    P u_bar = a.membrane_bar ? P::load(a.membrane_bar + t * a.membrane_bar_step + at) : P(0), fired_bar(0);
    if (a.spikes_bar) (M::spiking ? fired_bar : u_bar) += P::load(a.spikes_bar + t * a.spikes_bar_step + at);
    for (int i = last; i >= 0; --i) {
        const Real* kept = states + i * packs * num_kept<M> * P::width;
        const auto before = load_members<PackState<M, Real>>(kept, P::width);
        if constexpr (M::spiking) {
            auto middle = before;
            const P u = integrate<M, variant>(middle, k, input);
            const P spike = decide<M, variant>(a, u - M::threshold(middle, k), k, t, at);
            if constexpr (receives<M, variant, Real>)
                if (i == last) input_bar = adjoint_of_receiving(adjoint, middle, k, spike, input);
            u_bar += adjoint_of_decision(adjoint, middle, k, spike, a.reset_gradient, P::load(slopes + i * packs * P::width), kept + num_states<M> * P::width, fired_bar);
        }
        const auto bar = adjoint.through_integration(before, k, input, u_bar);
        if constexpr (last == 0) return bar;
        TRIPARTITE_UNROLL for (int p = 0; p < I; ++p) input_bar[p] += bar[p];
        u_bar = P(0);
    }
    return input_bar;
}

/// All steps of one sample, backwards, for Q neighbouring packs.
template <class M, int variant, class Real, bool learning, int Q> TRIPARTITE_INLINE void adjoint_packs(const AdjointTile<Real>& a, int b, int lane) {
    using P = Pack<Real>;
    constexpr int S = num_states<M>, I = num_ports<M>, substeps = num_substeps<M>;
    const Index at = Index(b) * a.width + lane;
    Real *x = a.scratch, *states = x + Index(a.steps) * substeps * Q * P::width;
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
    if constexpr (M::spiking && !is_stochastic<M>(variant)) a.slope(*a.surrogate, x, Index(a.steps) * substeps * Q * P::width);
    for (int t = a.steps - 1; t >= 0; --t)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const Index here = at + q * P::width, n = Index(t) * substeps * Q + q;
            const auto input_bar = adjoint_step(a, k[q], states + n * num_kept<M> * P::width, t, here, x + n * P::width, Q, adjoint[q]);
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
