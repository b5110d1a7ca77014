// A trained network with delays is the network that is simulated: every spike, sample by sample.
#include <cmath>

#include "experiment/memory.hpp"
#include "tests/experiment/run_cases.hpp"
#include "tests/experiment/trained_cases.hpp"

namespace tripartite {
namespace {

Trained with_delays(const std::string& delay) {
    return Trained("  populations:\n"
                   "    hidden: {size: 70, neuron: {lif: {tau_m: 3 ms}}}\n    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}}\n  projections:\n"
                   "    - {from: input, to: hidden, dense: {}, bias: false, init: {kaiming: {gain: 4}}, delay: " + delay + "}\n"
                   "    - {from: hidden, to: output, dense: {}, bias: false, init: {kaiming: {gain: 4}}, delay: " + delay + "}\n"
                   "    - {from: hidden, to: hidden, dense: {}, bias: false, delay: " + delay + "}\n");
}

TEST(TrainedDelays, AreDrawnAsInASimulationAndGiveItsSpikes) {
    const auto trained = with_delays("{uniform: {min: 1 ms, max: 9 ms}}");
    trained.expect_same();
    trained.expect_same(Distribution(Uniform{1, 9}));
}

TEST(TrainedDelays, OfEachSynapseGiveTheSpikesOfASimulation) { with_delays("{learned: {min: 1 ms, max: 8 ms}}").expect_same(); }

TEST(TrainedDelays, OfEachAxonGiveTheSpikesOfASimulation) { with_delays("{learned_axonal: {min: 1 ms, max: 8 ms, initial: 6 ms}}").expect_same(); }

TEST(TrainedDelays, AreWrittenAsTheyAreRead) {
    for (const std::string delay : {"{normal: {mean: 5 ms, sd: 1 ms, redraw: [1, 9]}}", "{learned: {min: 2 ms, max: 8 ms}}", "{learned_axonal: {max: 8 ms}}", "3 ms, axonal_delay: 2 ms"})
        with_delays(delay).expect_written_as_read();
}

TEST(TrainedDelays, ThatArePartlyAxonalGiveTheSameSpikes) {
    for (const std::string delay : {"4 ms", "{uniform: {min: 3 ms, max: 9 ms}}", "{learned: {min: 3 ms, max: 8 ms}}", "{temporal: {min: 3 ms, max: 6 ms}}"}) {
        const auto whole = with_delays(delay), in_parts = with_delays(delay + ", axonal_delay: 3 ms");
        EXPECT_EQ(in_parts.experiment.network.projections[1].axonal_delay, 3);
        EXPECT_GT(whole.answer(0)[1].size(), 5u);
        for (int sample = 0; sample < Trained::B; ++sample) EXPECT_EQ(in_parts.answer(sample), whole.answer(sample)) << delay;
    }
}

TEST(TrainedDelays, ThatArePartlyAxonalTrainTheSameNetwork) {
    const TemporaryFolder whole, in_parts;
    run_in_folder(tiny({"network.layers.0.recurrent={delay: 1 ms}"}), whole.path());
    run_in_folder(tiny({"network.layers.0.recurrent={delay: 1 ms, axonal_delay: 0.5 ms}"}), in_parts.path());
    expect_same_numbers(in_parts / "results.h5", whole / "results.h5");
}

TEST(TrainedDelays, AreCountedAmongTheParametersBeforeTheyAreThere) {
    for (const std::string delay : {"1 ms", "{uniform: {min: 1 ms, max: 3 ms}}", "{learned: {max: 3 ms}}", "{learned_axonal: {max: 3 ms}}", "{temporal: {max: 3 ms}}"}) {
        const TemporaryFolder folder;
        const auto experiment = tiny({"network.layers.0={dense: 3, neuron: lif, bias: false, recurrent: {delay: " + delay + "}}"});
        const auto summary = run_in_folder(experiment, folder.path());
        EXPECT_EQ(describe_memory(experiment).rfind(fmt::format("# {} parameters", summary.parameters), 0), 0u) << delay << ": " << summary.parameters;
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
    Network network(const std::string& axonal = "0 ms") {
        return make_network(tiny({"network.layers.0={dense: 3, neuron: lif, delay: {file: {path: " + path + ", projection: mine}}, axonal_delay: " + axonal + "}"}), 2);
    }
};

TEST_F(DelaysOfAFile, AreTheSteps) {
    write({0.5, 1, 2, 0.5, 4.5, 1}, 3, 2);
    ThreadPool pool(1);
    Engine<float> engine(network(), {.dt = 0.5, .steps = 4}, pool);
    EXPECT_EQ(engine.links()[0].projection->delays(), (std::vector<int>{1, 2, 4, 1, 9, 2}));
}

TEST_F(DelaysOfAFile, TrainTheNetworkOfTheSameListToTheBit) {
    std::vector<double> delays(400);
    for (std::size_t i = 0; i < delays.size(); ++i) delays[i] = 0.5 * double(1 + 7 * i % 5);
    write(delays, 20, 20);
    const TemporaryFolder of_file, of_list;
    run_in_folder(tiny({"network.layers.0.recurrent={delay: {file: {path: " + path + ", projection: mine}}}"}), of_file.path());
    const auto listed = tiny({fmt::format("network.layers.0.recurrent={{delay: [{} ms]}}", fmt::join(delays, " ms, "))});
    run_in_folder(listed, of_list.path());
    expect_same_numbers(of_list / "results.h5", of_file / "results.h5");
    EXPECT_EQ(H5Reader(of_list / "results.h5").read<double>("/projections/layer1_to_layer1/delay"), delays);
    EXPECT_EQ(resolved_yaml(parse_experiment(resolved_yaml(listed), "RESOLVED")), resolved_yaml(listed));
}

TEST_F(DelaysOfAFile, AreCheckedAndAnErrorNamesThem) {
    write({0.5, 1, 2, 0.5, 4.5, 1}, 2, 3);
    EXPECT_EQ(error_of([&] { network(); }), "tiny:4:1: network: " + path + ": /projections/mine/delay does not have the shape [target][source], with 3 targets");
    write({1.5, 1, 2, 1, 4.5, 1}, 3, 2);
    EXPECT_NO_THROW(network("1 ms"));
    EXPECT_EQ(error_of([&] { network("1.5 ms"); }), "tiny:4:1: network: the axonal delay from 'input' to 'layer1' is 1.5 ms, and must be whole steps of 0.5 ms and a part of the delay, which can be 1 ms");
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
