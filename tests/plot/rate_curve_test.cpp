#include "plot/rate_curve.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>

namespace tripartite {
namespace {

/// A spike of step k is stamped (k + 1) dt: it belongs to the bin that its step lies in.
TEST(RateCurve, SpikesOnTheBordersOfBinsBelongToTheEarlierOne) {
    std::vector<double> times;
    for (int step = 0; step < 1000; ++step) times.push_back((step + 1) * 0.1);
    EXPECT_EQ(binned(times, {0, 100}, 5), std::vector<std::uint64_t>(20, 50));
    EXPECT_EQ(binned(times, {0, 100}, 0.5), std::vector<std::uint64_t>(200, 5));
    EXPECT_EQ(binned(std::vector<double>{100, 100.1}, {99.9, 100.1}, 0.1), (std::vector<std::uint64_t>{1, 1}));
}

TEST(RateCurve, ItsIntegralIsTheNumberOfSpikesPerNeuron) {
    const Window window{100, 1107};  // the last bin is narrower
    const std::vector<std::uint64_t> counts{3, 0, 5, 9, 2, 4, 4, 1, 0, 7, 1};
    const auto curve = rate_of(counts, 4, window, 100);
    double integral = 0;
    for (std::size_t i = 0; i < counts.size(); ++i) integral += curve.values[i] * (i + 1 < counts.size() ? 0.1 : 0.007);
    EXPECT_NEAR(integral, 36 / 4., 1e-12);
    EXPECT_EQ(curve.end, 1107);
}

TEST(RateCurve, BinsAreBetweenATwentiethAndATwoHundredthAndHoldTenSpikes) {
    for (const double length : {7.0, 100.0, 1000.0, 12345.0, 1e6})
        for (const std::uint64_t spikes : {0ull, 10ull, 500ull, 1000000ull}) {
            const double width = bin_width({50, 50 + length}, spikes);
            EXPECT_LE(width, length / 20 * (1 + 1e-9));
            EXPECT_GE(width, length / 200 * (1 - 1e-9));
            const bool roomy = width <= length / 50 && spikes > 0;
            EXPECT_TRUE(!roomy || double(spikes) * width / length >= 10 * (1 - 1e-9));
        }
    EXPECT_EQ(bin_width({0, 1000}, 1000000), 5);
    EXPECT_EQ(bin_width({0, 50}, 1000000), 1) << "no shorter than 1 ms";
}

}  // namespace
}  // namespace tripartite
