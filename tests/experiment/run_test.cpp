#include <gtest/gtest.h>

#include <cmath>
#include <nlohmann/json.hpp>

#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

using Json = nlohmann::json;

const std::vector<Overrides> variations = {
    {},
    {"experiment.precision=float64", "learning.optimiser={sgd: {learning_rate: 0.1, momentum: 0.9}}", "learning.schedule={plateau: {patience: 0}}"},
    {"network.layers.0={dense: 18, neuron: lif, recurrent: {delay: 1 ms}}", "learning.bptt.truncate={steps: 4, update: window}", "input.encoder=direct"},
    {"network.layers.0={dense: 70, neuron: lif, dropout: 0.3, recurrent: {delay: 1 ms}}", "learning.bptt.recompute=2", "input.validation=0", "learning.batch=13"},
};

struct Variation : testing::TestWithParam<Overrides> {};
INSTANTIATE_TEST_SUITE_P(Runs, Variation, testing::ValuesIn(variations));

TEST_P(Variation, ResumeEqualsUninterruptedRun) {
    const auto experiment = tiny(GetParam());
    const TemporaryFolder whole, parts;
    const auto expected = run_in_folder(experiment, whole.path());
    for (const int stop : {1, 3, 5}) {  // the third is the last of an epoch
        EXPECT_TRUE(run_in_folder(experiment, parts.path(), {}, stop).stopped);
        EXPECT_FALSE(std::filesystem::exists(parts / "summary.json"));
        EXPECT_TRUE(run_in_folder(experiment, parts.path(), parts / "checkpoint.h5", 2).stopped);
        const auto found = run_in_folder(experiment, parts.path(), parts / "checkpoint.h5");
        expect_same_numbers(parts / "checkpoint.h5", whole / "checkpoint.h5");
        expect_same_numbers(parts / "results.h5", whole / "results.h5");
        ASSERT_EQ(found.epochs.size(), expected.epochs.size());
        for (std::size_t i = 0; i < found.epochs.size(); ++i) EXPECT_EQ(found.epochs[i].train_loss, expected.epochs[i].train_loss);
        EXPECT_EQ(found.test_accuracy, expected.test_accuracy);
        std::filesystem::remove(parts / "summary.json");
    }
}

TEST_P(Variation, ResultsDoNotDependOnThreadCount) {
    const TemporaryFolder one, more;
    auto experiment = tiny(GetParam());
    experiment.threads = 1;
    run_in_folder(experiment, one.path());
    for (const int threads : {2, 3, 8}) {
        experiment.threads = threads;
        run_in_folder(experiment, more.path());
        expect_same_numbers(more / "checkpoint.h5", one / "checkpoint.h5");
        expect_same_numbers(more / "results.h5", one / "results.h5");
    }
}

TEST_P(Variation, EvaluationOfTheCheckpointIsTheTestOfTheTraining) {
    const TemporaryFolder trained, evaluated;
    const auto training = run_in_folder(tiny(GetParam()), trained.path());
    auto overrides = GetParam();
    overrides.insert(overrides.end(), {"experiment.mode=evaluate", "experiment.checkpoint=" + trained / "checkpoint.h5"});
    const auto evaluation = run_in_folder(tiny(overrides), evaluated.path());
    EXPECT_EQ(evaluation.test_accuracy, training.test_accuracy);
    EXPECT_EQ(evaluation.synaptic_operations, training.synaptic_operations);
    EXPECT_EQ(numbers_of(evaluated / "results.h5").at("/test/predictions"), numbers_of(trained / "results.h5").at("/test/predictions"));
}

TEST(TrainingRun, SummaryHasTheNamesOfTheContract) {
    const TemporaryFolder folder;
    const auto run = run_in_folder(tiny(), folder.path());
    const auto json = Json::parse(contents_of(folder / "summary.json"));
    for (const char* name : {"mode", "test_accuracy", "validation_accuracy", "epochs", "parameters", "synaptic_operations", "wall_seconds", "peak_memory_mb",
                             "version", "instruction_set", "threads", "seed", "precision"})
        EXPECT_TRUE(json.contains(name) && !json[name].is_null()) << name;
    EXPECT_EQ(json["mode"], "train");
    EXPECT_EQ(json["seed"], 3);
    EXPECT_EQ(json["threads"], 2);
    EXPECT_EQ(json["precision"], "float32");
    EXPECT_EQ(json["test_accuracy"], run.test_accuracy);
    // weights and biases of the three layers, recurrent weights, gain, shift and threshold of the first, beta of the second
    EXPECT_EQ(json["parameters"], 20 * 25 + 20 + 17 * 20 + 17 + 3 * 17 + 3 + 20 * 20 + 3 * 20 + 2 * 17 + 1);
    ASSERT_EQ(json["epochs"].size(), 3u);
    for (const auto& epoch : json["epochs"])
        for (const char* name : {"train_loss", "train_accuracy", "validation_accuracy", "seconds", "spike_rate"}) EXPECT_TRUE(epoch[name].is_number()) << name;
}

