// Plastic synapses of a convolution, which share their weights.
#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <map>

#include "tests/simulation/network_cases.hpp"

namespace tripartite {
namespace convolution_test {

/// Two channels of 10 x 12 that fire by chance, onto channels of 5 x 6 neurons.
SimulationNetwork convolution_network(const SynapseKind& synapse, std::uint32_t channels = 5) {
    SimulationNetwork network;
    SimulatedPopulation source;
    source.name = "S", source.size = 240, source.source = PoissonTrains{.rate = 40};
    network.populations.push_back(source);
    network.populations.push_back(population_of("N", channels * 30, make_neuron<IafPscDelta>({.tau_m = 20, .t_ref = 0.5})));
    network.projections.push_back(projection_of("S", "N", Convolution{.kernel = 3, .channels = 2, .height = 10, .width = 12, .stride = 2, .padding = 1},
                                                Distribution(Uniform{.min = 1, .max = 5}), Distribution(0.7)));
    network.projections.back().name = "E_to_E", network.projections.back().synapse = synapse;
    return network;
}

const StdpPair power_law{.lambda = 0.002, .mu_plus = 0.4, .mu_minus = 0.6, .w_max = 6};
StdpPair paired(Pairing pairing) {
    auto rule = power_law;
    rule.pairing = pairing;
    return rule;
}
const Triplet triplet{.a2_plus = 2e-3, .a3_plus = 5e-3, .a2_minus = 4e-3, .a3_minus = 1e-3, .w_max = 6};

/// Where the kernel's row k, column l of target row y, column x looks, or -1.
int source_at(int y, int x, int k, int l) {
    const int row = 2 * y + k - 1, column = 2 * x + l - 1;
    return row < 0 || column < 0 || row >= 10 || column >= 12 ? -1 : row * 12 + column;
}

/// What all earlier spikes of a neuron leave in step `now`: the sum of exponentials, or that of the last one.
double trace_of(const std::vector<Index>& spikes, Index now, double tau, bool nearest = false) {
    double sum = 0;
    for (const Index s : spikes)
        if (s < now) sum = (nearest ? 0 : sum) + std::exp(-double(now - s) * 0.1 / tau);
    return sum;
}

/// The kernels after `steps` steps, by the definition: changes of all synapses that share a weight add up, from spikes as they were.
template <class Potentiate, class Depress>
std::vector<double> expected_kernels(std::vector<double> w, const Trains& trains, int channels, Index steps, double w_max, Potentiate&& potentiate, Depress&& depress) {
    constexpr Index delay = 7;
    std::vector<std::vector<Index>> before(240), after(std::size_t(channels) * 30);
    for (const auto& s : trains[0]) before[s.neuron].push_back(s.step);
    for (const auto& s : trains[1]) after[s.neuron].push_back(s.step + delay);
    for (Index now = 0; now < steps - delay; ++now)
        for (const bool later : {false, true}) {
            std::vector<double> change(w.size());
            for (int o = 0; o < channels; ++o)
                for (int i = 0; i < 2; ++i)
                    for (int at = 0; at < 30 * 9; ++at) {
                        const int y = at / 9 / 6, x = at / 9 % 6, source = source_at(y, x, at % 9 / 3, at % 3);
                        if (source < 0) continue;
                        const auto &pre = before[std::size_t(i * 120 + source)], &post = after[std::size_t(o * 30 + at / 9)];
                        const std::size_t n = std::size_t((o * 2 + i) * 9 + at % 9);
                        if (!std::ranges::binary_search(later ? pre : post, now)) continue;
                        change[n] += later ? depress(w[n], post, pre, now) : potentiate(w[n], pre, post, now);
                    }
            for (std::size_t n = 0; n < w.size(); ++n)
                if (change[n] != 0) w[n] = std::clamp(w[n] + change[n], 0.0, w_max);
        }
    return w;
}

/// By number, from the weights of all synapses, which must agree.
std::vector<double> kernels_of(Simulation& simulation, const SimulationNetwork& network) {
    const PairSpace space{network.populations[0].size, network.populations[1].size};
    const auto connector = make_connector(network.projections[0].rule, space, RandomStream(1, "test", "unused"));
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> number;
    connector->enumerate({0, space.targets}, [&](std::span<const Pair> pairs) { for (const auto& p : pairs) number[{p.source, p.target}] = p.number; });
    std::map<std::uint64_t, double> kernels;
    for (const auto& synapse : simulation.weights("E_to_E")) {
        const auto [at, added] = kernels.emplace(number.at({synapse.source, synapse.target}), synapse.weight);
        EXPECT_EQ(at->second, synapse.weight);
    }
    std::vector<double> values;
    for (const auto& [n, w] : kernels) values.push_back(w);
    return values;
}

template <class Potentiate, class Depress> void expect_definition(const SynapseKind& rule, double w_max, Potentiate&& potentiate, Depress&& depress) {
    const auto network = convolution_network(rule);
    const auto simulation = Simulation::make<double>(network, {.threads = 2});
    const auto start = kernels_of(*simulation, network);
    ASSERT_EQ(start.size(), 5u * 18u);
    const Index steps = 3000;
    const auto trains = record(*simulation, network, steps);
    ASSERT_GT(trains[1].size(), 500u);
    const auto kernels = kernels_of(*simulation, network), expected = expected_kernels(start, trains, 5, steps, w_max, potentiate, depress);
    double moved = 0;
    for (std::size_t n = 0; n < kernels.size(); ++n) {
        EXPECT_NEAR(kernels[n], expected[n], 1e-9) << n;
        moved += std::fabs(kernels[n] - start[n]) / double(kernels.size());
    }
    EXPECT_GT(moved, 0.05);
}

using Spikes = std::vector<Index>;

TEST(Convolution, SharedWeightsChangeByTheSumOfTheirSynapses) {
    for (const auto pairing : {Pairing::all, Pairing::symmetric}) {
        const auto r = paired(pairing);
        const bool nearest = pairing != Pairing::all;
        expect_definition(r, 6,
            [&](double w, const Spikes& pre, const Spikes&, Index now) { return std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * trace_of(pre, now, r.tau_plus, nearest)) - w; },
            [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, nearest)) - w; });
    }
}

