#include "core/exponential.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <random>

namespace tripartite {
namespace {

/// The largest error of f over random points, in units in the last place of the exact value.
template <class Real, class F, class G> double largest_error(double lowest_power, double highest_power, F&& f, G&& exact) {
    std::mt19937_64 random(1);
    std::uniform_real_distribution<double> power(lowest_power, highest_power);
    double largest = 0;
    for (int i = 0; i < 20000; ++i) {
        const Real x = Real(std::exp2(power(random)));
        const long double expected = exact(static_cast<long double>(x));
        const Real nearest = std::fabs(Real(expected)), unit = std::nextafter(nearest, Real(1e30)) - nearest;
        largest = std::max(largest, double(std::fabs(static_cast<long double>(f(Pack<Real>(x)).v[3]) - expected) / unit));
    }
    return largest;
}
constexpr auto pack_log = [](auto x) { return log(x); };
constexpr auto exact_log = [](long double x) { return std::log(x); };

TEST(Exponential, LogarithmOfPacksIsWithinTwoUnits) {
    EXPECT_LT(largest_error<float>(-126, 127, pack_log, exact_log), 2);
    EXPECT_LT(largest_error<float>(-1, 1, pack_log, exact_log), 2);
    EXPECT_LT(largest_error<double>(-1022, 1023, pack_log, exact_log), 2);
    EXPECT_LT(largest_error<double>(-1, 1, pack_log, exact_log), 2);
    EXPECT_EQ(log(Pack<float>(1)).v[0], 0);
}

TEST(Exponential, PowerOfPacksFollowsPow) {
    for (const double exponent : {0.02, 0.4, 1.5}) {
        const auto power_of = [=](auto x) { return power(x, exponent); };
        const auto exact = [=](long double x) { return std::pow(x, static_cast<long double>(exponent)); };
        EXPECT_LT(largest_error<float>(-20, 20, power_of, exact), 40) << exponent;
        EXPECT_LT(largest_error<double>(-20, 20, power_of, exact), 40) << exponent;
    }
    for (const float x : {0.0f, 0.3f, 7.0f}) {
        EXPECT_EQ(power(Pack<float>(x), 0).v[0], 1);
        EXPECT_EQ(power(Pack<float>(x), 1).v[0], x);
    }
    EXPECT_EQ(power(Pack<float>(0), 0.4).v[0], 0);
}

}  // namespace
}  // namespace tripartite
