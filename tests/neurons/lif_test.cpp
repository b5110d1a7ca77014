// The LIF neuron against closed forms and steps done by hand.
#include <gtest/gtest.h>

#include <cmath>

#include "neurons/presets.hpp"
#include "tests/io/temporary_folder.hpp"
#include "tests/neurons/trace.hpp"

namespace tripartite {
namespace {

using Params = Lif::Params<double>;

/// beta = 1/2 and numbers that halve exactly: what is expected below is exact.
Params halving(Lif::Reset reset, bool delay = false) {
    Params p;
    p.beta = 0.5, p.reset = reset, p.reset_delay = delay, p.v_reset = -0.5;
    return p;
}
const std::vector<double> strong(5, 1.5);

TEST(Lif, MembraneUnderConstantInputIsAGeometricSum) {
    Params p;
    p.tau_m = 7, p.threshold = 1e9, p.v_rest = -2;
    const auto trace = run<Lif>(p, std::vector<double>(50, 0.3), 0.5);
    const double beta = std::exp(-0.5 / 7);
    for (int t = 0; t < 50; ++t) EXPECT_NEAR(trace.membrane[t], -2 + 0.3 * (1 - std::pow(beta, t + 1)) / (1 - beta), 1e-12);
}

TEST(Lif, MembraneDecaysExponentiallyToRest) {
    Params p;
    p.tau_m = 4, p.v_rest = 0.25;
    std::vector<double> kick(20);
    kick[0] = 0.5;
    const auto trace = run<Lif>(p, kick);
    for (int t = 0; t < 20; ++t) EXPECT_NEAR(trace.membrane[t], 0.25 + 0.5 * std::exp(-t / 4.0), 1e-12);
}

TEST(Lif, ConstantInputFiresAtTheClosedFormInterval) {
    Params p;
    p.tau_m = 10, p.reset = Lif::Reset::zero;
    const double x = 0.2, beta = std::exp(-0.1);
    // u after n steps from 0 is x (1 - beta^n) / (1 - beta); it first reaches 1 at this n.
    const int interval = int(std::ceil(std::log(1 - (1 - beta) / x) / std::log(beta)));
    std::vector<int> expected;
    for (int t = interval - 1; t < 100; t += interval) expected.push_back(t);
    EXPECT_EQ(run<Lif>(p, std::vector<double>(100, x)).spikes, expected);
}

TEST(Lif, SubtractTakesTheThresholdAway) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::subtract), strong).membrane, (std::vector{1.5, 1.75, 1.875, 1.9375, 1.96875}));
}
TEST(Lif, ZeroStartsAnew) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::zero), strong).membrane, (std::vector{1.5, 1.5, 1.5, 1.5, 1.5}));
}
TEST(Lif, ValueSetsTheMembrane) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::value), strong).membrane, (std::vector{1.5, 1.25, 1.25, 1.25, 1.25}));
}
TEST(Lif, NoneLeavesTheMembrane) {
    const auto trace = run<Lif>(halving(Lif::Reset::none), strong);
    EXPECT_EQ(trace.membrane, (std::vector{1.5, 2.25, 2.625, 2.8125, 2.90625}));
    EXPECT_EQ(trace.spikes, (std::vector{0, 1, 2, 3, 4}));
}
TEST(Lif, DelayedSubtractActsAfterTheDecay) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::subtract, true), strong).membrane, (std::vector{1.5, 1.25, 1.125, 1.0625, 1.03125}));
}
TEST(Lif, DelayedZeroDropsTheOldMembraneAndKeepsTheInput) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::zero, true), strong).membrane, (std::vector{1.5, 1.5, 1.5, 1.5, 1.5}));
}
TEST(Lif, DelayedValueDecaysFromIt) {
    EXPECT_EQ(run<Lif>(halving(Lif::Reset::value, true), strong).membrane, (std::vector{1.5, 1.25, 1.25, 1.25, 1.25}));
}

TEST(Lif, ExactlyAtTheThresholdOnlyGeFires) {
    auto p = halving(Lif::Reset::zero);
    EXPECT_EQ(run<Lif>(p, {1, 0, 0.75}).spikes, std::vector{0});
    p.compare = Lif::Compare::gt;
    EXPECT_EQ(run<Lif>(p, {1, 0.5, 0.75}).spikes, std::vector{2});  // 1, 1, 1.25
    EXPECT_EQ(run<Lif>(p, {std::nextafter(1, 2)}).spikes, std::vector{0});
}

