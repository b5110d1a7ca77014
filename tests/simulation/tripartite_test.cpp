// Tripartite synapses, gap junctions and slow populations. Oracles: Brian2 (tests/golden/make_brian.py), the formulas themselves, and the
// same network in other partitions.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/io/temporary_folder.hpp"
#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace {

SimulatedProjection gap_junctions(const std::string& cells, const ConnectionRule& rule, double weight, double delay) {
    auto p = projection_of(cells, cells, rule, Distribution(weight), Distribution(delay));
    p.receptor = "coupling", p.synapse = GapJunction{};
    return p;
}
SimulatedProjection tripartite_synapses(SimulatedProjection p, const Tripartite& rule, const Territory& territory) {
    p.synapse = rule, p.astrocytes = territory;
    return p;
}

/// The golden network: sources, targets that only remember conductances, astrocytes. `split`: the targets are two populations, one target of each for each astrocyte.
SimulationNetwork golden_network(const nlohmann::json& golden, bool split) {
    SimulationNetwork network;
    std::vector<Fired> spikes;
    for (std::uint32_t n = 0; n < 3; ++n)
        for (const Index step : golden["spikes"][n]) spikes.push_back({step, n});
    std::ranges::sort(spikes, {}, [](const Fired& f) { return std::pair(f.step, f.neuron); });
    network.populations.push_back(spike_list("source", 3, spikes));
    network.populations.push_back(population_of("astrocytes", 3, make_neuron<AstrocyteGchi>({.step = 0.1})));
    network.populations.back().initial = {{"I", Distribution(0), {0.01, 0.6, 1.2}}};
    for (const std::string name : split ? std::vector{"target", "more"} : std::vector{"target"}) {
        network.populations.push_back(population_of(name, split ? 3 : 6, make_neuron<IafCondExp>({.tau_syn_ex = 5})));
        network.projections.push_back(tripartite_synapses(projection_of("source", name, AllToAll{}, Distribution(1), Distribution(0.1)), {.alpha = golden["alpha"]},
                                                          {{.block = split ? 1u : 2u}, "astrocytes", false, 0.1}));
    }
    network.projections.push_back(gap_junctions("astrocytes", AllButOneToOne{}, 0.09, 0.1));
    return network;
}

