#include "core/random.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <set>

namespace tripartite {
namespace {

constexpr int draws = 200'000;

TEST(Philox, GivesTheKnownAnswers) {  // kat_vectors of Random123, philox4x32-10
    const r123::Philox4x32 philox;
    EXPECT_EQ(philox({{0, 0, 0, 0}}, {{0, 0}}), (r123::Philox4x32::ctr_type{{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}}));
    const std::uint32_t f = 0xffffffff;
    EXPECT_EQ(philox({{f, f, f, f}}, {{f, f}}), (r123::Philox4x32::ctr_type{{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}}));
}

TEST(Random, UniformHasTheMomentsOfTheUniformDistribution) {
    const RandomStream random(1, "a", "b");
    double sum = 0, squares = 0, low = 1, high = 0;
    for (int i = 0; i < draws; ++i) {
        const double x = random.uniform(std::uint32_t(i));
        sum += x, squares += x * x, low = std::min(low, x), high = std::max(high, x);
    }
    const double error = 5 / std::sqrt(double(draws));  // five standard deviations of a variable of sd 1
    EXPECT_NEAR(sum / draws, 0.5, error * 0.29);
    EXPECT_NEAR(squares / draws, 1.0 / 3, error * 0.3);
    EXPECT_GE(low, 0);
    EXPECT_LT(high, 1);
}

TEST(Random, NormalHasTheMomentsOfTheNormalDistribution) {
    const RandomStream random(1, "a", "b");
    double moments[5] = {};
    for (int i = 0; i < draws; ++i) {
        const double x = random.normal(std::uint32_t(i));
        ASSERT_TRUE(std::isfinite(x));
        for (int k = 1; k < 5; ++k) moments[k] += std::pow(x, k) / draws;
    }
    const double error = 5 / std::sqrt(double(draws));
    EXPECT_NEAR(moments[1], 0, error);
    EXPECT_NEAR(moments[2], 1, error * std::sqrt(2.0));
    EXPECT_NEAR(moments[3], 0, error * std::sqrt(15.0));
    EXPECT_NEAR(moments[4], 3, error * std::sqrt(96.0));
}

TEST(Random, BelowIsUniformOverItsRange) {
    const RandomStream random(2, "a", "b");
    int counts[7] = {};
    for (int i = 0; i < draws; ++i) ++counts[random.below(7, std::uint32_t(i))];
    double chi_squared = 0;
    for (const int n : counts) chi_squared += std::pow(n - draws / 7.0, 2) / (draws / 7.0);
    EXPECT_LT(chi_squared, 22.46);  // 6 degrees of freedom, 0.1 %
}

TEST(Random, EachPartOfTheKeyAndOfTheCounterMatters) {
    std::set<RandomStream::Bits> seen;
    const auto draw = [&](std::uint64_t seed, const char* object, const char* purpose, auto... counter) { seen.insert(RandomStream(seed, object, purpose).bits(counter...)); };
    draw(1, "a", "b", 0, 0, 0, 0);
    draw(2, "a", "b", 0, 0, 0, 0);
    draw(std::uint64_t(1) << 40, "a", "b", 0, 0, 0, 0);
    draw(1, "aa", "b", 0, 0, 0, 0);
    draw(1, "a", "bb", 0, 0, 0, 0);
    draw(1, "ab", "", 0, 0, 0, 0);
    draw(1, "", "ab", 0, 0, 0, 0);
    draw(1, "a", "b", 1, 0, 0, 0);
    draw(1, "a", "b", 0, 1, 0, 0);
    draw(1, "a", "b", 0, 0, 1, 0);
    draw(1, "a", "b", 0, 0, 0, 1);
    EXPECT_EQ(seen.size(), 11u);
}

TEST(Random, StreamsOfDifferentNamesAreUncorrelated) {
    const RandomStream a(1, "population1", "noise"), b(1, "population2", "noise");
    double sum = 0;
    for (int i = 0; i < draws; ++i) sum += a.normal(std::uint32_t(i)) * b.normal(std::uint32_t(i)) / draws;
    EXPECT_NEAR(sum, 0, 5 / std::sqrt(double(draws)));
}

TEST(ProbabilityBound, IsTheShareOfIntegersBelowIt) {
    EXPECT_EQ(probability_bound(0), 0u);
    EXPECT_EQ(probability_bound(0.25), std::uint64_t(1) << 30);
    EXPECT_EQ(probability_bound(1), std::uint64_t(1) << 32);
    EXPECT_EQ(probability_bound(-1), 0u);
    EXPECT_EQ(probability_bound(2), std::uint64_t(1) << 32);
}

}  // namespace
}  // namespace tripartite
