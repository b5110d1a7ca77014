#pragma once
#include <memory>
#include <set>
#include <vector>

#include "io/hdf5.hpp"
#include "io/spool.hpp"
#include "simulation/recording_spec.hpp"
#include "simulation/simulation.hpp"

namespace tripartite {

/// Writes down what a simulation is asked to record: into spools while it goes on, and from them, at the end, into an HDF5 file.
///   /spikes/<population>/{timestamps [ms], node_ids}            SONATA's layout, sorted by time; attributes begin, end: the neurons recorded
///   /states/<population>/<field> [samples][neurons]             attributes units, start, interval [ms]; neurons
///   /rates/<population> [intervals]                             spikes per neuron and second, attributes start, interval [ms]
///   /weights/<projection>/{weight [samples][synapses], times [ms], source, target, delay [ms]}
class Recorder {
public:
    /// What is recorded, in folder/spool. `first`: the step at which recordings may begin; `checkpoint`: what save() wrote.
    Recorder(const SimulationNetwork& network, const RecordingSpec& spec, double dt, Index first, Index last, const std::string& folder, const H5Reader* checkpoint);

    /// Adds the probes of states. Spikes are given to take() by the caller.
    void attach(Simulation& simulation);
    void take(Index step, const SpikeLists& fired);
    /// The next step, after `step`, at which record_weights() is due, or `last`.
    Index next_weights(Index step) const;
    void record_weights(Simulation& simulation);

    /// Syncs the spools and writes down their lengths.
    void save(H5Writer& checkpoint);
    /// Writes everything; then remove_spools() may follow, once the file is safe.
    void write(H5Writer& file, Simulation& simulation);
    void remove_spools();

private:
    struct Steps {
        Index first, last, interval;
        bool due(Index step) const { return step >= first && step < last && (step - first) % interval == 0; }
        Index samples() const { return last <= first ? 0 : (last - first + interval - 1) / interval; }
    };
    struct Record {
        std::uint32_t step, neuron;
    };
    struct Spikes {
        int population;
        std::uint32_t begin, end;
        Steps steps;
        std::unique_ptr<Spool> spool;
    };
    struct State {
        int population, field;
        std::vector<std::uint32_t> neurons;
        Steps steps;
        std::unique_ptr<Spool> spool;
    };
    struct Rate {
        int population;
        Steps steps;
        std::unique_ptr<Spool> spool;
        std::uint64_t count = 0;
    };
    struct Weights {
        std::string projection;
        Steps steps;
        std::unique_ptr<Spool> spool;
    };
    Steps steps_of(const RecordingTimes& times, bool sampled) const;
    std::unique_ptr<Spool> spool(const std::string& name);
    template <class F> void for_each_spool(F&& f);
    void write_spikes(H5Writer& file, Spikes& spikes);
    void write_state(H5Writer& file, State& state);
    void write_rate(H5Writer& file, Rate& rate);
    void write_weights(H5Writer& file, Weights& weights, Simulation& simulation);
    const SimulatedPopulation& population(int p) const { return network_.populations[std::size_t(p)]; }

    const SimulationNetwork& network_;
    double dt_;
    Index first_, last_;
    std::string folder_;
    const H5Reader* checkpoint_;
    std::vector<Spikes> spikes_;
    std::vector<State> states_;
    std::vector<Rate> rates_;
    std::vector<Weights> weights_;
    std::set<std::string> names_;  ///< of spools
    std::vector<float> row_;
};

}  // namespace tripartite
