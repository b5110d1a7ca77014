// Neurons with a weight for each source and delay learn to detect motifs, and their weights become the kernels that made the motifs.
#include "experiment/simulation_run.hpp"
#include "tests/experiment/motif_cases.hpp"

namespace tripartite {
namespace {

const std::string yaml = R"(
experiment: {seed: 1, threads: 2}
time: {dt: 1 ms, steps: 200}
network:
  populations:
    motifs: {size: 5, neuron: {leaky_integrator: {beta: 0}}}
  projections:
    - {from: input, to: motifs, dense: {}, init: {constant: {value: 0}}, delay: {temporal: {min: 0 ms, max: 9 ms}}}
input:
  dataset: {motifs: {channels: 60, motifs: 5, delays: 10, rate: 5, synapses: 0.05, train: 96, test: 16}}
  encoder: trains
learning: {bptt: {loss: bce_steps}, optimiser: {sgd: {learning_rate: 20, momentum: 0.9}}, epochs: 20, batch: 8}
)";

TEST(MotifDetection, FindsTheMotifsAndTheirKernels) {
    const auto found = detect(parse_experiment(yaml, "motifs"));
    EXPECT_GT(found.detected, 0.95);
    EXPECT_GT(found.correlation, 0.8);
}

TEST(MotifDetection, TheTrainedKernelsAreSimulatedToo) {
    const TemporaryFolder folder;
    run_in_folder(parse_experiment(yaml, "motifs", Overrides{"learning.epochs=1"}), folder.path());
    const auto simulated = parse_experiment("experiment: {mode: simulate}\nnetwork: {trained: " + folder.path() + "}\ninput: {samples: 2}\n", "simulate");
    EXPECT_EQ(simulated.simulation.network.projections.size(), 10u);
    StopAfter observer;
    const TemporaryFolder to;
    EXPECT_EQ(run_simulation(simulated, {to.path(), {}}, observer).accuracy, -1);  // these samples have no class
}

}  // namespace
}  // namespace tripartite
