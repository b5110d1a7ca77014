#pragma once
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "simulation/graded_values.hpp"
#include "simulation/run_index.hpp"
#include "simulation/spike_lists.hpp"

namespace tripartite {

/// What a store reads and writes in one step.
template <class Real> struct Delivery {
    Index step = 0;
    const SpikeLists* fired = nullptr;
    Real* const* rows = nullptr;         ///< [port], the input of this step, over local indices
    std::uint16_t* counts = nullptr;     ///< zeros over local indices, and zeros again afterwards
    GradedValues<Real>* graded = nullptr;
};

/// The synapses from one population onto one port of one worker's neurons. Built by telling each synapse twice, to count() and,
/// after finish(), to add(), in the same order; targets are local indices. Then deliver() adds, in each step, what is due:
/// by delay, then by source, then in the order of insertion, so a target's sum does not depend on who owns it.
template <class Real> class Store {
public:
    virtual ~Store() = default;
    virtual void count(std::uint32_t source, std::uint32_t target, int delay) = 0;
    virtual void finish() = 0;
    virtual void add(std::uint32_t source, std::uint32_t target, int delay, Real weight) = 0;
    /// Called when all were added.
    virtual void seal() {}
    /// Returns the number of synaptic events.
    virtual std::uint64_t deliver(const Delivery<Real>& to) = 0;

    virtual std::uint64_t synapses() const = 0;
    virtual std::size_t bytes() const = 0;

    /// The spikes of a step are known, of all populations: told for each step, in order, before it is needed.
    virtual void take(Index /*step*/, const SpikeLists& /*fired*/) {}
    /// The population of the worker's neurons to whom take-in of their own spikes matters, or -1; and those spikes, after the step's
    /// delivery: bits from the first of the worker's neurons of that population on.
    virtual int listens_to() const { return -1; }
    virtual void targets_fired(Index /*step*/, std::span<const std::uint64_t> /*words*/) {}
    /// Brings the weights up to date at the end of a step; changes no bit of what follows.
    virtual void bring_up_to_date(Index /*step*/) {}
    /// Both after bring_up_to_date(). Whether weights change from now on; and that no spike until now counts for what follows.
    virtual void set_learning(bool) {}
    virtual void forget_spikes() {}
    /// Scales plastic weights so that the magnitudes of those onto a neuron sum up to `total`.
    virtual void normalise(double /*total*/) {}
    /// Multiplies plastic weights onto each neuron of the target population by its factor.
    virtual void scale(std::span<const double> /*factors*/) {}
    /// Steps whose spikes deliver() looks at, if they are more than the longest delay; and the steps after which it needs the spikes of neurons that other
    /// workers own, if they may be fewer than the shortest delay: 0 otherwise.
    virtual int looks_back() const { return 0; }
    virtual int needs_others_after() const { return 0; }
    /// What a store remembers besides its synapses; the same on all workers. Plastic stores are saved with their weights, elsewhere.
    virtual void save(H5Writer& /*file*/, const std::string& /*group*/) const {}
    virtual void load(const H5Reader& /*file*/, const std::string& /*group*/) {}
};

/// What decides how synapses are stored.
struct StoreKind {
    int population = 0, port = 0;  ///< of the sources, of the targets
    int channel = -1;              ///< what is read in place of spikes
    std::uint32_t first = 0;       ///< local index to which targets are relative: a page of 65 536
    bool one_weight = false;       ///< all have `weight`: spikes are counted
    double weight = 0;
    bool half = false;             ///< 16-bit weights
    bool bits = false;             ///< one weight, one delay, dense: a bit matrix
    Index targets = 0;             ///< local indices from `first` on that can occur, a multiple of 64
};

template <class Real> std::unique_ptr<Store<Real>> make_store(const StoreKind& kind, std::uint32_t sources);

}  // namespace tripartite
