#include "core/normal.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>
#include <vector>

namespace tripartite {
namespace {

/// The lower tail in extended precision, by the C library.
long double tail(long double x) { return std::erfc(-x / std::sqrt(2.0L)) / 2; }

TEST(Normal, QuantileInvertsTheDistributionFunction) {
    for (double x = -37; x < -0.02; x += 0.0137) EXPECT_NEAR(normal_quantile(double(tail(x))) / x, 1, 2e-15 + 1e-16 / std::abs(x)) << x;
    for (double x = 0; x < 6; x += 0.0137) {
        const double p = double(tail(x)), error = 2e-16 / normal_density(x);  // what rounding p costs where 1-p is small
        EXPECT_NEAR(normal_quantile(p), x, 2e-15 * x + error) << x;
    }
}

TEST(Normal, QuantileIsOdd) {
    EXPECT_EQ(normal_quantile(0.5), 0);
    for (int i = 1; i < 1024; ++i) EXPECT_EQ(normal_quantile(i / 1024.0), -normal_quantile(1 - i / 1024.0));
}

TEST(Normal, CertaintyIsInfinitelyFarAway) {
    EXPECT_EQ(normal_quantile(0), -std::numeric_limits<double>::infinity());
    EXPECT_EQ(normal_quantile(1), std::numeric_limits<double>::infinity());
}

TEST(Normal, ManyQuantilesAreTheSameToTheBit) {
    for (const int count : {0, 1, 255, 256, 257, 3000}) {
        std::vector<double> p, expected;
        for (int i = 0; i < count; ++i) p.push_back((i + 0.5) / count), expected.push_back(normal_quantile(p.back()));
        normal_quantile(p);
        EXPECT_EQ(p, expected);
    }
}

TEST(Normal, CdfKeepsItsAccuracyInTheTails) {
    for (double x = -37; x < 8; x += 0.173) EXPECT_NEAR(normal_cdf(x) / double(tail(x)), 1, 1e-12) << x;  // the argument's rounding, times x^2
}

}  // namespace
}  // namespace tripartite
