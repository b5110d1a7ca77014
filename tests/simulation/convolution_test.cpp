// Plastic synapses of a convolution in a network.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <functional>

#include "tests/simulation/convolution_cases.hpp"

namespace tripartite {
namespace convolution_cases::in_a_network {

/// A kernel as large as the sources has one synapse for each weight.
void expect_to_learn_as_dense(const std::function<void(SimulationNetwork&)>& change) {
    for (const SynapseKind& synapse : {SynapseKind(power_law), SynapseKind(triplet), SynapseKind(homeostatic), SynapseKind(VogelsInhibitory{.eta = 0.02, .w_max = 6}), SynapseKind(SpikeHomeostasis{.dw_plus = 0.01, .dw_minus = 0.02, .w_max = 6}),
                                      SynapseKind(paired(Pairing::restricted)), SynapseKind(paired(Pairing::centred)), SynapseKind(dopamine)}) {
        auto network = convolution_network(synapse);
        if (std::holds_alternative<StdpDopamine>(synapse)) network.projections[0].dopamine = DopamineSource{"N", 1.2};
        network.populations[0].size = 2 * 6 * 6, network.populations[1].size = 7;
        network.projections[0].weight = Distribution(0.5);
        change(network);
        auto dense = network;
        network.projections[0].rule = Convolution{.kernel = 6, .channels = 2, .height = 6, .width = 6};
        dense.projections[0].rule = AllToAll{};
        const auto a = Simulation::make<double>(network, {.threads = 2, .runaway_rate = 0}), b = Simulation::make<double>(dense, {.runaway_rate = 0});
        const auto expect_same = [&](const char* when) {
            auto x = a->weights("E_to_E"), y = b->weights("E_to_E");
            for (auto* all : {&x, &y}) std::ranges::sort(*all, {}, [](const SynapseWeight& s) { return std::pair(s.source, s.target); });
            ASSERT_EQ(x.size(), y.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                ASSERT_EQ(std::tuple(x[i].source, x[i].target, x[i].delay), std::tuple(y[i].source, y[i].target, y[i].delay));
                ASSERT_NEAR(x[i].weight, y[i].weight, 1e-9) << when;
            }
        };
        const auto both = [&](auto&& act) { act(*a, network), act(*b, dense); };
        const auto expect_same_run = [&](Index steps, const char* when) {
            ASSERT_EQ(record(*a, network, steps), record(*b, dense, steps)) << when;
            expect_same(when);
        };
        expect_same_run(2003, "learning");
        both([](Simulation& s, const auto&) { s.normalise("E_to_E", 50); });
        expect_same_run(501, "normalised");
        both([](Simulation& s, const auto&) { s.set_learning(false); });
        const auto kept = a->weights("E_to_E").front().weight;
        expect_same_run(501, "not learning");
        EXPECT_EQ(a->weights("E_to_E").front().weight, kept);
        both([](Simulation& s, const auto&) { s.set_learning(true); });
        expect_same_run(503, "learning again, with spikes on their way");
        both([](Simulation& s, const auto&) { s.rest(); });
        expect_same_run(1003, "after a rest");
    }
}

TEST(Convolution, AKernelOfOnePlaceLearnsAsADenseProjection) { expect_to_learn_as_dense([](SimulationNetwork&) {}); }
TEST(Convolution, AKernelOfOnePlaceLearnsAsADenseProjectionOfManyDelays) { expect_to_learn_as_dense(delay_each); }
TEST(Convolution, AKernelOfOnePlaceLearnsAsADenseProjectionWhoseDelayIsMostlyAxonal) {
    expect_to_learn_as_dense([](SimulationNetwork& network) { network.projections[0].delay = Distribution(2.0), network.projections[0].axonal_delay = 1.8; });
}

/// The 7 steps before learning begins again have spikes that arrive after it.
TEST(Convolution, SpikesFromBeforeLearningChangeNothingAfterAResumeEither) {
    for (const ConnectionRule& rule : {ConnectionRule(AllToAll{}), ConnectionRule(Convolution{.kernel = 3, .channels = 2, .height = 10, .width = 12, .stride = 2, .padding = 1})}) {
        auto network = convolution_network(paired(Pairing::restricted));
        network.projections[0].rule = rule, network.projections[0].weight = Distribution(0.5);
        const auto first = Simulation::make<double>(network, {.threads = 2, .runaway_rate = 0}), second = Simulation::make<double>(network, {.runaway_rate = 0});
        first->run(500), first->set_learning(false), first->run(300), first->set_learning(true);
        const TemporaryFolder folder;
        H5Writer writer(folder / "state.h5");
        first->save(writer), writer.commit();
        second->load(H5Reader(folder / "state.h5"));
        const auto trains = record(*first, network, 400);
        EXPECT_TRUE(outcome_of(*first, network, trains) == outcome_of(*second, network, record(*second, network, 400)));
    }
}

struct AnyKernel : testing::TestWithParam<SynapseKind> {
    SimulationNetwork network = std::holds_alternative<StdpDopamine>(GetParam()) ? network_of_dopamine(17) : convolution_network(GetParam(), 17);
};
const std::array kernel_names{"triplet", "triplet_homeostatic", "nearest_restricted", "nearest_presynaptic", "stdp_dopamine"};
INSTANTIATE_TEST_SUITE_P(Convolution, AnyKernel, testing::Values(SynapseKind(triplet), SynapseKind(homeostatic), SynapseKind(paired(Pairing::restricted)), SynapseKind(paired(Pairing::centred)), SynapseKind(dopamine)),
                         [](const auto& info) { return kernel_names[info.index]; });

TEST_P(AnyKernel, DoesNotDependOnThreadsOrWindow) {
    const auto one = run<float>(network, {.threads = 1});
    ASSERT_GT(one.trains[1].size(), 200u);
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}) == one) << threads;
    EXPECT_TRUE(run<float>(network, {.threads = 2, .window = 1}) == one);
}

