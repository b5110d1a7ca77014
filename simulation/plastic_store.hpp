#pragma once
#include <functional>
#include <optional>

#include "simulation/eligibility.hpp"
#include "simulation/plastic_kernels.hpp"
#include "simulation/run_index.hpp"
#include "simulation/spike_history.hpp"

namespace tripartite {

/// The plastic synapses of one projection onto the neurons of one population that one worker owns.
///
/// With axonal delay a and dendritic delay b, a presynaptic spike of step s reaches the synapse at s + a and is due at
/// s + a + b; a postsynaptic spike of step p reaches the synapse at p + b. Shifted by b, the synapse's history reads:
/// presynaptic spikes at s + a + b, postsynaptic ones at p + 2b, their echo. A weight is touched only when a spike is due, at t:
/// the echoes after the previous due step and until t potentiate, one by one; then the echoes strictly before t depress; then
/// the weight is read. This is NEST's order (`stdp_synapse`), where the whole delay is dendritic. docs/decisions/0004. Where a rule waits for a
/// reward, what is potentiated and depressed is the synapse's eligibility (simulation/eligibility.hpp); dopamine of step q is at the synapse at q.
template <class Real> class PlasticStore {
public:
    using FiredAt = std::function<std::span<const std::uint32_t>(Index step)>;
    /// What a run leaves behind besides its weights.
    struct Saved {
        typename SpikeHistory<Real>::Saved sources, targets;
        typename Eligibility<Real>::Saved rewards = {};
        Index up_to_date = -1, since = 0;
    };

    /// dt in ms. Error: a rule whose w_max is 0.
    PlasticStore(const PlasticRule& rule, double dt, std::uint32_t sources, std::uint32_t targets);

    /// Building: two passes over the same synapses in the same order; delays in steps. Errors: a dendritic delay below one
    /// step (the postsynaptic spikes of the step itself are not known yet when the weight is read), a weight whose sign is not the rule's.
    void count(std::uint32_t source, int axonal, int dendritic);
    void finish_counts();
    void add(std::uint32_t source, std::uint32_t target, int axonal, int dendritic, Real weight);

    /// Running: each source that fired, in ascending order of steps, at the latest before the first delivery that needs it;
    /// each target that fired in a step after that step's delivery.
    void source_fired(std::uint32_t source, Index step) {
        if (learning_) sources_.add(source, step);
    }
    void target_fired(std::uint32_t target, Index step) {
        if (learning_) in_flight_.push_back({std::int32_t(step), target});
    }
    /// So many dopamine spikes arrive in a step, told before bring_up_to_date() of that step and before later deliveries.
    void reward(Index step, double spikes) {
        if (learning_) eligibility_->reward(step, spikes);
    }
    /// Adds the weights that are due in step t to row[target], in the order delay, source, insertion; returns their number.
    /// `fired(step)` gives the sources that fired in a step, ascending.
    std::uint64_t deliver(Index t, const FiredAt& fired, Real* row);
    /// Applies the echoes until the end of step t, after its delivery, and forgets older spikes. Changes no later bit; it
    /// must be called now and then (each second, say), since memory grows with the spikes since the last call.
    void bring_up_to_date(Index t);

    /// These change what follows. All come after bring_up_to_date(t).
    /// Scales the weights onto each target so that their magnitudes sum up to `total`, unless all are 0; whatever their bounds are.
    void normalise(double total);
    /// Multiplies the weights onto each target by its factor, whatever their bounds are.
    void scale(std::span<const double> factors);
    /// No spike until now will count any more, for plasticity.
    void forget_spikes();
    /// Whether spikes change weights from now on; those until now will not.
    void set_learning(bool learning);

    const RunIndex& runs() const { return runs_; }
    std::uint32_t target(std::uint64_t i) const { return narrow() ? narrow_[Index(i)] : wide_[Index(i)]; }
    int dendritic(std::uint64_t i) const { return dendritic_.empty() ? same_dendritic_ : dendritic_[Index(i)]; }
    /// As of the last spike that was due, or of bring_up_to_date().
    Real weight(std::uint64_t i) const {
        const Real stored = weights_[Index(i)];
        return sign_ * (eligibility_ ? eligibility_->weight_at(Index(i), up_to_date_ - dendritic(i), stored) : stored);
    }
    /// As of the synapse's last event: what a saved store is given.
    Real stored_weight(std::uint64_t i) const { return sign_ * weights_[Index(i)]; }
    void set_weight(std::uint64_t i, Real weight);
    /// Whether a synapse remembers more than its weight: the presynaptic trace since the last postsynaptic spike, for some pairings.
    bool remembers() const { return remembers_spikes(pairing_); }
    Real unpaired(std::uint64_t i) const { return unpaired_[Index(i)]; }
    void set_unpaired(std::uint64_t i, Real trace) { unpaired_[Index(i)] = trace; }
    /// Null unless the rule waits for a reward.
    Eligibility<Real>* eligibility() { return eligibility_ ? &*eligibility_ : nullptr; }
    std::size_t bytes() const;

    /// After bring_up_to_date(t). A store that is built again, is given the weights, and is loaded goes on with the same bits.
    Saved save() const;
    void load(const Saved& saved);

private:
    using Spike = typename SpikeHistory<Real>::Spike;
    struct Echoes {
        Array<std::int32_t> synapse, target, age;
        Array<Real> slow;          ///< the target's slow trace, if the rule reads one
        Array<std::int32_t> step;  ///< when it is at the synapse, where that matters
        Index count = 0;
        EchoList list() { return {synapse.data(), target.data(), age.data()}; }
    };
    struct TargetSpike {
        std::int32_t step;
        std::uint32_t target;
    };
    /// A block of synapses that are due, the spike that was due before (its step is when it was due), and whether weights learn of it.
    struct Due {
        Index begin, end;
        Spike previous;
        bool counts;
    };
    bool narrow() const { return targets_owned_ <= 65536; }
    bool one_delay() const { return same_dendritic_ >= 0; }
    /// What the rule's equations are of.
    Real* learned() { return eligibility_ ? eligibility_->values() : weights_.data(); }
    Spike due_until(std::uint32_t source, int delay, Index t) const;
    void forget();
    void settle();
    void collect_due(Index t, const FiredAt& fired);
    void prefetch(const Due& due) const;
    void receive_echoes(Index t);
    void trace_targets(Index last);
    Index list_echoes(Index begin, Index end, std::int32_t previous, std::int32_t t);
    Index list_echoes_of_one_delay(Index begin, Index end, std::int32_t previous);
    void potentiate(Index begin, Index end, const Spike& previous, std::int32_t t);
    void depress(Index begin, Index end, const Spike& previous, std::int32_t t);
    void pair(Index begin, Index end, Real carried);
    void add_to(Real* row, Index begin, Index end) const;

    static constexpr Index block = 1024;  ///< synapses at once
    PlasticRule rule_;
    Pairing pairing_;
    bool reads_trace_, learning_ = true;  ///< whether a postsynaptic spike counts only after a presynaptic one
    const PlasticKernels<Real>* kernels_;
    std::uint32_t targets_owned_;
    Real sign_;
    SpikeHistory<Real> sources_, targets_;
    RunIndex runs_;
    int same_dendritic_ = 0, longest_dendritic_ = 0;  ///< same: 0 before the first synapse, -1 if they differ
    Index up_to_date_ = -1;                           ///< echoes until then have been applied
    Index since_ = 0;                                 ///< spikes before that step change nothing, though they may be due later

    Array<Real> weights_;   ///< magnitudes
    Array<Real> unpaired_;  ///< empty unless remembers()
    std::optional<Eligibility<Real>> eligibility_;
    Array<std::uint16_t> narrow_, dendritic_;
    Array<std::uint32_t> wide_;

    /// Spikes of targets that `targets_` does not know yet: with one dendritic delay for all, those whose echo is to come.
    std::vector<TargetSpike> in_flight_;
    std::vector<Due> due_;
    std::vector<Echoes> echoes_;        ///< [k] the k-th latest that a synapse has not seen
    Array<Real> traces_, traces_now_;   ///< of a block's synapses; with one delay, of all targets
};

extern template class PlasticStore<float>;
extern template class PlasticStore<double>;

}  // namespace tripartite
