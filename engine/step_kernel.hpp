#pragma once
#include "engine/neuron_model.hpp"
#include "engine/tile.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

/// One step of simulation of the pack of neurons from n on; returns one bit per neuron that fired.
template <class M, int variant, class Real> TRIPARTITE_INLINE std::uint32_t step_pack(const StepRange<Real>& a, const typename M::template Coefficients<Pack<Real>>& k, Index n) {
    using P = Pack<Real>;
    typename M::template State<P> s;
    TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) members<P>(s)[i] = P::load(a.state + i * a.state_variable + n);
    std::array<P, num_ports<M>> input;
    TRIPARTITE_UNROLL for (int p = 0; p < num_ports<M>; ++p) {
        Real* from = a.input[p] + n * a.input_neuron[p];
        input[p] = P::load(from);
        P(0).store(from);
    }
    std::uint32_t fired = 0;
    for (int i = 0; i < num_substeps<M>; ++i) {
        const P u = integrate<M, variant>(s, k, input);
        if constexpr (M::spiking) {
            const auto spike = u - M::threshold(s, k) >= k.bound;
            reset<M, variant>(s, k, select(spike, P(1), P(0)));
            fired |= bits(spike);
        }
    }
    receive<M, variant>(s, k, input);
    TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) members<P>(s)[i].store(a.state + i * a.state_variable + n);
    return fired;
}

/// One step of simulation of a range of neurons. The bits of a block are collected in a register and written once. The range is a
/// copy, which no store can change: its pointers stay in registers.
template <class M, int variant, class Real, bool uniform> TRIPARTITE_INLINE void step_blocks(const StepRange<Real> a) {
    using P = Pack<Real>;
    constexpr int C = num_coefficients<M>;
    typename M::template Coefficients<P> k;
    if constexpr (uniform)
        TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) members<P>(k)[i] = P(a.coefficients[i]);
    for (Index block = 0; block < a.neurons / 64; ++block) {
        std::uint64_t word = 0;
        for (int lane = 0; lane < 64; lane += P::width) {
            const Index n = block * 64 + lane;
            if constexpr (!uniform)
                TRIPARTITE_UNROLL for (int i = 0; i < C; ++i) members<P>(k)[i] = P::load(a.coefficients + i * a.coefficient + n);
            word |= std::uint64_t(step_pack<M, variant>(a, k, n)) << lane;
        }
        a.spikes[block] = word;
    }
}

template <class M, int variant, class Real> void step_range(const StepRange<Real>& a) {
    if (a.coefficient == 0) step_blocks<M, variant, Real, true>(a);
    else step_blocks<M, variant, Real, false>(a);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
