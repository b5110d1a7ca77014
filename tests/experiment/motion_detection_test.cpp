// Neurons with a weight for each source and delay learn to tell directions of motion.
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

constexpr const char* motion_yaml = R"(
experiment: {mode: train, seed: 1}
time: {dt: 1 ms, steps: 60}
network:
  populations:
    motion: {size: 4, neuron: {leaky_integrator: {beta: 0}}}
  projections:
    - {from: input, to: motion, dense: {}, init: {constant: {value: 0}}DELAYS}
input:
  dataset: {motion: {directions: 4, speed: [1], size: 5, train: 256, test: 128}}
  encoder: trains
learning: {bptt: {loss: bce_steps}, optimiser: {adam: {learning_rate: 0.01}}, epochs: 8, batch: 16}
)";

double accuracy(const std::string& delays) {
    std::string text = motion_yaml;
    text.replace(text.find("DELAYS"), 6, delays);
    const TemporaryFolder folder;
    return run_in_folder(parse_experiment(text, "motion"), folder.path()).test_accuracy;
}

/// A moment alone tells the axis of a motion: one texture that moves to the right has the events of its negative that moves to the left.
TEST(MotionDetection, DelaysTellDirectionsApart) {
    const double with = accuracy(", delay: {temporal: {min: 0 ms, max: 6 ms}}"), without = accuracy("");
    EXPECT_GT(with, 0.85);
    EXPECT_LT(without, 0.6);
}

}  // namespace
}  // namespace tripartite
