#include <gtest/gtest.h>

#include "core/error.hpp"
#include "simulation/estimate.hpp"
#include "tests/io/temporary_folder.hpp"
#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace {

SynapseKind kind(const std::string& name) {
    if (name == "stdp_pair") return StdpPair{.lambda = 0.1, .w_max = 150};
    if (name == "stdp_nearest") return StdpPair{.lambda = 0.1, .w_max = 150, .pairing = Pairing::centred};
    if (name == "triplet") return Triplet{.a2_plus = 1, .a3_plus = 3, .a2_minus = 2, .a3_minus = 1, .w_max = 150};
    if (name == "triplet_homeostatic") return TripletHomeostatic{.tau_hom = 200, .a3_plus = 3, .rate = 20, .w_max = 150};
    if (name == "homeostasis") return SpikeHomeostasis{.dw_plus = 3, .dw_minus = 2, .w_max = 150};
    if (name == "normalised" || name == "scaled") return StdpPair{.lambda = 0.1, .w_max = 150};
    if (name == "dopamine") return StdpDopamine{.tau_c = 50, .tau_n = 20, .a_plus = 0.02, .a_minus = 0.01, .w_max = 150};
    if (name == "tsodyks") return Tsodyks{};
    return StaticSynapse{};
}

SimulationNetwork network_with(const std::string& name) {
    auto network = random_network(kind(name));
    if (name == "normalised") network.projections[0].normalise = {.total = 1800, .interval = 20};
    if (name == "scaled") network.projections[0].scaling = {.rate = 20, .tau = 50, .beta = 200, .interval = 10};
    if (name == "dopamine") network.projections[0].dopamine = {.from = "I", .delay = 0.6};
    return network;
}

struct AnySynapse : testing::TestWithParam<const char*> {};
INSTANTIATE_TEST_SUITE_P(Kinds, AnySynapse, testing::Values("static", "stdp_pair", "stdp_nearest", "triplet", "triplet_homeostatic", "homeostasis", "normalised", "scaled", "dopamine", "tsodyks"), [](const auto& info) { return std::string(info.param); });

TEST_P(AnySynapse, ResultsDoNotDependOnThreadsOrWindow) {
    const auto network = network_with(GetParam());
    const auto one = run<float>(network, {.threads = 1});
    ASSERT_GT(one.trains[0].size(), 200u);
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}) == one) << threads;
    EXPECT_TRUE(run<float>(network, {.threads = 2, .window = 1}) == one);
    EXPECT_FALSE(run<float>(network, {.seed = 2, .threads = 1}) == one);
    EXPECT_TRUE(run<double>(network, {.threads = 1}, 300) == run<double>(network, {.threads = 3}, 300));
}

TEST_P(AnySynapse, ResumeEqualsUninterruptedRunForAnyThreads) {
    const auto network = network_with(GetParam());
    const auto whole = run<float>(network, {.threads = 2}, 1500);
    for (const int threads : {1, 2, 3}) EXPECT_TRUE(run_with_a_break<float>(network, 2, threads, 700, 800) == whole) << threads;
}

/// Workers that see different delays, and one without neurons of the target population.
TEST(Simulation, ResumeKeepsWhatTheLongestDelayNeeds) {
    SimulationNetwork network;
    network.populations.push_back(spike_list("S", 2, {{149, 0}, {749, 0}, {949, 0}, {1449, 1}}));
    IafPscExp::Params<double> params;
    params.I_e = 500;
    network.populations.push_back(population_of("N", 128, make_neuron<IafPscExp>(params)));
    ListedPairs pairs;
    std::vector<double> delays;
    for (std::uint32_t n = 0; n < 128; ++n)
        for (const std::uint32_t s : {0u, 1u}) pairs.source.push_back(s), pairs.target.push_back(n), delays.push_back(n < 64 ? 1 : 20);
    for (const SynapseKind& synapse : {SynapseKind(StdpPair{.lambda = 0.1}), SynapseKind(Tsodyks{})}) {
        network.projections = {projection_of("S", "N", pairs, Distribution(50.0), delays)};
        network.projections[0].name = "E_to_E", network.projections[0].synapse = synapse;
        for (const auto& [threads, targets] : {std::pair{2, 128u}, {3, 40u}}) {  // with 40 targets two of three workers own none
            auto part = network;
            if (targets < 128) {
                part.populations[1].size = targets;
                part.projections[0].rule = AllToAll{}, part.projections[0].delay = Distribution(3.0);
            }
            EXPECT_TRUE(run_with_a_break<float>(part, threads, 1, 1000, 800) == run<float>(part, {.threads = threads}, 1800)) << threads;
        }
    }
}

