#pragma once
#include "core/array.hpp"
#include "synapses/plasticity.hpp"

/// The loops of plasticity, compiled once per instruction set. They work on a block of synapses and may read up to a pack
/// behind the end of each array, and write back unchanged what stands there. A synapse's arithmetic does not depend on its
/// place in a pack.
namespace tripartite {

/// Synapses of a block with one echo each: the synapse, its target, and the steps from the previous due step to the echo.
/// Behind their ends, lists go on with a pack of entries that may be read.
struct EchoList {
    std::int32_t *synapse, *target, *age;
};
/// One level of the targets' histories, and what counts of it: spikes after step `after`, of age step - origin, at most `oldest`.
struct EchoWindow {
    const std::int32_t* steps;
    std::int32_t after, origin, oldest;
};

/// The traces that echoes meet.
template <class Real> struct EchoTraces {
    Real previous;      ///< presynaptic, right after the previous spike, where it is the same for all synapses
    Real* unpaired;     ///< that of each synapse where it is not: an echo uses it up; or null
    const Real* decay;  ///< [age]
    const Real* slow;   ///< [place in the list] postsynaptic, right before the echo's spike; null if the rule reads none
};

template <class Real> struct PlasticKernels {
    /// weight[s] potentiated with the presynaptic trace times decay[age], for the synapses s of a list, all different.
    void (*potentiate)(const PlasticRule& rule, Real* weight, const EchoList& list, Index count, const EchoTraces<Real>& traces);
    /// weight[i] depressed with trace[i], and the slow presynaptic trace if the rule reads one.
    void (*depress)(const PlasticRule& rule, Real* weight, const Real* trace, Real slow, Index count);

    /// Lists the synapses whose targets have a spike in the window, all of a block or those of a list; returns their number.
    Index (*list_narrow)(const std::uint16_t* targets, Index count, const EchoWindow& window, const EchoList& to);
    Index (*list_wide)(const std::uint32_t* targets, Index count, const EchoWindow& window, const EchoList& to);
    Index (*list_listed)(const EchoList& from, Index count, const EchoWindow& window, const EchoList& to);

    /// now[j] = trace[j] * decay[min(step - steps[j], oldest)]
    void (*decay_traces)(const Real* trace, const std::int32_t* steps, Index count, std::int32_t step, const Real* decay, std::int32_t oldest,
                         Real* now);
    /// to[i] = from[index[i]]
    void (*gather_narrow)(const Real* from, const std::uint16_t* index, Index count, Real* to);
    void (*gather_wide)(const Real* from, const std::uint32_t* index, Index count, Real* to);
};

/// The kernels for the best instruction set that both this machine and this build have.
template <class Real> const PlasticKernels<Real>& plastic_kernels();
template <> const PlasticKernels<float>& plastic_kernels<float>();
template <> const PlasticKernels<double>& plastic_kernels<double>();

}  // namespace tripartite
