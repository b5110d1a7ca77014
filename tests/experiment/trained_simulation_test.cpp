// A network that was trained, saved and loaded by name fires, sample by sample, the spikes of training's forward pass.
#include <gtest/gtest.h>

#include "tests/experiment/trained_simulations.hpp"

namespace tripartite {
namespace trained_simulations {
namespace {

/// Trains, and expects the same spikes and predictions in a simulation.
void expect_same_spikes(const std::string& yaml, const std::vector<std::string>& populations, const Overrides& overrides = {}) {
    const TemporaryFolder folder;
    const std::string trained = folder.path() + "/trained", simulated = folder.path() + "/simulated";
    auto experiment = parse_experiment(yaml, "train", overrides);
    experiment.record = {populations, {}, samples};
    run_in_folder(experiment, trained);
    const auto summary = simulate(simulation_of(trained, populations), simulated);
    const auto expected = spikes_in(trained, populations), found = spikes_in(simulated, populations);
    for (const auto& p : populations) {
        EXPECT_GT(expected.at(p).first.size(), 30u) << p;
        EXPECT_EQ(found.at(p), expected.at(p)) << p;
    }
    auto predictions = H5Reader(trained + "/results.h5").read<std::int64_t>("/test/predictions");
    predictions.resize(samples);
    EXPECT_EQ(H5Reader(simulated + "/results.h5").read<std::int64_t>("/samples/predictions"), predictions);
    EXPECT_GE(summary.accuracy, 0);
}

TEST(TrainedSimulation, HasTheSpikesOfTrainingWithDrawnDelays) { expect_same_spikes(with_delay("{uniform: {min: 0.5 ms, max: 5 ms}}"), {"hidden", "output"}); }
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithLearnedDelays) { expect_same_spikes(with_delay("{learned: {max: 5 ms}}"), {"hidden", "output"}); }
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithAxonalDelays) { expect_same_spikes(with_delay("{learned_axonal: {max: 5 ms, initial: 3 ms}}"), {"hidden", "output"}); }
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithDelaysThatArePartlyAxonal) { expect_same_spikes(with_delay("{learned: {min: 2 ms, max: 5 ms}}, axonal_delay: 1.5 ms"), {"hidden", "output"}); }
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithDelaysOfEveryDistribution) {
    expect_same_spikes(with_delay("{normal: {mean: 3 ms, sd: 1 ms, redraw: [0.5, 6]}}"), {"hidden", "output"});
    expect_same_spikes(with_delay("{lognormal: {mu: 1, sigma: 0.5, redraw: [0.5, 6]}}"), {"hidden", "output"});
    expect_same_spikes(with_delay("{temporal: {min: 1 ms, max: 3 ms}}"), {"hidden", "output"});
}
TEST(TrainedSimulation, HasTheSpikesOfTrainingInDoublePrecision) { expect_same_spikes(with_delay("{learned: {max: 4 ms}}"), {"hidden", "output"}, {"experiment.precision=float64"}); }

TEST(TrainedSimulation, HasTheSpikesOfTrainingWhereChanceDecides) {
    const Overrides meta{"network.populations.hidden={size: 70, neuron: {meta: {decay: 0.8, slope: 4}}}"};
    expect_same_spikes(with_delay("2 ms"), {"hidden", "output"}, meta);
    auto normalised = meta;
    normalised.push_back("network.populations.hidden.membrane=mpbn");
    expect_same_spikes(with_delay("{uniform: {min: 0.5 ms, max: 5 ms}}"), {"hidden", "output"}, normalised);
}

/// Ten decisions a step, each of the normalised membrane.
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithSubsteps) {
    const Overrides adaptive{"network.populations.hidden={size: 70, neuron: {aeif_psc_exp: {Delta_T: 0 mV, V_th: 1 mV, V_peak: 1 mV, b: 5 pA}}, membrane: mpbn}",
                             "network.projections.0.init={kaiming: {gain: 4000}}", "network.projections.2.init={kaiming: {gain: 400}}"};
    expect_same_spikes(with_delay("2 ms"), {"hidden", "output"}, adaptive);
}

/// Delays of a distance: 4 x 3 hidden neurons above 2 x 2 outputs, columns from left to right, each from top to bottom.
const std::string by_distance = R"(
experiment: {seed: 3, threads: 2}
time: {dt: 0.5 ms, steps: 30}
network:
  populations:
    hidden: {size: 12, neuron: {lif: {tau_m: 3 ms}}, positions: {grid: {shape: [4, 3], extent: [4, 3]}}}
    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}, positions: {grid: {shape: [2, 2], extent: [4, 4]}}}
  projections:
    - {from: input, to: hidden, dense: {}, init: {kaiming: {gain: 4}}}
    - {from: hidden, to: output, dense: {}, init: {kaiming: {gain: 3}}, delay: {linear: {c: 1 ms, a: 0.9 ms}}}