TEST(Simulation, DelaysOfHalfAStepAreRoundedAlike) {
    SimulationNetwork network;
    network.populations.push_back(spike_list("S", 1, {{0, 0}}));
    network.populations.push_back(population_of("N", 3, make_neuron<IafPscDelta>()));
    network.projections.push_back(projection_of("S", "N", AllToAll{}, Distribution(100.0), std::vector<double>{0.25, 0.45, 0.05}));
    const auto simulation = Simulation::make<float>(network, {});
    EXPECT_EQ(record(*simulation, network, 20)[1], (std::vector<Fired>{{1, 2}, {3, 0}, {5, 1}}));
}

TEST(Simulation, ACheckpointOfAnotherNetworkIsRefused) {
    const TemporaryFolder folder;
    const auto network = random_network();
    const auto first = Simulation::make<float>(network, {});
    H5Writer writer(folder / "state.h5");
    first->save(writer);
    writer.commit();
    const auto message = [&](const SimulationNetwork& other, const SimulationOptions& options) {
        try {
            Simulation::make<float>(other, options)->load(H5Reader(folder / "state.h5"));
            return std::string("accepted");
        } catch (const Error& e) {
            return std::string(e.what());
        }
    };
    auto other = network;
    other.projections[0].weight = Distribution(20.0);
    EXPECT_EQ(message(other, {}), "the checkpoint was written with other synapses; go on with the same experiment, or start anew");
    EXPECT_EQ(message(network, {.seed = 9}), "the checkpoint was written with another seed; go on with the same experiment, or start anew");
    EXPECT_EQ(message(network, {}), "accepted");
}

/// E and I of one weight each, densely connected with multapses.
SimulationNetwork dense_network(std::uint32_t in_degree) {
    SimulationNetwork network;
    IafPscDelta::Params<double> params;
    params.tau_m = 20, params.E_L = 0, params.V_th = 20, params.V_reset = 10;
    for (const auto& [name, size] : {std::pair{"E", 200u}, {"I", 70u}}) {
        network.populations.push_back(population_of(name, size, make_neuron<IafPscDelta>(params)));
        network.drives.push_back({name, "", PoissonDrive{.rate = 12000, .weight = 0.1}, name});
    }
    for (const auto* from : {"E", "I"})
        for (const auto* to : {"E", "I"}) network.projections.push_back(projection_of(from, to, FixedInDegree{.n = in_degree}, Distribution(*from == 'E' ? 0.1 : -0.45), Distribution(1.5)));
    return network;
}

TEST(Simulation, BitMatricesAndRunsGiveTheSameBits) {
    for (const std::uint32_t in_degree : {12u, 60u, 900u}) {  // few, some, and several synapses per pair
        const auto network = dense_network(in_degree);
        const auto bits = Simulation::make<float>(network, {.threads = 2}), runs = Simulation::make<float>(network, {.threads = 3, .bit_matrices = false});
        EXPECT_EQ(bits->stores()[0].form, "bit matrix");
        EXPECT_EQ(runs->stores()[0].form, "runs of targets, one weight");
        EXPECT_EQ(bits->synapses(), runs->synapses());
        const auto a = record(*bits, network, 2000);
        ASSERT_GT(a[0].size(), 100u);
        EXPECT_TRUE(a == record(*runs, network, 2000)) << in_degree;
        EXPECT_EQ(bits->synaptic_events(), runs->synaptic_events());
    }
}

TEST(Simulation, DelayShiftsSpikesExactly) {
    IafPscDelta::Params<double> params;
    params.t_ref = 0.1;
    const auto relay = make_neuron<IafPscDelta>(params);  // fires in the step in which a spike of 100 mV arrives
    SimulationNetwork network;
    network.populations.push_back(spike_list("S", 2, {{3, 0}, {4, 1}, {90, 0}}));
    for (const auto& [name, delay] : {std::pair{"near", 0.1}, {"far", 7.3}}) {
        network.populations.push_back(population_of(name, 2, relay));
        network.projections.push_back(projection_of("S", name, OneToOne{}, Distribution(100.0), Distribution(delay)));
    }
    network.projections.push_back(projection_of("near", "far", OneToOne{}, Distribution(100.0), Distribution(20.0)));
    const auto simulation = Simulation::make<float>(network, {});
    const auto trains = record(*simulation, network, 400);
    EXPECT_EQ(trains[1], (std::vector<Fired>{{4, 0}, {5, 1}, {91, 0}}));
    EXPECT_EQ(trains[2], (std::vector<Fired>{{76, 0}, {77, 1}, {163, 0}, {204, 0}, {205, 1}, {291, 0}}));
}

