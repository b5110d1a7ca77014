#include <algorithm>
#include <cmath>

#include "tests/synapses/pairs.hpp"

/// The rules that draw, against the probabilities that define them. Seeds are fixed; bounds are four to five standard deviations.
namespace tripartite {
namespace {

/// Pearson's chi-square of counts against probabilities, in standard deviations.
double deviation(const std::vector<double>& counts, const std::vector<double>& probabilities) {
    double draws = 0, chi2 = 0;
    for (const double count : counts) draws += count;
    for (std::size_t i = 0; i < counts.size(); ++i) chi2 += std::pow(counts[i] - draws * probabilities[i], 2) / (draws * probabilities[i]);
    const double degrees = double(counts.size()) - 1;
    return (chi2 - degrees) / std::sqrt(2 * degrees);
}

double choose(int n, int k) { return std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1)); }

TEST(RandomDegrees, EveryNeuronIsEquallyLikely) {
    const PairSpace space{.sources = 300, .targets = 500};
    EXPECT_LT(std::abs(deviation_from_uniform(out_degrees(pairs_of(FixedInDegree{100}, space), 300))), 4);
    EXPECT_LT(std::abs(deviation_from_uniform(in_degrees(pairs_of(FixedOutDegree{100}, space), 500))), 4);
    const auto total = pairs_of(FixedTotalNumber{100'000}, space);
    EXPECT_LT(std::abs(deviation_from_uniform(out_degrees(total, 300))), 4);
    EXPECT_LT(std::abs(deviation_from_uniform(in_degrees(total, 500))), 4);
}

TEST(RandomDegrees, EveryPairIsEquallyLikely) {
    constexpr int seeds = 3000;
    const PairSpace space{.sources = 6, .targets = 6, .same_population = true};
    for (const bool autapses : {true, false})
        for (const bool multapses : {true, false}) {
            for (const ConnectionRule& rule : std::initializer_list<ConnectionRule>{
                     FixedInDegree{2, autapses, multapses}, FixedOutDegree{2, autapses, multapses}, FixedTotalNumber{12, autapses, multapses}}) {
                std::map<std::pair<std::uint32_t, std::uint32_t>, int> counts;
                for (std::uint64_t seed = 1; seed <= seeds; ++seed)
                    for (const auto& [pair, count] : counts_of(pairs_of(rule, space, seed))) counts[pair] += count;
                EXPECT_EQ(counts.size(), autapses ? 36u : 30u);
                std::vector<int> values;
                for (const auto& [pair, count] : counts) values.push_back(count);
                EXPECT_LT(deviation_from_uniform(values), 4) << rule.index() << autapses << multapses;
            }
        }
}

TEST(RandomDegrees, EverySetOfDistinctPartnersIsEquallyLikely) {
    std::map<std::vector<std::uint32_t>, int> in_sets, total_sets;
    for (std::uint64_t seed = 1; seed <= 6000; ++seed) {
        const auto set_of = [](const std::vector<Pair>& pairs) {
            std::vector<std::uint32_t> members;
            for (const auto& pair : pairs) members.push_back(pair.source + 10 * pair.target);
            std::ranges::sort(members);
            return members;
        };
        ++in_sets[set_of(pairs_of(FixedInDegree{3, true, false}, {.sources = 6, .targets = 1}, seed))];
        ++total_sets[set_of(pairs_of(FixedTotalNumber{3, true, false}, {.sources = 3, .targets = 2}, seed))];
    }
    for (const auto& sets : {in_sets, total_sets}) {
        EXPECT_EQ(sets.size(), 20u);  // 3 of 6
        std::vector<int> counts;
        for (const auto& [set, count] : sets) counts.push_back(count);
        EXPECT_LT(deviation_from_uniform(counts), 4);
    }
}

TEST(RandomDegrees, SharesOfATotalNumberAreBinomialAndHypergeometric) {
    constexpr int n = 12, sources = 3, targets = 7;
    std::vector<double> with(n + 1), without(targets + 1), binomial, hypergeometric;
    for (std::uint64_t seed = 1; seed <= 5000; ++seed) {
        const PairSpace space{.sources = sources, .targets = targets};
        ++with[std::size_t(out_degrees(pairs_of(FixedTotalNumber{n}, space, seed), sources)[1])];
        ++without[std::size_t(out_degrees(pairs_of(FixedTotalNumber{n, true, false}, space, seed), sources)[1])];
    }
    constexpr int others = targets * (sources - 1);
    for (int k = 0; k <= n; ++k) binomial.push_back(choose(n, k) * std::pow(1.0 / sources, k) * std::pow(1 - 1.0 / sources, n - k));
    for (int k = 0; k <= targets; ++k) hypergeometric.push_back(choose(targets, k) * choose(others, n - k) / choose(targets * sources, n));
    EXPECT_LT(deviation(with, binomial), 4.5);
    EXPECT_LT(deviation(without, hypergeometric), 4.5);
}

TEST(RandomDegrees, SharesOfALargeTotalNumberHaveTheirVariance) {
    const PairSpace space{.sources = 2, .targets = 1};
    double squares = 0;
    constexpr int seeds = 200;
    constexpr std::uint64_t n = 1000;
    for (std::uint64_t seed = 1; seed <= seeds; ++seed)
        squares += std::pow(out_degrees(pairs_of(FixedTotalNumber{n}, space, seed), 2)[0] - n / 2.0, 2);
    EXPECT_NEAR(squares / seeds / (n / 4.0), 1, 4 * std::sqrt(2.0 / seeds));
}

TEST(RandomDegrees, BernoulliDegreesAreBinomial) {
    for (const double p : {0.001, 0.1, 0.7}) {
        const PairSpace space{.sources = 1000, .targets = 400};
        const auto pairs = pairs_of(PairwiseBernoulli{p}, space);
        const double total = 1000.0 * 400;
        EXPECT_NEAR(double(pairs.size()), total * p, 4 * std::sqrt(total * p * (1 - p))) << p;
        const auto dispersion = [&](const std::vector<int>& degrees, double partners) {
            double chi2 = 0;
            for (const int degree : degrees) chi2 += std::pow(degree - partners * p, 2) / (partners * p * (1 - p));
            return (chi2 - double(degrees.size())) / std::sqrt(2 * double(degrees.size()));
        };
        EXPECT_LT(std::abs(dispersion(in_degrees(pairs, 400), 1000)), 4.5) << p;
        EXPECT_LT(std::abs(dispersion(out_degrees(pairs, 1000), 400)), 4.5) << p;
    }
}

TEST(RandomDegrees, WhatCannotBeDrawnIsAnError) {
    const PairSpace space{.sources = 5, .targets = 5, .same_population = true}, nobody{.sources = 0, .targets = 3};
    const auto error = [](const ConnectionRule& rule, const PairSpace& where) { return error_of([&] { pairs_of(rule, where); }); };
    EXPECT_EQ(error(FixedInDegree{5, false, false}, space),
              "fixed_in_degree: n = 5 is more than the 4 sources that can be drawn; allow multapses or choose a smaller n");
    EXPECT_EQ(error(FixedInDegree{5, true, false}, space), "no error");
    EXPECT_EQ(error(FixedOutDegree{6, true, false}, space),
              "fixed_out_degree: n = 6 is more than the 5 targets that can be drawn; allow multapses or choose a smaller n");
    EXPECT_EQ(error(FixedTotalNumber{21, false, false}, space),
              "fixed_total_number: n = 21 is more than the 20 pairs there are; allow multapses or choose a smaller n");
    EXPECT_EQ(error(FixedInDegree{1}, nobody), "fixed_in_degree: there are no sources to draw");
    EXPECT_EQ(error(FixedTotalNumber{1}, nobody), "fixed_total_number: there are no pairs to draw");
    EXPECT_EQ(error(FixedInDegree{1, false}, {.sources = 1, .targets = 1, .same_population = true}), "fixed_in_degree: there are no sources to draw");
    EXPECT_EQ(error(PairwiseBernoulli{1.5}, space), "pairwise_bernoulli: p = 1.5 is not a probability; it must be within 0 and 1");
    EXPECT_EQ(error(OneToOne{}, nobody), "one_to_one: 0 sources cannot be paired with 3 targets");
    EXPECT_EQ(error(ListedPairs{"edges.csv", "", {0, 5}, {0, 0}}, space), "edges.csv: synapse 2: source 5 is not one of the 5 sources");
    EXPECT_EQ(error(ListedPairs{"edges.csv", "", {0, 1}, {0, 9}}, space), "edges.csv: synapse 2: target 9 is not one of the 5 targets");
}

}  // namespace
}  // namespace tripartite
