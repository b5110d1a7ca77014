#include "plot/axes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <set>

namespace tripartite {
namespace {

const std::vector<std::pair<double, double>> ranges{{0, 1}, {0, 10}, {-65, -50}, {0.812, 0.947}, {1, 25}, {0, 77169}, {-1e-7, 3e-7}, {499.9, 10500}, {-3, 1e9}, {5, 5.0001}};

TEST(Ticks, AreMultiplesOfOneTwoOrFiveTimesAPowerOfTenWithinTheRange) {
    for (const auto& [low, high] : ranges)
        for (int most = 3; most <= 12; ++most) {
            const auto ticks = nice_ticks(low, high, most);
            ASSERT_LE(ticks.size(), std::size_t(most));
            for (const double t : ticks) {
                EXPECT_GE(t, low - 1e-6 * (high - low));
                EXPECT_LE(t, high + 1e-6 * (high - low));
            }
            if (ticks.size() < 2) continue;
            const double step = ticks[1] - ticks[0], mantissa = step / std::pow(10, std::floor(std::log10(step) + 1e-6));
            EXPECT_LT(std::min({std::abs(mantissa - 1), std::abs(mantissa - 2), std::abs(mantissa - 5)}), 1e-4) << step;
            for (const double t : ticks) EXPECT_NEAR(t / step, std::round(t / step), 1e-4);
        }
}

/// The next finer step, 2 or 2.5 times smaller, would give too many.
TEST(Ticks, AreAsManyAsAllowed) {
    for (const auto& [low, high] : ranges)
        for (int most = 5; most <= 12; ++most) EXPECT_GE(nice_ticks(low, high, most).size(), std::size_t(most / 2.5)) << low << " " << high << " " << most;
}

TEST(Ticks, OfDecimalRangesAreTheDecimalNumbers) {
    EXPECT_EQ(nice_ticks(0, 1, 6), (std::vector<double>{0, 0.2, 0.4, 0.6, 0.8, 1}));
    EXPECT_EQ(nice_ticks(0, 0.3, 4), (std::vector<double>{0, 0.1, 0.2, 0.3}));
    EXPECT_EQ(nice_ticks(-65, -50, 4), (std::vector<double>{-65, -60, -55, -50}));
}

TEST(Ticks, HaveDifferentLabelsWithEqualDigits) {
    for (const auto& [low, high] : ranges) {
        const auto labels = tick_labels(nice_ticks(low, high, 8));
        EXPECT_EQ(std::set<std::string>(labels.begin(), labels.end()).size(), labels.size());
    }
    EXPECT_EQ(tick_labels({-1, -0.5, 0, 0.5}), (std::vector<std::string>{"\u22121.0", "\u22120.5", "0.0", "0.5"}));
    EXPECT_EQ(tick_labels({0, 20000, 40000}), (std::vector<std::string>{"0", "20000", "40000"}));
    EXPECT_EQ(tick_labels({7}), std::vector<std::string>{"7"});
}

TEST(Ticks, OfCountsAreWholeNumbers) {
    for (double last = 2; last < 60; ++last)
        for (const double t : Panel{{0, 0, 500, 100}, 1, last, 0, 1, true}.x_ticks()) EXPECT_EQ(t, std::round(t)) << last;
}

TEST(Numbers, NiceAboveIsTheNextOfTheSeries) {
    EXPECT_EQ(nice_above(0.03), 0.05);
    EXPECT_EQ(nice_above(0.05), 0.05);
    EXPECT_EQ(nice_above(1), 1);
    EXPECT_EQ(nice_above(1.01), 2);
    EXPECT_EQ(nice_above(7), 10);
    EXPECT_EQ(nice_above(3456), 5000);
}

TEST(Numbers, AreWrittenAsPeopleReadThem) {
    EXPECT_EQ(short_number(0), "0");
    EXPECT_EQ(short_number(0.0341), "0.0341");
    EXPECT_EQ(short_number(3.957), "3.96");
    EXPECT_EQ(short_number(41.26), "41.3");
    EXPECT_EQ(short_number(1234.4), "1234");
    EXPECT_EQ(count_text(0), "0");
    EXPECT_EQ(count_text(999), "999");
    EXPECT_EQ(count_text(77169), "77\u202f169");
    EXPECT_EQ(count_text(1234567), "1\u202f234\u202f567");
    EXPECT_EQ(elided("short", 5), "short");
    EXPECT_EQ(elided("longer", 5), "longe\u2026");
    EXPECT_EQ(elided("a\u00e9", 2), "a\u2026");
}

TEST(Panels, PutTheEndsOfTheirAxesOnTheirBox) {
    const Panel panel{{10, 20, 100, 50}, -1, 1, 5, 10};
    EXPECT_EQ(panel.x(-1), 10);
    EXPECT_EQ(panel.x(1), 110);
    EXPECT_EQ(panel.y(5), 70);
    EXPECT_EQ(panel.y(10), 20);
}

/// Oracle: the extremes of all points of a column, found by looking at each.
TEST(Lines, KeepTheirExtremesWhenTheyAreThinned) {
    std::vector<CanvasPoint> points;
    for (int i = 0; i < 5000; ++i) points.push_back({0.01 * i, std::sin(0.7 * i) * i});
    const auto kept = thinned(points, 0.5);
    EXPECT_LE(kept.size(), 4u * 100);
    EXPECT_TRUE(std::ranges::is_sorted(kept, {}, &CanvasPoint::x));
    EXPECT_EQ(kept.front().x, points.front().x);
    EXPECT_EQ(kept.back().x, points.back().x);
    for (double column = 0; column < 100; ++column) {
        const auto extremes = [&](const std::vector<CanvasPoint>& of) {
            std::pair<double, double> found{INFINITY, -INFINITY};
            for (const auto& p : of)
                if (std::floor(p.x / 0.5) == column) found = {std::min(found.first, p.y), std::max(found.second, p.y)};
            return found;
        };
        EXPECT_EQ(extremes(kept), extremes(points));
    }
    EXPECT_EQ(thinned(std::array{CanvasPoint{1, 2}, CanvasPoint{7, 3}}, 0.5).size(), 2u);
    EXPECT_TRUE(thinned({}, 0.5).empty());
}

}  // namespace
}  // namespace tripartite