TEST(Simulation, ProbesSeeTheStateAndInputFromOutsideArrives) {
    SimulationNetwork network;
    network.populations.push_back(population_of("N", 3, make_neuron<IafPscDelta>()));
    const auto simulation = Simulation::make<double>(network, {});
    std::vector<std::pair<Index, std::vector<double>>> samples;
    simulation->add_probe({0, 0, 1, 2, 7, {0, 2}, [&](Index step, std::span<const double> values) { samples.push_back({step, {values.begin(), values.end()}}); }});
    simulation->add_input("N", "", std::vector{1.0, 2.0, 3.0});
    simulation->run(1);
    EXPECT_EQ(simulation->state("N", "V_m"), (std::vector{-69.0, -68.0, -67.0}));
    simulation->run(9);
    ASSERT_EQ(samples.size(), 3u);
    for (std::size_t i = 0; i < 3; ++i) {
        EXPECT_EQ(samples[i].first, Index(1 + 2 * i));
        EXPECT_NEAR(samples[i].second[1], -70 + 3 * std::exp(-0.1 * double(1 + 2 * i) / 10), 1e-12);
    }
}

std::string message_of(const SimulationNetwork& network, const SimulationOptions& options = {}, Index steps = 1000) {
    try {
        Simulation::make<float>(network, options)->run(steps);
        return "ran";
    } catch (const Error& e) {
        return e.what();
    }
}

TEST(Simulation, RunawayActivityStopsWithItsPlace) {
    auto network = dense_network(60);
    network.drives[0].kind = PoissonDrive{.rate = 900'000, .weight = 1};
    EXPECT_EQ(message_of(network, {.runaway_rate = 300}),
              "runaway activity: the neurons of 'E' fired at 480.0 Hz in the 50 ms before 50 ms, more than the limit of 300 Hz; check its weights and drives, or raise "
              "experiment.runaway_rate (0 is no limit)");
}

TEST(Simulation, AStateThatIsNotFiniteIsNamed) {
    SimulationNetwork network;
    network.populations.push_back(population_of("N", 70, make_neuron<IafCondExp>()));
    network.populations[0].initial = {{"g_ex", 0.0, std::vector<double>(70, 0.0)}};
    network.populations[0].initial[0].each[65] = std::numeric_limits<double>::infinity();
    EXPECT_EQ(message_of(network), "g_ex of neuron 65 of 'N' is not finite at 50 ms; check its parameters and inputs, or take a shorter step");
}

TEST(Simulation, WhatCannotBeBuiltIsRefused) {
    auto network = dense_network(12);
    network.projections[0].delay = Distribution(Uniform{.min = 0.01, .max = 0.02});
    EXPECT_TRUE(message_of(network).starts_with("projection 'E_to_E': the delay from neuron ")) << message_of(network);
    EXPECT_TRUE(message_of(network).ends_with("ms, less than one step of 0.1 ms; bound it with redraw, or take a shorter step"));
    network = dense_network(12);
    network.projections[0].weight = Distribution(Normal{.mean = 1, .sd = 2});
    EXPECT_EQ(message_of(network), "ran") << "one port takes both signs";
    auto psc = random_network();
    psc.projections[0].weight = Distribution(Normal{.mean = 1, .sd = 2});
    EXPECT_EQ(message_of(psc), "projection 'E_to_E' draws weights of both signs, from -13.07 to 15.07; bound them with redraw, or say which receptor they reach");
    psc.projections[0].receptor = "excitatry";
    EXPECT_EQ(message_of(psc), "projection 'E_to_E': the model of 'E', iaf_psc_exp, has no receptor 'excitatry'; did you mean 'excitatory'?; it has: excitatory, inhibitory and current");
    network.projections[0].to = "F";
    EXPECT_EQ(message_of(network), "there is no population 'F'; did you mean 'E'?");
    network = dense_network(12);
    network.projections[0].rule = FixedInDegree{.n = 300, .multapses = false};
    EXPECT_TRUE(message_of(network).starts_with("projection 'E_to_E': ")) << message_of(network);
    network.populations[0].size = 0;
    EXPECT_EQ(message_of(network), "population 'E' has no neurons; it needs at least 1");
}

TEST(Simulation, ANetworkThatDoesNotFitIsRefusedWithTheNumbers) {
    const auto network = dense_network(60);
    const SharedNetwork shared(network, {.bit_matrices = false});
    const auto plans = plan_stores(shared);
    const std::size_t needed = estimated_bytes(shared, plans, 4);
    const double synapses = 32400 * 2, statistics = 36.0 * (shared.sizes[0] + shared.sizes[1]);
    EXPECT_NEAR(double(needed), synapses + statistics, 10'000);
    EXPECT_NO_THROW(check_memory(shared, plans, 4, needed));
    try {
        check_memory(shared, plans, 4, needed - 1);
        FAIL();
    } catch (const Error& e) {
        EXPECT_EQ(std::string(e.what()).substr(0, 70), "the network does not fit in memory: 3.24e+04 synapses and their neuron") << e.what();
    }
}

}  // namespace
}  // namespace tripartite
