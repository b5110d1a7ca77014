// Populations that never fire send real numbers. Oracles: the sum that defines what arrives, and the same network in other partitions.
#include <gtest/gtest.h>

#include "tests/io/temporary_folder.hpp"
#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace {

/// Astrocytes that listen to E and push their domains by a current.
SimulationNetwork with_astrocytes() {
    auto network = random_network();
    network.populations.push_back(population_of("astrocytes", 10, make_neuron<Astrocyte>({.tau = 20, .kappa = 2000, .a0 = 0.002})));
    network.projections.push_back(projection_of("E", "astrocytes", Mean{{.block = 32}}, Distribution(1), Distribution(0.5)));
    network.projections.push_back(projection_of("astrocytes", "E", Broadcast{{.block = 32}}, Distribution(300), Distribution(0.7)));
    network.projections.back().receptor = "current";
    return network;
}

TEST(Graded, ResultsDoNotDependOnThreadsOrWindow) {
    const auto network = with_astrocytes();
    const auto one = run<float>(network, {.threads = 1});
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}) == one) << threads;
    EXPECT_TRUE(run<float>(network, {.threads = 2, .window = 1}) == one);
    EXPECT_NE(one.trains[0].size(), run<float>(random_network(), {.threads = 1}).trains[0].size()) << "the gates do nothing";
    EXPECT_TRUE(run<double>(network, {.threads = 1}, 300) == run<double>(network, {.threads = 3}, 300));
}

TEST(Graded, ResumeEqualsUninterruptedRunForAnyThreads) {
    const auto network = with_astrocytes();
    const auto whole = run<float>(network, {.threads = 2}, 1500);
    for (const int threads : {1, 2}) EXPECT_TRUE(run_with_a_break<float>(network, 3, threads, 703, 797) == whole) << threads;
}

/// u of the sources adds up a pulse and stays; the targets remember only what arrives in a step.
TEST(Graded, TargetsReceiveTheWeightedSumOfWhatIsDue) {
    constexpr std::uint32_t sources = 70, targets = 130;
    SimulationNetwork network;
    network.populations.push_back(spike_list("S", 1, {{3, 0}, {11, 0}}));
    network.populations.push_back(population_of("graded", sources, make_neuron<LeakyIntegrator>({.beta = 0.75})));
    network.populations.push_back(population_of("sum", targets, make_neuron<LeakyIntegrator>({.beta = 0})));
    std::vector<double> pulse, weight, delay;
    for (std::uint32_t s = 0; s < sources; ++s) pulse.push_back(1 + s);
    for (std::uint32_t i = 0; i < sources * targets; ++i) weight.push_back(0.5 + i % 13), delay.push_back(2 + i % 5);
    network.projections.push_back(projection_of("S", "graded", AllToAll{}, pulse, Distribution(1)));
    network.projections.push_back(projection_of("graded", "sum", AllToAll{}, weight, delay));
    const auto u = [&](Index step, std::uint32_t source) {  // the spikes of steps 3 and 11 arrive one step later
        double sum = 0;
        for (const Index arrived : {4, 12})
            if (step >= arrived) sum += pulse[source] * std::pow(0.75, double(step - arrived));
        return sum;
    };
    for (const int threads : {1, 3}) {
        const auto simulation = Simulation::make<double>(network, {.dt = 1, .threads = threads, .runaway_rate = 0});
        for (Index step = 0; step < 30; ++step) {
            simulation->run(1);
            const auto arrived = simulation->state("sum", "u");
            for (std::uint32_t t = 0; t < targets; ++t) {
                double expected = 0;
                for (std::uint32_t s = 0; s < sources; ++s) expected += weight[t * sources + s] * u(step - Index(delay[t * sources + s]), s);
                ASSERT_NEAR(arrived[t], expected, 1e-12 * (1 + expected)) << step << " " << t;
            }
        }
    }
}

TEST(Graded, OnlyStaticSynapsesTakeRealNumbers) {
    auto network = with_astrocytes();
    network.projections.back().synapse = Tsodyks{};
    try {
        Simulation::make<float>(network, {});
        FAIL() << "was accepted";
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "projection 'astrocytes_to_E': 'astrocytes' is a astrocyte, which never fires; what it sends takes static synapses");
    }
}

}  // namespace
}  // namespace tripartite