TEST(Convolution, SharedWeightsFollowTheTripletRule) {
    const auto r = triplet;
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) { return std::min(r.w_max, w + trace_of(pre, now, r.tau_plus) * (r.a2_plus + r.a3_plus * trace_of(post, now, r.tau_y))) - w; },
        [&](double w, const Spikes& post, const Spikes& pre, Index now) { return std::max(0.0, w - trace_of(post, now, r.tau_minus) * (r.a2_minus + r.a3_minus * trace_of(pre, now, r.tau_x))) - w; });
}

/// The last spike before `now`, or one that is long ago.
Index last_before(const Spikes& spikes, Index now) {
    Index last = -1'000'000;
    for (const Index s : spikes)
        if (s < now) last = s;
    return last;
}

/// Neighbours in the common order; in a step postsynaptic spikes come first.
TEST(Convolution, SharedWeightsLearnByRestrictedNeighbours) {
    const auto r = paired(Pairing::restricted);
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) {
            const bool met = last_before(pre, now) < last_before(post, now);
            return met ? 0 : std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * trace_of(pre, now, r.tau_plus, true)) - w;
        },
        [&](double w, const Spikes& post, const Spikes& pre, Index now) {
            const bool met = last_before(pre, now) >= last_before(post, now + 1) && last_before(pre, now) >= 0;
            return met ? 0 : std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, true)) - w;
        });
}

/// Each presynaptic spike with the next and with the last postsynaptic one.
TEST(Convolution, SharedWeightsLearnByCentredNeighbours) {
    const auto r = paired(Pairing::centred);
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) {
            double sum = 0;
            for (const Index s : pre)
                if (s < now && s >= last_before(post, now)) sum += std::exp(-double(now - s) * 0.1 / r.tau_plus);
            return std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * sum) - w;
        },
        [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, true)) - w; });
}

