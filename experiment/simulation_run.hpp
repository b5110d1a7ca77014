#pragma once
#include <string>
#include <vector>

#include "experiment/run.hpp"
#include "simulation/spike_statistics.hpp"

namespace tripartite {

/// How a simulation ended. summary.json says the same, by the names that are a contract with other programs.
struct SimulationSummary {
    struct Population {
        std::string name;
        std::uint32_t neurons = 0;
        Activity activity;
    };
    bool stopped = false;  ///< ended early, by Observer::stop_wanted
    double biological_seconds = 0, build_seconds = 0, simulation_seconds = 0;  ///< after the transient
    double real_time_factor() const { return biological_seconds > 0 ? simulation_seconds / biological_seconds : 0; }
    std::uint64_t neurons = 0, synapses = 0, synaptic_events = 0;
    double peak_memory_mb = 0;
    int threads = 0;
    std::vector<Population> populations;
    double accuracy = -1;  ///< of a trained network over the samples that it was shown
    std::vector<std::string> missed;  ///< what was expected and did not come
};

/// Simulates, and writes config.yaml, summary.json, results.h5 and checkpoint.h5 into the folder. A run that is killed goes on from
/// its checkpoint with the same bits. Throws Error for anything that a user or a file can cause.
SimulationSummary run_simulation(const Experiment& experiment, const RunOptions& options, Observer& observer);

/// Its network as `tripartite check` shows it: neurons, and how each projection will be stored, with the memory it takes.
std::string describe_simulation(const Experiment& experiment);

}  // namespace tripartite
