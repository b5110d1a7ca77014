#pragma once
#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

/// Networks that were trained, and are simulated with samples of their data set.
namespace tripartite::trained_simulations {

inline constexpr int samples = 20;

/// Spikes of each population, as results.h5 has them.
using Recorded = std::map<std::string, std::pair<std::vector<double>, std::vector<std::int64_t>>>;

inline Recorded spikes_in(const std::string& folder, const std::vector<std::string>& populations) {
    const H5Reader file(folder + "/results.h5");
    Recorded found;
    for (const auto& p : populations) found[p] = {file.read<double>("/spikes/" + p + "/timestamps"), file.read<std::int64_t>("/spikes/" + p + "/node_ids")};
    return found;
}

inline SimulationSummary simulate(const std::string& yaml, const std::string& folder, const Overrides& overrides = {}, int stop_after = -1, const std::optional<std::string>& resume = {}) {
    StopAfter observer(stop_after);
    return run_simulation(parse_experiment(yaml, "simulate", overrides), {folder, resume}, observer);
}

inline std::string simulation_of(const std::string& folder, const std::vector<std::string>& populations) {
    std::string spikes;
    for (const auto& p : populations) spikes += (spikes.empty() ? "" : ", ") + p + ": {}";
    return "experiment: {mode: simulate, threads: 2}\nnetwork: {trained: " + folder + "}\ninput: {samples: " + std::to_string(samples) + "}\nrecord: {spikes: {" + spikes + "}}\n";
}

/// Two recurrent populations with biases; delays of all projections but one are given.
inline std::string with_delay(const std::string& delay) {
    return R"(
experiment: {seed: 3, threads: 2}
time: {dt: 0.5 ms, steps: 30}
network:
  populations:
    hidden: {size: 70, neuron: {lif: {tau_m: 3 ms, learn: {threshold: per_neuron}}}}
    output: {size: 4, neuron: {lif: {tau_m: 5 ms, learn: {tau_m: shared}}}}
  projections:
    - {from: input, to: hidden, dense: {}, init: {kaiming: {gain: 4}}, delay: )" + delay + R"(}
    - {from: hidden, to: output, dense: {}, init: {kaiming: {gain: 2}}, delay: )" + delay + R"(}
    - {from: hidden, to: hidden, dense: {}, delay: 1 ms}
input: {dataset: {generated: {size: 5, train: 64, test: 30}}, encoder: {bernoulli: {gain: 0.3}}}
learning: {bptt: {loss: ce_membrane}, optimiser: {adam: {learning_rate: 1e-2}}, epochs: 2, batch: 16}
)";
}

}  // namespace tripartite::trained_simulations
