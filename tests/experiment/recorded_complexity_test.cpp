#include "experiment/recorded_complexity.hpp"

#include <gtest/gtest.h>

#include "core/lempel_ziv.hpp"
#include "core/random.hpp"
#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

/// Spikes as a user reads them: time stamps in ms and neurons, in one train per neuron and sample.
double mean_complexity(const std::string& file, const std::string& population, int neurons, int samples, int steps, double dt, int first_step = 0) {
    const H5Reader results(file);
    const auto times = results.read<double>("/spikes/" + population + "/timestamps");
    const auto ids = results.read<std::int64_t>("/spikes/" + population + "/node_ids");
    double sum = 0;
    for (int n = 0; n < neurons; ++n)
        for (int s = 0; s < samples; ++s) {
            BitTrain train(steps);
            for (std::size_t i = 0; i < times.size(); ++i) {
                const int step = int(times[i] / dt - 0.5) - first_step;
                if (ids[i] == n && step / steps == s) train.set(step % steps);
            }
            sum += LempelZiv().complexity(train);
        }
    return sum / (neurons * samples);
}

TEST(RecordedComplexity, IsTheMeanOverNeuronsAndSamplesOfATrainingRun) {
    const TemporaryFolder folder;
    run_in_folder(tiny({"record={spikes: [layer1, layer2], samples: 3}", "learning.epochs=1"}), folder.path());
    const auto all = recorded_complexities(H5Reader(folder / "results.h5"));
    ASSERT_EQ(all.size(), 2u);
    EXPECT_EQ(all[1].population, "layer2");
    EXPECT_EQ(all[0].read, 20u * 3);
    EXPECT_EQ(all[0].trains, 20u * 3);
    EXPECT_EQ(all[0].steps, 6);
    EXPECT_NEAR(all[0].complexity, mean_complexity(folder / "results.h5", "layer1", 20, 3, 6, 0.5), 1e-12);
    EXPECT_NEAR(all[1].complexity, mean_complexity(folder / "results.h5", "layer2", 17, 3, 6, 0.5), 1e-12);
}

TEST(RecordedComplexity, IsTheMeanOverTheRecordedNeuronsAndStepsOfASimulation) {
    const TemporaryFolder folder;
    StopAfter observer;
    const auto experiment = parse_experiment(R"(
experiment: {mode: simulate, seed: 1, threads: 1}
time: {dt: 0.5 ms, duration: 400 ms, transient: 50 ms}
network: {populations: {noise: {size: 30, source: {poisson: {rate: 200 Hz}}}}}
record: {spikes: {noise: {neurons: 10, start: 100 ms, stop: 300 ms}}}
)", "FILE");
    run_simulation(experiment, {folder.path(), {}}, observer);
    const auto all = recorded_complexities(H5Reader(folder / "results.h5"));
    ASSERT_EQ(all.size(), 1u);
    EXPECT_EQ(all[0].trains, 10u);
    EXPECT_EQ(all[0].steps, 400);
    EXPECT_NEAR(all[0].complexity, mean_complexity(folder / "results.h5", "noise", 10, 1, 400, 0.5, 200), 1e-12);
    EXPECT_GT(all[0].complexity, coin_entropy(0.1) * 0.8);
}

const std::string sources_yaml = R"(
experiment: {name: sources, seed: 1}
time: {dt: 1 ms, steps: 100}
network: {layers: [{dense: 32, neuron: {lif: {tau_m: 2 ms, threshold: 0.5}}}, {dense: 2, neuron: leaky_integrator}]}
input:
  dataset: {markov: {onset: [0.5, 0.1], offset: [0.5, 0.1], channels: 6, train: 60, test: 40}}
  encoder: trains
learning:
  bptt: {loss: ce_membrane}
  optimiser: {adam: {learning_rate: 1e-9}}
  readout: {complexity: {population: layer1}}
  batch: 16
)";

/// Of one rate, behind weights that were hardly trained: the complexity alone tells them apart.
TEST(ComplexityReadout, TellsASourceWithMemoryFromOneWithoutForAnyNumberOfThreads) {
    const TemporaryFolder folder;
    std::vector<double> accuracies;
    for (const std::string threads : {"1", "2"})
        accuracies.push_back(run_in_folder(parse_experiment(sources_yaml, "FILE", Overrides{"experiment.threads=" + threads}), folder / threads).complexity_accuracy);
    EXPECT_GT(accuracies[0], 0.9);
    EXPECT_EQ(accuracies[0], accuracies[1]);
    const auto evaluated = parse_experiment(sources_yaml, "FILE", Overrides{"experiment.mode=evaluate", "experiment.checkpoint=" + folder / "1/checkpoint.h5"});
    EXPECT_EQ(run_in_folder(evaluated, folder / "evaluated").complexity_accuracy, accuracies[0]);
    EXPECT_LT(run_in_folder(tiny({"learning.epochs=1"}), folder / "none").complexity_accuracy, 0);
}

TEST(ComplexityReadout, IsWrittenAndReadAgain) {
    const auto resolved = resolved_yaml(parse_experiment(sources_yaml, "FILE"));
    EXPECT_NE(resolved.find("readout: {complexity: {population: layer1}}"), std::string::npos) << resolved;
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

TEST(SpikeTrainSets, AreSourcesOfASimulationToo) {
    const auto of = [](const std::string& source) {
        return parse_experiment("experiment: {mode: simulate}\ntime: {dt: 1 ms, duration: 100 ms}\nnetwork: {populations: {a: {source: " + source + "}}}\n", "FILE");
    };
    const auto e = of("{dataset: {bernoulli: {probability: [0, 1], channels: 7, test: 2}}, encoder: trains, samples: 2, present: 20 ms, between_samples: continue}");
    EXPECT_EQ(e.simulation.network.populations[0].size, 7u);
    const auto& spikes = std::get<SpikeList>(e.simulation.network.populations[0].source.value());
    ASSERT_EQ(spikes.steps.size(), 7u * 20);  // the first sample is silent, in the second all fire
    EXPECT_EQ(spikes.steps.front(), 20);
    EXPECT_EQ(spikes.steps.back(), 39);
    EXPECT_THROW(of("{dataset: bernoulli, encoder: poisson}"), ConfigError);
}

}  // namespace
}  // namespace tripartite
