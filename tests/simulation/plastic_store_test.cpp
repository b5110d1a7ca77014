#include "simulation/plastic_store.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/io/temporary_folder.hpp"
#include "tests/simulation/plastic_cases.hpp"

namespace tripartite {
namespace plastic_cases::plastic_store_test {

const StdpPair soft{}, additive{.alpha = 1.05, .mu_plus = 0, .mu_minus = 0};
const StdpPair mixed{.tau_plus = 15, .tau_minus = 30, .alpha = 1.05, .mu_plus = 0.3, .mu_minus = 0.7};
const StdpPowerLaw power_law{.tau_plus = 15, .tau_minus = 30, .alpha = 0.0513};
const StdpPair symmetric{.mu_plus = 0.3, .pairing = Pairing::symmetric}, restricted{.tau_minus = 30, .mu_plus = 0, .pairing = Pairing::restricted},
    centred{.tau_plus = 15, .mu_minus = 0, .pairing = Pairing::centred};
const StdpPowerLaw restricted_power_law{.alpha = 0.05, .pairing = Pairing::restricted};
const Triplet triplet{.a2_plus = 0.1, .a3_plus = 0.3, .a2_minus = 0.2, .a3_minus = 0.15};
const VogelsInhibitory vogels{.eta = 0.3, .alpha = 0.9, .w_max = 100};
const Triplet nearest_triplet{.a2_plus = 0.1, .a3_plus = 0.3, .a2_minus = 0.2, .a3_minus = 0.15, .pairing = Pairing::symmetric};
const SpikeHomeostasis homeostasis{.dw_plus = 0.7, .dw_minus = 0.5};
const TripletHomeostatic homeostatic_triplet{.tau_hom = 200, .a3_plus = 0.5, .rate = 30};
const std::vector<PlasticRule> rules{soft, additive, mixed, power_law, symmetric, restricted, centred, restricted_power_law, triplet, vogels, nearest_triplet, homeostasis, homeostatic_triplet};

/// 40 neurons at 30 Hz for 0.6 s.
Case random_case(const PlasticRule& rule) { return {rule, 40, random_synapses(40, 30, 19, 20), random_trains(40, 6000, 30)}; }
/// The same, where all dendritic delays are 15 steps.
Case one_delay_case(const PlasticRule& rule, std::uint32_t axonal = 7) {
    Case c{rule, 40, random_synapses(40, 30, axonal, 1), random_trains(40, 6000, 30)};
    for (Synapse& s : c.synapses) s.dendritic = 15;
    return c;
}

/// NEST 3.10, `stdp_synapse` between two parrot neurons: the weights with which spikes of 10, 30, 50 and 90 ms are delivered
/// when the other neuron fires at 12, 29, 50 and 60 ms.
TEST(PlasticStore, ReproducesWeightsOfNest) {
    const auto delivered = [](StdpPair rule, int delay) {
        rule.w_max = 10;
        const std::vector<std::size_t> pre{100, 300, 500, 900};
        const Outcome outcome = simulate<double>(one_synapse(rule, 5, delay, pre, {120, 290, 500, 600}));
        std::vector<double> weights;
        for (const std::size_t t : pre) weights.push_back(outcome.input[(t + std::size_t(delay)) * 2 + 1]);
        return weights;
    };
    EXPECT_LT(largest_difference(delivered(soft, 10), {5, 5.039638424270, 5.013174445947, 5.104147543739}), 1e-10);
    EXPECT_LT(largest_difference(delivered(soft, 30), {5, 5.015137771796, 5.047372743379, 5.124321474375}), 1e-10);
    EXPECT_LT(largest_difference(delivered(additive, 10), {5, 5.077980173905, 5.022842930119, 5.205530410589}), 1e-10);
}

/// NEST 3.10, one synapse of each kind between two neurons that fire at given times, with delays of 1 and 3 ms.
TEST(PlasticStore, EveryRuleReproducesWeightsOfNest) {
    const auto file = nlohmann::json::parse(std::ifstream(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/nest/rules.json"));
    const double tau_minus = file["tau_minus"], tau_y = file["tau_minus_triplet"];
    StdpPair pair{.tau_plus = 15, .tau_minus = tau_minus, .mu_plus = 0.5, .mu_minus = 0.8, .w_max = 10};
    const auto pairing = [&](Pairing which) { return pair.pairing = which, pair; };
    const std::vector<std::pair<const char*, PlasticRule>> models{
        {"stdp_synapse", pairing(Pairing::all)}, {"stdp_nn_symm_synapse", pairing(Pairing::symmetric)},
        {"stdp_nn_restr_synapse", pairing(Pairing::restricted)}, {"stdp_nn_pre_centered_synapse", pairing(Pairing::centred)},
        {"stdp_triplet_synapse", Triplet{.tau_minus = tau_minus, .tau_y = tau_y, .w_max = 10}},
        {"vogels_sprekeler_synapse", VogelsInhibitory{.tau = 20, .eta = 0.01, .w_max = 0.8}}};
    const auto steps = [&](const char* key) {
        std::vector<std::size_t> all;
        for (const std::size_t ms : file[key]) all.push_back(ms * 10);
        return all;
    };
    const auto pre = steps("pre");
    for (const auto& [name, rule] : models)
        for (std::size_t d = 0; d < file["delays"].size(); ++d) {
            const int delay = file["delays"][d].get<int>() * 10;
            Case c = one_synapse(rule, file[name]["weight"], delay, pre, steps("post"));
            std::vector<double> weights;
            const Outcome outcome = simulate<double>(c);
            for (const std::size_t t : pre) weights.push_back(outcome.input[(t + std::size_t(delay)) * 2 + 1]);
            EXPECT_LT(largest_difference(weights, file[name]["weights"][d]), 1e-10) << name << ", delay " << delay;
        }
}

/// 60 pairs of spikes, 10 ms apart, at a rate in Hz: the sum of all changes (Pfister and Gerstner 2006, figure 2 A).
TEST(PlasticStore, TripletsDependOnTheRateOfPairs) {
    const auto change = [](std::size_t rate, bool pre_first) {
        std::vector<std::size_t> first, second;
        for (std::size_t k = 0; k < 60; ++k) first.push_back(1 + k * 10000 / rate), second.push_back(first.back() + 100);
        // Both parts of the delay are one step: at the synapse spikes are as far apart as they were.
        Case c{Triplet{}, 2, {{0, 1, 1, 1, 10}}, Trains(60 * 10000 / rate + 200)};
        for (const std::size_t t : pre_first ? first : second) c.trains[t].push_back(0);
        for (const std::size_t t : pre_first ? second : first) c.trains[t].push_back(1);
        return simulate<double>(c).weights[0] - 10;
    };
    const std::vector<std::tuple<std::size_t, double, double>> sums{
        {1, 0.00007, -0.31216}, {10, 0.13205, -0.33362}, {20, 0.24696, -0.35162}, {40, 0.53372, 0.15479}, {50, 0.74091, 0.72725}};
    for (const auto& [rate, after, before] : sums) {
        EXPECT_NEAR(change(rate, true), after, 6e-6) << rate;
        EXPECT_NEAR(change(rate, false), before, 6e-6) << rate;
    }
}

TEST(PlasticStore, PairsOfSpikesChangeAWeightAsTheRuleSays) {
    EXPECT_NEAR(simulate<double>(one_synapse(soft, 50, 10, {100}, {190})).weights[0], 50 + 0.5 * std::exp(-0.5), 1e-12);
    EXPECT_NEAR(simulate<double>(one_synapse(soft, 50, 10, {210}, {100})).weights[0], 50 - 0.5 * std::exp(-0.5), 1e-12);
    EXPECT_NEAR(simulate<double>(one_synapse(StdpPowerLaw{}, 50, 10, {100}, {190})).weights[0], 50 + 0.1 * std::pow(50, 0.4) * std::exp(-0.5), 1e-12);
    EXPECT_NEAR(simulate<double>(one_synapse(StdpPowerLaw{}, 50, 10, {210}, {100})).weights[0], 50 - 0.1 * 50 * std::exp(-0.5), 1e-12);
}

TEST(PlasticStore, SpikesThatReachTheSynapseTogetherDoNotPair) {
    EXPECT_EQ(simulate<double>(one_synapse(soft, 50, 10, {200}, {190})).weights[0], 50);
}

TEST(PlasticStore, FollowsTheRuleOverAllSpikesForAnyDelays) {
    for (const PlasticRule& rule : rules) {
        const Case c = random_case(rule);
        const Outcome exact = brute_force(c), lazy = simulate<double>(c);
        EXPECT_LT(largest_difference(lazy.weights, exact.weights), 1e-10) << rule.index();
        EXPECT_LT(largest_difference(lazy.input, exact.input), 1e-10) << rule.index();
    }
}

TEST(PlasticStore, FollowsTheRuleOverAllSpikesForOneDelay) {
    for (const PlasticRule& rule : rules)
        for (const std::uint32_t axonal : {0u, 5u}) {
            const Case c = one_delay_case(rule, axonal);
            EXPECT_LT(largest_difference(simulate<double>(c).weights, brute_force(c).weights), 1e-10) << rule.index();
        }
}

TEST(PlasticStore, FollowsBursts) {
    Case c = random_case(soft);
    c.trains = random_trains(40, 1500, 800);
    EXPECT_LT(largest_difference(simulate<double>(c).weights, brute_force(c).weights), 1e-10);
}

TEST(PlasticStore, InhibitoryWeightsMirrorExcitatoryOnes) {
    Case excitatory = random_case(mixed), inhibitory = excitatory;
    std::get<StdpPair>(inhibitory.rule).w_max = -100;
    for (Synapse& s : inhibitory.synapses) s.weight = -s.weight;
    Outcome expected = simulate<double>(excitatory), mirrored = simulate<double>(inhibitory);
    for (double& w : mirrored.weights) w = -w;
    for (double& i : mirrored.input) i = -i;
    EXPECT_EQ(mirrored, expected);
}

/// Another dendritic delay of a synapse from a silent neuron, so that delays are stored for each synapse.
TEST(PlasticStore, OneDelayForAllChangesNoBit) {
    for (const PlasticRule& rule : rules) {
        Case one = one_delay_case(rule);
        for (auto& fired : one.trains) std::erase(fired, 39);
        Case several = one;
        several.synapses.push_back({39, 3, 30, 5, 50});
        Outcome expected = simulate<double>(one), outcome = simulate<double>(several);
        expected.weights.push_back(brute_force(several).weights.back());  // 50, unless postsynaptic spikes count alone
        EXPECT_EQ(outcome, expected) << rule.index();
    }
}

template <class Real> void expect_marks_change_no_bit(const Case& c) {
    const Outcome expected = simulate<Real>(c);
    EXPECT_EQ(simulate<Real>(c, 777), expected);
    EXPECT_EQ(simulate<Real>(c, 10000), expected);
    EXPECT_EQ(simulate<Real>(c, 4000, 3345), expected);
}

TEST(PlasticStore, NeitherMarksNorSavingChangeABit) {
    for (const PlasticRule& rule : rules) {
        expect_marks_change_no_bit<float>(random_case(rule));
        expect_marks_change_no_bit<float>(one_delay_case(rule));
        expect_marks_change_no_bit<double>(random_case(rule));
        expect_marks_change_no_bit<double>(one_delay_case(rule));
    }
}

/// Neurons are shared among workers in contiguous ranges.
TEST(PlasticStore, AWeightDoesNotDependOnWhoElseIsOwned) {
    for (const PlasticRule& rule : rules) {
        const Case all = one_delay_case(rule);
        const Outcome expected = simulate<float>(all);
        Case few = all;
        std::erase_if(few.synapses, [](const Synapse& s) { return s.target < 13; });
        const Outcome outcome = simulate<float>(few);
        std::vector<double> kept;
        for (std::size_t i = 0; i < all.synapses.size(); ++i)
            if (all.synapses[i].target >= 13) kept.push_back(expected.weights[i]);
        EXPECT_EQ(outcome.weights, kept) << rule.index();
    }
}

/// Indices of targets take 16 bits up to 65 536 of them, else 32.
TEST(PlasticStore, ManyTargetsChangeNoBit) {
    const Case c = one_delay_case(power_law);
    constexpr std::uint32_t shift = 70000;
    PlasticStore<float> narrow = make_store<float>(c), wide(c.rule, dt, c.neurons, shift + c.neurons);
    for (const Synapse& s : c.synapses) wide.count(s.source, s.axonal, s.dendritic);
    wide.finish_counts();
    for (const Synapse& s : c.synapses) wide.add(s.source, shift + s.target, s.axonal, s.dendritic, float(s.weight));
    const auto fired = [&](Index step) { return std::span<const std::uint32_t>(c.trains[std::size_t(step)]); };
    std::vector<float> few(c.neurons), many(shift + c.neurons);
    for (Index t = 0; t < 3000; ++t) {
        EXPECT_EQ(narrow.deliver(t, fired, few.data()), wide.deliver(t, fired, many.data()));
        for (const std::uint32_t n : fired(t)) {
            narrow.source_fired(n, t), wide.source_fired(n, t);
            narrow.target_fired(n, t), wide.target_fired(shift + n, t);
        }
    }
    EXPECT_TRUE(std::equal(few.begin(), few.end(), many.begin() + shift));
    for (std::uint64_t i = 0; i < c.synapses.size(); ++i) ASSERT_EQ(wide.weight(i), narrow.weight(i));
    EXPECT_EQ(wide.target(0), shift + narrow.target(0));
}

TEST(PlasticStore, FloatFollowsDouble) {
    for (const PlasticRule& rule : rules) {
        const Case c = random_case(rule);
        EXPECT_LT(largest_difference(simulate<float>(c).weights, simulate<double>(c).weights), 1e-3) << rule.index();
    }
}

TEST(PlasticStore, ErrorsNameTheRemedy) {
    EXPECT_EQ(error_of([] { PlasticStore<float>(StdpPair{.w_max = 0}, dt, 1, 1); }),
              "stdp_pair: w_max is 0, so that every weight would stay 0: set it above 0, or below for inhibitory synapses");
    PlasticStore<float> store(soft, dt, 1, 1);
    EXPECT_EQ(error_of([&] { store.count(0, 3, 0); }),
              "a plastic synapse needs a dendritic delay of 1 to 65535 steps, not 0 (and 3 steps axonal): by default the whole delay is dendritic");
    store.count(0, 0, 1), store.finish_counts();
    EXPECT_EQ(error_of([&] { store.add(0, 0, 0, 1, -3); }),
              "a plastic weight of -3 does not have the sign of its rule, which is positive (that of w_max, if the rule has one)");
}

}  // namespace plastic_cases::plastic_store_test
}  // namespace tripartite
