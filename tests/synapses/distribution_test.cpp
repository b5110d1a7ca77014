#include "synapses/distribution.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <numbers>
#include <vector>

namespace tripartite {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Distribution functions in closed form.
double phi(double x) { return std::erfc(-x / std::numbers::sqrt2) / 2; }
using Cdf = std::function<double(double)>;
Cdf truncated(Cdf f, double low, double high) {
    return [=](double x) { return (f(std::clamp(x, low, high)) - f(low)) / (f(high) - f(low)); };
}

struct Case {
    Distribution distribution;
    Cdf cdf;
};
const std::vector<Case>& cases() {
    const Cdf normal = [](double x) { return phi((x - 2) / 3); };
    const Cdf lognormal = [](double x) { return x > 0 ? phi((std::log(x) - 0.5) / 0.8) : 0; };
    const Cdf exponential = [](double x) { return x > 0 ? 1 - std::exp(-x / 5) : 0; };
    static const std::vector<Case> all{
        {Uniform{-1, 3}, [](double x) { return (x + 1) / 4; }},
        {Normal{2, 3}, normal},
        {Normal{2, 3, {0, infinity}}, truncated(normal, 0, 1e9)},
        {Normal{2, 3, {4, 5}}, truncated(normal, 4, 5)},
        {Normal{2, 3, {-infinity, -1}}, truncated(normal, -1e9, -1)},
        {LogNormal{0.5, 0.8}, lognormal},
        {LogNormal{0.5, 0.8, {1, 4}}, truncated(lognormal, 1, 4)},
        {LogNormal{0.5, 0.8, {-2, 4}}, truncated(lognormal, 0, 4)},
        {Exponential{5}, exponential},
        {Exponential{5, {3, 7}}, truncated(exponential, 3, 7)},
        {Exponential{5, {3, infinity}}, truncated(exponential, 3, 1e9)},
    };
    return all;
}

std::vector<double> sample(const Distribution& distribution, std::size_t count = 20'000) {
    std::vector<double> values(count);
    draw(distribution, RandomStream(1, "population", "parameter"), values);
    return values;
}

TEST(Distribution, ValuesFollowTheDistributionFunction) {
    for (std::size_t c = 0; c < cases().size(); ++c) {
        auto values = sample(cases()[c].distribution);
        std::ranges::sort(values);
        double distance = 0;  // Kolmogorov and Smirnov
        const auto n = double(values.size());
        for (std::size_t i = 0; i < values.size(); ++i) {
            const double f = cases()[c].cdf(values[i]);
            distance = std::max({distance, std::abs(f - double(i) / n), std::abs(f - double(i + 1) / n)});
        }
        EXPECT_LT(distance * std::sqrt(n), 1.95) << "case " << c;  // exceeded with probability 0.001
    }
}

TEST(Distribution, QuantileInvertsTheDistributionFunction) {
    for (std::size_t c = 0; c < cases().size(); ++c)
        for (double u = 0.0005; u < 1; u += 0.0137)
            EXPECT_NEAR(cases()[c].cdf(cases()[c].distribution.quantile(u)), u, 1e-14) << "case " << c << ", u " << u;
}

TEST(Distribution, MeanIsThatOfTheValues) {
    for (std::size_t c = 0; c < cases().size(); ++c) {
        const auto values = sample(cases()[c].distribution);
        double sum = 0, squares = 0;
        for (const double x : values) sum += x, squares += x * x;
        const auto n = double(values.size());
        const double mean = sum / n, error = std::sqrt((squares / n - mean * mean) / n);
        EXPECT_NEAR(cases()[c].distribution.mean(), mean, 4 * error) << "case " << c;
    }
}

TEST(Distribution, KnownMeans) {
    EXPECT_EQ(Distribution(3).mean(), 3);
    EXPECT_EQ(Distribution(Uniform{1, 4}).mean(), 2.5);
    EXPECT_DOUBLE_EQ(Distribution(Normal{0, 1, {0, infinity}}).mean(), std::sqrt(2 / std::numbers::pi));
    EXPECT_DOUBLE_EQ(Distribution(Normal{0, 1, {}, {0, infinity}}).mean(), std::sqrt(0.5 / std::numbers::pi));
    EXPECT_DOUBLE_EQ(Distribution(Normal{7, 2, {6, 8}}).mean(), 7);
    EXPECT_DOUBLE_EQ(Distribution(LogNormal{0.3, 0.4}).mean(), std::exp(0.3 + 0.08));
    EXPECT_DOUBLE_EQ(Distribution(Exponential{5, {3, infinity}}).mean(), 8);
    EXPECT_DOUBLE_EQ(Distribution(Exponential{5, {}, {0, 5}}).mean(), 5 * (1 - std::exp(-1.0)));
    EXPECT_EQ(Distribution(Exponential{0, {}, {1, 2}}).mean(), 1);
}

TEST(Distribution, TruncationIsExactFarOutInBothTails) {
    for (const double u : {1e-9, 0.01, 0.5, 0.99}) {
        const double above = Distribution(Normal{0, 1, {9, infinity}}).quantile(u), below = Distribution(Normal{0, 1, {-infinity, -9}}).quantile(u);
        EXPECT_NEAR(phi(-above) / phi(-9) / (1 - u), 1, 1e-12);
        EXPECT_NEAR(phi(below) / phi(-9) / u, 1, 1e-12);
    }
}

TEST(Distribution, AllValuesLieWithinTheBounds) {
    for (const double u : {0x1p-54, 1e-9, 0.3, 1 - 0x1p-53}) {
        for (const Distribution& d : std::initializer_list<Distribution>{Normal{0, 1, {0.1, 0.2}}, LogNormal{0, 1, {0.1, 0.2}}, Exponential{1, {0.1, 0.2}},
                                                                         Normal{0, 1, {}, {0.1, 0.2}}, Uniform{0.1, 0.2}}) {
            EXPECT_GE(d.quantile(u), 0.1);
            EXPECT_LE(d.quantile(u), 0.2);
        }
    }
}

TEST(Distribution, ClippingMovesValuesToTheBounds) {
    const Distribution plain(Normal{0, 1}), clipped(Normal{0, 1, {}, {-0.5, 1}});
    for (double u = 0.01; u < 1; u += 0.01) EXPECT_EQ(clipped.quantile(u), std::clamp(plain.quantile(u), -0.5, 1.0));
}

TEST(Distribution, ManyValuesAreTheSameToTheBit) {
    for (const auto& [distribution, cdf] : cases()) {
        std::vector<double> u, expected;
        for (int i = 0; i < 1000; ++i) u.push_back((i + 0.5) / 1000), expected.push_back(distribution.quantile(u.back()));
        Quantile{distribution}(u);
        EXPECT_EQ(u, expected);
    }
}

TEST(Distribution, WithoutSpreadItIsConstant) {
    for (const Distribution& d : std::initializer_list<Distribution>{2, Uniform{2, 2}, Normal{2, 0}, Normal{2, 0, {1, 3}}, Normal{5, 1, {}, {2, 2}},
                                                                     LogNormal{std::log(2), 0}, Exponential{0, {}, {2, 3}}}) {
        EXPECT_EQ(d.problem(), "");
        EXPECT_TRUE(d.constant());
        EXPECT_DOUBLE_EQ(d.quantile(0.1), 2);
        EXPECT_DOUBLE_EQ(d.mean(), 2);
    }
    for (const auto& [distribution, cdf] : cases()) {
        EXPECT_EQ(distribution.problem(), "");
        EXPECT_FALSE(distribution.constant());
    }
}

TEST(Distribution, ImpossibleParametersAreNamed) {
    EXPECT_EQ(Distribution(Uniform{2, 1}).problem(), "min 2 is above max 1");
    EXPECT_EQ(Distribution(Normal{0, 1, {3, 1}}).problem(), "redraw: 3 is above 1");
    EXPECT_EQ(Distribution(Exponential{1, {}, {3, 1}}).problem(), "clip: 3 is above 1");
    EXPECT_EQ(Distribution(LogNormal{0, 1, {1, 2}, {3, 4}}).problem(), "redraw and clip have no value in common");
    EXPECT_EQ(Distribution(Normal{5, 0, {1, 3}}).problem(), "redraw: no value lies within 1 and 3");
    EXPECT_EQ(Distribution(Normal{0, 1, {50, 60}}).problem(), "redraw: no value lies within 50 and 60");
    EXPECT_EQ(Distribution(LogNormal{0, 1, {-3, -1}}).problem(), "redraw: no value lies within -3 and -1");
    EXPECT_EQ(Distribution(Exponential{1, {-3, -1}}).problem(), "redraw: no value lies within -3 and -1");
}

}  // namespace
}  // namespace tripartite