TEST(Lif, InputScalesAreOneOneMinusBetaAndDtOverTau) {
    Params p;
    p.tau_m = 4;
    const auto first = [&](Lif::InputScale scale, Lif::Decay decay) {
        p.input_scale = scale, p.decay = decay;
        return run<Lif>(p, {0.5}, 0.5).membrane[0];
    };
    EXPECT_EQ(first(Lif::InputScale::none, Lif::Decay::exact), 0.5);
    EXPECT_DOUBLE_EQ(first(Lif::InputScale::one_minus_beta, Lif::Decay::exact), 0.5 * (1 - std::exp(-0.125)));
    EXPECT_DOUBLE_EQ(first(Lif::InputScale::one_minus_beta, Lif::Decay::euler), 0.5 * 0.125);
    EXPECT_DOUBLE_EQ(first(Lif::InputScale::dt_over_tau, Lif::Decay::exact), 0.5 * 0.125);
}

TEST(Lif, ContradictingParametersAreErrors) {
    const auto error = [](auto change, const std::vector<Learn>& learn = {}) {
        Params p;
        change(p);
        return error_of([&] { make_neuron<Lif>(p, learn); });
    };
    EXPECT_EQ(error([](Params& p) { p.beta = 0.9, p.input_scale = Lif::InputScale::dt_over_tau; }), "lif: input_scale: dt_over_tau needs tau_m in place of beta");
    EXPECT_EQ(error([](Params& p) { p.reset = Lif::Reset::value, p.v_reset = 1; }), "lif: v_reset must be below threshold");
    EXPECT_EQ(error([](Params&) {}, {{"compare", true}}), "lif has no parameter 'compare' that can be learned");
    EXPECT_EQ(error([](Params&) {}, {{"reset", true}}), "lif has no parameter 'reset' that can be learned");
    EXPECT_EQ(error([](Params&) {}, {{"beta", true}}), "lif: 'beta' is learned and needs an initial value");
}

TEST(LearnedTimeConstant, IsStoredAsTheInverseSigmoidOfTheStepOverIt) {
    const auto tau = make_neuron<Lif>({}, {{"tau_m", false}}).learned.at(0);
    for (const double dt : {0.1, 1.0})
        for (const double value : {1.01 * dt, 2.0, 20.0, 5000.0}) {
            const double w = tau.stored(value, dt);
            EXPECT_NEAR(1 / (1 + std::exp(-w)), dt / value, 1e-12);
            EXPECT_NEAR(tau.value(w, dt), value, 1e-9 * value);
            const double h = 1e-5;
            EXPECT_NEAR(tau.slope(w, dt), (tau.value(w + h, dt) - tau.value(w - h, dt)) / (2 * h), 1e-8 * value);
        }
}

TEST(LearnedThreshold, IsStoredAsItIsAndBounded) {
    const auto threshold = make_neuron<Lif>({.threshold = 0.5}, {{"threshold", true}}).learned.at(0);
    EXPECT_EQ(threshold.stored(0.5, 0.1), 0.5);
    EXPECT_EQ(threshold.value(0.5, 0.1), 0.5);
    EXPECT_EQ(threshold.slope(0.5, 0.1), 1);
    EXPECT_EQ(threshold.min, 0);
    EXPECT_TRUE(threshold.per_neuron);
}

TEST(LeakyIntegrator, IsTheMembraneOfALifThatNeverFires) {
    const std::vector<double> input{1, -2, 0.5, 3, 0};
    Params lif;
    lif.tau_m = 3, lif.threshold = 1e9, lif.input_scale = Lif::InputScale::one_minus_beta;
    EXPECT_EQ(run<LeakyIntegrator>({.tau_m = 3, .input_scale = LeakyIntegrator::InputScale::one_minus_beta}, input).membrane, run<Lif>(lif, input).membrane);
    EXPECT_TRUE(run<LeakyIntegrator>({}, input).spikes.empty());
}

TEST(Presets, AreTheDefaultsOfTheFrameworks) {
    EXPECT_EQ(run<Lif>(like(LifPreset::snntorch), {1, 1, 1}).membrane, (std::vector{1.0, 1.9, 0.9 * 1.9 + 1 - 1}));
    EXPECT_EQ(run<Lif>(like(LifPreset::spikingjelly), {1, 1, 4}).membrane, (std::vector{0.5, 0.75, 0.5 * 0.75 + 2}));
    const auto norse = run<Lif>(like(LifPreset::norse), {5, 5, 5}).membrane;
    for (int t = 0; t < 2; ++t) EXPECT_NEAR(norse[t], t == 0 ? 0.5 : 0.95, 1e-15);
}

}  // namespace
}  // namespace tripartite
