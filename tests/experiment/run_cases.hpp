#pragma once
#include <gtest/gtest.h>

#include <map>
#include <string>
#include <vector>

#include "experiment/read_experiment.hpp"
#include "experiment/run.hpp"
#include "io/hdf5.hpp"
#include "tests/io/temporary_folder.hpp"

/// Runs that take milliseconds, and what they leave in their folders.
namespace tripartite {

using Overrides = std::vector<std::string>;

/// 48 images in 3 batches an epoch, with everything that draws random numbers in training.
inline const std::string tiny_yaml = R"(
experiment: {name: tiny, seed: 3, threads: 2}
time: {dt: 0.5 ms, steps: 6}
network:
  layers:
    - {dense: 20, normalise: batch, neuron: {lif: {tau_m: 2 ms, learn: {threshold: per_neuron}}}, dropout: 0.2, recurrent: {}}
    - {dense: 17, neuron: {lif: {beta: 0.8, learn: {beta: shared}}}, membrane: mpbn, dropout: 0.1}
    - {dense: 3, neuron: {leaky_integrator: {tau_m: 2 ms}}}
input:
  dataset: {generated: {classes: 3, size: 5, train: 64, test: 24}}
  transform: {shift: 1, flip: true}
  encoder: bernoulli
  validation: 16
learning:
  bptt: {surrogate: atan, loss: {ce_membrane: {reduce: mean}}, clip: 1}
  optimiser: {adamw: {learning_rate: 1e-2}}
  schedule: {cosine: {}, warm_up: 0.5}
  epochs: 3
  batch: 16
)";

/// What is said of a file, or "accepted".
inline std::string refusal_of_file(const std::string& yaml) {
    try {
        parse_experiment(yaml, "FILE");
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "accepted";
}

inline Experiment tiny(const Overrides& overrides = {}) { return parse_experiment(tiny_yaml, "tiny", overrides); }

/// Asks a run to stop after that many batches, or never.
struct StopAfter : Observer {
    int batches;
    std::vector<std::string> messages;
    std::vector<EpochSummary> epochs;

    explicit StopAfter(int batches = -1) : batches(batches) {}
    void message(const std::string& text) override { messages.push_back(text); }
    void epoch_done(int, int, const EpochSummary& epoch) override { epochs.push_back(epoch); }
    bool stop_wanted() override { return --batches == 0; }
};

inline RunSummary run_in_folder(const Experiment& experiment, const std::string& folder, const std::optional<std::string>& resume = {}, int stop_after = -1) {
    StopAfter observer(stop_after);
    return run_experiment(experiment, {folder, resume}, observer);
}

inline void collect_numbers(const H5Reader& file, const std::string& group, std::map<std::string, std::vector<double>>& numbers) {
    for (const auto& name : file.children(group)) {
        const std::string path = (group == "/" ? "" : group) + "/" + name;
        if (file.is_group(path)) collect_numbers(file, path, numbers);
        else numbers[path] = file.read<double>(path);
    }
}

/// Every number of an HDF5 file, but the seconds that a run took.
inline std::map<std::string, std::vector<double>> numbers_of(const std::string& path) {
    std::map<std::string, std::vector<double>> numbers;
    collect_numbers(H5Reader(path), "/", numbers);
    numbers.erase("/training/seconds");
    constexpr std::size_t seconds = 3, columns = 6;
    if (auto history = numbers.find("/history"); history != numbers.end())
        for (std::size_t i = seconds; i < history->second.size(); i += columns) history->second[i] = 0;
    if (auto epoch = numbers.find("/epoch"); epoch != numbers.end()) epoch->second[seconds] = 0;
    return numbers;
}

inline void expect_same_numbers(const std::string& found, const std::string& expected) {
    const auto a = numbers_of(found), b = numbers_of(expected);
    ASSERT_GT(b.size(), 5u);
    ASSERT_EQ(a.size(), b.size());
    for (const auto& [path, values] : b) EXPECT_EQ(a.at(path), values) << path;
}

}  // namespace tripartite
