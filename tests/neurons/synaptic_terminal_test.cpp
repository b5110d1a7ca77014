// The presynaptic terminal against closed forms; tests/simulation/tripartite_test.cpp has it beside tripartite synapses.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

/// What a terminal releases at each spike of a regular train, of `spikes` spikes `every` steps apart.
std::vector<double> releases(const SynapticTerminal::Params<double>& p, int spikes, int every, double dt) {
    SimulatedNeurons<double> terminal(make_neuron<SynapticTerminal>(p), dt);
    std::vector<double> released;
    for (int t = 0; t < spikes * every; ++t) {
        terminal.arriving(0) = t % every == 0;
        terminal.step();
        if (t % every == 0) released.push_back(terminal.values[0]);
        else EXPECT_EQ(terminal.values[0], 0);
    }
    return released;
}

/// Where u and x return to themselves after an interval: u = U / (1 - (1 - U) e), x = (1 - d) / (1 - (1 - u) d).
TEST(SynapticTerminal, RegularSpikesReleaseWhatTheClosedFormSays) {
    for (const auto& [U0, facilitation, depression] : {std::array{0.6, 3.33, 2.0}, {0.15, 1.5, 8.0}}) {
        const auto released = releases({.U0 = U0, .Omega_f = facilitation, .Omega_d = depression}, 200, 40, 0.5);
        const double e = std::exp(-facilitation * 0.02), d = std::exp(-depression * 0.02), u = U0 / (1 - (1 - U0) * e), x = (1 - d) / (1 - (1 - u) * d);
        EXPECT_NEAR(released.front(), U0, 1e-15);
        EXPECT_NEAR(released.back(), u * x, 1e-12);
    }
}

/// One release of 78 uM binds 1 - exp(-O_G G / Omega_e) of the receptors (Stimberg et al. 2019), and leaves them after minutes.
TEST(SynapticTerminal, GliotransmitterMovesTheProbabilityOfReleaseToAlpha) {
    for (const double alpha : {0.0, 1.0}) {
        SimulatedNeurons<double> terminal(make_neuron<SynapticTerminal>({.U0 = 0.4, .alpha = alpha}), 1);
        terminal.arriving(1) = 78;
        for (int t = 0; t < 1000; ++t) terminal.step();
        const double bound = (1 - std::exp(-1.5 * 78 / 60)) * std::exp(-0.5 / 60);  // but for what left while it bound
        EXPECT_NEAR(terminal.value("Gamma_S"), bound, 3e-4);
        terminal.arriving(0) = 1;
        terminal.step();
        EXPECT_NEAR(terminal.values[0], 0.4 + bound * (alpha - 0.4), 3e-4);
    }
}

TEST(SynapticTerminal, StaysWithinItsBoundsWhateverArrives) {
    SimulatedNeurons<double> terminal(make_neuron<SynapticTerminal>(), 1);
    for (const double x : {-1e6, 3.0, 1e6, -5.0}) {
        terminal.arriving(0) = terminal.arriving(1) = x;
        terminal.step();
        for (const std::string name : {"u", "x", "Gamma_S"}) {
            EXPECT_GE(terminal.value(name), 0) << name;
            EXPECT_LE(terminal.value(name), 1) << name;
        }
    }
}

}  // namespace
}  // namespace tripartite
