// Neurons that fire by chance, in a network that is simulated.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace {

SimulationNetwork of_meta_neurons(std::uint32_t size, const Meta::Params<double>& params) {
    SimulationNetwork network;
    network.populations.push_back(population_of("M", size, make_neuron<Meta>(params)));
    network.projections.push_back(projection_of("M", "M", FixedInDegree{.n = 20}, Distribution(Normal{.mean = 0.02, .sd = 0.01}), Distribution(0.3)));
    return network;
}

template <class Real> Trains spikes_of(const SimulationNetwork& network, int threads, Index steps, std::uint64_t seed = 1) {
    const auto simulation = Simulation::make<Real>(network, {.seed = seed, .threads = threads});
    return record(*simulation, network, steps);
}

TEST(FiringByChance, DoesNotDependOnThreads) {
    const auto network = of_meta_neurons(333, {.bias = 0.05});
    const auto one = spikes_of<float>(network, 1, 200);
    ASSERT_GT(one[0].size(), 500u);
    for (const int threads : {2, 3, 7}) EXPECT_EQ(spikes_of<float>(network, threads, 200), one) << threads;
    EXPECT_NE(spikes_of<float>(network, 1, 200, 2), one);
}

TEST(FiringByChance, HasTheRateOfItsProbabilityInEveryNeuron) {
    // Without memory and input, each neuron fires in each step with the probability 1 / (1 + exp(-slope (bias - threshold))).
    auto network = of_meta_neurons(128, {.decay = 0, .bias = 0.6, .recovery_jump = 0, .slope = 4});
    network.projections.clear();
    const Index steps = 2000;
    const auto simulation = Simulation::make<double>(network, {.threads = 2, .runaway_rate = 0});
    const auto trains = record(*simulation, network, steps);
    std::vector<double> counts(128);
    for (const auto& s : trains[0]) ++counts[s.neuron];
    const double p = 1 / (1 + std::exp(1.6)), sd = std::sqrt(double(steps) * p * (1 - p));
    for (const double count : counts) EXPECT_NEAR(count, double(steps) * p, 5 * sd);
    EXPECT_NEAR(double(trains[0].size()), 128 * double(steps) * p, 5 * sd * std::sqrt(128));
}

}  // namespace
}  // namespace tripartite
