// The networks that ship: each is lowered into stores; those that are small run for a moment.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
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
INSTANTIATE_TEST_SUITE_P(Networks, Small, testing::Values("simulation/coba.yaml", "simulation/cuba.yaml", "simulation/delays.yaml", "simulation/dopamine.yaml", "simulation/homeostasis.yaml", "simulation/inhibition_latency.yaml", "simulation/inhibitory_plasticity.yaml", "simulation/nearest_neighbours.yaml", "simulation/polychronous.yaml", "simulation/synfire.yaml", "simulation/triplet_homeostasis.yaml", "simulation/triplet_rates.yaml", "tutorial/first_simulation.yaml"),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

/// The weight of each synapse of a projection, as recorded for the last time.
std::vector<double> last_weights(const H5Reader& file, const std::string& projection) {
    const auto shape = file.shape("/weights/" + projection + "/weight");
    return file.read<double>("/weights/" + projection + "/weight", {{shape[0] - 1, 1}, {0, shape[1]}});
}

double mean_of(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size()); }

double spread_of(const std::vector<double>& values) {
    const double mean = mean_of(values);
    return std::sqrt(std::transform_reduce(values.begin(), values.end(), 0.0, std::plus{}, [mean](double x) { return (x - mean) * (x - mean); }) / double(values.size()));
}

/// When each astrocyte of a configuration fires for the first time [s]; infinity: never.
std::vector<double> first_events(const std::string& name, std::size_t cells, const Overrides& overrides = {}) {
    const TemporaryFolder results;
    Observer observer;
    run_simulation(read_experiment(folder + name, overrides), {results.path(), {}}, observer);
    const H5Reader file(results / "results.h5");
    const auto times = file.read<double>("/spikes/astrocytes/timestamps");
    const auto ids = file.read<std::uint64_t>("/spikes/astrocytes/node_ids");
    std::vector<double> first(cells, std::numeric_limits<double>::infinity());
    for (std::size_t i = 0; i < times.size(); ++i) first[ids[i]] = std::min(first[ids[i]], times[i] / 1000);
    return first;
}

std::ptrdiff_t reached(const std::vector<double>& first) { return std::ranges::count_if(first, [](double t) { return std::isfinite(t); }); }

/// Where potentiation, lambda (1 - w), and depression, alpha lambda w, are as frequent, w = 1/(1 + alpha) of the bound; uniform weights spread by bound/sqrt(12).
TEST(NearestNeighbours, UniformWeightsGatherWherePotentiationAndDepressionAreEven) {
    const TemporaryFolder results;
    Observer observer;
    run_simulation(read_experiment(folder + "simulation/nearest_neighbours.yaml"), {results.path(), {}}, observer);
    const H5Reader file(results / "results.h5");
    constexpr double bound = 28, alpha = 1.05;
    for (const std::string population : {"symmetric", "restricted", "presynaptic"}) {
        const auto weights = last_weights(file, "inputs_to_" + population);
        EXPECT_NEAR(mean_of(weights), bound / (1 + alpha), 1) << population;
        EXPECT_LT(spread_of(weights), 2) << population;
    }
}

/// Stimberg et al. 2019, figure 5: the wave runs around the ring, both ways alike.
TEST(CalciumWave, ReachesEachCellAfterTheOneBeforeIt) {
    const auto first = first_events("simulation/calcium_wave.yaml", 50);
    constexpr std::size_t driven = 25;
    for (std::size_t d = 1; d < driven; ++d) {
        EXPECT_DOUBLE_EQ(first[driven - d], first[driven + d]) << d;
        EXPECT_GT(first[driven + d], first[driven + d - 1] + 11) << d;
        EXPECT_LT(first[driven + d], first[driven + d - 1] + 16) << d;
    }
    EXPECT_GT(first[0], first[49]);  // where both arrive
    EXPECT_EQ(reached(first_events("simulation/calcium_wave.yaml", 50, {"network.projections.1.weight=1e-9", "expected={}"})), 1);
}

/// In the first seconds; slow tests follow the wave to the corners.
TEST(TripartiteSpreading, NeedsGapJunctions) {
    const Overrides shorter{"time.duration=16 s", "expected={}"};
    Overrides alone = shorter;
    alone.emplace_back("network.projections.2.weight=1e-9");
    const auto patch = first_events("simulation/tripartite_spreading.yaml", 3200, alone);
    EXPECT_NEAR(double(reached(patch)), 88, 20);  // pi (0.3 mm)^2 over (0.067 mm)^2 is 63 cells, those that are 0.35 mm away 86
    EXPECT_GT(double(reached(first_events("simulation/tripartite_spreading.yaml", 3200, shorter))), 1.2 * double(reached(patch)));
}

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
