#include "core/dual.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

namespace tripartite {
namespace {

using D = Dual<double, 2>;
constexpr double inf = std::numeric_limits<double>::infinity();

/// f(x, y) on duals against central differences of the same f on doubles, at a few points.
template <class F> void expect_derivatives(F&& f) {
    for (const auto& [x, y] : {std::pair{0.7, 1.3}, {-1.1, 0.4}, {2.2, -0.9}}) {
        const D result = f(D::seed(x, 0), D::seed(y, 1));
        const double h = 1e-6;
        EXPECT_DOUBLE_EQ(result.value, f(x, y));
        EXPECT_NEAR(result.d[0], (f(x + h, y) - f(x - h, y)) / (2 * h), 1e-8);
        EXPECT_NEAR(result.d[1], (f(x, y + h) - f(x, y - h)) / (2 * h), 1e-8);
    }
}

TEST(Dual, ArithmeticMatchesFiniteDifferences) {
    expect_derivatives([](auto x, auto y) { return x + y; });
    expect_derivatives([](auto x, auto y) { return x - y; });
    expect_derivatives([](auto x, auto y) { return x * y; });
    expect_derivatives([](auto x, auto y) { return x / y; });
    expect_derivatives([](auto x, auto y) { return (x * y + x) / (x * x + y * y) - y; });
}

TEST(Dual, ArithmeticWithConstantsMatchesFiniteDifferences) {
    expect_derivatives([](auto x, auto) { return x + 3.0; });
    expect_derivatives([](auto x, auto) { return 3.0 + x; });
    expect_derivatives([](auto, auto y) { return y - 3.0; });
    expect_derivatives([](auto, auto y) { return 3.0 - y; });
    expect_derivatives([](auto x, auto) { return x * 3.0; });
    expect_derivatives([](auto x, auto) { return 3.0 * x; });
    expect_derivatives([](auto, auto y) { return y / 3.0; });
    expect_derivatives([](auto, auto y) { return 3.0 / y; });
}

TEST(Dual, FmaMatchesFiniteDifferencesForAnyMixture) {
    expect_derivatives([](auto x, auto y) { return fma(x, y, x); });
    expect_derivatives([](auto x, auto y) { return fma(3.0, x, y); });
    expect_derivatives([](auto x, auto) { return fma(3.0, x, 2.0); });
}

TEST(Dual, FunctionsMatchFiniteDifferences) {
    expect_derivatives([](auto x, auto y) { return exp(x * y); });
    expect_derivatives([](auto x, auto y) { return abs(x) * abs(y); });
    expect_derivatives([](auto x, auto y) { return select(x > y, x * y, y); });
    expect_derivatives([](auto x, auto y) { return select(x < y, x * y, y); });
    expect_derivatives([](auto x, auto y) { return select(x >= y, x, exp(y)); });
}

TEST(Dual, DetachKeepsTheValueAndDropsTheDerivative) {
    const D x = detach(D::seed(2, 0) * D::seed(3, 1));
    EXPECT_EQ(x.value, 6);
    EXPECT_EQ(x.d[0], 0);
    EXPECT_EQ(x.d[1], 0);
    EXPECT_EQ(value(x), 6);
    EXPECT_EQ(detach(2.5), 2.5);
}

TEST(Dual, ADualOfPacksIsADualInEachLane) {
    using P = Pack<double>;
    double x[P::width], slopes[P::width];
    for (int i = 0; i < P::width; ++i) x[i] = 0.3 * i - 1;
    const auto seeded = Dual<P, 1>::seed(P::load(x), 0);
    const auto y = exp(seeded * seeded) / (seeded + P(3));
    y.d[0].store(slopes);
    for (int i = 0; i < P::width; ++i) {
        const auto one = Dual<double, 1>::seed(x[i], 0), expected = exp(one * one) / (one + 3.0);
        EXPECT_NEAR(slopes[i], expected.d[0], 1e-14 * std::fabs(expected.d[0]));
    }
}

/// Units in the last place between two numbers of the same sign.
template <class Real> double ulps(Real a, Real b) { return std::fabs(double(a) - double(b)) / double(std::nextafter(std::fabs(b), Real(inf)) - std::fabs(b)); }

template <class Real> void expect_exp_within_two_ulps(Real lowest, Real highest) {
    using P = Pack<Real>;
    constexpr int points = 200'000;
    double worst = 0;
    for (int i = 0; i < points; i += P::width) {
        Real x[P::width], y[P::width];
        for (int j = 0; j < P::width; ++j) x[j] = lowest + (highest - lowest) * Real(i + j) / points;
        exp(P::load(x)).store(y);
        for (int j = 0; j < P::width; ++j) worst = std::max(worst, ulps(y[j], Real(std::exp(static_cast<long double>(x[j])))));
    }
    EXPECT_LE(worst, 2);
}

TEST(PackExp, IsWithinTwoUnitsInTheLastPlace) {
    expect_exp_within_two_ulps<float>(-87, 88);
    expect_exp_within_two_ulps<double>(-708, 709);
    expect_exp_within_two_ulps<float>(-1, 1);
    expect_exp_within_two_ulps<double>(-1, 1);
}

TEST(PackExp, UnderflowsToZeroAndStaysFinite) {
    const auto of = [](float x) {
        float y[16];
        exp(Pack<float>(x)).store(y);
        return y[7];
    };
    EXPECT_EQ(of(-90), 0);
    EXPECT_EQ(of(-1e30f), 0);
    EXPECT_EQ(of(0), 1);
    EXPECT_TRUE(std::isfinite(of(1e30f)) && of(1e30f) > 2e38f);
}

TEST(Pack, ComparisonsBitsAndSelectionAreLaneByLane) {
    using P = Pack<float>;
    float x[16], chosen[16], ones[16];
    for (int i = 0; i < 16; ++i) x[i] = float(i % 5) - 2;
    const P p = P::load(x);
    const auto positive = p > P(0);
    select(positive, p, P(-7)).store(chosen);
    from_bits<float>(bits(positive)).store(ones);
    for (int i = 0; i < 16; ++i) {
        EXPECT_EQ(bits(positive) >> i & 1, x[i] > 0);
        EXPECT_EQ(chosen[i], x[i] > 0 ? x[i] : -7);
        EXPECT_EQ(ones[i], x[i] > 0 ? 1 : 0);
    }
    EXPECT_EQ(bits(p >= P(2)), bits(p > P(1)));
    EXPECT_EQ(bits(p < P(-1)), bits(abs(p) > P(1)) & ~bits(p > P(1)));
}

}  // namespace
}  // namespace tripartite
