#include "learning/regulariser.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace tripartite {
namespace {

const RateBounds bounds{.lower = 0.1, .upper = 0.4, .lower_weight = 2, .upper_weight = 3};

TEST(RateBounds, PenalisesTheSquaredDistanceFromTheBounds) {
    std::vector<double> bar(3);
    EXPECT_NEAR(bounds(std::vector<double>{0.05, 0.2, 0.5}, 8, bar), 2 * 0.05 * 0.05 + 3 * 0.1 * 0.1, 1e-16);
}

TEST(RateBounds, CostsNothingWithinTheBoundsOrWithoutWeights) {
    std::vector<double> bar(3);
    EXPECT_EQ(bounds(std::vector<double>{0.1, 0.2, 0.4}, 8, bar), 0);
    EXPECT_EQ(RateBounds{}(std::vector<double>{0, 0.5, 1}, 8, bar), 0);
    EXPECT_EQ(bar, std::vector<double>(3));
}

TEST(RateBounds, AdjointOfASpikeMatchesFiniteDifferences) {
    constexpr double rows = 8, h = 1e-6;
    const std::vector<double> rate{0.05, 0.2, 0.5};
    std::vector<double> bar(3, 1), unused(3);
    bounds(rate, rows, bar);
    for (int n = 0; n < 3; ++n) {
        auto up = rate, down = rate;  // a spike more raises the mean rate by 1 / rows
        up[n] += h / rows, down[n] -= h / rows;
        EXPECT_NEAR(bar[n], 1 + (bounds(up, rows, unused) - bounds(down, rows, unused)) / (2 * h), 1e-9) << n;
    }
}

TEST(RmpLoss, IsTheDistanceFromWhatTheSpikeStandsForAndItsSlope) {
    const RmpLoss absolute{.level = 0.8}, squared{.level = 0.8, .form = RmpLoss::Form::squared};
    double slope, unused;
    EXPECT_NEAR(absolute(-0.3, 0, slope), 0.3, 1e-16);
    EXPECT_NEAR(absolute(1.1, 1, slope), 0.3, 1e-15);
    EXPECT_NEAR(squared(0.5, 1, slope), 0.09, 1e-15);
    EXPECT_EQ(absolute(0, 0, slope), 0);
    EXPECT_EQ(slope, 0);
    for (const auto& loss : {absolute, squared})
        for (const double u : {-0.3, 0.4, 0.9, 1.7})
            for (const double spike : {0, 1}) {
                loss(u, spike, slope);
                EXPECT_NEAR(slope, (loss(u + 1e-6, spike, unused) - loss(u - 1e-6, spike, unused)) / 2e-6, 1e-9) << u << " " << spike;
            }
}

TEST(RmpLoss, WeightRisesToHalfOfTheEpochsAndFallsBack) {
    const RmpLoss loss{.weight = 0.1};
    for (const auto& [epoch, weight] : {std::pair{0, 0.0}, {2, 0.05}, {4, 0.1}, {6, 0.05}, {7, 0.025}}) EXPECT_NEAR(loss.weight_in(epoch, 8), weight, 1e-16);
    EXPECT_EQ((RmpLoss{.weight = 0.3, .schedule = RmpLoss::Over::constant}.weight_in(0, 8)), 0.3);
}

}  // namespace
}  // namespace tripartite
