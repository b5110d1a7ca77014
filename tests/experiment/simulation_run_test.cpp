#include <gtest/gtest.h>

#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

/// Plasticity, everything that is recorded, and statistics, in 300 ms.
const std::string small_yaml = R"(
experiment: {name: small, mode: simulate, seed: 3, threads: 2}
time: {dt: 0.1 ms, duration: 250 ms, transient: 50 ms}
network:
  populations:
    E: {size: 160, neuron: &neuron {iaf_psc_exp: {I_e: 330 pA}}, initial: {V_m: {uniform: {min: -70 mV, max: -56 mV}}}}
    I: {size: 40, neuron: *neuron}
  projections:
    - {from: E, to: E, rule: {fixed_in_degree: 16}, weight: 60 pA, delay: {uniform: {min: 1 ms, max: 3 ms}}, synapse: {stdp_pair: {w_max: 120}}}
    - {from: E, to: I, rule: {fixed_in_degree: 16}, weight: 60 pA, delay: 1.5 ms}
    - {from: I, to: [E, I], rule: {fixed_in_degree: 4}, weight: -240 pA, delay: 0.8 ms}
input:
  - {poisson: {rate: 5 kHz, weight: 20 pA}, to: [E, I]}
record:
  spikes: {E: {neurons: 100}, I: {}}
  states: {E: {fields: [V_m], neurons: 3, interval: 1 ms}}
  rates: {E: {interval: 5 ms}}
  weights: {E_to_E: {interval: 50 ms}}
output: {checkpoint_every: 0}
)";

Experiment small(const Overrides& overrides = {}) { return parse_experiment(small_yaml, "small", overrides); }

nlohmann::json summary_of(const std::string& folder) {
    std::ifstream file(folder + "/summary.json");
    return nlohmann::json::parse(file);
}

SimulationSummary simulate_in(const Experiment& e, const std::string& folder, const std::optional<std::string>& resume, int stop_after) {
    StopAfter observer(stop_after);
    return run_simulation(e, {folder, resume}, observer);
}

TEST(SimulationRun, WritesWhatOtherProgramsRead) {
    const TemporaryFolder folder;
    const auto summary = simulate_in(small(), folder.path(), {}, -1);
    const auto json = summary_of(folder.path());
    for (const char* key : {"mode", "biological_seconds", "build_seconds", "simulation_seconds", "real_time_factor", "neurons", "synapses", "synaptic_events",
                            "ns_per_synaptic_event", "peak_memory_mb", "populations", "version", "instruction_set", "threads", "seed", "precision"})
        EXPECT_TRUE(json.contains(key)) << key;
    EXPECT_EQ(json["mode"], "simulate");
    EXPECT_EQ(json["neurons"], 200);
    EXPECT_EQ(json["synapses"], 160 * 20 + 40 * 20);
    EXPECT_EQ(json["biological_seconds"], 0.25);
    ASSERT_GT(json["populations"]["E"]["spikes"], 50);
    EXPECT_NEAR(json["populations"]["E"]["mean_rate_hz"].get<double>(), json["populations"]["E"]["spikes"].get<double>() / 160 / 0.25, 1e-9);

    const H5Reader results(folder / "results.h5");
    const auto times = results.read<double>("/spikes/I/timestamps");
    const auto neurons = results.read<std::uint64_t>("/spikes/I/node_ids");
    EXPECT_EQ(times.size(), json["populations"]["I"]["spikes"].get<std::size_t>());
    EXPECT_EQ(results.text_attribute("/spikes/I/timestamps", "units"), "milliseconds");
    ASSERT_TRUE(std::ranges::is_sorted(times));
    EXPECT_GT(times.front(), 50);
    EXPECT_LE(times.back(), 300 + 1e-9);
    for (const auto n : results.read<std::uint64_t>("/spikes/E/node_ids")) ASSERT_LT(n, 100u);
    EXPECT_EQ(results.shape("/states/E/V_m"), (std::vector<std::uint64_t>{250, 3}));
    EXPECT_NEAR(results.real_attribute("/states/E/V_m", "start"), 51, 1e-9);
    const auto rates = results.read<double>("/rates/E");
    ASSERT_EQ(rates.size(), 50u);
    double spikes = 0;
    for (const double r : rates) spikes += r * 160 * 0.005;
    EXPECT_NEAR(spikes, json["populations"]["E"]["spikes"].get<double>(), 1e-6);
    EXPECT_EQ(results.shape("/weights/E_to_E/weight"), (std::vector<std::uint64_t>{6, 2560}));
    EXPECT_FALSE(std::filesystem::exists(folder / "spool"));
    EXPECT_TRUE(std::filesystem::exists(folder / "checkpoint.h5"));
    EXPECT_EQ(summary.populations[0].activity.spikes, json["populations"]["E"]["spikes"]);
}

TEST(SimulationRun, ResultsDoNotDependOnThreads) {
    const TemporaryFolder one, three;
    simulate_in(small({"experiment.threads=1"}), one.path(), {}, -1);
    simulate_in(small({"experiment.threads=3"}), three.path(), {}, -1);
    expect_same_numbers(three / "results.h5", one / "results.h5");
    EXPECT_EQ(summary_of(one.path())["populations"], summary_of(three.path())["populations"]);
}

