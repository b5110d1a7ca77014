// iaf_psc_exp, iaf_psc_delta, iaf_psc_alpha and parrot against closed forms and published numbers.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

/// The integral of e^(-(h-s)/tau_m) f(s) over a step by Gauss's rule of five points in 64 parts, in long double.
template <class F> long double gathered(long double h, long double tau_m, F&& f) {
    const long double node[] = {0, 0.538469310105683091036314420700208805L, 0.906179845938663992797626878299392965L};
    const long double weight[] = {0.568888888888888888888888888888888889L, 0.478628670499366468041291514835638193L, 0.236926885056189087514264040719917363L};
    long double sum = 0;
    const long double half = h / 128;
    for (int part = 0; part < 64; ++part)
        for (int i = -2; i <= 2; ++i) {
            const long double s = (2 * part + 1) * half + half * (i < 0 ? -node[-i] : node[i]);
            sum += half * weight[std::abs(i)] * std::exp(-(h - s) / tau_m) * f(s);
        }
    return sum;
}

TEST(Propagators, AreExactForAllTimeConstantsAndDoNotCancelWhereTheyAreEqual) {
    const double tau_m = 10, C = 250;
    for (const double h : {0.1, 1.0, 5.0})
        for (const double ratio : {1.0, 1 + 1e-9, 1 - 1e-9, 1 + 1e-5, 1 - 1e-5, 1.2, 0.8, 0.2, 0.02, 5.0, 50.0}) {
            const double tau = tau_m * ratio;
            const auto exponential = gathered(h, tau_m, [&](long double s) { return std::exp(-s / tau) / C; });
            const auto alpha = gathered(h, tau_m, [&](long double s) { return s * std::exp(-s / tau) / C; });
            EXPECT_NEAR(nest::from_exponential(tau, tau_m, C, h) / double(exponential), 1, 1e-14) << h << " " << ratio;
            EXPECT_NEAR(nest::from_alpha(tau, tau_m, C, h) / double(alpha), 1, 1e-14) << h << " " << ratio;
        }
    EXPECT_EQ(nest::from_alpha(1e-4, 10, 250, 0.1) > 0, true);  // a time constant far below the step
    EXPECT_NEAR(nest::from_exponential(1e-4, 10, 250, 0.1), 1e-4 / 250 * std::exp(-0.01), 1e-11);
}

TEST(IafPscExp, HasThePublishedConstants) {
    const auto k = IafPscExp::coefficients({}, 0.1);
    EXPECT_NEAR(k.P11_ex, 0.951229424500714, 1e-15);
    EXPECT_NEAR(1 - k.leak, 0.990049833749168, 1e-15);
    EXPECT_NEAR(k.P21_ex, 3.88204092484545e-4, 1e-17);
    EXPECT_NEAR(k.P20, 3.98006650033276e-4, 1e-17);
}

TEST(IafPscAlpha, HasThePublishedConstants) {
    const auto k = IafPscAlpha::coefficients({}, 0.1);
    EXPECT_NEAR(k.P21_ex, 0.0951229424500714, 1e-15);
    EXPECT_NEAR(k.P31_ex, 1.92808067106e-5, 1e-16);
    EXPECT_NEAR(k.P32_ex, 3.88204092485e-4, 1e-15);
    EXPECT_NEAR(k.kick_ex, 1.3591409142, 1e-10);
}

using Times = std::vector<double>;

void expect_first(const Times& spikes, const Times& first, std::size_t count) {
    ASSERT_EQ(spikes.size(), count);
    for (std::size_t i = 0; i < first.size(); ++i) EXPECT_NEAR(spikes[i], first[i], 1e-9);
}

