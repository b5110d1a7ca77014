// The networks that ship meet the published numbers that they expect.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "experiment/simulation_run.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

const std::string configs = std::string(TRIPARTITE_SOURCE_DIR) + "/configs/";

SimulationSummary run_config(const std::string& name, const std::string& folder, const Overrides& overrides = {}) {
    Observer observer;
    return run_simulation(read_experiment(configs + name, overrides), {folder, {}}, observer);
}

struct Published : testing::TestWithParam<const char*> {};

TEST_P(Published, NumbersAreMet) {
    const TemporaryFolder folder;
    const auto summary = run_config(GetParam(), folder.path());
    for (const auto& missed : summary.missed) ADD_FAILURE() << missed;
}
INSTANTIATE_TEST_SUITE_P(Networks, Published,
                         testing::Values("simulation/brunel_a.yaml", "simulation/brunel_alpha.yaml", "simulation/brunel_b.yaml", "simulation/brunel_c.yaml", "simulation/brunel_d.yaml",
                                         "simulation/brunel_delta.yaml", "simulation/calcium_wave.yaml", "simulation/coba.yaml", "simulation/cuba.yaml", "simulation/delays.yaml", "simulation/dopamine.yaml", "simulation/homeostasis.yaml", "simulation/hpc_benchmark.yaml", "simulation/inhibition_latency.yaml", "simulation/inhibitory_plasticity.yaml",
                                         "simulation/microcircuit_tenth.yaml", "simulation/nearest_neighbours.yaml", "simulation/polychronous.yaml", "simulation/synaptic_scaling.yaml", "simulation/synfire.yaml", "simulation/tripartite.yaml",
                                         "simulation/triplet_homeostasis.yaml", "simulation/triplet_rates.yaml", "benchmarks/brunel_10k.yaml", "benchmarks/brunel_10k_stdp.yaml"),
                         [](const auto& info) { return std::filesystem::path(info.param).stem().string(); });

/// Stimberg et al. 2019: after the astrocytes have released, from 4 s on, neurons fire less where gliotransmitter decreases release, more where it increases it.
TEST(GliotransmissionRegimes, OrderTheRates) {
    std::vector<double> rates;
    for (const std::string alpha : {"0", "0.6", "1"}) {
        const TemporaryFolder folder;
        const auto summary = run_config("simulation/tripartite.yaml", folder.path(), {"network.projections.0.synapse={tripartite: {alpha: " + alpha + "}}", "expected={}", "time.duration=4 s", "time.transient=4 s", "record={spikes: excitatory}"});
        const auto excitatory = std::ranges::find(summary.populations, "excitatory", [](const auto& p) { return p.name; });
        ASSERT_NE(excitatory, summary.populations.end());
        rates.push_back(excitatory->activity.mean_rate_hz);
        std::printf("alpha %s: %.3f Hz\n", alpha.c_str(), rates.back());
    }
    EXPECT_LT(rates[0], 0.95 * rates[1]);
    EXPECT_GT(rates[2], 1.05 * rates[1]);
}

/// Astrocytes of the sheet release the later the farther they are from the middle, all of them, at one speed from 10 cells on.
TEST(TripartiteSpreading, CrossesTheSheetAtOneSpeed) {
    const TemporaryFolder folder;
    EXPECT_TRUE(run_config("simulation/tripartite_spreading.yaml", folder.path()).missed.empty());
    const H5Reader file(folder / "results.h5");
    const auto times = file.read<double>("/spikes/astrocytes/timestamps");
    const auto ids = file.read<std::uint64_t>("/spikes/astrocytes/node_ids");
    std::map<std::uint64_t, double> first;
    for (std::size_t i = 0; i < times.size(); ++i) first.try_emplace(ids[i], times[i] / 1000);
    constexpr int columns = 64, rows = 50;
    ASSERT_EQ(first.size(), std::size_t(columns * rows));
    std::map<int, std::vector<double>> rings;
    for (const auto& [i, t] : first) rings[int(std::hypot(double(i / rows) - (columns - 1) / 2.0, double(i % rows) - (rows - 1) / 2.0) / 5)].push_back(t);
    std::vector<double> medians;
    for (auto& [ring, onsets] : rings) {
        std::ranges::nth_element(onsets, onsets.begin() + std::ptrdiff_t(onsets.size() / 2));
        medians.push_back(onsets[onsets.size() / 2]);
        std::printf("%d to %d cells: %.1f s\n", 5 * ring, 5 * ring + 5, medians.back());
    }
    for (std::size_t k = 3; k < medians.size(); ++k) EXPECT_NEAR(medians[k] - medians[k - 1], 5 * 8.8, 8) << k;
}

std::vector<double> sorted(std::vector<double> values) {
    for (double& x : values) x = std::round(x * 1e4) / 1e4;
    std::ranges::sort(values);
    return values;
}

/// The largest difference between the distribution functions of a sample, with four decimals as the quantiles, and of quantiles in equal steps.
double distance(const std::vector<double>& values, const std::vector<double>& quantiles) {
    const auto sample = sorted(values);
    double largest = 0;
    for (const auto& points : {sample, quantiles})
        for (const double x : points) {
            const auto share = [x](const std::vector<double>& sorted) { return double(std::ranges::upper_bound(sorted, x) - sorted.begin()) / double(sorted.size()); };
            largest = std::max(largest, std::fabs(share(sample) - share(quantiles)));
        }
    return largest;
}

