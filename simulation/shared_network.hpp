#pragma once
#include <deque>
#include <memory>
#include <vector>

#include "engine/frames.hpp"
#include "simulation/network.hpp"

namespace tripartite {

/// Real numbers, one for each neuron of a population, that are sent in every step.
struct Channel {
    static constexpr int membrane = -1, transmitter = -2;
    int population = 0;
    int field = membrane;  ///< a state variable; membrane: u of a model that never fires; transmitter: Y_S summed over the synapses of a projection
    std::string name;      ///< in a checkpoint
};

/// A projection with what its synapses have in common.
struct BuiltProjection {
    const SimulatedProjection* spec = nullptr;
    int from = 0, to = 0, port = 0;
    int axonal_delay = 0;  ///< steps
    bool same_step = false;  ///< there may be delays of 0
    int dopamine_from = -1, dopamine_delay = 0, normalise_every = 0, scale_every = 0;  ///< population, steps
    int channel = -1;                     ///< what its synapses read in every step, in place of spikes
    struct Astrocytes {
        int receptors = -1, transmitter = -1, delay = 0;  ///< the channel with their Gamma_S, that of the synapses' Y_S; steps
        std::vector<std::uint32_t> of;                     ///< [target]
    } astrocytes;
    std::unique_ptr<Connector> connector;
    std::unique_ptr<SynapseValues> weight, delay;
};

/// What the workers share: made once, then only read, but for the spikes. Those of a step are bits, a word for each block of 64
/// neurons, in a ring of steps: a worker writes the words of its own neurons and reads, after the window, all of them.
struct SharedNetwork {
    SharedNetwork(const SimulationNetwork& network, const SimulationOptions& options);

    const SimulationNetwork& network;
    SimulationOptions options;
    std::vector<std::uint32_t> sizes;                   ///< [population]
    std::vector<std::unique_ptr<Positions>> positions;  ///< [population], null without
    std::vector<BuiltProjection> projections;           ///< of the network, then those that lead transmitter to astrocytes
    std::vector<Channel> channels;
    std::vector<int> every;                             ///< [population] steps from one of its steps to the next
    /// Slow populations run in the last of their steps.
    bool due(int population, Index step) const { return every[std::size_t(population)] == 1 || (step + 1) % every[std::size_t(population)] == 0; }
    int shortest_dopamine_delay() const;                ///< steps; 0: there is none
    int ports = 1;                                      ///< most of any model
    std::vector<int> level;                             ///< [population] most projections without delay that lead to it, one after the other
    int levels = 1;                                     ///< a step runs them in turn

    /// Once the delays are known.
    void prepare(int smallest_delay, int largest_delay);
    int window = 1, largest_delay = 1;
    Index words = 0;                                    ///< of a step
    Array<std::uint64_t> fired;                         ///< [2 window][words]
    std::uint64_t* fired_in(Index step) { return fired.data() + step % (2 * window) * words; }

private:
    void find_levels();
    PairSpace space(int from, int to) const;
    /// The number of a channel, which is added if it is not there.
    int channel(int population, int field, const std::string& what);
    void send_values(BuiltProjection& built);
    void surround_by_astrocytes();
    /// Adds to the synapses of each astrocyte.
    void find_territories(BuiltProjection& built, std::vector<std::uint32_t>& synapses);
    BuiltProjection to_astrocytes(const BuiltProjection& built, const std::vector<std::uint32_t>& synapses);
    std::deque<SimulatedProjection> to_astrocytes_;     ///< not of the network
};

/// The port of a population that this name means; "": the only one, else by the sign of the weight. Errors name those that there are.
int port_of(const SimulatedPopulation& population, const std::string& receptor, double weight, const std::string& what);

}  // namespace tripartite
