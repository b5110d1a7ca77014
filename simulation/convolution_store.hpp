#pragma once
#include "simulation/partition.hpp"
#include "simulation/shared_network.hpp"
#include "simulation/spike_history.hpp"
#include "simulation/store.hpp"
#include "synapses/convolution.hpp"

namespace tripartite {

/// Plastic synapses of a convolution, which share the weights of its kernels. With the delay b, all of it dendritic, a presynaptic spike of
/// step s is at the synapse at s and a postsynaptic one of step p at p + b, as in a PlasticStore; what is at the synapses in step t - b takes
/// effect in step t: first postsynaptic spikes potentiate, then presynaptic ones depress, then the weights are read. Each synapse changes by
/// what its rule makes of the weight before, and the changes of all that share a weight add up (ours; Kheradpisheh et al. 2018 let one neuron of
/// a channel speak for all), within the bounds of the rule.
///
/// A worker keeps the kernels of all channels of which it owns a neuron, and hears the spikes of their other neurons too: so all workers come
/// to the same bits without a word between them.
template <class Real> class ConvolutionStore : public Store<Real> {
public:
    /// Error: weights that do not have the sign of the rule.
    ConvolutionStore(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition);

    void count(std::uint32_t, std::uint32_t, int) override { ++synapses_; }
    void finish() override {}
    void add(std::uint32_t, std::uint32_t, int, Real) override {}
    std::uint64_t deliver(const Delivery<Real>& to) override;
    std::uint64_t synapses() const override { return synapses_; }
    std::size_t bytes() const override;
    int looks_back() const override { return 2 * delay_; }
    void set_learning(bool learning) override;
    void forget_spikes() override;
    /// Scales the weights of each target channel so that their magnitudes sum up to `total`, unless all are 0.
    void normalise(double total) override;
    void save(H5Writer& file, const std::string& group) const override;
    void load(const H5Reader& file, const std::string& group) override;

    const SimulatedProjection& projection() const { return *built_.spec; }
    /// The weights of all kernels, of which this store knows those of its channels: copied to there, and taken from there.
    void copy_weights(std::vector<Real>& all) const;
    void set_weights(const std::vector<Real>& all);
    std::size_t all_weights() const { return std::size_t(map_.target_channels()) * map_.kernel_size(); }

private:
    using Spikes = std::span<const std::uint32_t>;
    template <class Rule> void potentiate(const Rule& rule, Spikes targets, Index now);
    template <class Rule> void depress(const Rule& rule, Spikes sources, Index now);
    /// A weight to which nothing was added stays as it is, out of bounds too.
    template <class Rule> void change(const Rule& rule, std::size_t i);
    /// each(number of the weight here, the other neuron) of the synapses onto a target, or out of a source.
    template <class Each> void onto(std::uint32_t target, Each&& each);
    template <class Each> void out_of(std::uint32_t source, Each&& each);
    static Real trace(const SpikeHistory<Real>& history, std::uint32_t neuron, Index now);
    std::uint64_t add_to(Real* row, Spikes sources);

    const BuiltProjection& built_;
    ConvolutionMap map_;
    PlasticRule rule_;
    Share share_;
    bool reads_trace_, learning_ = true;
    int delay_;                       ///< steps
    Real sign_;
    std::uint32_t first_channel_ = 0, end_channel_ = 0;
    Index now_ = -1, since_ = 0;      ///< the last step that was delivered; spikes before `since_` change nothing
    std::uint64_t synapses_ = 0;
    SpikeHistory<Real> sources_, targets_;  ///< by the time at the synapse
    std::vector<Real> weights_, changes_;   ///< [channel][kernel_size()]; magnitudes, and what a step adds to them
};

}  // namespace tripartite