TEST(IafPscExp, FiresAtTheRatesOfNest) {
    const auto run = [](double I_e) { return spike_times<IafPscExp>({.I_e = I_e}, 0.1, 1000); };
    expect_first(run(380), {43.4, 88.8, 134.2}, 22);
    expect_first(run(400), {27.8, 57.6, 87.4}, 33);
    expect_first(run(500), {13.9, 29.8, 45.7}, 63);
    expect_first(run(1000), {4.8, 11.6, 18.4}, 147);
}
TEST(IafPscDelta, FiresAtTheClosedFormTimes) {
    expect_first(spike_times<IafPscDelta>({.I_e = 400}, 0.1, 1000), {27.8, 57.6, 87.4, 117.2}, 33);
    expect_first(spike_times<IafPscDelta>({.I_e = 500}, 0.1, 1000), {13.9, 29.8, 45.7, 61.6}, 63);
}
TEST(IafPscAlpha, FiresAtTheSameTimeWhateverTheStep) {
    expect_first(spike_times<IafPscAlpha>({.I_e = 1000}, 0.1, 5), {4.8}, 1);
    for (const double dt : {0.1, 0.2, 0.5, 1.0}) expect_first(spike_times<IafPscAlpha>({.I_e = 1450}, dt, 4), {3.0}, 1);
}

/// V - E_L at the end of each step; the weight arrives in the first.
template <class M> std::vector<double> psp(const typename M::template Params<double>& params, int port, double weight, double dt, int steps) {
    SimulatedNeurons<double> neurons(make_neuron<M>(params), dt);
    neurons.arriving(port) = weight;
    std::vector<double> v;
    for (int i = 0; i < steps; ++i) {
        neurons.step();
        v.push_back(neurons.value("V_m") - params.E_L);
    }
    return v;
}

TEST(IafPscExp, PotentialsHaveTheirClosedForm) {
    const double dt = 0.1, tau_m = 10, C = 250;
    for (const int port : {0, 1}) {
        const double tau = port == 0 ? 2 : 5, weight = port == 0 ? 100 : -100;
        const auto v = psp<IafPscExp>({.tau_syn_in = 5}, port, weight, dt, 400);
        for (int i = 0; i < 400; ++i) {
            const double t = i * dt;
            EXPECT_NEAR(v[i], weight / C * tau * tau_m / (tau_m - tau) * (std::exp(-t / tau_m) - std::exp(-t / tau)), 1e-12);
        }
    }
    const auto v = psp<IafPscExp>({}, 0, 1, 0.001, 8000);
    const auto peak = std::ranges::max_element(v);
    EXPECT_NEAR(*peak, 0.00534992242, 1e-9);
    EXPECT_NEAR((peak - v.begin()) * 0.001, 4.02359478, 0.001);
}

TEST(IafPscAlpha, PotentialsHaveTheirClosedForm) {
    const double dt = 0.1, tau_m = 10, tau = 2, C = 250, b = tau * tau_m / (tau_m - tau);
    for (const int port : {0, 1}) {
        const double weight = port == 0 ? 100 : -100;
        const auto v = psp<IafPscAlpha>({}, port, weight, dt, 400);
        for (int i = 0; i < 400; ++i) {
            const double t = i * dt, decays = std::exp(-t / tau_m) - std::exp(-t / tau);
            EXPECT_NEAR(v[i], weight * std::exp(1) / tau / C * b * (b * decays - t * std::exp(-t / tau)), 1e-12);
        }
    }
}
TEST(IafPscAlpha, TheWeightIsThePeakOfTheCurrentAtTauSyn) {
    SimulatedNeurons<double> neurons(make_neuron<IafPscAlpha>(), 0.1);
    neurons.arriving(0) = 70;
    std::vector<double> current;
    for (int i = 0; i <= 40; ++i) neurons.step(), current.push_back(neurons.value("I_syn_ex"));
    EXPECT_NEAR(current[20], 70, 1e-12);
    EXPECT_EQ(std::ranges::max_element(current) - current.begin(), 20);
}

TEST(IafPscDelta, AWeightIsAJumpThatDecays) {
    const auto v = psp<IafPscDelta>({}, 0, 3, 0.1, 300);
    for (int i = 0; i < 300; ++i) EXPECT_NEAR(v[i], 3 * std::exp(-0.01 * i), 1e-12);
}

