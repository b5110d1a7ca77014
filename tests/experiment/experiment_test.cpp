#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiment/read_experiment.hpp"

namespace tripartite {
namespace {

const std::string small = R"(
time: {dt: 0.5 ms, duration: 5 ms}
network:
  layers:
    - {dense: 20, neuron: {lif: {tau_m: 2 ms, learn: {tau_m: per_neuron}}}, normalise: {batch: {momentum: 0.2}}, recurrent: {delay: 1 ms, init: {constant: {value: 0.5}}}}
    - {dense: 15, name: middle, neuron: lif, membrane: {mpbn: {momentum: 0.2}}, dropout: 0.25, delay: 1.5 ms, bias: false, init: orthogonal}
    - {dense: 4, neuron: leaky_integrator}
input:
  dataset: {generated: {size: 6}}
  transform: {mean: 0.5, sd: 0.25, shift: 1, flip: true}
  validation: 32
learning:
  bptt: {surrogate: {triangle: {width: 2}, window: 3}, loss: {ce_membrane: {reduce: mean}}, regularisers: {rate: {upper: 0.2, upper_weight: 1}, rmp: {weight: 0.2}},
         truncate: {steps: 5, update: window}, clip: 1.5}
  optimiser: {adamw: {learning_rate: 1e-3}}
  schedule: {cosine: {final: 0.1}, warm_up: 0.5}
  epochs: 3
record: {spikes: [layer1, middle], membrane: layer3, samples: 2}
output: {folder: results/small, tensorboard: true}
)";

Experiment parse(const std::string& text, std::initializer_list<std::string> overrides = {}) {
    return parse_experiment(text, "FILE", std::vector<std::string>(overrides));
}

std::string message(const std::string& text, std::initializer_list<std::string> overrides = {}) {
    try {
        parse(text, overrides);
        return "";
    } catch (const ConfigError& error) {
        return error.what();
    }
}

TEST(ExperimentFile, ValuesArriveWhereTheyBelong) {
    const auto e = parse(small);
    EXPECT_EQ(e.dt, 0.5);
    EXPECT_EQ(e.steps, 10);
    EXPECT_EQ(std::get<Generated>(e.dataset).size, 6);
    EXPECT_EQ(e.transform, (Transform{0.5, 0.25, 1, true}));
    EXPECT_EQ(e.validation, 32);
    EXPECT_EQ(std::get<Triangle>(e.surrogate.shape).width, 2);
    EXPECT_EQ(e.surrogate.window, 3);
    EXPECT_EQ(std::get<CrossEntropyMembrane>(e.loss).reduce, Reduce::mean);
    EXPECT_EQ(e.regulariser.upper, 0.2);
    EXPECT_EQ(e.rmp.value().weight, 0.2);
    EXPECT_EQ(std::get<MembraneNormOptions>(e.network.layers[1].population.membrane.value()).momentum, 0.2);
    EXPECT_EQ(e.truncate, 5);
    EXPECT_EQ(e.update, Experiment::Update::window);
    EXPECT_EQ(e.clip, 1.5);
    EXPECT_EQ(std::get<AdamW>(e.optimiser).learning_rate, 1e-3);
    EXPECT_EQ(std::get<Cosine>(e.schedule.kind).final_share, 0.1);
    EXPECT_EQ(e.schedule.warm_up, 0.5);
    EXPECT_EQ(e.epochs, 3);
    EXPECT_EQ(e.batch, 128);
    EXPECT_EQ(e.record.spikes, (std::vector<std::string>{"layer1", "middle"}));
    EXPECT_EQ(e.record.membrane, std::vector<std::string>{"layer3"});
    EXPECT_EQ(e.folder, "results/small");
}

TEST(ExperimentFile, LayersBecomePopulationsAndProjections) {
    const auto network = make_network(parse(small), 36);
    EXPECT_EQ(network.inputs, 36);
    ASSERT_EQ(network.populations.size(), 3u);
    EXPECT_EQ(network.populations[0].name, "layer1");
    EXPECT_EQ(network.populations[1].name, "middle");
    EXPECT_EQ(network.populations[2].name, "layer3");
    EXPECT_EQ(network.populations[0].normalise->name, "batch");
    EXPECT_EQ(network.populations[1].dropout, 0.25);
    EXPECT_TRUE(network.populations[0].neuron.learned.at(0).per_neuron);
    std::vector<std::pair<std::string, int>> projections;
    for (const auto& p : network.projections) projections.emplace_back(p.name(), p.delay);
    EXPECT_EQ(projections, (std::vector<std::pair<std::string, int>>{{"input_to_layer1", 0}, {"layer1_to_layer1", 2}, {"layer1_to_middle", 3}, {"middle_to_layer3", 0}}));
}

TEST(ExperimentFile, ARecurrentProjectionTakesOneStepAndHasNoBias) {
    const auto e = parse(small, {"network.layers.0.recurrent={}"});
    EXPECT_EQ(e.network.layers[0].recurrent->delay, 0.5);
    EXPECT_FALSE(e.network.layers[0].recurrent->bias);
}

TEST(ExperimentFile, LayersAndTheirExpansionAreTheSameNetwork) {
    const auto layers = make_network(parse(small), 36);
    const auto written_out = make_network(parse(small, {R"(network={populations: {
        layer1: {size: 20, neuron: lif}, middle: {size: 15, neuron: lif}, layer3: {size: 4, neuron: leaky_integrator}},
        projections: [{from: input, to: layer1, dense: {}}, {from: layer1, to: layer1, dense: {}, delay: 1 ms},
                      {from: layer1, to: middle, dense: {}, delay: 1.5 ms}, {from: middle, to: layer3, dense: {}}]})"}), 36);
    ASSERT_EQ(layers.projections.size(), written_out.projections.size());
    for (std::size_t i = 0; i < layers.projections.size(); ++i) EXPECT_EQ(layers.projections[i].name(), written_out.projections[i].name());
    EXPECT_EQ(written_out.projections[0].delay, 0);
    EXPECT_EQ(written_out.projections[1].delay, 2);
    EXPECT_EQ(written_out.projections[3].delay, 1);
}

TEST(ExperimentFile, OverridesReplaceWhatTheFileSays) {
    const auto e = parse(small, {"network.layers.0.dense=100", "learning.optimiser={sgd: {momentum: 0.9}}", "learning.bptt.loss=ce_membrane", "experiment.seed=7"});
    EXPECT_EQ(e.network.layers[0].population.size, 100);
    EXPECT_EQ(std::get<Sgd>(e.optimiser).momentum, 0.9);
    EXPECT_EQ(std::get<CrossEntropyMembrane>(e.loss).reduce, Reduce::max);
    EXPECT_EQ(e.seed, 7u);
}

TEST(ExperimentFile, MistakesInOverridesNameTheOption) {
    EXPECT_EQ(message(small, {"learning.epoch=3"}), "--set learning.epoch: unknown key; did you mean 'epochs'?");
    EXPECT_EQ(message(small, {"network.layers.2.dense=5"}), "--set network.layers.2.dense: the output 'layer3' has 5 neurons, but the data set has 4 classes");
    EXPECT_EQ(message(small, {"network.layers.0.neuron.lif.beta=0.9"}), "FILE:5:34: network.layers.0.neuron.lif.tau_m: beta is given in its place; leave out one of them");
}

TEST(ExperimentFile, ResolvedFileReadsAsTheSameExperiment) {
    const std::vector<std::vector<std::string>> variations = {
        {},
        {"experiment={name: 'a: b', mode: evaluate, checkpoint: x/checkpoint.h5, seed: 9223372036854775807, precision: float64, threads: 3}"},
        {"network.layers.0.neuron={lif: {like: snntorch, learn: {beta: shared, threshold: per_neuron}}}"},
        {"network={populations: {a: {size: 4, neuron: {lif: {like: norse}}, normalise: batch}}, projections: [{from: input, to: a, dense, delay: 1 ms}]}", "record={}"},
        {"input.encoder={latency: {mapping: log}}", "input.transform={}", "learning.schedule=plateau"},
        {"learning.bptt.truncate={steps: 1}", "learning.bptt.surrogate=boxcar", "time={dt: 0.1, steps: 3}", "network.layers.0.recurrent={}"},
    };
    for (const auto& overrides : variations) {
        const auto resolved = resolved_yaml(parse_experiment(small, "FILE", overrides));
        EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
    }
}

TEST(ExperimentFile, ResolvedFileHasEveryDefault) {
    const auto resolved = resolved_yaml(parse(small));
    for (const auto* part : {"adamw: {learning_rate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-08, weight_decay: 0.01}", "batch: 128", "precision: float32",
                             "cosine: {final: 0.1}, warm_up: 0.5", "learn: {tau_m: per_neuron}", "delay: 1.5 ms"})
        EXPECT_NE(resolved.find(part), std::string::npos) << part;
}

TEST(ExperimentFile, JsonIsRead) {
    const auto e = parse(R"({"time": {"dt": "1 ms", "steps": 6}, "network": {"layers": [{"dense": 4, "neuron": {"lif": {"tau_m": "2 ms"}}}]},
                            "input": {"dataset": {"generated": {}}}, "learning": {"bptt": {"loss": {"ce_rate": {}}}, "optimiser": {"adam": {}}}})");
    EXPECT_EQ(e.network.layers[0].population.neuron.written[0], (std::pair<std::string, std::string>{"tau_m", "2 ms"}));
}

