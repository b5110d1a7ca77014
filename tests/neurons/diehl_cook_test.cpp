#include <gtest/gtest.h>

#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

TEST(DiehlCook, WithoutARisingThresholdItIsIafCondExp) {
    const DiehlCook::Params<double> of{.theta_plus = 0, .theta_rest = 0};
    IafCondExp::Params<double> plain{.V_th = of.V_th, .V_reset = of.V_reset, .t_ref = of.t_ref, .g_L = of.g_L, .C_m = of.C_m, .E_ex = of.E_ex, .E_in = of.E_in, .E_L = of.E_L,
                                     .tau_syn_ex = of.tau_syn_ex, .tau_syn_in = of.tau_syn_in};
    SimulatedNeurons<double> rising(make_neuron<DiehlCook>(of), 0.5), fixed(make_neuron<IafCondExp>(plain), 0.5);
    int spikes = 0;
    for (int t = 0; t < 2000; ++t) {
        for (auto* neurons : {&rising, &fixed}) {
            neurons->arriving(0) = 1.2 * (t % 7 < 2), neurons->arriving(1) = -0.5 * (t % 11 == 0);
            neurons->step();
        }
        ASSERT_EQ(rising.fired(), fixed.fired());
        ASSERT_EQ(rising.value("V_m"), fixed.value("V_m"));
        spikes += rising.fired();
    }
    EXPECT_GT(spikes, 10);
}

/// theta after n spikes at known steps: the way to theta_rest, and a sum of decayed steps of theta_plus. A neuron fires only where V_m reaches V_th + theta.
TEST(DiehlCook, EachSpikeRaisesTheThreshold) {
    const DiehlCook::Params<double> p{.I_e = 40, .theta_plus = 0.5, .tau_theta = 1000, .theta_rest = -3};
    SimulatedNeurons<double> neurons(make_neuron<DiehlCook>(p), 0.5);
    std::vector<int> spikes;
    for (int t = 0; t < 4000; ++t) {
        const double before = neurons.value("V_m"), theta = neurons.value("theta");
        neurons.step();
        if (neurons.fired()) spikes.push_back(t);
        else EXPECT_LT(std::max(before, neurons.value("V_m")), p.V_th + theta + 1e-9);
        double expected = p.theta_rest * (1 - std::exp(-(t + 1) * 0.5 / p.tau_theta));
        for (const int s : spikes) expected += p.theta_plus * std::exp((s - t) * 0.5 / p.tau_theta);
        ASSERT_NEAR(neurons.value("theta"), expected, 1e-10);
    }
    ASSERT_GT(spikes.size(), 10u);
    EXPECT_GT(spikes[9] - spikes[8], spikes[1] - spikes[0]);
}

}  // namespace
}  // namespace tripartite
