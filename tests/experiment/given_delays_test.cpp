#include <gtest/gtest.h>

#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

/// Two sources that fire once, two neurons that repeat what they receive.
std::string repeated(const std::string& delay) {
    return R"(
experiment: {mode: simulate}
time: {dt: 0.5 ms, duration: 30 ms}
network:
  populations:
    from: {source: {spikes: {times: [[5 ms], [6 ms]]}}}
    to: {size: 2, neuron: parrot}
  projections:
    - {from: from, to: to, rule: all_to_all, weight: 1, delay: )" + delay + R"(}
record: {spikes: all}
)";
}

std::vector<std::vector<double>> times_of_repeated(const std::string& delay) {
    const TemporaryFolder folder;
    StopAfter observer;
    const auto experiment = parse_experiment(repeated(delay), "FILE");
    run_simulation(experiment, {folder.path(), {}}, observer);
    const auto resolved = resolved_yaml(experiment);
    EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
    const H5Reader file(folder / "results.h5");
    const auto times = file.read<double>("/spikes/to/timestamps");
    const auto neurons = file.read<std::int64_t>("/spikes/to/node_ids");
    std::vector<std::vector<double>> of(2);
    for (std::size_t i = 0; i < times.size(); ++i) of[std::size_t(neurons[i])].push_back(times[i]);
    return of;
}


TEST(GivenDelays, AreThoseOfEachTargetAndSource) {
    const std::vector<std::vector<double>> later{{5 + 1.5, 6 + 4}, {6 + 0.5, 5 + 9}};
    EXPECT_EQ(times_of_repeated("[1.5, 4, 9, 0.5]"), later);
    EXPECT_EQ(times_of_repeated("{list: {times: [1.5 ms, 4 ms, 9 ms, 0.5 ms]}}"), later);
}

TEST(GivenDelays, OfAFileAreThoseThatATrainingRunHad) {
    const TemporaryFolder folder;
    run_in_folder(parse_experiment(R"(
experiment: {seed: 3}
time: {dt: 0.5 ms, steps: 30}
network:
  populations:
    from: {size: 2, neuron: lif}
    to: {size: 2, neuron: lif}
  projections:
    - {from: input, to: from, dense: {}}
    - {from: from, to: to, dense: {}, delay: [1.5 ms, 4 ms, 9 ms, 0.5 ms]}
input: {dataset: {generated: {classes: 2, size: 2, train: 16, test: 4}}, encoder: bernoulli}
learning: {bptt: {loss: ce_membrane}, optimiser: adam, epochs: 1, batch: 16}
)", "train"), folder.path());
    EXPECT_EQ(times_of_repeated("{file: {path: " + (folder / "results.h5") + "}}"), times_of_repeated("[1.5, 4, 9, 0.5]"));
    EXPECT_EQ(times_of_repeated("{file: {path: " + (folder / "results.h5") + ", projection: from_to_to}}"), times_of_repeated("[1.5, 4, 9, 0.5]"));
}

TEST(GivenDelays, BelongToPairsThatTheRuleNumbers) {
    const auto message = [](const std::string& from, const std::string& to) {
        auto yaml = repeated("[1.5, 4, 9, 0.5]");
        return refusal_of_file(yaml.replace(yaml.find(from), from.size(), to));
    };
    const std::string at = "FILE:9:64: network.projections.0.delay: ";
    EXPECT_EQ(message("[1.5, 4, 9, 0.5]", "[1.5, 4, 9]"), at + "there are 3 values, and all_to_all needs 4, [target][source]");
    EXPECT_EQ(message("[1.5, 4, 9, 0.5]", "[1.5, 4, 9, 0.7]"), at + "the list of delays from 'from' to 'to' has a delay of 0.7 ms, which is not a whole number of steps of 0.5 ms");
    EXPECT_EQ(message("[1.5, 4, 9, 0.5]", "[1.5, 4, 9, 0]"), at + "delays must be at least one step of 0.5 ms, and can be 0 ms");
    EXPECT_EQ(message("all_to_all", "one_to_one"), at + "there are 4 values, and one_to_one needs 2");
    EXPECT_EQ(message("all_to_all", "pairwise_bernoulli"), "accepted");
    EXPECT_EQ(message("rule: all_to_all", "rule: {fixed_in_degree: 1}"), "FILE:9:74: network.projections.0.delay: the pairs of fixed_in_degree have no place in a list of values; take all_to_all, one_to_one or edges");
    EXPECT_EQ(message("[1.5, 4, 9, 0.5]", "{file: {path: none.h5}}").find(at + "none.h5"), 0u);
}

}  // namespace
}  // namespace tripartite