TEST(TrainingRun, WithoutValidationTheLastEpochIsTestedAndTheAccuracyIsNull) {
    const TemporaryFolder folder;
    const auto run = run_in_folder(tiny({"input.validation=0"}), folder.path());
    EXPECT_EQ(run.best_epoch, 2);
    EXPECT_TRUE(Json::parse(contents_of(folder / "summary.json"))["validation_accuracy"].is_null());
}

TEST(TrainingRun, WeightsAreThoseOfTheBestEpoch) {
    const TemporaryFolder folder;
    const auto run = run_in_folder(tiny({"learning.epochs=6", "learning.optimiser.adamw.learning_rate=0.1"}), folder.path());
    double best = -1;
    for (const auto& epoch : run.epochs) best = std::max(best, epoch.validation_accuracy);
    EXPECT_EQ(run.validation_accuracy, best);
    EXPECT_EQ(run.epochs[run.best_epoch].validation_accuracy, best);
    const auto checkpoint = numbers_of(folder / "checkpoint.h5"), results = numbers_of(folder / "results.h5");
    EXPECT_EQ(results.at("/projections/input_to_layer1/weight"), checkpoint.at("/best/projections/input_to_layer1/weight"));
}

TEST(TrainingRun, TheConfigurationInTheFolderReadsAsTheSameExperiment) {
    const TemporaryFolder folder;
    run_in_folder(tiny(), folder.path());
    EXPECT_EQ(resolved_yaml(read_experiment(folder / "config.yaml")), resolved_yaml(tiny()));
}

TEST(Results, SpikesAreWhereTheRecordedMembraneReachesTheThreshold) {
    const TemporaryFolder folder;
    run_in_folder(tiny({"record={spikes: [layer1, layer2], membrane: layer2, samples: 5}", "network.layers.1={dense: 17, neuron: lif}"}), folder.path());
    const H5Reader file(folder / "results.h5");
    const auto times = file.read<double>("/spikes/layer2/timestamps");
    const auto neurons = file.read<std::int64_t>("/spikes/layer2/node_ids");
    EXPECT_EQ(file.shape("/states/layer2/membrane"), (std::vector<std::uint64_t>{5 * 6, 17}));
    const auto membrane = file.read<double>("/states/layer2/membrane");
    std::vector<double> expected_times;
    std::vector<std::int64_t> expected_neurons;
    for (int step = 0; step < 5 * 6; ++step)
        for (int n = 0; n < 17; ++n)
            if (membrane[std::size_t(step) * 17 + n] >= 1) expected_times.push_back((step + 1) * 0.5), expected_neurons.push_back(n);
    EXPECT_GT(times.size(), 0u);
    EXPECT_EQ(times, expected_times);
    EXPECT_EQ(neurons, expected_neurons);
    EXPECT_EQ(file.text_attribute("/spikes/layer2/timestamps", "units"), "ms");
    EXPECT_TRUE(file.has("/spikes/layer1/node_ids"));
}

TEST(Results, WhatANeuronAndItsNormaliserLearnStandsApart) {
    const TemporaryFolder folder;
    run_in_folder(tiny({"network.layers.0.neuron={meta: {learn: {gain: per_neuron}}}", "learning.epochs=1"}), folder.path());
    const H5Reader file(folder / "checkpoint.h5");
    const auto of_neuron = file.read<double>("/populations/layer1/gain"), of_normaliser = file.read<double>("/populations/layer1/normaliser_gain");
    EXPECT_EQ(of_neuron.size(), 20u);
    EXPECT_EQ(of_normaliser.size(), 20u);
    EXPECT_NE(of_neuron, of_normaliser);
}

TEST(Results, RootSaysWhatMadeThem) {
    const TemporaryFolder folder;
    run_in_folder(tiny(), folder.path());
    const H5Reader file(folder / "results.h5");
    EXPECT_EQ(file.text_attribute("/", "config"), resolved_yaml(tiny()));
    EXPECT_EQ(file.integer_attribute("/", "seed"), 3);
    EXPECT_TRUE(file.has_attribute("/", "version") && file.has_attribute("/", "host"));
    EXPECT_EQ(file.shape("/projections/layer1_to_layer2/weight"), (std::vector<std::uint64_t>{17, 20}));
    EXPECT_EQ(file.shape("/training/train_loss"), std::vector<std::uint64_t>{3});
    EXPECT_EQ(file.shape("/test/predictions"), std::vector<std::uint64_t>{24});
}

}  // namespace
}  // namespace tripartite
