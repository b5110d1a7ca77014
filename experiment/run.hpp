#pragma once
#include <optional>
#include <string>
#include <vector>

#include "experiment/observer.hpp"
#include "experiment/spec.hpp"

namespace tripartite {

struct RunOptions {
    std::string folder;                ///< where the results go; created if it is not there
    std::optional<std::string> resume; ///< a checkpoint to go on from
};

/// How a run ended. summary.json says the same, by the names that are a contract with other programs.
struct RunSummary {
    Experiment::Mode mode = Experiment::Mode::train;
    bool stopped = false;             ///< ended early, by Observer::stop_wanted
    std::vector<EpochSummary> epochs;
    int best_epoch = -1;              ///< whose weights were tested, from 0
    double test_accuracy = -1, validation_accuracy = -1;
    double complexity_accuracy = -1;  ///< of the read-out on the test set; -1: none was asked for
    long long parameters = 0;
    double synaptic_operations = 0;   ///< spikes times synapses reached, per test sample
    double wall_seconds = 0, peak_memory_mb = 0;
    int threads = 0;
};

/// Creates the folder if it is not there.
void make_output_folder(const std::string& folder);
/// The peak of resident memory of this process, from the kernel.
double peak_memory_mb();
/// The name of this machine.
std::string host();

/// Trains or evaluates, and writes config.yaml, summary.json, results.h5 and checkpoint.h5 into the folder.
/// Throws Error for anything that a user or a file can cause; a checkpoint of before stays as it is.
RunSummary run_experiment(const Experiment& experiment, const RunOptions& options, Observer& observer);

}  // namespace tripartite