input: {dataset: {generated: {size: 5, train: 64, test: 30}}, encoder: {bernoulli: {gain: 0.3}}}
learning: {bptt: {loss: ce_membrane}, optimiser: {adam: {learning_rate: 1e-2}}, epochs: 2, batch: 16}
)";

TEST(TrainedSimulation, HasTheSpikesOfTrainingWithDelaysOfTheDistance) { expect_same_spikes(by_distance, {"hidden", "output"}); }

TEST(TrainedDelays, OfTheDistanceAreItsFunctionRoundedToSteps) {
    const TemporaryFolder folder;
    run_in_folder(parse_experiment(by_distance, "train"), folder.path());
    const auto delays = H5Reader(folder / "results.h5").read<double>("/projections/hidden_to_output/delay");
    ASSERT_EQ(delays.size(), 48u);
    for (int target = 0; target < 4; ++target)
        for (int source = 0; source < 12; ++source) {
            const double x = (source / 3 - 1.5) - (target / 2 ? 1 : -1), y = (1 - source % 3) - (target % 2 ? -1 : 1);
            EXPECT_NEAR(delays[std::size_t(target * 12 + source)], 0.5 * std::round((1 + 0.9 * std::hypot(x, y)) / 0.5), 1e-12) << source << " " << target;
        }
}

TEST(TrainedSimulation, HasTheAxonalPartsOfTheDelays) {
    for (const std::string delay : {"2 ms", "{learned: {min: 2 ms, max: 5 ms}}", "{temporal: {min: 2 ms, max: 4 ms}}"}) {
        const TemporaryFolder folder;
        run_in_folder(parse_experiment(with_delay(delay + ", axonal_delay: 1.5 ms"), "train"), folder.path());
        const auto simulated = parse_experiment(simulation_of(folder.path(), {"hidden"}), "simulate");
        for (const auto& p : simulated.simulation.network.projections) EXPECT_EQ(p.axonal_delay, p.name == "hidden_to_hidden" ? 0 : 1.5) << p.name;
    }
}

/// Layers without delays, whose normalisers are folded into weights and thresholds; the output never fires.
TEST(TrainedSimulation, HasTheSpikesOfTrainingInLayersWithNormalisers) {
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"});
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {"network.layers.0.normalise={tdbn: {threshold: 0.8}}", "network.layers.1.dense=24", "network.layers.1.membrane={mpbn: {channel: 8}}"});
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {"network.layers.1={dense: 24, neuron: {alif: {tau_m: 2 ms, threshold: 0.5}}, membrane: mpbn}"});
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {"network.layers.1={dense: 17, normalise: {tebn: {momentum: 0.5}}, neuron: {lif: {beta: 0.8, threshold: 0.5}}}", "learning.optimiser={adam: {learning_rate: 0.05}}"});
}

/// The factor is for what comes from outside the loop; biases on both sides of it.
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithFactorsOfStepsBeforeWhatFeedsBack) {
    const std::string rate = "learning.optimiser={adam: {learning_rate: 0.05}}";
    const std::string normaliser = "network.layers.0.normalise={tebn: {momentum: 0.5}}";
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {normaliser, rate});
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {normaliser, rate, "input.encoder=direct"});
    for (const std::string delay : {"2 ms", "{uniform: {min: 0.5 ms, max: 5 ms}}"})
        expect_same_spikes(with_delay(delay), {"hidden", "output"}, {"network.populations.hidden.normalise=tebn", "network.projections.1.init={kaiming: {gain: 8}}", rate});
}

TEST(TrainedSimulation, HasTheSpikesOfTrainingWithCurrentsAsSamples) {
    expect_same_spikes(tiny_yaml, {"layer1", "layer2"}, {"input.encoder=direct"});
    expect_same_spikes(with_delay("{learned: {max: 4 ms}}"), {"hidden", "output"}, {"input.encoder=direct"});
}

/// Delays between neurons and their astrocytes: none, or those that are given.
std::string with_astrocytes(const std::string& delay) {
    return R"(
experiment: {seed: 3, threads: 2}
time: {dt: 0.5 ms, steps: 30}
network:
  populations:
    hidden: {size: 40, neuron: {astro_lif: {tau_m: 3 ms, c: 2, learn: {c: per_neuron}}}}
    astrocytes: {size: 5, neuron: {astrocyte: {tau: 5 ms, learn: {a0: per_neuron}}}}
    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}}
  projections:
    - {from: input, to: hidden, dense: {}, init: {kaiming: {gain: 4}}, delay: 0.5 ms}
    - {from: hidden, to: astrocytes, mean: {block: 8})" + delay + R"(}
    - {from: astrocytes, to: hidden, broadcast: {block: 8}, receptor: gain)" + delay + R"(}
    - {from: hidden, to: output, dense: {}, init: {kaiming: {gain: 2}}, delay: 1 ms}
