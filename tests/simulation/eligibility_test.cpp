// Synapses that learn by dopamine.
#include <gtest/gtest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/simulation/plastic_cases.hpp"

namespace tripartite {
namespace plastic_cases::eligibility_test {

const StdpDopamine usual{.tau_plus = 15, .tau_minus = 30, .tau_c = 150, .tau_n = 60, .a_plus = 1.2, .a_minus = 1, .b = 0.001, .w_max = 100};

std::vector<std::size_t> steps_of(const nlohmann::json& times) {
    std::vector<std::size_t> steps;
    for (const std::size_t ms : times) steps.push_back(ms * 10);
    return steps;
}

/// NEST 3.10, `stdp_dopamine_synapse` with a volume transmitter that two neurons reach: weights of each presynaptic spike, delays 1 and 3 ms.
TEST(Eligibility, ReproducesWeightsOfNest) {
    const auto file = nlohmann::json::parse(std::ifstream(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/nest/dopamine.json"));
    const auto pre = steps_of(file["pre"]), post = steps_of(file["post"]);
    for (const char* name : {"usual", "baseline", "bounded"})
        for (std::size_t d = 0; d < file["delays"].size(); ++d) {
            const auto& p = file[name]["params"];
            const int delay = file["delays"][d].get<int>() * 10;
            Case c{StdpDopamine{p["tau_plus"], file["tau_minus"], p["tau_c"], p["tau_n"], p["A_plus"], p["A_minus"], p["b"], p["Wmin"], p["Wmax"]}, 2,
                   {{0, 1, 0, delay, file[name]["weight"]}}, Trains(1300)};
            for (const auto t : pre) c.trains[t].push_back(0);
            for (const auto t : post) c.trains[t].push_back(1);
            for (const auto& neuron : file["dopamine"])
                for (const auto t : steps_of(neuron)) c.rewards.push_back(int(t));
            std::ranges::sort(c.rewards);
            const auto outcome = simulate<double>(c);
            std::vector<double> weights;
            for (const auto t : pre) weights.push_back(outcome.input[(t + std::size_t(delay)) * 2 + 1]);
            EXPECT_LT(largest_difference(weights, file[name]["weights"][d]), 1e-10) << name << ", delay " << delay;
        }
}

/// 40 neurons at 20 Hz for 2.3 s, dopamine from time to time.
Case random_case(const StdpDopamine& rule, int axonal, int dendritic) {
    Case c{rule, 40, random_synapses(40, 20, std::uint32_t(axonal), std::uint32_t(dendritic)), random_trains(40, 23000, 20)};
    if (dendritic == 1)
        for (Synapse& s : c.synapses) s.dendritic = 15;
    for (int t = 300; t < 23000; t += 611 + t % 97) c.rewards.push_back(t);
    c.rewards.push_back(c.rewards.back());
    return c;
}

/// The three differential equations in small steps with the midpoint rule, events at their times.
double integrated(const Case& c, const Synapse& s, const StdpDopamine& r) {
    constexpr int parts = 4;
    const double h = dt / parts;
    double w = s.weight, eligibility = 0, dopamine = 0, pre = 0, post = 0;
    const auto fires = [&](Index t, std::uint32_t neuron) { return t >= 0 && t < Index(c.trains.size()) && std::ranges::count(c.trains[std::size_t(t)], neuron); };
    const Index end = Index(c.trains.size()) - 1 - s.dendritic;  // when the last postsynaptic spikes that can count are at the synapse
    for (Index t = 0; t <= end; ++t) {
        const bool post_spike = fires(t - s.dendritic, s.target), pre_spike = fires(t - s.axonal, s.source);
        if (post_spike) eligibility += r.a_plus * pre;
        if (pre_spike) eligibility -= r.a_minus * post;
        post += post_spike, pre += pre_spike;
        dopamine += double(std::ranges::count(c.rewards, int(t))) / r.tau_n;
        for (int i = 0; i < parts && t < end; ++i) {
            const double middle_c = eligibility * std::exp(-h / 2 / r.tau_c), middle_n = dopamine * std::exp(-h / 2 / r.tau_n);
            w += h * middle_c * (middle_n - r.b);
            eligibility *= std::exp(-h / r.tau_c), dopamine *= std::exp(-h / r.tau_n);
        }
        pre *= std::exp(-dt / r.tau_plus), post *= std::exp(-dt / r.tau_minus);
    }
    return w;
}

TEST(Eligibility, FollowsTheDifferentialEquations) {
    for (const auto& c : {random_case(usual, 19, 20), random_case(usual, 5, 1)}) {
        const auto outcome = simulate<double>(c);
        for (std::size_t i = 0; i < c.synapses.size(); i += 37) {
            const double w = integrated(c, c.synapses[i], usual);
            if (w < 5 || w > 95) continue;  // bounds apply at events only
            EXPECT_NEAR(outcome.weights[i], w, 1e-5) << i;
        }
    }
}

template <class Real> void expect_marks_change_no_bit(const Case& c) {
    const Outcome expected = simulate<Real>(c);
    EXPECT_EQ(simulate<Real>(c, 777), expected);
    EXPECT_EQ(simulate<Real>(c, 10000), expected);
    EXPECT_EQ(simulate<Real>(c, 23000), expected);
    EXPECT_EQ(simulate<Real>(c, 4000, 12345), expected);
}

TEST(Eligibility, NeitherMarksNorSavingChangeABit) {
    for (const auto& c : {random_case(usual, 19, 20), random_case(usual, 5, 1)}) {
        expect_marks_change_no_bit<float>(c);
        expect_marks_change_no_bit<double>(c);
    }
}

/// Samples end in the middle of a second; what comes before them has been forgotten with their spikes.
TEST(Eligibility, IsRightAfterBeingClearedInTheMiddleOfASecond) {
    const StdpDopamine rule{.tau_c = 100, .tau_n = 50, .b = 0};
    Eligibility<double> eligibility(rule, 1);
    eligibility.resize(1);
    eligibility.know_until(1400);
    eligibility.clear(1400);
    eligibility.set(0, 0.5);
    eligibility.reward(1410, 1);
    std::vector<double> weight{20};
    eligibility.bring_up_to_date(1500, 0, weight);
    const double rate = 1.0 / 100 + 1.0 / 50, c = 0.5 * std::exp(-0.1);
    EXPECT_NEAR(eligibility.weight_at(0, 1500, weight[0]), 20 + c / 50 / rate * (1 - std::exp(-rate * 90)), 1e-12);
}

TEST(Eligibility, WithoutDopamineOrABaselineWeightsStay) {
    auto rule = usual;
    rule.b = 0;
    Case c = random_case(rule, 19, 20);
    c.rewards.clear();
    const auto outcome = simulate<double>(c);
    for (std::size_t i = 0; i < c.synapses.size(); ++i) ASSERT_EQ(outcome.weights[i], c.synapses[i].weight);
}

/// Dopamine that comes and goes at once turns the eligibility of that moment into weight: dw = R c, reward-modulated STDP.
TEST(Eligibility, ShortDopamineIsARewardTimesTheEligibility) {
    Case c{StdpDopamine{.tau_c = 200, .tau_n = 1e-3, .a_plus = 1, .b = 0}, 2, {{0, 1, 0, 10, 50}}, Trains(5000)};
    c.trains[100].push_back(0), c.trains[190].push_back(1);  // 10 ms apart at the synapse
    c.rewards = {2200, 2200};                                // 200 ms later, twice
    EXPECT_NEAR(simulate<double>(c).weights[0], 50 + 2 * std::exp(-10.0 / 20) * std::exp(-1.0), 1e-4);
}

}  // namespace plastic_cases::eligibility_test
}  // namespace tripartite