/// Morrison et al. 2007: potentiation by a power of the weight.
TEST(Convolution, SharedWeightsFollowThePowerLaw) {
    const StdpPowerLaw r{.lambda = 0.004, .alpha = 0.8, .mu = 0.4};
    expect_definition(r, 1e9,
        [&](double w, const Spikes& pre, const Spikes&, Index now) { return r.lambda * std::pow(w, r.mu) * trace_of(pre, now, r.tau_plus); },
        [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.lambda * r.alpha * w * trace_of(post, now, r.tau_minus)) - w; });
}

const StdpDopamine dopamine{.tau_plus = 20, .tau_minus = 30, .tau_c = 60, .tau_n = 25, .a_plus = 5e-6, .a_minus = 5e-6, .b = 1, .w_max = 60};

SimulationNetwork network_of_dopamine(std::uint32_t channels = 5) {
    auto network = convolution_network(dopamine, channels);
    network.projections[0].dopamine = DopamineSource{"N", 1.2};
    network.projections[0].weight = Distribution(Uniform{.min = 3, .max = 5});  // far from a bound
    return network;
}

/// The differential equations in small steps: the eligibility of a weight is the sum of those of its synapses.
TEST(Convolution, SharedWeightsLearnByDopamine) {
    constexpr Index delay = 7, reward_delay = 12, steps = 3000, end = steps - 1 - delay;
    constexpr double dt = 0.1, h = dt / 4;
    const auto network = network_of_dopamine();
    const auto simulation = Simulation::make<double>(network, {.threads = 2});
    auto w = kernels_of(*simulation, network);
    const auto start = w;
    const auto trains = record(*simulation, network, steps);
    std::vector<double> c(w.size()), pre(240), post(150), rewards(std::size_t(steps) + reward_delay);
    std::map<Index, std::vector<std::uint32_t>> before, after;
    for (const auto& s : trains[0]) before[s.step].push_back(s.neuron);
    for (const auto& s : trains[1]) after[s.step + delay].push_back(s.neuron), rewards[std::size_t(s.step + reward_delay)] += 1 / dopamine.tau_n;
    double n = 0, moved = 0;
    for (Index now = 0; now <= end; ++now) {
        const auto each_synapse = [&](auto&& f) {
            for (std::size_t k = 0; k < w.size(); ++k)
                for (int at = 0; at < 30; ++at)
                    if (const int source = source_at(at / 6, at % 6, int(k % 9) / 3, int(k % 9) % 3); source >= 0) f(k, std::uint32_t(int(k / 9 % 2) * 120 + source), std::uint32_t(k / 18 * 30 + std::size_t(at)));
        };
        if (after.contains(now)) each_synapse([&](std::size_t k, std::uint32_t s, std::uint32_t t) { c[k] += double(std::ranges::count(after[now], t)) * dopamine.a_plus * pre[s]; });
        if (before.contains(now)) each_synapse([&](std::size_t k, std::uint32_t s, std::uint32_t t) { c[k] -= double(std::ranges::count(before[now], s)) * dopamine.a_minus * post[t]; });
        for (const auto t : after[now]) ++post[t];
        for (const auto s : before[now]) ++pre[s];
        n += rewards[std::size_t(now)];
        for (int part = 0; part < 4 && now < end; ++part) {
            for (std::size_t k = 0; k < w.size(); ++k) w[k] += h * c[k] * std::exp(-h / 2 / dopamine.tau_c) * (n * std::exp(-h / 2 / dopamine.tau_n) - dopamine.b), c[k] *= std::exp(-h / dopamine.tau_c);
            n *= std::exp(-h / dopamine.tau_n);
        }
        for (double& x : pre) x *= std::exp(-dt / dopamine.tau_plus);
        for (double& x : post) x *= std::exp(-dt / dopamine.tau_minus);
    }
    const auto found = kernels_of(*simulation, network);
    for (std::size_t k = 0; k < w.size(); ++k) {
        ASSERT_TRUE(w[k] > 0.5 && w[k] < 59) << w[k] << " from " << start[k] << " at a bound, which holds at events only";
        EXPECT_NEAR(found[k], w[k], 1e-5) << k;
        moved += std::fabs(w[k] - start[k]) / double(w.size());
    }
    EXPECT_GT(moved, 0.05);
}

