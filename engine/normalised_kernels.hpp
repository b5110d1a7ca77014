#pragma once
#include "engine/neuron_kernels.hpp"

/// The halves of a step or sub-step, between which the membranes of a tile are normalised: samples then depend on each other in every
/// step. The adjoint's halves are the parts of StepAdjoint, unchanged.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

/// f(k, offset of a pack within the tile) for all packs of a step, with the coefficients k of their neurons.
template <class M, class Real, class F> TRIPARTITE_INLINE void for_each_pack(const NeuronTile<Real>& a, F&& f) {
    for (int lane = 0; lane < a.width; lane += Pack<Real>::width) {
        const auto k = load_members<PackCoefficients<M, Real>>(a.coefficients + lane, a.coefficient);
        for (int b = 0; b < a.samples; ++b) f(k, b, lane);
    }
}

template <class M, int variant, class Real> void integrate_tile(const NeuronTile<Real>& a) {
    for_each_pack<M>(a, [&](const auto& k, int b, int lane) __attribute__((always_inline)) {
        const Index at = Index(b) * a.width + lane;
        auto s = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
        integrate<M, variant>(s, k, load_input<M>(a, 0, at)).store(a.membrane + at);
        store_members(s, a.state + at, a.state_variable);
    });
}

/// x = scale u + offset - threshold.
template <class M, class Real>
TRIPARTITE_INLINE Pack<Real> normalised_distance(const NormalisedStep<Real>& n, const PackState<M, Real>& s, const PackCoefficients<M, Real>& k, Pack<Real> u, int lane) {
    return fma(u, Pack<Real>::load(n.scale + lane), Pack<Real>::load(n.offset + lane)) - M::threshold(s, k);
}

template <class M, int variant, class Real> void decide_tile(const NeuronTile<Real>& a, const NormalisedStep<Real>& n) {
    for_each_pack<M>(a, [&](const auto& k, int b, int lane) __attribute__((always_inline)) {
        const Index at = Index(b) * a.width + lane;
        auto s = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
        const auto x = normalised_distance<M>(n, s, k, Pack<Real>::load(a.membrane + at), lane), spike = decide<M, variant>(a, x, k, 0, at);
        auto fired = spike;
        if constexpr (num_substeps<M> > 1) {
            fired = either<M>(Pack<Real>::load(n.fired + at), spike);
            fired.store(n.fired + at);
        }
        reset<M, variant>(s, k, spike);
        if (n.last) receive<M, variant>(s, k, load_input<M>(a, 0, at));
        store_members(s, a.state + at, a.state_variable);
        if (n.x) x.store(n.x + at);
        else if (n.last) store_spikes(a, 0, b, lane, fired);
    });
}

/// The adjoint of one sample's half step, whose state's adjoint is loaded and stored; derivatives by coefficients are added up.
template <class M, int variant, class Real, bool learning, class F>
TRIPARTITE_INLINE void half_step_adjoint(const AdjointTile<Real>& a, const NormalisedStep<Real>& n, int b, int lane, F&& half) {
    using P = Pack<Real>;
    StepAdjoint<M, variant, Real, learning> adjoint;
    Real* state_bar = a.state_bar + Index(b) * a.width + lane;
    TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i] = P::load(state_bar + i * n.state_bar_variable);
    TRIPARTITE_UNROLL for (int i = 0; i < num_coefficients<M>; ++i) adjoint.coefficients_bar[i] = P(0);
    half(adjoint);
    TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i].store(state_bar + i * n.state_bar_variable);
    if constexpr (learning)
        for (int i = 0; i < num_coefficients<M>; ++i)
            for (int j = 0; j < P::width; ++j) a.coefficients_bar[i * a.width + lane + j] += double(adjoint.coefficients_bar[i].v[j]);
}

