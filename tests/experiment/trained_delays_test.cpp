// A trained network with delays is the network that is simulated.
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
    for (const std::string delay : {"{normal: {mean: 5 ms, sd: 1 ms, redraw: [1, 9]}}", "{learned: {min: 2 ms, max: 8 ms}}", "{learned_axonal: {max: 8 ms}}"})
        with_delays(delay).expect_written_as_read();
}

}  // namespace
}  // namespace tripartite