input: {dataset: {generated: {size: 5, train: 64, test: 30}}, encoder: {bernoulli: {gain: 0.3}}}
learning: {bptt: {loss: ce_membrane}, optimiser: {adam: {learning_rate: 1e-2}}, epochs: 2, batch: 16}
)";
}
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithAstrocytes) {
    expect_same_spikes(with_astrocytes(""), {"hidden", "output"});
    expect_same_spikes(with_astrocytes(", delay: {uniform: {min: 0.5 ms, max: 4 ms}}"), {"hidden", "output"});
    expect_same_spikes(with_astrocytes(", delay: {lognormal: {mu: 0.5, sigma: 0.5, redraw: [1, 6]}}, axonal_delay: 0.5 ms"), {"hidden", "output"});
}

/// What terminals release goes through weights and delays of each synapse; astrocytes release at once, for calcium starts at their threshold.
TEST(TrainedSimulation, HasTheSpikesOfTrainingWithTripartiteSynapses) {
    for (const std::string delay : {"", ", delay: {uniform: {min: 0.5 ms, max: 3 ms}}"})
        expect_same_spikes(R"(
experiment: {seed: 3, threads: 2}
time: {dt: 0.5 ms, steps: 30}
network:
  populations:
    hidden: {size: 70, neuron: {lif: {tau_m: 3 ms}}}
    terminals: {size: 70, neuron: {synaptic_terminal: {alpha: 0.1, learn: {U0: per_neuron, alpha: per_neuron, Omega_d: shared}}}}
    astrocytes: {size: 7, neuron: {astrocyte_gchi: {step: 0.5 ms, C_Theta: 0.0101}}}
    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}}
  projections:
    - {from: input, to: hidden, dense: {}, init: {kaiming: {gain: 4}}, delay: 0.5 ms}
    - {from: hidden, to: terminals, mean: {block: 1}}
    - {from: terminals, to: astrocytes, mean: {block: 10}, receptor: transmitter, weight: 2.5}
    - {from: astrocytes, to: terminals, broadcast: {block: 10}, receptor: gliotransmitter, weight: 78}
    - {from: terminals, to: output, dense: {}, init: {kaiming: {gain: 6}})" + delay + R"(}
input: {dataset: {generated: {size: 5, train: 64, test: 30}}, encoder: {bernoulli: {gain: 0.3}}}
learning: {bptt: {loss: ce_membrane}, optimiser: {adam: {learning_rate: 1e-2}}, epochs: 2, batch: 16}
)", {"hidden", "astrocytes", "output"});
}

TEST(TrainedSimulation, HasTheSpikesOfTrainingWhereNumbersHaveWeightsOfTheirOwn) {
    expect_same_spikes(tiny_yaml, {"layer1", "layer3"}, {"network.layers.1={dense: 30, neuron: {leaky_integrator: {tau_m: 4 ms}}}", "network.layers.2={dense: 3, neuron: {lif: {beta: 0.8, threshold: 0.1}}}"});
}

/// What a simulation of a trained network is refused for.
std::string refusal_of(const std::string& yaml, const Overrides& overrides) {
    const TemporaryFolder folder;
    run_in_folder(parse_experiment(yaml, "train", overrides), folder.path());
    return refusal_of_file(simulation_of(folder.path(), {"layer1"}));
}

TEST(TrainedSimulation, RefusesANormaliserThatIsFoldedIntoAMean) {
    const std::string yaml = R"(
experiment: {seed: 3}
time: {dt: 0.5 ms, steps: 6}
network:
  populations:
    a: {size: 20, neuron: lif}
    layer1: {size: 5, neuron: lif, normalise: batch}
    out: {size: 4, neuron: lif}
  projections:
    - {from: input, to: a, dense: {}}
    - {from: a, to: layer1, mean: {block: 4}}
    - {from: layer1, to: out, dense: {}}
input: {dataset: {generated: {size: 5, train: 64, test: 30}}, encoder: bernoulli}
learning: {bptt: {loss: ce_membrane}, optimiser: adam, epochs: 1, batch: 16}
)";
    EXPECT_NE(refusal_of(yaml, {}).find("the normaliser of 'layer1' is folded into a mean or broadcast, which only training and evaluation do"), std::string::npos);
}

}  // namespace
}  // namespace trained_simulations
}  // namespace tripartite