TEST_P(AnyKernel, OfManyDelaysDoesNotDependOnThreadsOrABreak) {
    delay_each(network);
    const auto one = run<float>(network, {.threads = 1}, 1500);
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}, 1500) == one) << threads;
    for (const int threads : {1, 8}) EXPECT_TRUE(run_with_a_break<float>(network, 3, threads, 705, 795) == one) << threads;
    network.projections[0].delay = Distribution(2.0), network.projections[0].axonal_delay = 1.8;
    EXPECT_TRUE(run<float>(network, {.threads = 8}) == run<float>(network, {.threads = 1})) << "postsynaptic spikes of others are needed before the shortest delay has passed";
}

TEST_P(AnyKernel, ResumedEqualsUninterruptedForAnyThreads) {
    const auto whole = run<float>(network, {.threads = 2}, 1500);
    for (const int threads : {1, 2, 8}) EXPECT_TRUE(run_with_a_break<float>(network, 3, threads, 705, 795) == whole) << threads;
}

TEST(Convolution, WhatSharedWeightsCannotDoIsRefused) {
    const auto message = [](const SynapseKind& synapse, const ValueRule& delay, double axonal = 0, const std::optional<ValueRule>& weight = {}) {
        auto network = convolution_network(synapse);
        network.projections[0].delay = delay, network.projections[0].axonal_delay = axonal;
        if (weight) network.projections[0].weight = *weight;
        try {
            Simulation::make<float>(network, {});
            return std::string("accepted");
        } catch (const Error& e) {
            return std::string(e.what());
        }
    };
    EXPECT_EQ(message(power_law, Distribution(Uniform{.min = 1, .max = 2}), 0.9), "accepted");
    EXPECT_EQ(message(power_law, Distribution(Uniform{.min = 1, .max = 2}), 1),
              "projection 'E_to_E': a plastic synapse needs a dendritic delay of 1 to 65535 steps, and here they are 0 to 10; bound the delay with redraw, or shorten its axonal part");
    const std::string distances = "projection 'E_to_E': synapses of a convolution that share a weight and a delay have several distances; draw them, or give a number";
    EXPECT_EQ(message(power_law, Distribution(1.0), 0, DistanceFunction(LinearDistance{.c = 1})), distances);
    EXPECT_EQ(message(power_law, DistanceFunction(LinearDistance{.c = 1})), distances);
    auto inhibitory = power_law;
    inhibitory.w_max = -6;
    EXPECT_NE(message(inhibitory, Distribution(1.0)).find("does not have the sign of its rule"), std::string::npos);
}

}  // namespace convolution_cases::in_a_network
}  // namespace tripartite