/// A kernel as large as the sources has one synapse for each weight.
TEST(Convolution, AKernelOfOnePlaceLearnsAsADenseProjection) {
    for (const SynapseKind& synapse : {SynapseKind(power_law), SynapseKind(triplet), SynapseKind(VogelsInhibitory{.eta = 0.02, .w_max = 6}), SynapseKind(SpikeHomeostasis{.dw_plus = 0.01, .dw_minus = 0.02, .w_max = 6}),
                                      SynapseKind(paired(Pairing::restricted)), SynapseKind(paired(Pairing::centred)), SynapseKind(dopamine)}) {
        auto network = convolution_network(synapse);
        if (std::holds_alternative<StdpDopamine>(synapse)) network.projections[0].dopamine = DopamineSource{"N", 1.2};
        network.populations[0].size = 2 * 6 * 6, network.populations[1].size = 7;
        network.projections[0].weight = Distribution(0.5);
        auto dense = network;
        network.projections[0].rule = Convolution{.kernel = 6, .channels = 2, .height = 6, .width = 6};
        dense.projections[0].rule = AllToAll{};
        const auto a = Simulation::make<double>(network, {.threads = 2, .runaway_rate = 0}), b = Simulation::make<double>(dense, {.runaway_rate = 0});
        const auto expect_same = [&](const char* when) {
            const auto x = a->weights("E_to_E"), y = b->weights("E_to_E");
            ASSERT_EQ(x.size(), y.size());
            for (std::size_t i = 0; i < x.size(); ++i) {
                ASSERT_EQ(std::pair(x[i].source, x[i].target), std::pair(y[i].source, y[i].target));
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
        both([](Simulation& s, const auto&) { s.set_learning(true), s.rest(); });
        expect_same_run(1003, "after a rest");
    }
}

struct AnyKernel : testing::TestWithParam<SynapseKind> {
    SimulationNetwork network = std::holds_alternative<StdpDopamine>(GetParam()) ? network_of_dopamine(17) : convolution_network(GetParam(), 17);
};
const std::array kernel_names{"triplet", "nearest_restricted", "nearest_presynaptic", "stdp_dopamine"};
INSTANTIATE_TEST_SUITE_P(Convolution, AnyKernel, testing::Values(SynapseKind(triplet), SynapseKind(paired(Pairing::restricted)), SynapseKind(paired(Pairing::centred)), SynapseKind(dopamine)),
                         [](const auto& info) { return kernel_names[info.index]; });

TEST_P(AnyKernel, DoesNotDependOnThreadsOrWindow) {
    const auto one = run<float>(network, {.threads = 1});
    ASSERT_GT(one.trains[1].size(), 200u);
    for (const int threads : {2, 3, 8}) EXPECT_TRUE(run<float>(network, {.threads = threads}) == one) << threads;
    EXPECT_TRUE(run<float>(network, {.threads = 2, .window = 1}) == one);
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
    EXPECT_EQ(message(power_law, Distribution(Uniform{.min = 1, .max = 2})), "projection 'E_to_E': plastic synapses of a convolution have one delay, a number, and none of it is axonal");
    EXPECT_EQ(message(power_law, Distribution(1.0), 0.5), "projection 'E_to_E': plastic synapses of a convolution have one delay, a number, and none of it is axonal");
    EXPECT_EQ(message(power_law, Distribution(1.0)), "accepted");
    EXPECT_EQ(message(power_law, Distribution(1.0), 0, DistanceFunction(LinearDistance{.c = 1})), "projection 'E_to_E': synapses of a convolution that share a weight have several distances; draw the weights, or give a number");
    auto inhibitory = power_law;
    inhibitory.w_max = -6;
    EXPECT_NE(message(inhibitory, Distribution(1.0)).find("does not have the sign of its rule"), std::string::npos);
}

}  // namespace convolution_test
}  // namespace tripartite
