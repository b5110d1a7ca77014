#pragma once
#include "core/array.hpp"
#include "synapses/plasticity.hpp"

/// The loops of plasticity, compiled once per instruction set. They work on a block of synapses and may read
/// up to a pack behind the end of each array, and write back unchanged what stands there. A synapse's arithmetic does not depend on its place in a pack.
namespace tripartite {

template <class Real> struct PlasticKernels {
    /// weight[where[i]] potentiated with the trace scale * decay[age[i]], for `count` different places. Behind
    /// their ends, both lists go on with a pack of places and ages that may be read.
    void (*potentiate)(const PlasticRule& rule, Real* weight, const std::int32_t* where, const std::int32_t* age, Index count, Real scale, const Real* decay);
    /// weight[i] depressed with trace[i].
    void (*depress)(const PlasticRule& rule, Real* weight, const Real* trace, Index count);
};

/// The kernels for the best instruction set that both this machine and this build have.
template <class Real> const PlasticKernels<Real>& plastic_kernels();

}  // namespace tripartite
