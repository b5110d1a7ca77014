#include "synapses/synapse_values.hpp"

#include <cmath>
#include <limits>

#include "tests/synapses/pairs.hpp"

namespace tripartite {
namespace synapse_values_test {

constexpr PairSpace space{.sources = 100, .targets = 100};
const RandomStream weights(7, "projection", "weight");
constexpr double infinity = std::numeric_limits<double>::infinity();

std::vector<double> values_of(const SynapseValues& values, std::span<const Pair> pairs) {
    std::vector<double> out(pairs.size());
    values.fill(pairs, out);
    return out;
}

TEST(SynapseValues, ValuesDependOnTheNumberAlone) {
    const auto pairs = pairs_of(FixedTotalNumber{5000}, space);
    for (const Distribution& distribution : std::initializer_list<Distribution>{Normal{87.8, 8.8, {0, infinity}}, LogNormal{0, 1}, Uniform{1, 2}}) {
        const SynapseValues values(distribution, space, weights);
        const auto whole = values_of(values, pairs);
        for (std::size_t i = 0; i < pairs.size(); i += 7) EXPECT_EQ(values_of(values, {&pairs[i], 1})[0], whole[i]);
        const auto back = std::vector<Pair>(pairs.rbegin(), pairs.rend());
        const auto reversed = values_of(values, back);
        EXPECT_EQ(std::vector<double>(reversed.rbegin(), reversed.rend()), whole);
    }
}

TEST(SynapseValues, ValuesFollowTheDistribution) {
    const auto pairs = pairs_of(FixedTotalNumber{20'000}, space);
    auto values = values_of(SynapseValues(Normal{3, 2, {0, infinity}}, space, weights), pairs);
    std::ranges::sort(values);
    const auto phi = [](double x) { return std::erfc(-x / std::sqrt(2)) / 2; };
    double distance = 0;  // Kolmogorov and Smirnov
    for (std::size_t i = 0; i < values.size(); ++i) {
        const double f = (phi((values[i] - 3) / 2) - phi(-1.5)) / (1 - phi(-1.5));
        distance = std::max({distance, std::abs(f - double(i) / 20'000), std::abs(f - double(i + 1) / 20'000)});
    }
    EXPECT_LT(distance * std::sqrt(20'000), 1.95);
}

TEST(SynapseValues, ANumberIsConstant) {
    const SynapseValues values(Distribution(1.5), space, weights);
    EXPECT_TRUE(values.constant());
    EXPECT_EQ(values.constant_value(), 1.5);
    EXPECT_EQ(values_of(values, pairs_of(OneToOne{}, space)), std::vector<double>(100, 1.5));
    EXPECT_FALSE(SynapseValues(Normal{}, space, weights).constant());
}

TEST(SynapseValues, AListGivesEachPairItsOwn) {
    const std::vector<double> list{3, 1, 2};
    const auto connector = make_connector(ListedPairs{"edges.csv", "", {5, 6, 7}, {0, 1, 0}}, space, weights);
    const SynapseValues values(list, space, weights);
    EXPECT_FALSE(values.constant());
    EXPECT_EQ(values_of(values, pairs_of(*connector, {0, 1})), (std::vector<double>{3, 2}));
    EXPECT_EQ(values_of(values, pairs_of(*connector, {1, 2})), (std::vector<double>{1}));
}

TEST(SynapseValues, AFunctionOfTheDistanceUsesThePositions) {
    const Positions line(GridPositions{{4, 1}, {8, 1}, {0, 0}}, 4, false, weights);
    const PairSpace on_line{4, 4, true, &line, &line};
    const auto pairs = pairs_of(AllToAll{}, on_line);
    const auto linear = values_of({DistanceFunction(LinearDistance{0.5, 0.1}), on_line, weights}, pairs);
    const auto exponential = values_of({DistanceFunction(ExponentialDistance{1, 3, 2}), on_line, weights}, pairs);
    const auto gaussian = values_of({DistanceFunction(GaussianDistance{1, 3, 2, 4}), on_line, weights}, pairs);
    for (std::size_t i = 0; i < pairs.size(); ++i) {
        const double d = 2 * std::abs(double(pairs[i].source) - pairs[i].target);
        EXPECT_DOUBLE_EQ(linear[i], 0.5 + 0.1 * d);
        EXPECT_DOUBLE_EQ(exponential[i], 1 + 3 * std::exp(-d / 2));
        EXPECT_DOUBLE_EQ(gaussian[i], 1 + 3 * std::exp(-(d - 2) * (d - 2) / 32));
    }
}

TEST(SynapseValues, WhatCannotBeIsAnError) {
    const auto error = [](const ValueRule& rule) { return error_of([&] { SynapseValues(rule, space, weights); }); };
    EXPECT_EQ(error(Distribution(Uniform{2, 1})), "min 2 is above max 1");
    EXPECT_EQ(error(DistanceFunction()), "a function of the distance needs positions of both populations");
}

}  // namespace synapse_values_test
}  // namespace tripartite
