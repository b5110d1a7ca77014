#pragma once
#include "engine/folded_threshold.hpp"
#include "engine/tile.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

template <class S, class Real> TRIPARTITE_INLINE S load_members(const Real* from, Index stride) {
    S s;
    TRIPARTITE_UNROLL for (int i = 0; i < int(sizeof(S) / sizeof(Pack<Real>)); ++i)
        members<Pack<Real>>(s)[i] = Pack<Real>::load(from + i * stride);
    return s;
}
template <class S, class Real> TRIPARTITE_INLINE void store_members(const S& s, Real* to, Index stride) {
    TRIPARTITE_UNROLL for (int i = 0; i < int(sizeof(S) / sizeof(Pack<Real>)); ++i) members<Pack<Real>>(s)[i].store(to + i * stride);
}

/// Whether the neurons from n on fire, at distances x from their thresholds.
template <class M, int variant, class Real, class K> TRIPARTITE_INLINE Mask<Real> fires(const StepRange<Real>& a, Pack<Real> x, const K& k, Index n) {
    if constexpr (is_stochastic<M>(variant)) {
        static_assert(num_substeps<M> == 1, "one random number decides once a step");
        return Pack<Real>::load(a.uniform + n) < M::probability(x, k);
    } else return x >= k.bound;
}

/// The distance from the threshold, into which normalisation of the membrane may be folded.
template <class M, int variant, bool folded, class Real, class S, class K> TRIPARTITE_INLINE Pack<Real> distance(const StepRange<Real>& a, Pack<Real> u, const S& s, const K& k, Index n) {
    if constexpr (folded) return load_members<FoldedThreshold<M, variant, Real>>(a.fold + n, a.fold_row).distance(u, s, k);
    else return u - M::threshold(s, k);
}

/// One step of simulation of `packs` packs of neurons from n on; returns one bit per neuron that fired. Several packs side by side
/// fill the time that the sub-steps of one wait for each other.
template <class M, int variant, bool folded, int packs, class Real, class K> TRIPARTITE_INLINE std::uint64_t step_packs(const StepRange<Real>& a, const K& coefficients, Index n) {
    using P = Pack<Real>;
    typename M::template State<P> s[packs];
    std::array<P, num_ports<M>> input[packs];
    TRIPARTITE_UNROLL for (int pack = 0; pack < packs; ++pack) {
        const Index first = n + pack * P::width;
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) members<P>(s[pack])[i] = P::load(a.state + i * a.state_variable + first);
        TRIPARTITE_UNROLL for (int p = 0; p < num_ports<M>; ++p) {
            Real* from = a.input[p] + first * a.input_neuron[p];
            input[pack][p] = P::load(from);
            P(0).store(from);
        }
    }
    std::uint64_t fired = 0;
    for (int i = 0; i < num_substeps<M>; ++i)
        TRIPARTITE_UNROLL for (int pack = 0; pack < packs; ++pack) {
            const auto& k = coefficients(pack);
            const P u = integrate<M, variant>(s[pack], k, input[pack]);
            if constexpr (is_trainable<M>(variant))
                if (a.membrane) u.store(a.membrane + n + pack * P::width);
            if constexpr (M::spiking) {
                const auto spike = fires<M, variant>(a, distance<M, variant, folded>(a, u, s[pack], k, n + pack * P::width), k, n + pack * P::width);
                reset<M, variant>(s[pack], k, select(spike, P(1), P(0)));
                fired |= std::uint64_t(bits(spike)) << (pack * P::width);
            } else if (a.values) u.store(a.values + n + pack * P::width);
        }
    TRIPARTITE_UNROLL for (int pack = 0; pack < packs; ++pack) {
        receive<M, variant>(s[pack], coefficients(pack), input[pack]);
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) members<P>(s[pack])[i].store(a.state + i * a.state_variable + n + pack * P::width);
    }
    return fired;
}

/// One step of simulation of a range of neurons. The bits of a block are collected in a register and written once. The range is a
/// copy, which no store can change: its pointers stay in registers.
template <class M, int variant, class Real, bool uniform, bool folded = false> TRIPARTITE_INLINE void step_blocks(const StepRange<Real> a) {
    using P = Pack<Real>;
    using K = typename M::template Coefficients<P>;
    constexpr int C = num_coefficients<M>, packs = num_substeps<M> > 1 ? 2 : 1;
    K k[uniform ? 1 : packs];
    if constexpr (uniform)
        TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) members<P>(k[0])[i] = P(a.coefficients[i]);
    for (Index block = 0; block < a.neurons / 64; ++block) {
        std::uint64_t word = 0;
        for (int lane = 0; lane < 64; lane += packs * P::width) {
            const Index n = block * 64 + lane;
            if constexpr (!uniform)
                for (int pack = 0; pack < packs; ++pack)
                    TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) members<P>(k[pack])[i] = P::load(a.coefficients + i * a.coefficient + n + pack * P::width);
            const auto of_pack = [&](int pack) __attribute__((always_inline)) -> const K& { return k[uniform ? 0 : pack]; };
            word |= step_packs<M, variant, folded, packs>(a, of_pack, n) << lane;
        }
        a.spikes[block] = word;
    }
}

template <class M, int variant, class Real> void step_range(const StepRange<Real>& a) {
    if constexpr (is_trainable<M>(variant) && M::spiking)
        if (a.fold) return a.coefficient == 0 ? step_blocks<M, variant, Real, true, true>(a) : step_blocks<M, variant, Real, false, true>(a);
    if (a.coefficient == 0) step_blocks<M, variant, Real, true>(a);
    else step_blocks<M, variant, Real, false>(a);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