/// Of each neuron the rate, CV of the intervals of those with at least 5 spikes, and the correlations of the counts in 2 ms of the first
/// 250 neurons that fire.
struct Measures {
    std::vector<double> rate, cv, cc;

    Measures(const H5Reader& file, const std::string& population, std::size_t neurons, double start, double duration) {
        const auto times = file.read<double>("/spikes/" + population + "/timestamps");
        const auto ids = file.read<std::uint64_t>("/spikes/" + population + "/node_ids");
        std::vector<std::vector<double>> trains(neurons);
        for (std::size_t i = 0; i < times.size(); ++i) trains[ids[i]].push_back(times[i]);
        std::vector<std::vector<double>> counts;
        for (const auto& train : trains) {
            rate.push_back(double(train.size()) / duration * 1e3);
            if (train.size() >= 5) cv.push_back(cv_of(train));
            if (!train.empty() && counts.size() < 250) counts.push_back(binned(train, start, duration));
        }
        for (std::size_t i = 0; i < counts.size(); ++i)
            for (std::size_t j = 0; j < i; ++j) cc.push_back(std::inner_product(counts[i].begin(), counts[i].end(), counts[j].begin(), 0.0));
    }
    static double cv_of(const std::vector<double>& train) {
        double sum = 0, squares = 0;
        const double n = double(train.size()) - 1;
        for (std::size_t i = 1; i < train.size(); ++i) sum += train[i] - train[i - 1], squares += (train[i] - train[i - 1]) * (train[i] - train[i - 1]);
        return std::sqrt(squares / n - sum * sum / n / n) / (sum / n);
    }
    /// Counts without their mean, of length 1.
    static std::vector<double> binned(const std::vector<double>& train, double start, double duration) {
        std::vector<double> counts(std::size_t(std::lround(duration / 2)));
        for (const double t : train) ++counts[std::min(counts.size() - 1, std::size_t((t - start) / 2 - 1e-9))];
        const double mean = double(train.size()) / double(counts.size());
        double squares = 0;
        for (double& c : counts) c -= mean, squares += c * c;
        for (double& c : counts) c /= std::sqrt(squares);
        return counts;
    }
};

/// Thirty seeds of the network at a tenth of its size.
class MicrocircuitTenth : public testing::Test {
protected:
    static constexpr int seeds = 30;

    static void SetUpTestSuite() {
        for (int seed = 1; seed <= seeds; ++seed) {
            const TemporaryFolder folder;
            const auto& simulation = read_experiment(config).simulation;
            run_config("simulation/microcircuit_tenth.yaml", folder.path(), {"record={spikes: all}", "experiment.seed=" + std::to_string(seed), "expected={}"});
            const H5Reader results(folder / "results.h5");
            for (const auto& p : simulation.network.populations) found[p.name].emplace_back(results, p.name, p.size, simulation.transient, simulation.duration);
        }
    }
    static void TearDownTestSuite() { found.clear(); }

    static double mean(const std::vector<double>& values) { return std::accumulate(values.begin(), values.end(), 0.0) / double(values.size()); }
    static double mean_rate(const std::string& population) {
        double sum = 0;
        for (const auto& one : found[population]) sum += mean(one.rate) / seeds;
        return sum;
    }

    static inline const std::string config = configs + "simulation/microcircuit_tenth.yaml";
    static inline std::map<std::string, std::vector<Measures>> found;
};

nlohmann::json golden() {
    std::ifstream file(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/nest/microcircuit_tenth.json");
    return nlohmann::json::parse(file)["populations"];
}

/// Means over thirty seeds, and ten of NEST.
TEST_F(MicrocircuitTenth, MeanRatesOfSeveralSeedsAreThoseOfNest) {
    const auto nest = golden();
    for (const auto& [population, of_seeds] : found) {
        const double rate = mean(nest[population]["means"]["rate"].get<std::vector<double>>()), bar = population == "L23E" || population == "L5E" ? 0.08 : 0.03;
        std::printf("%s: %.3f Hz, NEST %.3f\n", population.c_str(), mean_rate(population), rate);
        EXPECT_NEAR(mean_rate(population), rate, bar * rate) << population;
    }
}

/// A distance between two seeds scatters: compared are means over pairs of seeds, ours with NEST's against NEST's among themselves.
TEST_F(MicrocircuitTenth, SingleNeuronsAreDistributedAsInNest) {
    const auto nest = golden();
    for (const auto& [population, of_seeds] : found)
        for (const auto& [name, member] : {std::pair{"rate", &Measures::rate}, {"cv", &Measures::cv}, {"cc", &Measures::cc}}) {
            std::vector<double> distances;
            for (const auto& ours : of_seeds)
                for (const auto& quantiles : nest[population][name]) distances.push_back(distance(ours.*member, quantiles.get<std::vector<double>>()));
            const double between = nest[population]["between"][name].get<double>();
            std::printf("%s %s: %.4f, between seeds of NEST %.4f\n", population.c_str(), name, mean(distances), between);
            EXPECT_LE(mean(distances), 1.5 * between) << population << " " << name;
        }
}

}  // namespace
}  // namespace tripartite