template <class M> void expect_current_acts_like_I_e() {
    SimulatedNeurons<double> driven(make_neuron<M>({.I_e = 400}), 0.1), fed(make_neuron<M>(), 0.1);
    for (int i = 0; i < 1000; ++i) {
        fed.arriving(fed.spec.ports - 1) = 400;
        driven.step(), fed.step();
        ASSERT_EQ(driven.fired(), fed.fired());
        ASSERT_NEAR(driven.value("V_m"), fed.value("V_m"), 1e-10);
    }
}
TEST(CurrentPort, ActsInItsOwnStepLikeAConstantCurrent) {
    expect_current_acts_like_I_e<IafPscExp>();
    expect_current_acts_like_I_e<IafPscDelta>();
    expect_current_acts_like_I_e<IafPscAlpha>();
    expect_current_acts_like_I_e<IafCondExp>();
    expect_current_acts_like_I_e<AeifCondExp>();
    expect_current_acts_like_I_e<AeifPscExp>();
    expect_current_acts_like_I_e<Izhikevich>();
    expect_current_acts_like_I_e<HhPscAlpha>();
}

TEST(Refractoriness, HoldsThePotentialForWholeStepsRoundedUp) {
    for (const auto& [t_ref, held] : {std::pair{0.0, 0}, {0.04, 1}, {0.2, 2}, {0.24, 3}, {2.0, 20}}) {
        SimulatedNeurons<double> neurons(make_neuron<IafPscDelta>({.t_ref = t_ref, .I_e = 100}), 0.1);
        neurons.arriving(0) = 20;
        neurons.step();
        ASSERT_TRUE(neurons.fired());
        for (int i = 0; i < held; ++i) {
            neurons.arriving(0) = 5;  // lost
            neurons.step();
            EXPECT_EQ(neurons.value("V_m"), -70) << t_ref;
        }
        neurons.step();
        EXPECT_GT(neurons.value("V_m"), -70) << t_ref;
        EXPECT_LT(neurons.value("V_m"), -69.9) << t_ref;
    }
}
TEST(Refractoriness, SynapticCurrentsGoOn) {
    SimulatedNeurons<double> neurons(make_neuron<IafPscExp>({.I_e = 1e5}), 0.1);
    neurons.arriving(0) = 100;
    neurons.step();
    ASSERT_TRUE(neurons.fired());
    neurons.arriving(0) = 50;
    neurons.step();
    EXPECT_NEAR(neurons.value("I_syn_ex"), 100 * std::exp(-0.05) + 50, 1e-12);
    EXPECT_EQ(neurons.value("V_m"), -70);
}

TEST(IafPscDelta, ExactlyAtTheThresholdItFires) {
    SimulatedNeurons<double> neurons(make_neuron<IafPscDelta>(), 0.1);
    neurons.arriving(0) = 15;
    neurons.step();
    EXPECT_TRUE(neurons.fired());
}
TEST(IafPscDelta, StaysAboveVmin) {
    SimulatedNeurons<double> neurons(make_neuron<IafPscDelta>({.V_min = -75}), 0.1);
    neurons.arriving(0) = -100;
    neurons.step();
    EXPECT_EQ(neurons.value("V_m"), -75);
}

TEST(Parrot, FiresOnceInEachStepInWhichSomethingArrives) {
    SimulatedNeurons<float> neurons(make_neuron<Parrot>(), 0.1, 128);
    neurons.arriving(0, 3) = 1, neurons.arriving(0, 70) = -2.5;
    neurons.step();
    EXPECT_EQ(neurons.spikes, (std::vector<std::uint64_t>{1u << 3, 1u << 6}));
    neurons.step();
    EXPECT_EQ(neurons.spikes, (std::vector<std::uint64_t>{0, 0}));
}

}  // namespace
}  // namespace tripartite
