// What a network that is shown samples needs of a simulation.
#include <gtest/gtest.h>

#include "tests/io/temporary_folder.hpp"
#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace {

/// 40 inputs, 70 neurons whose thresholds rise, plastic synapses onto them and among them.
SimulationNetwork shown_network() {
    SimulationNetwork network;
    network.populations.push_back(spike_list("S", 40, {}));
    DiehlCook::Params<double> params;
    params.theta_plus = 0.5;
    network.populations.push_back(population_of("N", 70, make_neuron<DiehlCook>(params)));
    network.populations.back().initial = {{"V_m", Distribution(Uniform{.min = -75, .max = -65})}};
    network.projections.push_back(projection_of("S", "N", AllToAll{}, Distribution(Uniform{.min = 0.1, .max = 0.5}), Distribution(1.0)));
    network.projections.back().synapse = StdpPair{.lambda = 0.05, .w_max = 1};
    network.projections.push_back(projection_of("N", "N", AllToAll{.autapses = false}, Distribution(0.05), Distribution(7.0)));
    network.projections.back().synapse = Tsodyks2{};
    return network;
}

SpikeList sample(Index first) {
    SpikeList spikes;
    for (int t = 0; t < 100; ++t)
        for (std::uint32_t n = std::uint32_t(t) % 5; n < 40; n += 5) spikes.steps.push_back(first + t), spikes.neurons.push_back(n);
    return spikes;
}

/// The spikes of a sample's 100 steps and the state after 50 more, counted from its beginning.
std::pair<Trains, std::vector<double>> show(Simulation& simulation, const SimulationNetwork& network) {
    const Index first = simulation.steps_done();
    simulation.set_spikes("S", sample(first));
    auto trains = record(simulation, network, 150);
    for (auto& train : trains)
        for (auto& spike : train) spike.step -= first;
    return {trains, simulation.state("N", "V_m")};
}

std::vector<double> weights_of(Simulation& simulation) {
    std::vector<double> weights;
    for (const auto& s : simulation.weights("S_to_N")) weights.push_back(s.weight);
    return weights;
}

TEST(Samples, WithoutLearningEachIsAnsweredAlikeAfterARest) {
    const auto network = shown_network();
    for (const int threads : {1, 2}) {
        const auto simulation = Simulation::make<double>(network, {.dt = 1, .threads = threads, .runaway_rate = 0});
        simulation->set_learning(false);
        const auto weights = weights_of(*simulation);
        const auto first = show(*simulation, network);
        ASSERT_GT(first.first[1].size(), 70u);
        simulation->rest();
        EXPECT_TRUE(show(*simulation, network) == first);
        EXPECT_FALSE(show(*simulation, network) == first);  // right after another one
        EXPECT_EQ(weights_of(*simulation), weights);
        EXPECT_EQ(simulation->state("N", "theta"), std::vector<double>(70, 0));
    }
}

TEST(Samples, WhatWasLearnedOutlivesARest) {
    const auto network = shown_network();
    const auto simulation = Simulation::make<double>(network, {.dt = 1, .runaway_rate = 0});
    const auto untrained = weights_of(*simulation);
    const auto first = show(*simulation, network);
    const auto weights = weights_of(*simulation), theta = simulation->state("N", "theta");
    EXPECT_NE(weights, untrained);
    EXPECT_GT(std::ranges::min(theta), 0);
    simulation->rest();
    EXPECT_EQ(weights_of(*simulation), weights);
    EXPECT_EQ(simulation->state("N", "theta"), theta);
    EXPECT_EQ(simulation->state("N", "g_ex"), std::vector<double>(70, 0));
    EXPECT_FALSE(show(*simulation, network) == first);
}

TEST(Samples, WeightsOntoEachNeuronAreScaledToTheTotal) {
    const auto simulation = Simulation::make<float>(shown_network(), {.dt = 1, .threads = 2});
    simulation->normalise("S_to_N", 6);
    std::vector<double> sums(70);
    for (const auto& s : simulation->weights("S_to_N")) sums[s.target] += s.weight;
    for (const double sum : sums) EXPECT_NEAR(sum, 6, 1e-5);
}

/// At every interval, in whatever parts a simulation is run.
TEST(Samples, WeightsAreNormalisedAtIntervals) {
    auto network = shown_network();
    network.projections[0].normalise = {.total = 6, .interval = 40};
    const auto simulation = Simulation::make<double>(network, {.dt = 1, .runaway_rate = 0});
    simulation->set_spikes("S", sample(0));
    simulation->run(79);
    double sum = 0;
    for (const auto& s : simulation->weights("S_to_N")) sum += s.weight;
    EXPECT_GT(std::fabs(sum - 6 * 70), 1e-3);
    simulation->run(1);
    sum = 0;
    for (const auto& s : simulation->weights("S_to_N")) sum += s.weight;
    EXPECT_NEAR(sum, 6 * 70, 1e-9);
}

TEST(Samples, ErrorsNameTheRemedy) {
    auto network = shown_network();
    const auto simulation = Simulation::make<double>(network, {.dt = 1});
    EXPECT_EQ(error_of([&] { simulation->set_spikes("N", {}); }), "'N' is not a source of given spikes, and cannot be given some");
    network.populations[1].step_factors = {1, 0.5};
    EXPECT_EQ(error_of([&] { Simulation::make<double>(network, {.dt = 1}); }), "'N' has factors of steps, which need the period after which they begin again");
    network = shown_network();
    const auto message = [&] { return error_of([&] { network.validate(); }); };
    network.projections[1].normalise = {.total = 3, .interval = 1};
    EXPECT_EQ(message(), "projection 'N_to_N' has weights that stay as they are; normalise those of a plastic one");
    network = shown_network();
    network.projections[0].synapse = StdpDopamine{};
    EXPECT_EQ(message(), "projection 'S_to_N' learns by dopamine: say from which population it comes");
    network.projections[0].dopamine = {.from = "M"};
    EXPECT_EQ(message(), "there is no population 'M'; did you mean 'S'?");
    network.projections[0].synapse = StdpPair{}, network.projections[0].dopamine = {.from = "N"};
    EXPECT_EQ(message(), "projection 'S_to_N' does not learn by dopamine, which only stdp_dopamine does");
    network.projections[0].synapse = StdpDopamine{}, network.projections[0].dopamine->delay = 0.5;
    EXPECT_EQ(error_of([&] { Simulation::make<double>(network, {.dt = 1}); }), "the delay of the dopamine of 'S_to_N', 0.5 ms, is not a whole number of steps of 1 ms");
}

}  // namespace
}  // namespace tripartite
