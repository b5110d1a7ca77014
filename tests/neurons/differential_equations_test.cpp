// The models that solve differential equations: order, published spike times, limits.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/io/temporary_folder.hpp"
#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

/// V after `duration`, from a state that `prepare` changes, with nothing arriving.
template <class M> double potential_after(const typename M::template Params<double>& params, double duration, double dt) {
    SimulatedNeurons<double> neurons(make_neuron<M>(params), dt);
    if constexpr (requires(typename M::template State<double> s) { s.g_ex; }) neurons.value("g_ex") = 40, neurons.value("g_in") = 20;
    for (int i = 0; i < std::lround(duration / dt); ++i) neurons.step();
    return neurons.value("V_m");
}
/// The order that two halvings of the step show.
template <class M> double order(const typename M::template Params<double>& params, double duration, double dt) {
    const double exact = potential_after<M>(params, duration, dt / 16);
    const auto error = [&](double dt) { return std::fabs(potential_after<M>(params, duration, dt) - exact); };
    return std::log2(error(dt) / error(dt / 2));
}

TEST(FixedSteps, AreOfFourthOrder) {
    EXPECT_NEAR((order<IafCondExp>({.V_th = 100, .tau_syn_ex = 2, .I_e = 100}, 4, 0.125)), 4, 0.3);
    EXPECT_NEAR((order<AeifCondExp>({.tau_syn_ex = 2, .I_e = 600}, 4, 2)), 4, 0.3);
    EXPECT_NEAR((order<AeifPscExp>({.I_e = 700}, 20, 4)), 4, 0.3);
    EXPECT_NEAR((order<HhPscAlpha>({.I_e = 200}, 4, 0.2)), 4, 0.3);
}

TEST(AdaptiveSteps, KeepTheErrorBelowTheirTolerance) {
    const auto difference = []<class M>(typename M::template Params<double> params, double duration) {
        const double exact = potential_after<M>(params, duration, 0.01);
        params.integrator = nest::Integrator::adaptive;
        return std::fabs(potential_after<M>(params, duration, 0.1) - exact);
    };
    EXPECT_LT((difference.template operator()<IafCondExp>({.I_e = 100}, 4)), 1e-5);
    EXPECT_LT((difference.template operator()<AeifCondExp>({.I_e = 600}, 4)), 1e-5);
    EXPECT_LT((difference.template operator()<HhPscAlpha>({.I_e = 200}, 4)), 1e-5);
}

TEST(AeifCondExp, FiresAtTheTimesOfTheFineEulerMethod) {
    for (const auto& [I_e, count, first] : {std::tuple{700.0, 9u, std::vector{24.617, 57.177, 139.535, 268.830, 400.015}},
                                            std::tuple{1000.0, 32u, std::vector{11.797, 21.426, 32.956, 47.080, 64.734}}}) {
        const auto spikes = spike_times<AeifCondExp>({.I_e = I_e}, 0.1, 1000);
        ASSERT_EQ(spikes.size(), count);
        for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(spikes[i], first[i], 0.2);
    }
}
TEST(Aeif, ASpikeResetsThePotentialAndAddsB) {
    SimulatedNeurons<double> neurons(make_neuron<AeifPscExp>({.t_ref = 0.5}), 0.1);
    neurons.value("V_m") = -30;
    neurons.step();
    ASSERT_TRUE(neurons.fired());
    EXPECT_EQ(neurons.value("V_m"), -60);
    EXPECT_NEAR(neurons.value("w"), 80.5, 0.2);
    for (int i = 0; i < 6; ++i, neurons.step()) EXPECT_EQ(neurons.value("V_m"), -60);  // after the spike, and five steps later
    EXPECT_NE(neurons.value("V_m"), -60);
}
TEST(Aeif, WithoutAnExponentialItFiresAtTheThreshold) {
    SimulatedNeurons<double> neurons(make_neuron<AeifPscExp>({.Delta_T = 0}), 0.1);
    neurons.value("V_m") = -50.5;
    for (int i = 0; i < 20; ++i) {
        neurons.arriving(2) = 900;
        neurons.step();
        if (neurons.fired()) {
            EXPECT_EQ(i, 0);
            return;
        }
    }
    FAIL();
}
TEST(Aeif, AMembraneFarAboveItsThresholdDoesNotOverflow) {
    SimulatedNeurons<float> neurons(make_neuron<AeifCondExp>({.Delta_T = 0.1, .V_th = -50}), 0.1);
    neurons.value("V_m") = -1;
    neurons.step();
    EXPECT_TRUE(neurons.fired());
    for (const float x : neurons.state) EXPECT_TRUE(std::isfinite(x));
}

