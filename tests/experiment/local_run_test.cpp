// Learning by plasticity alone, from samples.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

/// The network of Diehl and Cook on bars of three angles.
const std::string bars_yaml = R"(
experiment: {name: bars, mode: train, seed: 2, threads: 1}
time: {dt: 1 ms, duration: 100 ms}
network:
  populations:
    E: {size: 70, neuron: {diehl_cook: {theta_plus: 0.5, tau_theta: 1e5, theta_rest: 0}}}
    I: {size: 70, neuron: {iaf_cond_exp: {V_th: -40, V_reset: -45, E_L: -60, E_in: -85, g_L: 1, C_m: 10, tau_syn_ex: 1}}}
  projections:
    - {from: input, to: E, rule: all_to_all, weight: {uniform: {min: 0.2, max: 1}}, normalise: {total: 30},
       synapse: {triplet: {pairing: nearest_symmetric, tau_plus: 20, tau_minus: 20, tau_y: 40, a2_plus: 0.05, a3_plus: 0.1, a2_minus: 1e-2, a3_minus: 0, w_max: 3}}}
    - {from: E, to: I, rule: one_to_one, weight: 10.4}
    - {from: I, to: E, rule: all_but_one_to_one, weight: -17}
input:
  dataset: {generated: {classes: 3, size: 8, train: 60, test: 30}}
  encoder: {poisson: {rate: 100 Hz}}
  between_samples: {rest: 50 ms}
learning:
  local: {population: E, window: 10, least_spikes: 1}
  epochs: 2
)";

Experiment bars(const Overrides& overrides = {}) { return parse_experiment(bars_yaml, "bars", overrides); }