TEST(SimulationRun, ResumeEqualsUninterruptedRun) {
    const TemporaryFolder whole, parts;
    simulate_in(small(), whole.path(), {}, -1);
    EXPECT_TRUE(simulate_in(small(), parts.path(), {}, 2).stopped);
    EXPECT_FALSE(std::filesystem::exists(parts / "summary.json"));
    std::filesystem::copy(parts / "checkpoint.h5", parts / "earlier.h5");
    // Killed later than its checkpoint: what was written since is written again.
    EXPECT_TRUE(simulate_in(small(), parts.path(), parts / "earlier.h5", 2).stopped);
    EXPECT_FALSE(simulate_in(small({"experiment.threads=1"}), parts.path(), parts / "earlier.h5", -1).stopped);
    expect_same_numbers(parts / "results.h5", whole / "results.h5");
    EXPECT_EQ(summary_of(parts.path())["populations"], summary_of(whole.path())["populations"]);
    EXPECT_EQ(summary_of(parts.path())["synaptic_events"], summary_of(whole.path())["synaptic_events"]);
}

TEST(SimulationRun, WhatWasExpectedAndMissedIsTold) {
    const TemporaryFolder folder;
    auto experiment = small({"time.duration=20 ms"});
    experiment.simulation.expected = {{.population = "E", .mean_rate_hz = {500, 600}}, {.population = "I", .mean_rate_hz = {0, 1e3}}};
    const auto summary = simulate_in(experiment, folder.path(), {}, -1);
    ASSERT_EQ(summary.missed.size(), 1u);
    EXPECT_TRUE(summary.missed[0].starts_with("E: mean_rate_hz is ") && summary.missed[0].ends_with(", expected 500 to 600")) << summary.missed[0];
    EXPECT_EQ(summary_of(folder.path())["missed"].size(), 1u);
}

TEST(SimulationRun, WhatCannotBeResumedIsRefused) {
    const TemporaryFolder folder;
    simulate_in(small({"time.duration=20 ms"}), folder.path(), {}, -1);
    const auto resume = [&](const Overrides& overrides) {
        return error_of([&] { simulate_in(small(overrides), folder.path(), folder / "checkpoint.h5", -1); });
    };
    const std::string other = resume({"experiment.seed=4"});
    EXPECT_TRUE(other.starts_with(folder / "checkpoint.h5" + ": was written by another experiment: it had\n    seed: 3\nand this one has\n    seed: 4")) << other;
    EXPECT_NE(resume({"network.projections.1.delay=2 ms"}).find("was written by another experiment"), std::string::npos);
    EXPECT_EQ(resume({}), folder / "spool" + ": the recordings of the run are not there; resume in the folder of a run that has not ended, as --out says");
    auto moved = small({"time.duration=20 ms"});
    moved.simulation.network.populations[0].initial[0].each.assign(160, -60.0);
    const std::string values = error_of([&] { simulate_in(moved, folder.path(), folder / "checkpoint.h5", -1); });
    EXPECT_NE(values.find("# V_m of E: 160 values with the checksum "), std::string::npos) << values;
    put(folder / "no.h5", "text");
    EXPECT_EQ(error_of([&] { simulate_in(small(), folder.path(), folder / "no.h5", -1); }), folder / "no.h5" + " is not an HDF5 file");
}

TEST(SimulationRun, WeightsAtTimeZeroAreTheInitialOnes) {
    const TemporaryFolder folder;
    simulate_in(small({"time.transient=0 ms", "time.duration=100 ms"}), folder.path(), {}, -1);
    const H5Reader results(folder / "results.h5");
    EXPECT_EQ(results.read<double>("/weights/E_to_E/times"), (std::vector<double>{0, 50, 100}));
    const auto weights = results.read<double>("/weights/E_to_E/weight");
    ASSERT_EQ(weights.size(), 3 * 2560u);
    EXPECT_TRUE(std::all_of(weights.begin(), weights.begin() + 2560, [](double w) { return w == 60; }));
    EXPECT_FALSE(std::all_of(weights.end() - 2560, weights.end(), [](double w) { return w == 60; }));
}

TEST(SimulationRun, WhatCannotBeRecordedIsRefused) {
    const TemporaryFolder folder;
    auto experiment = small();
    experiment.simulation.record.spikes.push_back(experiment.simulation.record.spikes[0]);
    EXPECT_EQ(error_of([&] { simulate_in(experiment, folder.path(), {}, -1); }), "record: 'spikes_E' is recorded twice; name it once");
    experiment = small();
    experiment.simulation.record.weights[0].projection = "I_to_E";
    EXPECT_EQ(error_of([&] { simulate_in(experiment, folder.path(), {}, -1); }), "record.weights: 'I_to_E' is no projection whose weights change; leave it out");
}

TEST(SimulationRun, ANeuronWhoseParametersContradictEachOtherIsNamed) {
    const TemporaryFolder folder;
    auto experiment = small({"network.populations.I={size: 40, neuron: {iaf_psc_exp: {V_th: {normal: {mean: -55, sd: 1}}}}}"});
    experiment.simulation.network.populations[1].values[0].each.assign(40, -55.0);
    experiment.simulation.network.populations[1].values[0].each[7] = -71;
    EXPECT_EQ(error_of([&] { simulate_in(experiment, folder.path(), {}, -1); }), "neuron 7 of 'I': iaf_psc_exp: V_reset must be below V_th");
}

TEST(SimulationRun, CheckTellsHowSynapsesAreStored) {
    const std::string text = describe_simulation(small());
    EXPECT_TRUE(text.starts_with("# 200 neurons, about 4000 synapses; memory about ")) << text;
    EXPECT_NE(text.find("#   E onto excitatory: plastic runs; about 2560 synapses"), std::string::npos) << text;
    EXPECT_NE(text.find("#   I onto inhibitory: bit matrix; about 800 synapses"), std::string::npos) << text;
}

}  // namespace
}  // namespace tripartite
