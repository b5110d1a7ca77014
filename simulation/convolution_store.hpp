#pragma once
#include <algorithm>
#include <map>
#include <optional>
#include <string>

#include "simulation/eligibility.hpp"
#include "simulation/partition.hpp"
#include "simulation/shared_network.hpp"
#include "simulation/spike_history.hpp"
#include "simulation/store.hpp"
#include "synapses/convolution.hpp"

namespace tripartite {

/// Plastic synapses of a convolution, which share the weights of its kernels and, with them, their delays. With axonal delay a and dendritic
/// delay b, a presynaptic spike of step s is at the synapse at s + a and a postsynaptic one of step p at p + b, as in a PlasticStore; what is at
/// the synapses in step t - b takes effect in step t: first postsynaptic spikes potentiate, then presynaptic ones depress, then the weights are read. Each synapse changes by
/// what its rule makes of the weight before, and the changes of all that share a weight add up (ours; Kheradpisheh et al. 2018 let one neuron of
/// a channel speak for all), within the bounds of the rule. Eligibilities (StdpDopamine) are sums of events, so that of a weight is the sum of those of
/// its synapses.
///
/// A worker keeps the kernels of all channels of which it owns a neuron, and hears the spikes of their other neurons too: so all workers come
/// to the same bits without a word between them.
template <class Real> class ConvolutionStore : public Store<Real> {
public:
    /// Errors: weights that do not have the sign of the rule, a dendritic delay below one step.
    ConvolutionStore(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition);

    void count(std::uint32_t, std::uint32_t, int) override { ++synapses_; }
    void finish() override {}
    void add(std::uint32_t, std::uint32_t, int, Real) override {}
    std::uint64_t deliver(const Delivery<Real>& to) override;
    std::uint64_t synapses() const override { return synapses_; }
    std::size_t bytes() const override;
    void take(Index step, const SpikeLists& fired) override;
    void bring_up_to_date(Index step) override;
    int looks_back() const override { return longest() + std::max(longest(), axonal_); }
    int needs_others_after() const override { return 2 * delays_.front(); }
    void set_learning(bool learning) override;
    void forget_spikes() override;
    /// Scales the weights of each target channel so that their magnitudes sum up to `total`, unless all are 0.
    void normalise(double total) override;
    void save(H5Writer& file, const std::string& group) const override;
    void load(const H5Reader& file, const std::string& group) override;

    const SimulatedProjection& projection() const { return *built_.spec; }
    /// The weights of all kernels, of which this store knows those of its channels: copied to there, as they are now.
    void copy_weights(std::vector<Real>& all) const;
    /// What it remembers of its channels, by name, in arrays of as many values for each of them: for checkpoints.
    using Memory = std::map<std::string, std::vector<Real>>;
    Memory memory() const;
    void set_memory(const Memory& own);
    std::uint32_t first_channel() const { return first_channel_; }
    std::uint32_t channels() const { return end_channel_ - first_channel_; }
    std::uint32_t all_channels() const { return map_.target_channels(); }
    std::size_t all_weights() const { return std::size_t(map_.target_channels()) * map_.kernel_size(); }

private:
    using Spikes = std::span<const std::uint32_t>;
    /// Of the synapses with a dendritic delay b, in step t: by the spikes that are there in step t - b.
    template <class Rule> void potentiate(const Rule& rule, Spikes targets, int b);
    template <class Rule> void depress(const Rule& rule, Spikes sources, int b);
    /// A value to which nothing was added stays as it is, out of bounds too.
    template <class Rule> void change(const Rule& rule, std::size_t i);
    /// Steps, of a weight here; of all weights.
    int dendritic(std::size_t i) const { return dendritic_.empty() ? delays_.front() : dendritic_[i]; }
    int longest() const { return delays_.back(); }
    void set_delays(std::span<const Pair> places, double dt);
    void remember_spikes(const Delivery<Real>& to);
    /// Of the population's spikes in a step, those that count for plasticity.
    Spikes counted(const Delivery<Real>& to, int population, Index step) const { return step >= since_ ? (*to.fired)(population, step) : Spikes(); }
    /// What learns by spikes: the weights, or the eligibilities, from which dopamine makes weights; and the value of one, brought to a step.
    Real* learned() { return eligibility_ ? eligibility_->values() : weights_.data(); }
    Real value_at(std::size_t i, Index now);
    /// The eligibility until now becomes weight.
    void settle();
    void set_weights(std::span<const Real> own);
    /// Of a synapse onto a target: what its presynaptic spikes left, at the last of them, that met no postsynaptic one.
    Real& unpaired(std::uint32_t target, std::size_t i) { return unpaired_[std::size_t(target - first_channel_ * map_.target_places()) * map_.kernel_size() + i % map_.kernel_size()]; }
    /// each(number of the weight here, the other neuron) of the synapses onto a target, or out of a source.
    template <class Each> void onto(std::uint32_t target, Each&& each);
    template <class Each> void out_of(std::uint32_t source, Each&& each);
    static Real trace(const SpikeHistory<Real>& history, std::uint32_t neuron, Index now);
    std::uint64_t add_to(Real* row, Spikes sources, int b);

    const BuiltProjection& built_;
    ConvolutionMap map_;
    PlasticRule rule_;
    Share share_;
    Pairing pairing_;
    bool reads_trace_, learning_ = true;
    int axonal_;                             ///< steps
    std::vector<int> delays_;                ///< the dendritic delays that there are, ascending, steps
    std::vector<std::uint16_t> dendritic_;   ///< [channel][kernel_size()], or empty where all are the same
    Real sign_;
    std::uint32_t first_channel_ = 0, end_channel_ = 0;
    Index now_ = -1, since_ = 0;      ///< the last step that was delivered; spikes before `since_` change nothing
    std::uint64_t synapses_ = 0;
    SpikeHistory<Real> sources_, targets_;  ///< by the time at the synapse; by their own
    std::vector<Real> weights_, changes_;   ///< [channel][kernel_size()]; magnitudes, and what a step adds to what learns
    std::vector<Real> unpaired_;            ///< [neuron of the channels][kernel_size()], of pairings that remember spikes
    std::optional<Eligibility<Real>> eligibility_;
};

}  // namespace tripartite