/// Brian holds gliotransmitter for a step, and so binds a little more of it.
void expect_golden_network(bool split) {
    const auto file = nlohmann::json::parse(std::ifstream(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/brian/astrocytes.json"));
    double most = 0;
    for (const auto& golden : file["networks"]) {
        const auto network = golden_network(golden, split);
        const auto simulation = Simulation::make<double>(network, {});
        for (std::size_t sample = 0; sample < 60; ++sample) {
            const auto compare = [&](const char* population, const char* state, const char* name, double tolerance) {
                const auto values = simulation->state(population, state);
                for (std::size_t n = 0; n < values.size(); ++n)  // two neighbouring targets belong to an astrocyte
                    EXPECT_NEAR(values[n], golden[name][split && name == std::string("g") ? 2 * n : n][sample].get<double>(), tolerance) << name << " " << n << " at sample " << sample;
            };
            compare("astrocytes", "I", "I", 2e-5), compare("astrocytes", "C", "C", 2e-5), compare("astrocytes", "Gamma_S", "Gamma_S", 2e-3);
            compare("target", "g_ex", "g", 2e-4);
            const auto g = simulation->state("target", "g_ex");
            most = std::max(most, *std::ranges::max_element(g));
            simulation->run(500);
        }
    }
    EXPECT_GT(most, 0.1) << "nothing was released";
}

TEST(Tripartite, SmallNetworkIsThatOfBrian) { expect_golden_network(false); }
TEST(Tripartite, AstrocytesHearTheMeanOfTheSynapsesOfAllProjections) { expect_golden_network(true); }

/// A terminal for each source beside tripartite synapses, under one astrocyte that releases once and does not hear them. What a terminal sends arrives a step later.
TEST(Tripartite, TerminalsReleaseWhatTripartiteSynapsesRelease) {
    for (const double alpha : {0.0, 1.0}) {
        SimulationNetwork network;
        std::vector<Fired> spikes;
        for (Index step = 0; step < 3000; ++step)
            for (std::uint32_t n = 0; n < 3; ++n)
                if (step * (n + 3) % 97 < n + 1) spikes.push_back({step, n});
        const auto sums = make_neuron<LeakyIntegrator>({.beta = 0});
        const std::vector<double> weights{1, 2, 4};
        network.populations = {spike_list("source", 3, spikes), population_of("astrocyte", 1, make_neuron<AstrocyteGchi>({.step = 0.1, .O_N = 0, .C_Theta = 0.0101})),
                               population_of("terminals", 3, make_neuron<SynapticTerminal>({.alpha = alpha})), population_of("of_synapses", 1, sums), population_of("of_terminals", 1, sums)};
        network.populations[1].initial = {{"I", Distribution(2), {}}};
        network.projections = {tripartite_synapses(projection_of("source", "of_synapses", AllToAll{}, weights, Distribution(0.3)), {.alpha = alpha}, {{.block = 1}, "astrocyte", false, 0.1}),
                               projection_of("source", "terminals", OneToOne{}, Distribution(1), Distribution(0.3)),
                               projection_of("astrocyte", "terminals", AllToAll{}, Distribution(6.5e-4 * 200e3 * 0.6), Distribution(0.1)),
                               projection_of("terminals", "of_terminals", AllToAll{}, weights, Distribution(0.1))};
        network.projections[2].receptor = "gliotransmitter";
        const auto simulation = Simulation::make<double>(network, {.runaway_rate = 0});
        std::vector<double> expected{0};
        double most = 0, bound = 0;
        for (Index step = 0; step < 3000; ++step) {
            simulation->run(1);
            ASSERT_NEAR(simulation->state("of_terminals", "u")[0], expected.back(), 1e-12) << step;
            expected.push_back(simulation->state("of_synapses", "u")[0]);
            most = std::max(most, expected.back()), bound = simulation->state("terminals", "Gamma_S")[0];
        }
        EXPECT_GT(most, 1);
        EXPECT_GT(bound, 0.8);
    }
}

/// A gap junction between two cells whose IP3 is given, for one step.
TEST(GapJunction, FlowIsTheFormulaOfTheDifference) {
    for (const double other : {0.1, 0.45, 0.5, 0.55, 2.0}) {
        SimulationNetwork network;
        // No reaction changes IP3 or calcium but the flow.
        const AstrocyteGchi::Params<double> inert{.step = 1, .O_N = 0, .Omega_N = 0, .O_beta = 0, .O_delta = 0, .O_3K = 0, .Omega_5P = 0, .Omega_C = 0, .Omega_L = 0, .O_P = 0};
        network.populations.push_back(population_of("cells", 2, make_neuron<AstrocyteGchi>(inert)));
        network.populations.back().initial = {{"I", Distribution(0), {0.2, other}}};
        network.projections.push_back(gap_junctions("cells", AllButOneToOne{}, 0.09, 1));
        const auto simulation = Simulation::make<double>(network, {.dt = 0.5});
        simulation->run(2);
        const double apart = 0.2 - other, flow = -0.09 / 2 * (1 + std::tanh((std::fabs(apart) - 0.3) / 0.05)) * (apart > 0 ? 1 : -1) * 1e-3;
        EXPECT_NEAR(simulation->state("cells", "I")[0], 0.2 + flow, 1e-12) << other;
        EXPECT_NEAR(simulation->state("cells", "I")[1], other - flow, 1e-12) << other;
    }
}

TEST(SlowPopulation, TakesItsStepInTheLastOfThoseOfTheNetwork) {
    SimulationNetwork network;
    network.populations.push_back(population_of("cells", 3, make_neuron<AstrocyteGchi>({.step = 1})));
    const auto simulation = Simulation::make<double>(network, {.dt = 0.25});
    std::vector<double> seen;
    for (int step = 0; step < 12; ++step) simulation->run(1), seen.push_back(simulation->state("cells", "C")[2]);
    EXPECT_EQ(seen[0], 0.01);
    EXPECT_EQ(seen[2], 0.01);
    EXPECT_NE(seen[3], 0.01);
    EXPECT_EQ(seen[6], seen[3]);
    EXPECT_NE(seen[7], seen[3]);
}

/// A random network with astrocytes that fire often, so that every part matters.
SimulationNetwork random_astrocytes() {
    auto network = random_network();
    network.populations.push_back(population_of("astrocytes", 80, make_neuron<AstrocyteGchi>({.step = 2, .C_Theta = 0.0101})));
    network.populations.back().initial = {{"I", Distribution(Uniform{.min = 0, .max = 2})}};
    auto& synapses = network.projections.front();
    synapses = tripartite_synapses(synapses, {.alpha = 1}, {{.block = 4}, "astrocytes", false, 3});
    network.projections.push_back(gap_junctions("astrocytes", FixedInDegree{.n = 4, .autapses = false}, 0.5, 2));
    return network;
}

TEST(Tripartite, ResultsDoNotDependOnThreadsOrWindow) {
    const auto network = random_astrocytes();
    const auto one = run<float>(network, {.threads = 1});
    EXPECT_FALSE(one.trains[2].empty());
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}) == one) << threads;
    EXPECT_TRUE(run<float>(network, {.threads = 2, .window = 1}) == one);
    EXPECT_FALSE(run<float>(random_network(), {.threads = 1}).trains[0] == one.trains[0]) << "the synapses are as without astrocytes";
}

