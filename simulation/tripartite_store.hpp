#pragma once
#include "simulation/partition.hpp"
#include "simulation/run_store.hpp"
#include "simulation/shared_network.hpp"

namespace tripartite {

/// Tripartite synapses of one projection onto the neurons of one worker. They read the astrocytes' Gamma_S and send, for each target, the
/// transmitter Y_S summed over its synapses: it decays alike everywhere, so that the sum is enough.
template <class Real> class TripartiteStore final : public RunStore<Real, Weighted<Real>> {
public:
    /// A synapse after its last release: u and x, and the step.
    struct Synapse {
        Real u = 0, x = 1;
        std::int32_t step = 0;
    };

    /// `share`: what the worker owns of the targets.
    TripartiteStore(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built, const Share& share);

    void seal() override { synapses_.assign(std::size_t(this->entries_.size()), {}); }
    std::uint64_t deliver(const Delivery<Real>& to) override;
    void forget_spikes() override;
    std::size_t bytes() const override { return RunStore<Real, Weighted<Real>>::bytes() + synapses_.size() * sizeof(Synapse) + transmitter_.size() * sizeof(Real); }

    const RunIndex& runs() const { return this->index_; }
    std::uint32_t neuron(std::uint64_t i) const { return std::uint32_t(offset_ + this->entries_[Index(i)].target); }
    const SimulatedProjection& projection() const { return *spec_; }
    Synapse& synapse(std::uint64_t i) { return synapses_[i]; }
    /// What was sent in the last step before the run goes on.
    void resume(const GradedValues<Real>& graded, Index last) { std::copy_n(graded.row(channels_.transmitter, last) + offset_ + begin_, transmitter_.size(), transmitter_.begin()); }

private:
    /// What a synapse transmits of its weight, at a release in step t under receptors of which gliotransmitter holds so much.
    Real release(Synapse& s, Index t, Real held) const;

    const SimulatedProjection* spec_;
    BuiltProjection::Astrocytes channels_;
    Index offset_, begin_;           ///< from a target's place in the store to its number in the population; place of the first target
    Real U0_, alpha_, facilitation_, depression_, amount_, cleared_;  ///< rates per step
    std::vector<Synapse> synapses_;
    std::vector<Real> transmitter_;  ///< [target from begin on]
};

extern template class TripartiteStore<float>;
extern template class TripartiteStore<double>;

}  // namespace tripartite
