#include "core/ode.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tripartite {
namespace {

/// y'' = -y from (0, 1): the sine.
const auto circle = [](const auto& y, auto...) { return std::array{y[1], -y[0]}; };

TEST(RungeKutta, IsOfFourthOrder) {
    const auto error = [](int steps) {
        std::array<double, 2> y{0, 1};
        for (int i = 0; i < steps; ++i) rk4_step(y, 3.0 / steps, circle);
        return std::fabs(y[0] - std::sin(3.0));
    };
    EXPECT_NEAR(std::log2(error(40) / error(80)), 4, 0.1);
}

TEST(RungeKutta, GetsTheTimeInHalfSteps) {
    std::array<double, 1> y{0};
    const auto cubic = [](const auto&, int half) { return std::array{std::pow(1 + half * 0.25, 3)}; };  // exact: Simpson's rule
    rk4_step(y, 0.5, cubic);
    EXPECT_NEAR(y[0], (std::pow(1.5, 4) - 1) / 4, 1e-15);
}

TEST(Fehlberg, KeepsTheErrorNearTheTolerance) {
    for (const double tolerance : {1e-4, 1e-6, 1e-8, 1e-10}) {
        std::array<double, 2> y{0, 1};
        int steps = 0;
        rkf45(y, 10.0, tolerance, circle, [&](auto&, bool accepted) { steps += accepted; });
        EXPECT_NEAR(y[0], std::sin(10.0), 20 * tolerance);
        EXPECT_LT(steps, 20 * std::pow(tolerance, -0.2));
    }
}

TEST(Fehlberg, EachLaneHasItsOwnSteps) {
    using P = Pack<double>;
    P rate(1);
    for (int i = 0; i < P::width; ++i) rate.v[i] = std::pow(4.0, i);
    const auto run = [](P rate) {
        std::array y{P(1)};
        rkf45(y, P(1), P(1e-7), [&](const auto& y) { return std::array{-y[0] * rate}; }, [](auto&, const auto&) {});
        return y[0];
    };
    const P together = run(rate);
    for (int i = 0; i < P::width; ++i) {
        EXPECT_NEAR(together.v[i], std::exp(-rate.v[i]), 1e-6);
        EXPECT_EQ(together.v[i], run(P(rate.v[i])).v[0]);
    }
}

TEST(Fehlberg, WhatHappensAfterAStepIsPartOfTheSolution) {
    std::array<double, 1> y{0};
    rkf45(y, 10.0, 1e-6, [](const auto&) { return std::array{1.0}; }, [](auto& y, bool accepted) { if (accepted && y[0] >= 6) y[0] = -100; });
    EXPECT_LT(y[0], -90);
}

}  // namespace
}  // namespace tripartite