template <class M, class Real> TRIPARTITE_INLINE void add_input_bar(const AdjointTile<Real>& a, const std::array<Pack<Real>, num_ports<M>>& bar, Index at) {
    TRIPARTITE_UNROLL for (int i = 0; i < num_ports<M>; ++i) {
        if (i > 0 && !a.input_bar.at[i]) continue;
        Real* to = a.input_bar.at[i] + at;
        (Pack<Real>::load(to) + bar[i]).store(to);
    }
}

template <class M, int variant, class Real, bool learning> void adjoint_decide_lanes(const AdjointTile<Real>& a, const NormalisedStep<Real>& n) {
    using P = Pack<Real>;
    for_each_pack<M>(a, [&](const auto& k, int b, int lane) __attribute__((always_inline)) {
        const Index at = Index(b) * a.width + lane;
        auto middle = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
        const P u = integrate<M, variant>(middle, k, load_input<M>(a, 0, at));
        const P spike = decide<M, variant>(a, normalised_distance<M>(n, middle, k, u, lane), k, 0, at);
        P fired_bar = P::load(n.fired_bar + at);
        half_step_adjoint<M, variant, Real, learning>(a, n, b, lane, [&](auto& adjoint) __attribute__((always_inline)) {
            if constexpr (receives<M, variant, Real>)
                if (n.last) add_input_bar<M>(a, adjoint_of_receiving(adjoint, middle, k, spike, load_input<M>(a, 0, at)), at);
            adjoint_of_decision(adjoint, middle, k, spike, a.reset_gradient, P::load(n.x + at), n.fired + at, fired_bar).store(n.x + at);
        });
        if constexpr (num_substeps<M> > 1) fired_bar.store(n.fired_bar + at);
    });
}
template <class M, int variant, class Real> void adjoint_decide_tile(const AdjointTile<Real>& a, const NormalisedStep<Real>& n) {
    if constexpr (has_learnable<M>)
        if (a.coefficients_bar) return adjoint_decide_lanes<M, variant, Real, true>(a, n);
    adjoint_decide_lanes<M, variant, Real, false>(a, n);
}

template <class M, int variant, class Real, bool learning> void adjoint_integrate_lanes(const AdjointTile<Real>& a, const NormalisedStep<Real>& n) {
    using P = Pack<Real>;
    for_each_pack<M>(a, [&](const auto& k, int b, int lane) __attribute__((always_inline)) {
        const Index at = Index(b) * a.width + lane;
        P u_bar = P::load(n.x + at);
        if (a.membrane_bar) u_bar += P::load(a.membrane_bar + at);
        half_step_adjoint<M, variant, Real, learning>(a, n, b, lane, [&](auto& adjoint) __attribute__((always_inline)) {
            const auto before = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
            add_input_bar<M>(a, adjoint.through_integration(before, k, load_input<M>(a, 0, at), u_bar), at);
        });
    });
}
template <class M, int variant, class Real> void adjoint_integrate_tile(const AdjointTile<Real>& a, const NormalisedStep<Real>& n) {
    if constexpr (has_learnable<M>)
        if (a.coefficients_bar) return adjoint_integrate_lanes<M, variant, Real, true>(a, n);
    adjoint_integrate_lanes<M, variant, Real, false>(a, n);
}

template <class M, int variant, class Real> constexpr NeuronKernels<Real> make_neuron_kernels() {
    NeuronKernels<Real> kernels;
    if constexpr (exists_in<M, Real>(variant)) kernels.step = step_range<M, variant, Real>;
    if constexpr (is_trainable<M>(variant) && exists_in<M, Real>(variant)) {
        kernels.forward = forward_tile<M, variant, Real>;
        kernels.adjoint = adjoint_tile<M, variant, Real, false>;
        if constexpr (has_learnable<M>) kernels.adjoint_learning = adjoint_tile<M, variant, Real, true>;
        if constexpr (M::spiking) {
            kernels.integrate = integrate_tile<M, variant, Real>;
            kernels.decide = decide_tile<M, variant, Real>;
            kernels.adjoint_decide = adjoint_decide_tile<M, variant, Real>;
            kernels.adjoint_integrate = adjoint_integrate_tile<M, variant, Real>;
        }
    }
    return kernels;
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