TEST(Izhikevich, FiresAtThePublishedTimes) {
    const auto run = [](bool consistent, double dt) { return spike_times<Izhikevich>({.I_e = 10, .consistent_integration = consistent}, dt, 1000); };
    const auto expect = [](const std::vector<double>& spikes, std::size_t count, const std::vector<double>& first) {
        ASSERT_EQ(spikes.size(), count);
        for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(spikes[i], first[i], 1e-9);
    };
    expect(run(false, 1), 20, {4, 31, 79, 141});
    expect(run(true, 1), 22, {5, 32, 79, 126});
    expect(run(true, 0.1), 23, {3.4, 27.1, 72.2, 117.3});
    expect(run(true, 0.01), 23, {3.15, 26.3, 71.16, 116.0});
}

TEST(HhPscAlpha, FixedStepsStayWithinATenthOfAMicrovolt) {
    SimulatedNeurons<double> neurons(make_neuron<HhPscAlpha>({.I_e = 650}), 0.1), fine(make_neuron<HhPscAlpha>({.I_e = 650}), 0.00625);
    for (int step = 0; step < 400; ++step) {
        neurons.step();
        for (int i = 0; i < 16; ++i) fine.step();
        ASSERT_NEAR(neurons.value("V_m"), fine.value("V_m"), 1e-4) << step;
    }
}
TEST(HhPscAlpha, RestsAtItsGates) {
    const auto neurons = make_neuron<HhPscAlpha>();
    EXPECT_NEAR(neurons.initial[1], 0.05293248525724958, 1e-14);
    EXPECT_NEAR(neurons.initial[2], 0.5961207535084603, 1e-14);
    EXPECT_NEAR(neurons.initial[3], 0.3176769140606974, 1e-14);
}
TEST(HhPscAlpha, RatesAreSmoothWhereTheirFormulaIsZeroOverZero) {
    for (const double v : {-40.0, -55.0})
        for (const double away : {-3.01, -2.99, -1e-3, 0.0, 1e-9, 2.99, 3.01}) {
            SimulatedNeurons<double> neurons(make_neuron<HhPscAlpha>({.g_Na = 0, .g_K = 0, .g_L = 0}), 0.1);  // V stays, gates relax
            neurons.value("V_m") = v + away;
            neurons.value("Act_m") = neurons.value("Act_n") = 0;
            neurons.step();
            const auto gate = [&](double x, double scale, double beta) {
                const long double alpha = x == 0 ? scale : scale * x / -std::expm1(-static_cast<long double>(x));
                return double(alpha / (alpha + beta) * (1 - std::exp(-0.1 * (alpha + beta))));
            };
            EXPECT_NEAR(neurons.value("Act_m"), gate((v + away + 40) / 10, 1, 4 * std::exp(-(v + away + 65) / 18)), 1e-9) << v << " " << away;
            EXPECT_NEAR(neurons.value("Act_n"), gate((v + away + 55) / 10, 0.1, 0.125 * std::exp(-(v + away + 65) / 80)), 1e-9) << v << " " << away;
        }
}

TEST(Parameters, ThatContradictEachOtherAreErrors) {
    const auto error = []<class M>(const typename M::template Params<double>& p) { return error_of([&] { make_neuron<M>(p); }); };
    EXPECT_EQ(error.template operator()<IafPscExp>({.V_reset = -55}), "iaf_psc_exp: V_reset must be below V_th");
    EXPECT_EQ(error.template operator()<IafPscDelta>({.V_min = -60}), "iaf_psc_delta: V_min must not be above V_reset");
    EXPECT_EQ(error.template operator()<IafCondExp>({.V_th = -60}), "iaf_cond_exp: V_reset must be below V_th");
    EXPECT_EQ(error.template operator()<AeifCondExp>({.V_peak = -51}), "aeif_cond_exp: V_peak must not be below V_th");
    EXPECT_EQ(error.template operator()<AeifPscExp>({.V_reset = 1}), "aeif_psc_exp: V_reset must be below V_peak, and below V_th if Delta_T is 0");
    EXPECT_EQ(error.template operator()<Izhikevich>({.c = 30}), "izhikevich: c must be below V_th");
    EXPECT_EQ(error_of([] { make_neuron<IafPscExp>({}, {{"tau_m", false}}); }), "iaf_psc_exp has no parameter 'tau_m' that can be learned");
}

}  // namespace
}  // namespace tripartite
