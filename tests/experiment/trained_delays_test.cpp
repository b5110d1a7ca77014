// A trained network with delays is the network that is simulated: every spike, sample by sample.
#include <gtest/gtest.h>

#include <cmath>

#include "engine/engine.hpp"
#include "experiment/read_experiment.hpp"
#include "simulation/simulation.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

constexpr int T = 40, B = 5, inputs = 30;

/// Spikes of the input, and those that a network must answer with.
struct Trained {
    Experiment experiment;
    ThreadPool pool{2};
    SpikeFrame spikes{T, B, inputs};
    std::unique_ptr<Engine<float>> engine;

    explicit Trained(const std::string& delay) {
        experiment = parse_experiment("time: {dt: 1 ms, steps: 40}\nexperiment: {seed: 3}\nnetwork:\n  populations:\n"
                                      "    hidden: {size: 70, neuron: {lif: {tau_m: 3 ms}}}\n    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}}\n  projections:\n"
                                      "    - {from: input, to: hidden, dense: {}, bias: false, init: {kaiming: {gain: 4}}, delay: " + delay + "}\n"
                                      "    - {from: hidden, to: output, dense: {}, bias: false, init: {kaiming: {gain: 4}}, delay: " + delay + "}\n"
                                      "    - {from: hidden, to: hidden, dense: {}, bias: false, delay: " + delay + "}\n"
                                      "input: {dataset: generated}\nlearning:\n  bptt: {loss: ce_membrane}\n  optimiser: adam\n", "TEST");
        const RandomStream random(3, "test", "spikes");
        for (int t = 0; t < T; ++t)
            for (int b = 0; b < B; ++b)
                for (int n = 0; n < inputs; ++n)
                    if (random.uniform(n, t, b) < 0.1) spikes.set(t, b, n);
        engine = std::make_unique<Engine<float>>(make_network(experiment, inputs), EngineOptions{.dt = 1, .steps = T, .samples = B, .seed = 3}, pool);
        engine->anneal(1);
        engine->begin({.spikes = &spikes, .density = 0.1}, Phase::inference);
        engine->forward(0, T, Phase::inference);
    }

    /// The spikes of each population in a simulation of one sample: step and neuron. Delays are drawn again, or taken from the engine.
    std::vector<std::vector<std::pair<Index, std::uint32_t>>> simulate(int sample, const std::optional<Distribution>& drawn) {
        SpikeList list;
        for (int t = 0; t < T; ++t)
            for (int n = 0; n < inputs; ++n)
                if (spikes(t, sample, n)) list.steps.push_back(t), list.neurons.push_back(std::uint32_t(n));
        SimulationNetwork network;
        network.populations.push_back({.name = "input", .size = inputs, .neuron = {}, .source = list, .initial = {}, .values = {}, .positions = {}});
        for (int i = 0; i < engine->populations(); ++i) {
            const auto& spec = engine->population(i).spec();
            network.populations.push_back({spec.name, std::uint32_t(spec.size), spec.neuron, {}, {}, {}, {}});
        }
        for (const auto& link : engine->links()) {
            const auto from = network.populations[std::size_t(link.from + 1)].name, to = network.populations[std::size_t(link.to + 1)].name, name = from + "_to_" + to;
            const auto steps = link.projection->delays();
            const ValueRule delay = drawn ? ValueRule(*drawn) : ValueRule(std::vector<double>(steps.begin(), steps.end()));
            const auto& parameters = engine->parameters();
            const auto block = std::ranges::find_if(parameters.blocks, [&](const auto& b) { return b.owner == "projections/" + name && b.name == "weight"; });
            network.projections.push_back({name, from, to, AllToAll{}, block->read(parameters.values.data()), delay, 0, "", {}});
        }
        const auto simulation = Simulation::make<float>(network, {.dt = 1, .seed = 3, .runaway_rate = 0});
        std::vector<std::vector<std::pair<Index, std::uint32_t>>> found(std::size_t(engine->populations()));
        simulation->on_spikes([&](Index step, const SpikeLists& fired) {
            for (std::size_t i = 0; i < found.size(); ++i)
                for (const auto neuron : fired(int(i) + 1, step)) found[i].push_back({step, neuron});
        });
        simulation->run(T);
        return found;
    }

    void expect_same(const std::optional<Distribution>& drawn) {
        for (int sample = 0; sample < B; ++sample) {
            auto found = simulate(sample, drawn);
            for (int i = 0; i < engine->populations(); ++i) {
                std::vector<std::pair<Index, std::uint32_t>> expected;
                for (int t = 0; t < T; ++t)
                    for (int n = 0; n < engine->population(i).spec().size; ++n)
                        if (engine->population(i).spikes(t, sample, n)) expected.push_back({t, std::uint32_t(n)});
                EXPECT_GT(expected.size(), 5u);
                std::ranges::sort(found[std::size_t(i)]);
                EXPECT_EQ(found[std::size_t(i)], expected) << sample << " " << i;
            }
        }
    }
};

