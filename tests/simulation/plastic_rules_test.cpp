// What single rules of plasticity say, and what happens to a store from outside.
#include <gtest/gtest.h>

#include "tests/simulation/plastic_cases.hpp"

namespace tripartite {
namespace plastic_cases::plastic_rules_test {

/// 40 neurons at 30 Hz for 0.6 s, with one delay.
Case random_case(const PlasticRule& rule) {
    Case c{rule, 40, random_synapses(40, 30, 7, 1), random_trains(40, 6000, 30)};
    for (Synapse& s : c.synapses) s.dendritic = 15;
    return c;
}

/// The same spikes with the defaults of the other rules.
TEST(PlasticStore, ReproducesWeightsOfNestForTripletsAndInhibition) {
    const auto delivered = [](const PlasticRule& rule, double weight) {
        const std::vector<std::size_t> pre{100, 300, 500, 900};
        const Outcome outcome = simulate<double>(one_synapse(rule, weight, 10, pre, {120, 290, 500, 600}));
        std::vector<double> weights;
        for (const std::size_t t : pre) weights.push_back(outcome.input[(t + 10) * 2 + 1]);
        return weights;
    };
    EXPECT_LT(largest_difference(delivered(Triplet{.tau_minus = 20, .tau_y = 110, .w_max = 10}, 1), {1, 0.998542762054, 0.994686585712, 1.014303349825}), 1e-10);
    EXPECT_LT(largest_difference(delivered(VogelsInhibitory{.eta = 0.01}, 0.5), {0.4988, 0.514160023495, 0.518211189570, 0.544462116489}), 1e-10);
}

/// In the trace form of Diehl and Cook's released code: a presynaptic spike sets pre to 1 and takes eta_pre post1; a postsynaptic one adds
/// eta_post pre post2, then sets both its traces to 1. Here a step lies between a spike and the synapse, so each spike comes alone.
TEST(PlasticStore, NearestTripletsAreTheRuleOfDiehlAndCook) {
    const std::vector<std::size_t> pre{10, 57, 130, 131, 300, 402, 511, 700}, post{12, 33, 90, 140, 290, 350, 404, 630};
    const double eta_pre = 1e-2, eta_post = 0.1;
    const Triplet rule{.tau_plus = 20, .tau_x = 1, .tau_minus = 20, .tau_y = 40, .a2_plus = 0, .a3_plus = eta_post, .a2_minus = eta_pre, .a3_minus = 0, .w_max = 1,
                       .pairing = Pairing::symmetric};
    double w = 0.3, x = 0, post1 = 0, post2 = 0;
    for (std::size_t t = 0; t < 1290; ++t) {
        if (t >= 1 && std::ranges::count(post, t - 1)) w = std::min(1.0, w + eta_post * x * post2), post1 = post2 = 1;
        if (std::ranges::count(pre, t)) w = std::max(0.0, w - eta_pre * post1), x = 1;
        x *= std::exp(-dt / 20), post1 *= std::exp(-dt / 20), post2 *= std::exp(-dt / 40);
    }
    EXPECT_NEAR(simulate<double>(one_synapse(rule, 0.3, 1, pre, post)).weights[0], w, 1e-12);
    EXPECT_GT(std::fabs(w - 0.3), 0.01);
}

TEST(PlasticStore, HomeostasisBalancesSpikesOfBothSides) {
    const PlasticRule rule = SpikeHomeostasis{.dw_plus = 2, .dw_minus = 3, .w_max = 7};
    EXPECT_EQ(simulate<double>(one_synapse(rule, 5, 1, {}, {100, 200})).weights[0], 0);  // before any presynaptic spike, and bounded
    EXPECT_EQ(simulate<double>(one_synapse(rule, 5, 1, {100, 200}, {})).weights[0], 7);
    EXPECT_EQ(simulate<double>(one_synapse(rule, 1, 1, {100, 150, 400}, {300})).weights[0], 4);
}

TEST(PlasticStore, NormalisedWeightsSumUpToTheTotal) {
    const Case c = random_case(StdpPair{});
    auto store = make_store<double>(c);
    std::vector<double> before(c.neurons), after(c.neurons);
    for (std::uint64_t i = 0; i < c.synapses.size(); ++i) before[store.target(i)] += store.weight(i);
    const double first = store.weight(0), sum = before[store.target(0)];
    store.normalise(300);
    EXPECT_NEAR(store.weight(0), first * 300 / sum, 1e-12);
    for (std::uint64_t i = 0; i < c.synapses.size(); ++i) after[store.target(i)] += store.weight(i);
    for (std::uint32_t n = 0; n < c.neurons; ++n) EXPECT_NEAR(after[n], before[n] > 0 ? 300 : 0, 1e-9);
}

/// With learning off every spike is delivered with the same weight; when it is on again, spikes of before do not count.
TEST(PlasticStore, WeightsStayWhileLearningIsOff) {
    for (const PlasticRule& rule : {PlasticRule(StdpPair{}), PlasticRule(Triplet{.a2_plus = 0.1}), PlasticRule(VogelsInhibitory{.eta = 0.3, .w_max = 100}),
                                    PlasticRule(SpikeHomeostasis{})}) {
        const Case c = random_case(rule);
        auto store = make_store<double>(c);
        std::vector<double> row(c.neurons), weights;
        const auto run = [&](Index from, Index to) {
            for (Index t = from; t < to; ++t) {
                store.deliver(t, [&](Index step) { return std::span<const std::uint32_t>(c.trains[std::size_t(step)]); }, row.data());
                for (const auto n : c.trains[std::size_t(t)]) store.source_fired(n, t), store.target_fired(n, t);
            }
            store.bring_up_to_date(to - 1);
            weights.clear();
            for (std::uint64_t i = 0; i < c.synapses.size(); ++i) weights.push_back(store.weight(i));
        };
        run(0, 2000);
        const auto learned = weights;
        store.set_learning(false);
        run(2000, 4000);
        EXPECT_EQ(weights, learned) << rule.index();
        store.set_learning(true);
        run(4000, 6000);
        EXPECT_NE(weights, learned) << rule.index();
    }
}

}  // namespace plastic_cases::plastic_rules_test
}  // namespace tripartite
