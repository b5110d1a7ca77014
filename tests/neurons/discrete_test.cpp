// The neurons that are made to be trained, against closed forms and steps done by hand.
#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/io/temporary_folder.hpp"
#include "tests/neurons/trace.hpp"

namespace tripartite {
namespace {

std::vector<double> kick(int steps, double size = 1) {
    std::vector<double> input(std::size_t(steps), 0.0);
    input[0] = size;
    return input;
}

TEST(Meta, TheTwinFollowsItsEquationsStepByStep) {
    // v = v/2 + x + 1/4 - u of the step before; u = u/2 + s/4 of the step before; a spike clears v.
    const auto trace = run<Meta>({.decay = 0.5, .bias = 0.25, .recovery_decay = 0.5, .recovery_jump = 0.25, .deterministic = true}, {1, 0.5, 0.5, 0.5, 0.5});
    EXPECT_EQ(trace.membrane, (std::vector{1.25, 0.75, 0.875, 1.0625, 0.6875}));  // u after each step: 0, 1/4, 1/8, 1/16, 9/32
    EXPECT_EQ(trace.spikes, (std::vector{0, 3}));
}

TEST(Meta, FiresAsOftenAsItsProbabilitySays) {
    for (const double x : {0.7, 1.0, 1.3}) {
        TileBuffers<float> tile(make_neuron<Meta>({.decay = 0, .recovery_jump = 0, .slope = 4}), 1000, 1, 16);
        std::ranges::fill(tile.input, float(x)), std::ranges::fill(tile.state, 0.0f);
        tile.run();
        double fired = 0;
        for (int t = 0; t < tile.T; ++t) fired += std::popcount(tile.spikes[std::size_t(t)] & 0xffff);
        const double p = 1 / (1 + std::exp(-4 * (x - 1))), n = 16000;
        EXPECT_NEAR(fired / n, p, 5 * std::sqrt(p * (1 - p) / n));
    }
}

TEST(Meta, WhereItsProbabilityIsSteepItIsItsTwin) {
    const auto spikes = [](bool deterministic) {
        TileBuffers<double> tile(make_neuron<Meta>({.slope = 1e6, .deterministic = deterministic}), 200, 2, 16, 2);
        tile.run();
        return tile.spikes;
    };
    EXPECT_EQ(spikes(false), spikes(true));
}

TEST(QuadraticMeta, WithoutRecoveryItConvergesToTheLogisticCurve) {
    // tau v' = v^2 - v has the solution 1 / (1 + (1/v0 - 1) e^(t/tau)).
    const auto error = [](double dt) {
        const auto trace = run<QuadraticMeta>({.tau = 2, .a = 0, .c = 0.5, .deterministic = true}, std::vector<double>(std::size_t(std::lround(4 / dt)), 0.0), dt);
        return std::fabs(trace.membrane.back() - 1 / (1 + std::exp(2)));
    };
    EXPECT_LT(error(0.01), 1e-3);
    EXPECT_NEAR(error(0.02) / error(0.01), 2, 0.1);
}

TEST(QuadraticMeta, ASpikeResetsTheMembraneAndDrivesTheRecovery) {
    // h = 1/2: v = v + (v^2 - v - u + x)/2, u = u + (v/2 - u)/4 with the v before.
    const auto trace = run<QuadraticMeta>({.tau = 2, .a = 0.5, .b = 0.5, .c = 0.25, .d = 0.5, .deterministic = true}, {4, 0, 0});
    EXPECT_EQ(trace.membrane, (std::vector{2.15625, -0.109375, -0.2635498046875}));
    EXPECT_EQ(trace.spikes, std::vector{0});
}

TEST(CubaLif, AnswersToAKickWithTheDifferenceOfTwoDecays) {
    const auto trace = run<CubaLif>({.alpha = 0.6, .beta = 0.8, .threshold = 1e9}, kick(30));
    for (int t = 0; t < 30; ++t) EXPECT_NEAR(trace.membrane[std::size_t(t)], (std::pow(0.8, t + 1) - std::pow(0.6, t + 1)) / 0.2, 1e-14);
}

TEST(CubaLif, ResetsTheMembraneAndKeepsTheCurrent) {
    EXPECT_EQ(run<CubaLif>({}, kick(4)).membrane, (std::vector{1.0, 0.5, 0.25, 0.3125}));  // the current halves; the membrane starts anew twice
    EXPECT_EQ(run<CubaLif>({.reset = CubaLif::Reset::subtract}, kick(4)).membrane, (std::vector{1.0, 0.875, 0.53125, 0.1484375}));
}

TEST(Alif, OfBellecRaisesItsThresholdByEverySpike) {
    // No leak to speak of: v grows by 1 a step and falls by 1 after a spike; b counts spikes, and the threshold is 1 + 0.4 b.
    const Alif::Params<double> p{.form = Alif::Form::bellec, .tau_m = 1e12, .tau_a = 1e12, .threshold = 1, .strength = 0.4};
    const auto trace = run<Alif>(p, std::vector<double>(6, 1.0));
    EXPECT_EQ(trace.spikes, (std::vector{0, 2, 3, 5}));  // v 1, 1, 2, 2, 2, 3 against thresholds of 1, 1.4, 1.4, 1.8, 2.2, 2.2
}

TEST(Alif, OfYinFollowsItsEquationsStepByStep) {
    const double alpha = std::exp(-1 / 20.0), rho = std::exp(-1 / 100.0);
    double v = 0, b = 0, s = 0;
    const auto trace = run<Alif>({.resistance = 2}, std::vector<double>(40, 0.3));
    ASSERT_GT(trace.spikes.size(), 3u);
    for (int t = 0; t < 40; ++t) {
        b = rho * b + (1 - rho) * s;
        const double B = 0.01 + 1.8 * b;
        v = alpha * v + (1 - alpha) * 2 * 0.3 - B * s;
        s = v >= B;
        ASSERT_NEAR(trace.membrane[std::size_t(t)], v, 1e-14);
        ASSERT_EQ(std::ranges::count(trace.spikes, t), s);
    }
}

TEST(AdLif, FollowsItsEquationsStepByStep) {
    double u = 0, w = 0, s = 0;
    const auto trace = run<AdLif>({.a = 0.1, .b = 0.8}, std::vector<double>(80, 12.0));
    ASSERT_GT(trace.spikes.size(), 3u);
    for (int t = 0; t < 80; ++t) {
        w = 0.98 * w + 0.1 * u + 0.8 * s;
        u = 0.9 * (u - s) + (1 - 0.9) * (12.0 - w);
        s = u >= 1;
        ASSERT_NEAR(trace.membrane[std::size_t(t)], u, 1e-12);
        ASSERT_EQ(std::ranges::count(trace.spikes, t), s);
    }
}

TEST(ResonateAndFire, RingsAtItsFrequencyAfterAKick) {
    const auto trace = run<ResonateAndFire>({.tau = 15, .omega = 0.7, .threshold = 1e9}, kick(60), 0.5);
    for (int t = 0; t < 60; ++t) EXPECT_NEAR(trace.membrane[std::size_t(t)], std::exp(-0.5 * t / 15) * std::sin(0.7 * 0.5 * t), 1e-13);
}

TEST(ResonateAndFire, TwoKicksInItsRhythmMakeItFireAndOthersDoNot) {
    const auto fires = [](int interval) {
        std::vector<double> input(60, 0.0);
        input[0] = input[std::size_t(interval)] = 0.8;
        return !run<ResonateAndFire>({.tau = 30, .omega = 0.5}, input).spikes.empty();
    };
    EXPECT_TRUE(fires(13));   // 2 pi / omega = 12.6 steps
    EXPECT_FALSE(fires(6));   // half a turn
    EXPECT_FALSE(fires(19));  // one turn and a half
}

TEST(Adex, FarBelowItsOnsetItIsALeakyIntegrator) {
    const auto trace = run<Adex>({.tau_m = 8, .v_onset = 50}, std::vector<double>(30, 0.5));
    for (int t = 0; t < 30; ++t) EXPECT_NEAR(trace.membrane[std::size_t(t)], 0.5 * (1 - std::pow(1 - 1 / 8.0, t + 1)), 1e-14);
}

TEST(Adex, HalvingTheStepHalvesTheError) {
    const auto after = [](double dt) { return run<Adex>({.a = 0.2}, std::vector<double>(std::size_t(std::lround(20 / dt)), 0.7), dt).membrane.back(); };
    const double exact = after(0.001);
    EXPECT_NEAR((after(0.2) - exact) / (after(0.1) - exact), 2, 0.1);
}

TEST(Adex, AdaptationMakesItFireLessAndLess) {
    const auto spikes = run<Adex>({}, std::vector<double>(400, 1.5)).spikes;
    ASSERT_GT(spikes.size(), 4u);
    EXPECT_GT(spikes[3] - spikes[2], spikes[1] - spikes[0]);
}

TEST(LevyBaxter, FiresAsOftenAsItsProbabilitySays) {
    for (const double y : {-1.0, 0.2, 0.5, 3.0}) {
        TileBuffers<float> tile(make_neuron<LevyBaxter>({.release = 0.7, .threshold = 0.5}), 1000, 1, 16);
        std::ranges::fill(tile.input, float(y));
        tile.run();
        double fired = 0;
        for (int t = 0; t < tile.T; ++t) fired += std::popcount(tile.spikes[std::size_t(t)] & 0xffff);
        const double p = y > 0 ? 0.7 * std::exp(-0.5 / y) : 0, n = 16000;
        EXPECT_NEAR(fired / n, p, 5 * std::sqrt(p * (1 - p) / n));
    }
}

TEST(LearnedFraction, IsStoredAsItsLogit) {
    const auto decay = make_neuron<Meta>({}, {{"decay", true}}).learned.at(0);
    for (const double value : {0.01, 0.5, 0.99}) {
        const double w = decay.stored(value, 1), h = 1e-5;
        EXPECT_NEAR(1 / (1 + std::exp(-w)), value, 1e-12);
        EXPECT_NEAR(decay.value(w, 1), value, 1e-12);
        EXPECT_NEAR(decay.slope(w, 1), (decay.value(w + h, 1) - decay.value(w - h, 1)) / (2 * h), 1e-9);
    }
}

TEST(LearnedSlope, IsStoredAsTheInverseOfSoftplus) {
    const auto slope = make_neuron<Meta>({}, {{"slope", true}}).learned.at(0);
    for (const double value : {0.01, 1.0, 5.0, 800.0}) {
        const double w = slope.stored(value, 1), h = 1e-5;
        EXPECT_NEAR(slope.value(w, 1), value, 1e-12 * value);
        EXPECT_NEAR(slope.slope(w, 1), (slope.value(w + h, 1) - slope.value(w - h, 1)) / (2 * h), 1e-6);
    }
}

TEST(LearnedFraction, CannotStartOnItsBounds) {
    EXPECT_EQ(error_of([] { make_neuron<Meta>({.decay = 1}, {{"decay", true}}); }), "meta: 'decay' is learned and must start inside its bounds, got 1");
}

}  // namespace
}  // namespace tripartite