TEST(TrainedDelays, AreDrawnAsInASimulationAndGiveItsSpikes) {
    Trained trained("{uniform: {min: 1 ms, max: 9 ms}}");
    trained.expect_same(std::nullopt);
    trained.expect_same(Distribution(Uniform{1, 9}));
}

TEST(TrainedDelays, OfEachSynapseGiveTheSpikesOfASimulation) { Trained("{learned: {min: 1 ms, max: 8 ms}}").expect_same(std::nullopt); }

TEST(TrainedDelays, OfEachAxonGiveTheSpikesOfASimulation) { Trained("{learned_axonal: {min: 1 ms, max: 8 ms, initial: 6 ms}}").expect_same(std::nullopt); }

TEST(TrainedDelays, AreWrittenAsTheyAreRead) {
    for (const std::string delay : {"{normal: {mean: 5 ms, sd: 1 ms, redraw: [1, 9]}}", "{learned: {min: 2 ms, max: 8 ms}}", "{learned_axonal: {max: 8 ms}}"}) {
        const auto resolved = resolved_yaml(Trained(delay).experiment);
        EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
    }
}

/// A file with delays [target][source] of the projection from the input.
struct DelaysOfAFile : testing::Test {
    TemporaryFolder folder;
    std::string path = folder / "delays.h5";

    void write(const std::vector<double>& delays, std::uint64_t targets, std::uint64_t sources) {
        H5Writer file(path);
        file.write("/projections/mine/delay", std::span<const double>(delays), {targets, sources});
        file.commit();
    }
    Network network() { return make_network(tiny({"network.layers.0={dense: 3, neuron: lif, delay: {file: {path: " + path + ", projection: mine}}}"}), 2); }
};

TEST_F(DelaysOfAFile, AreTheSteps) {
    write({0.5, 1, 2, 0.5, 4.5, 1}, 3, 2);
    ThreadPool pool(1);
    Engine<float> engine(network(), {.dt = 0.5, .steps = 4}, pool);
    EXPECT_EQ(engine.links()[0].projection->delays(), (std::vector<int>{1, 2, 4, 1, 9, 2}));
}

TEST_F(DelaysOfAFile, AreCheckedAndAnErrorNamesThem) {
    write({0.5, 1, 2, 0.5, 4.5, 1}, 2, 3);
    EXPECT_EQ(error_of([&] { network(); }), "tiny:4:1: network: " + path + ": /projections/mine/delay does not have the shape [target][source], with 3 targets");
    write({0.5, 1, 2}, 3, 1);
    ThreadPool pool(1);
    EXPECT_EQ(error_of([&] { Engine<float>(network(), {.dt = 0.5, .steps = 4}, pool); }), "3 delays are given for input_to_layer1, which has 3 x 2 synapses");
    write({0.5, 1, 2, 0.6, 4.5, 1}, 3, 2);
    EXPECT_EQ(error_of([&] { network(); }), "tiny:4:1: network: " + path + ": /projections/mine/delay has a delay of 0.6 ms, which is not a whole number of steps of 0.5 ms");
}

TEST(Pruning, SetsTheSmallestWeightsToZero) {
    const TemporaryFolder trained, pruned;
    run_in_folder(tiny(), trained.path());
    run_in_folder(tiny({"experiment.mode=evaluate", "experiment.checkpoint=" + trained / "checkpoint.h5", "experiment.prune=0.75"}), pruned.path());
    for (const std::string name : {"input_to_layer1", "layer1_to_layer1", "layer2_to_layer3"}) {
        const auto before = H5Reader(trained / "results.h5").read<double>("/projections/" + name + "/weight"), after = H5Reader(pruned / "results.h5").read<double>("/projections/" + name + "/weight");
        double largest_gone = 0, smallest_kept = 1e9;
        std::size_t gone = 0;
        for (std::size_t i = 0; i < before.size(); ++i) {
            if (after[i] == 0) largest_gone = std::max(largest_gone, std::fabs(before[i])), ++gone;
            else EXPECT_EQ(after[i], before[i]), smallest_kept = std::min(smallest_kept, std::fabs(before[i]));
        }
        EXPECT_EQ(gone, before.size() * 3 / 4);
        EXPECT_LE(largest_gone, smallest_kept);
    }
    EXPECT_EQ(error_of([] { tiny({"experiment.prune=0.5"}); }), "--set experiment.prune: belongs to mode: evaluate");
}

}  // namespace
}  // namespace tripartite
