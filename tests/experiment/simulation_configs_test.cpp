// The networks that ship: each is lowered into stores; those that are small run for a moment.
#include <gtest/gtest.h>

#include <filesystem>
#include <numeric>

#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

const std::string folder = std::string(TRIPARTITE_SOURCE_DIR) + "/configs/";

struct Shipped : testing::TestWithParam<const char*> {};

TEST_P(Shipped, IsLoweredIntoStores) {
    const auto text = describe_simulation(read_experiment(folder + GetParam()));
    EXPECT_NE(text.find(" synapses, "), std::string::npos) << text;
}
INSTANTIATE_TEST_SUITE_P(Networks, Shipped,
                         testing::Values("simulation/brunel_a.yaml", "simulation/brunel_alpha.yaml", "simulation/brunel_b.yaml", "simulation/brunel_c.yaml", "simulation/brunel_d.yaml",
                                         "simulation/brunel_delta.yaml", "simulation/hpc_benchmark.yaml", "simulation/microcircuit.yaml", "simulation/microcircuit_poisson.yaml",
                                         "simulation/microcircuit_tenth.yaml", "benchmarks/brunel_10k.yaml", "benchmarks/brunel_10k_stdp.yaml"),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

struct Small : testing::TestWithParam<const char*> {};

TEST_P(Small, RunsForAMoment) {
    const TemporaryFolder results;
    const std::vector<std::string> shorter{"time.duration=60 ms", "time.transient=0 ms", "expected={}"};
    const auto experiment = read_experiment(folder + GetParam(), shorter);
    Observer observer;
    const auto summary = run_simulation(experiment, {results.path(), {}}, observer);
    std::uint64_t spikes = 0;
    for (const auto& p : summary.populations) spikes += p.activity.spikes;
    EXPECT_GT(spikes, 0u);
}
INSTANTIATE_TEST_SUITE_P(Networks, Small, testing::Values("simulation/coba.yaml", "simulation/cuba.yaml", "simulation/delays.yaml", "simulation/dopamine.yaml", "simulation/homeostasis.yaml", "simulation/inhibition_latency.yaml", "simulation/inhibitory_plasticity.yaml", "simulation/nearest_neighbours.yaml", "simulation/polychronous.yaml", "simulation/synfire.yaml", "simulation/triplet_rates.yaml", "tutorial/first_simulation.yaml"),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

/// The weight of each synapse of a projection, as recorded for the last time.
std::vector<double> last_weights(const H5Reader& file, const std::string& projection) {
    const auto shape = file.shape("/weights/" + projection + "/weight");
    return file.read<double>("/weights/" + projection + "/weight", {{shape[0] - 1, 1}, {0, shape[1]}});
}

double mean_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size()); }

/// Pfister and Gerstner 2006: for independent spikes a weight drifts by r_pre r_post (a3+ tau+ tau_y r_post - a2- tau-), which changes its sign at 19 Hz.
TEST(TripletRates, WeakenWeightsOntoSlowNeuronsAndStrengthenThoseOntoFastOnes) {
    const TemporaryFolder results;
    Observer observer;
    const auto summary = run_simulation(read_experiment(folder + "simulation/triplet_rates.yaml"), {results.path(), {}}, observer);
    const H5Reader file(results / "results.h5");
    const auto slow = std::ranges::find(summary.populations, "slow", &SimulationSummary::Population::name);
    ASSERT_NE(slow, summary.populations.end());
    const double r = slow->activity.mean_rate_hz, drift = 10 * r * (6.5e-3 * 0.0168 * 0.114 * r - 7.1e-3 * 0.0337);  // Hz of the slow neurons, per second
    EXPECT_NEAR(mean_of(last_weights(file, "inputs_to_slow")), 2 + 10 * drift, 0.02);
    EXPECT_GT(mean_of(last_weights(file, "inputs_to_fast")), 1.05 * 2);
}

/// Izhikevich 2007, figure 1: the rewarded synapse grows to its bound, the others together hardly.
TEST(Dopamine, OnlyTheRewardedSynapseGrows) {
    const TemporaryFolder results;
    Observer observer;
    run_simulation(read_experiment(folder + "simulation/dopamine.yaml"), {results.path(), {}}, observer);
    const H5Reader file(results / "results.h5");
    EXPECT_GT(last_weights(file, "rewarded_to_target")[0], 3);
    EXPECT_LT(mean_of(last_weights(file, "others_to_target")), 0.3);
}

}  // namespace
}  // namespace tripartite
