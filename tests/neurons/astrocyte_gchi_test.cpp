// The G-ChI astrocyte against Brian2 (tests/golden/make_brian.py), and its gliotransmitter against a fine integration.
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

TEST(AstrocyteGchi, CalciumIsThatOfBrian) {
    const auto golden = nlohmann::json::parse(std::ifstream(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/brian/astrocytes.json"))["alone"];
    SimulatedNeurons<double> cell(make_neuron<AstrocyteGchi>({.F_ex = golden["F_ex"], .I_bias = golden["I_bias"]}), 10);
    const int held = int(std::lround(golden["held_s"].get<double>() / 0.01)), every = int(std::lround(golden["every_s"].get<double>() / 0.01));
    std::vector<double> events;
    for (int step = 0; step < 2000; ++step) {
        for (const std::string name : {"Gamma_A", "I", "C", "h"}) {
            if (step % every != 0) continue;
            ASSERT_NEAR(cell.value(name), golden[name][std::size_t(step / every)].get<double>(), 1e-9) << name << " after " << step << " steps";
        }
        cell.arriving(0) = golden["transmitter_mM"][std::size_t(step / held)];
        cell.step();
        if (cell.fired()) events.push_back(step * 0.01);
    }
    ASSERT_EQ(events.size(), golden["events_s"].size());
    for (std::size_t i = 0; i < events.size(); ++i) EXPECT_NEAR(events[i], golden["events_s"][i].get<double>(), 1e-9);
}

/// Resources, gliotransmitter and bound receptors around the first event, by Euler steps of 1 us from the event on.
TEST(AstrocyteGchi, GliotransmitterFollowsItsEquations) {
    SimulatedNeurons<double> cell(make_neuron<AstrocyteGchi>(), 10);
    int step = 0;
    for (; !cell.fired(); ++step) {
        ASSERT_LT(step, 2000) << "no event";
        cell.arriving(0) = 0.05;
        cell.step();
    }
    double x = 1 - 0.6, G = 6.5e-4 * 200e3 * 0.6, bound = 0;
    EXPECT_NEAR(cell.value("x_A"), x, 1e-12);
    EXPECT_NEAR(cell.value("G_A"), G, 1e-9);
    EXPECT_EQ(cell.value("Gamma_S"), 0);
    constexpr double h = 1e-6;
    for (int later = 0; later < 20; ++later) {
        cell.step();
        for (int i = 0; i < 10000; ++i) bound += h * (1.5 * G * (1 - bound) - 0.5 / 60 * bound), G -= h * 60 * G, x += h * 0.6 * (1 - x);
        EXPECT_NEAR(cell.value("Gamma_S"), bound, 1e-4) << later;
        EXPECT_NEAR(cell.value("G_A"), G, 1e-2) << later;
        EXPECT_NEAR(cell.value("x_A"), x, 1e-6) << later;
    }
    EXPECT_NEAR(bound, 0.857, 0.002) << "1 - exp(-O_G G / Omega_e), but for what leaves";
}

TEST(AstrocyteGchi, CalciumThatStaysAboveTheThresholdReleasesOnce) {
    SimulatedNeurons<double> cell(make_neuron<AstrocyteGchi>({.C_Theta = 0.2}), 10);
    int events = 0, above = 0;
    for (int step = 0; step < 1000; ++step) {
        cell.arriving(0) = 0.05;
        cell.step();
        events += cell.fired(), above += cell.value("C") > 0.2;
    }
    EXPECT_EQ(events, 1);
    EXPECT_GT(above, 100);
}

}  // namespace
}  // namespace tripartite
