#include "synapses/short_term.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"

namespace tripartite {
namespace {

constexpr double dt = 0.1;

std::vector<double> amplitudes(const ShortTermRule& rule, const std::vector<Index>& steps) {
    ShortTermPlasticity plasticity(rule, dt, 3);
    std::vector<double> result;
    for (const Index step : steps) result.push_back(plasticity.amplitude(1, step));
    return result;
}
void expect_near(const std::vector<double>& values, const std::vector<double>& expected, double tolerance) {
    ASSERT_EQ(values.size(), expected.size());
    for (std::size_t i = 0; i < values.size(); ++i) EXPECT_NEAR(values[i], expected[i], tolerance) << i;
}

/// NEST 3.10, `tsodyks2_synapse`, spikes at 11, 31, 51 and 91 ms.
TEST(ShortTermPlasticity, ReproducesWeightsOfNest) {
    const std::vector<Index> steps{110, 310, 510, 910};
    expect_near(amplitudes(Tsodyks2{}, steps), {0.5, 0.256172521993, 0.137268843930, 0.089672369457}, 1e-10);
    expect_near(amplitudes(Tsodyks2{.U = 0.1, .tau_rec = 100, .tau_fac = 1000, .u = 0.1}, steps),
                {0.1, 0.172807903885, 0.210568074117, 0.237331786442}, 1e-10);
}

TEST(ShortTermPlasticity, RegularTrainsDepressOrFacilitate) {
    const std::vector<Index> steps{0, 500, 1000, 1500, 2000, 2500};
    expect_near(amplitudes(Tsodyks2{}, steps), {0.5, 0.265147, 0.154835, 0.103020, 0.078683, 0.067251}, 1e-6);
    expect_near(amplitudes(Tsodyks2{.U = 0.1, .tau_rec = 100, .tau_fac = 1000, .u = 0.1}, steps),
                {0.1, 0.174353, 0.221999, 0.250531, 0.267988, 0.279758}, 1e-6);
}

/// Fourth-order Runge-Kutta over the equations between spikes.
std::vector<double> integrated(const Tsodyks& rule, const std::vector<Index>& steps) {
    struct State {
        double x, y, u;
    };
    const auto slope = [&](State s) { return State{(1 - s.x - s.y) / rule.tau_rec, -s.y / rule.tau_psc, rule.tau_fac > 0 ? -s.u / rule.tau_fac : 0}; };
    const auto moved = [](State s, State d, double h) { return State{s.x + h * d.x, s.y + h * d.y, s.u + h * d.u}; };
    State s{rule.x, rule.y, rule.u};
    std::vector<double> result;
    Index last = -1;  // a spike of step k happens at (k + 1) dt
    for (const Index step : steps) {
        constexpr int pieces = 10;
        constexpr double h = dt / pieces;
        for (Index i = 0; i < (step - last) * pieces; ++i) {
            const State a = slope(s), b = slope(moved(s, a, h / 2)), c = slope(moved(s, b, h / 2)), d = slope(moved(s, c, h));
            s = moved(moved(moved(moved(s, a, h / 6), b, h / 3), c, h / 3), d, h / 6);
        }
        if (rule.tau_fac == 0) s.u = 0;
        s.u += rule.U * (1 - s.u);
        result.push_back(s.u * s.x);
        s.x -= result.back(), s.y += result.back();
        last = step;
    }
    return result;
}

TEST(ShortTermPlasticity, TsodyksSolvesItsEquations) {
    const std::vector<Index> steps{12, 110, 123, 310, 510, 511, 910};
    for (const Tsodyks& rule : {Tsodyks{}, Tsodyks{.U = 0.04, .tau_psc = 2, .tau_rec = 100, .tau_fac = 1000},
                                Tsodyks{.tau_psc = 20, .tau_rec = 20, .tau_fac = 50, .x = 0.3, .y = 0.4, .u = 0.2}})
        expect_near(amplitudes(rule, steps), integrated(rule, steps), 1e-9);
}

TEST(ShortTermPlasticity, SourcesAreIndependent) {
    ShortTermPlasticity plasticity(Tsodyks2{}, dt, 2);
    const double first = plasticity.amplitude(0, 5);
    EXPECT_EQ(plasticity.amplitude(1, 9), first);
}

TEST(ShortTermPlasticity, SavingChangesNoBit) {
    for (const ShortTermRule& rule : {ShortTermRule(Tsodyks2{.tau_fac = 100}), ShortTermRule(Tsodyks{.tau_fac = 100})}) {
        ShortTermPlasticity plasticity(rule, dt, 1), resumed(rule, dt, 1);
        for (const Index step : {3, 50, 70}) plasticity.amplitude(0, step);
        resumed.load(plasticity.save());
        for (const Index step : {81, 200}) EXPECT_EQ(resumed.amplitude(0, step), plasticity.amplitude(0, step));
    }
}

TEST(ShortTermPlasticity, SharesOfOneResourceSumToAtMostOne) {
    try {
        ShortTermPlasticity(Tsodyks{.y = 0.5}, dt, 1);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "tsodyks: x and y are shares of one resource, but sum to 1.5: let them sum to at most 1");
    }
}

}  // namespace
}  // namespace tripartite