TEST(ExperimentFile, AFileThatCannotBeReadIsAnError) {
    try {
        read_experiment("no_such_file.yaml");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "no_such_file.yaml cannot be read: No such file or directory");
    }
    EXPECT_THROW(read_experiment("/"), Error);
}

TEST(DelaysAndDurations, AreWholeStepsInSpiteOfRounding) {
    for (const int steps : {1, 3, 6, 7, 12, 29, 123, 1999})
        EXPECT_EQ(parse(small, {fmt::format("time={{dt: 0.1 ms, duration: {}.{} ms}}", steps / 10, steps % 10)}).steps, steps);
}

TEST(Embedding, AnExperimentNeedsNoFile) {
    Experiment e;
    e.steps = 4;
    e.dataset = Generated{};
    Lif::Params<double> lif;
    lif.beta = 0.9;
    e.network.layers = {{.population = {.name = "hidden", .size = 10, .neuron = configure<Lif>(lif, {{"beta", true}}), .dropout = 0, .normalise = {}},
                         .feed = {}, .recurrent = {}},
                        {.population = {.name = "", .size = 4, .neuron = configure<LeakyIntegrator>(), .dropout = 0, .normalise = {}}, .feed = {}, .recurrent = {}}};
    e.loss = CrossEntropyMembrane{};
    EXPECT_EQ(make_network(e, 64).populations[1].name, "layer2");
    const auto resolved = resolved_yaml(e);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

}  // namespace
}  // namespace tripartite