/// Both classes fire at one rate, and only one has memory: a count tells nothing, an order in time does.
TEST(LocalRun, ComplexityOfTheResponsesTellsSourcesOfOneRateApart) {
    const TemporaryFolder folder;
    const auto summary = run_in_folder(parse_experiment(R"(
experiment: {mode: train, seed: 1, threads: 1, runaway_rate: 0}
time: {dt: 1 ms, steps: 200}
network:
  populations:
    E: {size: 10, neuron: {lif: {tau_m: 2 ms, threshold: 1}}}
  projections:
    - {from: input, to: E, rule: all_to_all, weight: {uniform: {min: 0.2, max: 0.5}}, delay: 1 ms, synapse: {stdp_pair: {lambda: 0.0001, w_max: 0.5}}}
input: {dataset: {markov: {onset: [0.5, 0.05], offset: [0.5, 0.05], channels: 5, train: 100, test: 100}}, encoder: trains, between_samples: reset}
learning: {local: {population: E}, readout: complexity, epochs: 1}
)", "markov"), folder.path());
    EXPECT_GT(summary.complexity_accuracy, 0.9);
    std::ifstream file(folder / "summary.json");
    EXPECT_EQ(nlohmann::json::parse(file)["complexity_accuracy"], summary.complexity_accuracy);
}

TEST(LocalRun, LearnsClassesWithoutBeingToldThem) {
    const TemporaryFolder folder;
    const auto summary = run_in_folder(bars(), folder.path());
    EXPECT_GT(summary.test_accuracy, 0.8);
    ASSERT_EQ(summary.epochs.size(), 2u);
    EXPECT_EQ(summary.parameters, 64 * 70);
    std::ifstream file(folder / "summary.json");
    const auto json = nlohmann::json::parse(file);
    EXPECT_EQ(json["mode"], "train");
    EXPECT_EQ(json["test_accuracy"], summary.test_accuracy);
    EXPECT_TRUE(json["epochs"][0]["train_loss"].is_null());

    const H5Reader results(folder / "results.h5");
    EXPECT_EQ(results.shape("/projections/input_to_E/weight"), (std::vector<std::uint64_t>{70, 64}));
    EXPECT_EQ(results.integer_attribute("/projections/input_to_E", "width"), 8);
    EXPECT_EQ(results.text_attribute("/projections/input_to_E", "to"), "E");
    EXPECT_EQ(results.read<double>("/populations/E/theta").size(), 70u);
    const auto labels = results.read<std::int64_t>("/populations/E/label"), predictions = results.read<std::int64_t>("/test/predictions"),
               truth = results.read<std::int64_t>("/test/labels");
    EXPECT_GT(std::ranges::count(labels, 0) + std::ranges::count(labels, 1) + std::ranges::count(labels, 2), 3);
    double correct = 0;
    for (std::size_t i = 0; i < truth.size(); ++i) correct += predictions[i] == truth[i];
    EXPECT_DOUBLE_EQ(correct / 30, summary.test_accuracy);
}

/// Neurons that do what the teacher says have the right class while they learn, and are silent when labels are given and tested.
TEST(LocalRun, TheTeacherFiresForTheClassWhileTheNetworkLearns) {
    const Overrides teacher{"network.populations={E: {size: 3, neuron: parrot}, teacher: {size: 3, source: {labels: {rate: 100 Hz, start: 20 ms}}}}",
                            "network.projections=[{from: input, to: E, rule: {pairwise_bernoulli: 0}, weight: 1, synapse: stdp_pair}, {from: teacher, to: E, rule: one_to_one, weight: 1}]",
                            "learning.local.least_spikes=0"};
    const TemporaryFolder folder;
    const auto summary = run_in_folder(bars(teacher), folder.path());
    EXPECT_EQ(summary.epochs[0].train_accuracy, 1);
    EXPECT_DOUBLE_EQ(summary.epochs[0].spike_rate, 7.0 / 3 / 100);  // at 30, 40, … 100 ms and a delay of 1 ms, of the first 100 ms
    EXPECT_EQ(std::ranges::count(H5Reader(folder / "results.h5").read<std::int64_t>("/populations/E/label"), -1), 3);
    const auto resolved = resolved_yaml(bars(teacher));
    EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
    auto four = teacher;
    four[0].replace(four[0].find("teacher: {size: 3"), 17, "teacher: {size: 4");
    four[1].replace(four[1].find("one_to_one"), 10, "all_to_all");
    try {
        run_in_folder(bars(four), folder.path());
        FAIL() << "four teachers of three classes";
    } catch (const Error& error) {
        EXPECT_EQ(std::string(error.what()), "'teacher' has 4 neurons, and fires for 3 classes; give it size: 3");
    }
}

TEST(LocalRun, KernelsOfAConvolutionAreWrittenAsKernels) {
    const TemporaryFolder folder;
    run_in_folder(bars({"network.populations.E.size=108", "network.populations.I.size=108", "network.projections.0.rule={convolution: {kernel: 3, height: 8, width: 8}}",
                        "network.projections.0.normalise.total=5", "input.dataset.generated.train=3", "learning.epochs=1"}), folder.path());
    const H5Reader file(folder / "results.h5");
    EXPECT_EQ(file.shape("/projections/input_to_E/weight"), (std::vector<std::uint64_t>{3, 1, 3, 3}));
    const auto kernels = file.read<double>("/projections/input_to_E/weight");
    const auto in_order = H5Reader(folder / "checkpoint.h5").read<float>("/plastic/input_to_E/weight");  // [number of the weight]
    EXPECT_EQ(std::vector<float>(kernels.begin(), kernels.end()), in_order);
    EXPECT_EQ(std::set(kernels.begin(), kernels.end()).size(), 27u) << "equal weights would stand anywhere";
}

TEST(LocalRun, ResultsDoNotDependOnThreads) {
    const TemporaryFolder one, three;
    const Overrides few{"learning.epochs=1", "learning.local.samples=12", "learning.local.label_samples=12", "learning.local.test_samples=6"};
    auto threads = few;
    threads.push_back("experiment.threads=3");
    run_in_folder(bars(few), one.path());
    run_in_folder(bars(threads), three.path());
    expect_same_numbers(three / "results.h5", one / "results.h5");
}

/// Inhibition is driven through tripartite synapses, whose astrocytes release soon and not with every sample.
TEST(LocalRun, AstrocytesOfItsSynapsesChangeWhatIsLearned) {
    const auto learned = [](const std::string& alpha, int threads) {
        const TemporaryFolder folder;
        run_in_folder(bars({"network.populations.A={size: 70, neuron: {astrocyte_gchi: {C_Theta: 0.02}}}", "learning.epochs=1", "experiment.threads=" + std::to_string(threads),
                            "network.projections.1={from: E, to: I, rule: one_to_one, weight: 20, synapse: {tripartite: {alpha: " + alpha + "}}, astrocytes: {from: A, block: 1}}"}), folder.path());
        return H5Reader(folder / "results.h5").read<double>("/projections/input_to_E/weight");
    };
    const auto released_more = learned("1", 1);
    EXPECT_EQ(released_more, learned("1", 3));
    EXPECT_NE(released_more, learned("0.6", 1));
}

TEST(LocalRun, ResumeEqualsUninterruptedRun) {
    for (const char* between : {"{rest: 50 ms}", "reset", "continue"}) {
        const Overrides overrides{std::string("input.between_samples=") + between};
        const TemporaryFolder whole, parts;
        run_in_folder(bars(overrides), whole.path());
        EXPECT_TRUE(run_in_folder(bars(overrides), parts.path(), {}, 37).stopped);
        EXPECT_FALSE(std::filesystem::exists(parts / "summary.json"));
        EXPECT_TRUE(run_in_folder(bars(overrides), parts.path(), parts / "checkpoint.h5", 100).stopped);  // among the labels
        EXPECT_FALSE(run_in_folder(bars(overrides), parts.path(), parts / "checkpoint.h5").stopped);
        expect_same_numbers(parts / "results.h5", whole / "results.h5");
    }
}

TEST(LocalRun, EvaluationTestsWhatWasLearned) {
    const TemporaryFolder trained, evaluated;
    const double accuracy = run_in_folder(bars(), trained.path()).test_accuracy;
    const auto summary = run_in_folder(bars({"experiment.mode=evaluate", "experiment.checkpoint=" + trained / "checkpoint.h5"}), evaluated.path());
    EXPECT_EQ(summary.test_accuracy, accuracy);
    const auto weights = [](const TemporaryFolder& of) { return H5Reader(of / "results.h5").read<double>("/projections/input_to_E/weight"); };
    EXPECT_EQ(weights(evaluated), weights(trained));
}

/// What was learned stays while labels and tests are taken: the checkpoint is older than both.
TEST(LocalRun, WeightsAndThresholdsStayAfterTraining) {
    const TemporaryFolder folder;
    run_in_folder(bars({"learning.epochs=1"}), folder.path());
    const H5Reader results(folder / "results.h5"), checkpoint(folder / "checkpoint.h5");
    for (const char* name : {"/projections/input_to_E/weight", "/populations/E/theta"}) EXPECT_EQ(results.read<double>(name), checkpoint.read<double>(name)) << name;
}

/// The sum is held at the start of each sample; a sample moves it a little.
TEST(LocalRun, IncomingWeightsAreNormalised) {
    const TemporaryFolder folder;
    run_in_folder(bars({"learning.epochs=1"}), folder.path());
    const auto weights = H5Reader(folder / "results.h5").read<double>("/projections/input_to_E/weight");
    for (std::size_t n = 0; n < 70; ++n) EXPECT_NEAR(std::accumulate(weights.begin() + n * 64, weights.begin() + (n + 1) * 64, 0.0), 30, 5);
}

/// Silence is not shown to no end.
TEST(LocalRun, SamplesWithoutResponseAreShownAgain) {
    const TemporaryFolder folder;
    const Overrides overrides{"learning.epochs=1", "learning.local.samples=3", "learning.local.label_samples=2", "learning.local.test_samples=1", "network.projections.0.normalise.total=0.001"};
    const auto summary = run_in_folder(bars(overrides), folder.path());
    EXPECT_EQ(summary.epochs.at(0).spike_rate, 0);
    constexpr int tries = 20, period = 150;
    EXPECT_EQ(H5Reader(folder / "checkpoint.h5").integer_attribute("/state", "step"), 3 * tries * period);
}

TEST(LocalRun, CheckTellsHowSynapsesAreStored) {
    const std::string text = describe_simulation(bars());
    EXPECT_NE(text.find("#   input onto excitatory: plastic runs; about 4480 synapses"), std::string::npos) << text;
}

TEST(LocalRun, ResolvedExperimentReadsBackToTheSame) {
    for (const auto& e : {bars(), bars({"input.between_samples=reset"}), bars({"network.projections.0.normalise={total: 30, interval: 1 s}"})}) {
        const auto resolved = resolved_yaml(e);
        EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
    }
}

TEST(LocalRun, WhatCannotBeResumedIsRefused) {
    const TemporaryFolder folder;
    run_in_folder(bars({"learning.epochs=1", "learning.local.samples=2"}), folder.path());
    const auto resume = [&](const Overrides& overrides) { return error_of([&] { run_in_folder(bars(overrides), folder.path(), folder / "checkpoint.h5"); }); };
    EXPECT_NE(resume({"learning.epochs=1", "learning.local.samples=2", "experiment.seed=4"}).find("was written by another experiment"), std::string::npos);
    const TemporaryFolder gradients;
    run_in_folder(tiny({"learning.epochs=1"}), gradients.path());
    EXPECT_EQ(error_of([&] { run_in_folder(bars(), folder.path(), gradients / "checkpoint.h5"); }),
              gradients / "checkpoint.h5" + " is not a checkpoint of a run that learns by plasticity from samples");
}

}  // namespace
}  // namespace tripartite
