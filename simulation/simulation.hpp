#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "simulation/network.hpp"
#include "simulation/spike_lists.hpp"

namespace tripartite {

/// A state variable that is read while a simulation runs: of some neurons, after the steps first, first + interval, … before last.
struct StateProbe {
    static constexpr int membrane = -1;  ///< in place of a field: what is compared with the threshold; of models that can be trained
    int population = 0, field = 0;
    Index first = 0, interval = 1, last = 0;
    std::vector<std::uint32_t> neurons;
    /// Takes the values of the neurons after step `step`; called in the order of the steps.
    std::function<void(Index step, std::span<const double> values)> take;
};

/// How a projection is stored.
struct StoreDescription {
    std::string from, receptor, form;
    std::vector<std::string> projections;
    std::uint64_t synapses = 0;
    std::size_t bytes = 0;
};

/// One plastic synapse.
struct SynapseWeight {
    std::uint32_t source, target;
    int delay;  ///< steps
    double weight;
};

/// A network that is simulated, in steps of dt. Threads own neurons; in a window as long as the smallest delay nobody depends on what
/// another thread does, so they meet once per window. Results are the same to the bit for any number of threads and any window.
class Simulation {
public:
    /// Builds the network. Throws Error for what cannot run.
    template <class Real> static std::unique_ptr<Simulation> make(const SimulationNetwork& network, const SimulationOptions& options);
    virtual ~Simulation() = default;

    /// Runs so many steps. Throws Error if a population runs away, or a state is no longer finite.
    virtual void run(Index steps) = 0;
    virtual Index steps_done() const = 0;

    /// Adds to what reaches the neurons of a population in the next step, in the unit of the receptor ("": the first).
    virtual void add_input(const std::string& population, const std::string& receptor, std::span<const double> values) = 0;
    /// Gives a population of given spikes those of the steps to come, in place of what is left of its own.
    virtual void set_spikes(const std::string& population, SpikeList spikes) = 0;
    /// Scales the weights of a plastic projection so that the magnitudes of those onto each neuron sum up to `total`.
    virtual void normalise(const std::string& projection, double total) = 0;
    /// Whether plastic weights, and what neurons learn by themselves (NeuronSpec::lasting), change from now on. Spikes until now will not
    /// change a weight any more. It is not saved.
    virtual void set_learning(bool learning) = 0;
    /// No activity is left: states as at the start but for what neurons have learned, no spikes in flight, no traces, no input; sources and drives go on.
    virtual void rest() = 0;

    /// The neurons that fired in one of the latest steps.
    virtual std::span<const std::uint32_t> spikes(const std::string& population, Index step) const = 0;
    virtual std::vector<double> state(const std::string& population, const std::string& field) const = 0;
    /// The weights of a projection with plasticity, sorted by source, delay and target.
    virtual std::vector<SynapseWeight> weights(const std::string& projection) = 0;

    /// To be called with the spikes of each step, in order.
    virtual void on_spikes(std::function<void(Index step, const SpikeLists& fired)> take) = 0;
    virtual void add_probe(StateProbe probe) = 0;

    /// All that a run of the same network needs to go on with the same bits: states, spikes in flight, plastic weights, traces. load()
    /// throws Error if the file was written by another network, seed, precision or step; the number of threads may differ.
    virtual void save(H5Writer& file) = 0;
    virtual void load(const H5Reader& file) = 0;

    virtual std::vector<StoreDescription> stores() const = 0;
    virtual std::uint64_t neurons() const = 0;
    virtual std::uint64_t synapses() const = 0;
    virtual std::uint64_t synaptic_events() const = 0;
    virtual std::size_t bytes() const = 0;
};

}  // namespace tripartite