TEST(Tripartite, ResumeEqualsUninterruptedRunForAnyThreads) {
    const auto network = random_astrocytes();
    for (const Index first : {3, 703}) {
        const auto whole = run<float>(network, {.threads = 2}, first + 797);
        for (const int threads : {1, 2}) EXPECT_TRUE(run_with_a_break<float>(network, 3, threads, first, 797) == whole) << first << " " << threads;
    }
}

TEST(Tripartite, RestIsAsAtTheStart) {
    auto network = random_astrocytes();
    network.drives.clear();
    const auto simulation = Simulation::make<float>(network, {.threads = 2});
    const auto fresh = Simulation::make<float>(network, {.threads = 2});
    simulation->run(300);
    simulation->rest();
    const auto a = record(*simulation, network, 400), b = record(*fresh, network, 400);
    EXPECT_EQ(a[2].size(), b[2].size());
    EXPECT_EQ(simulation->state("astrocytes", "I"), fresh->state("astrocytes", "I"));
}

void expect_error(const SimulationNetwork& network, const std::string& message) {
    try {
        Simulation::make<float>(network, {});
        FAIL() << "was accepted";
    } catch (const Error& error) {
        EXPECT_EQ(error.what(), message);
    }
}

TEST(Tripartite, WhatCannotBeIsRefused) {
    auto network = random_astrocytes();
    network.projections.front().astrocytes.reset();
    expect_error(network, "projection 'E_to_E' has tripartite synapses: say which astrocytes surround them");
    network = random_astrocytes();
    network.projections.front().synapse = StaticSynapse{};
    expect_error(network, "projection 'E_to_E' has no tripartite synapses, the only ones that astrocytes surround");
    network = random_astrocytes();
    network.projections.front().astrocytes->from = "I";
    expect_error(network, "projection 'E_to_E': 'I' has no state Gamma_S or no port transmitter; the astrocytes of tripartite synapses are a population of astrocyte_gchi");
    network = random_astrocytes();
    network.projections.front().astrocytes->block = 5;
    expect_error(network, "projection 'E_to_E': astrocytes: 320 neurons in blocks of 5 are 64 domains, and there are 80");
    network = random_astrocytes();
    network.projections.front().astrocytes->block = 0, network.projections.front().astrocytes->nearest = true;
    expect_error(network, "projection 'E_to_E': astrocytes: the nearest one is known only where both populations have positions");
    network = random_astrocytes();
    network.projections.back().from = "E";
    expect_error(network, "projection 'astrocytes_to_astrocytes': gap junctions connect cells of one population, and not 'E' with 'astrocytes'");
    network = random_astrocytes();
    network.projections.back().delay = Distribution(0);
    expect_error(network, "the synapses of projection 'astrocytes_to_astrocytes' are not static, and need delays of at least one step");
    network = random_astrocytes();
    std::get<GapJunction>(network.projections.back().synapse).state = "V_m";
    expect_error(network, "projection 'astrocytes_to_astrocytes': the cells of 'astrocytes' have no state 'V_m' that could differ");
    network = random_astrocytes();
    network.populations.back().neuron = make_neuron<AstrocyteGchi>({.step = 0.25});
    expect_error(network, "the step of 'astrocytes', 0.25 ms, is not a whole number of steps of 0.1 ms");
    network = random_astrocytes();
    network.drives.push_back({"astrocytes", "coupling", CurrentDrive{.offset = 1}, "drive"});
    expect_error(network, "a drive ends at 'astrocytes', whose cells take a step every 2 ms only; give them parameters or initial values instead");
}

}  // namespace
}  // namespace tripartite
