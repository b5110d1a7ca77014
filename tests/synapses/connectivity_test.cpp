#include "synapses/connectivity.hpp"

#include <algorithm>
#include <cmath>

#include "tests/synapses/pairs.hpp"

namespace tripartite {
namespace {

constexpr PairSpace two{.sources = 200, .targets = 150}, one{.sources = 200, .targets = 200, .same_population = true};

std::vector<ConnectionRule> rules_of(bool autapses, bool multapses) {
    return {AllToAll{autapses}, PairwiseBernoulli{0.2, autapses}, FixedInDegree{30, autapses, multapses},
            FixedOutDegree{30, autapses, multapses}, FixedTotalNumber{5000, autapses, multapses}};
}

TEST(Connectivity, OneToOnePairsEqualIndices) {
    const auto pairs = pairs_of(OneToOne{}, one);
    ASSERT_EQ(pairs.size(), 200u);
    for (std::uint32_t i = 0; i < 200; ++i) EXPECT_EQ(pairs[i], (Pair{i, i, i}));
}

TEST(Connectivity, AllButOneToOneHasTheOtherPairs) {
    const auto pairs = pairs_of(AllButOneToOne{}, {.sources = 200, .targets = 200});
    EXPECT_EQ(pairs.size(), 200u * 199u);
    for (const auto& pair : pairs) ASSERT_NE(pair.source, pair.target);
    EXPECT_THROW(make_connector(AllButOneToOne{}, two, test_random()), Error);
}

TEST(Connectivity, AllToAllHasEveryPairOnce) {
    const auto counts = counts_of(pairs_of(AllToAll{}, two));
    EXPECT_EQ(counts.size(), 200u * 150u);
    for (const auto& [pair, count] : counts) EXPECT_EQ(count, 1);
}

TEST(Connectivity, NumbersAreUnique) {
    for (const bool multapses : {true, false})
        for (const auto& rule : rules_of(true, multapses)) {
            std::set<std::uint64_t> numbers;
            const auto pairs = pairs_of(rule, two);
            for (const auto& pair : pairs) numbers.insert(pair.number);
            EXPECT_EQ(numbers.size(), pairs.size()) << rule.index();
        }
}

TEST(Connectivity, ARangeGivesItsPartOfTheWholeInTheSameOrder) {
    for (const bool multapses : {true, false})
        for (const auto& rule : rules_of(multapses, multapses)) {
            const auto connector = make_connector(rule, one, test_random());
            const auto whole = pairs_of(*connector, {0, one.targets});
            for (const std::uint32_t parts : {1u, 2u, 3u, 8u}) {
                std::size_t total = 0;
                for (std::uint32_t part = 0; part < parts; ++part) {
                    const IndexRange range{part * one.targets / parts, (part + 1) * one.targets / parts};
                    std::vector<Pair> expected;
                    for (const auto& pair : whole)
                        if (pair.target >= range.begin && pair.target < range.end) expected.push_back(pair);
                    const auto pairs = pairs_of(*connector, range);
                    EXPECT_EQ(pairs, expected) << "rule " << rule.index() << ", part " << part << " of " << parts;
                    total += pairs.size();
                }
                EXPECT_EQ(total, whole.size());
            }
        }
}

TEST(Connectivity, DegreesAndTotalsAreExact) {
    for (const bool autapses : {true, false})
        for (const bool multapses : {true, false}) {
            for (const int degree : in_degrees(pairs_of(FixedInDegree{30, autapses, multapses}, one), 200)) EXPECT_EQ(degree, 30);
            for (const int degree : out_degrees(pairs_of(FixedOutDegree{30, autapses, multapses}, one), 200)) EXPECT_EQ(degree, 30);
            EXPECT_EQ(pairs_of(FixedTotalNumber{5000, autapses, multapses}, one).size(), 5000u);
        }
}

TEST(Connectivity, NoAutapsesWhereTheyAreForbidden) {
    for (const bool multapses : {true, false}) {
        for (const auto& rule : rules_of(false, multapses)) {
            EXPECT_EQ(autapses_of(pairs_of(rule, one)), 0) << rule.index();
            EXPECT_GT(autapses_of(pairs_of(rule, two)), 0) << "equal indices of two populations are no autapses; rule " << rule.index();
        }
        for (const auto& rule : rules_of(true, multapses)) EXPECT_GT(autapses_of(pairs_of(rule, one)), 0) << rule.index();
    }
}

TEST(Connectivity, NoMultapsesWhereTheyAreForbidden) {
    const auto most = [](const ConnectionRule& rule) {
        int most = 0;
        for (const auto& [pair, count] : counts_of(pairs_of(rule, one))) most = std::max(most, count);
        return most;
    };
    for (const auto& rule : rules_of(true, false)) EXPECT_EQ(most(rule), 1) << rule.index();
    for (const auto& rule : {ConnectionRule(FixedInDegree{30}), ConnectionRule(FixedOutDegree{30}), ConnectionRule(FixedTotalNumber{5000})})
        EXPECT_GT(most(rule), 1) << rule.index();
}

TEST(Connectivity, AllPairsAreTakenIfNoneIsLeftOver) {
    const std::size_t pairs = 200 * 199;
    for (const ConnectionRule& rule : {ConnectionRule(FixedInDegree{199, false, false}), ConnectionRule(FixedOutDegree{199, false, false}),
                                       ConnectionRule(FixedTotalNumber{pairs, false, false}), ConnectionRule(PairwiseBernoulli{1, false})})
        EXPECT_EQ(counts_of(pairs_of(rule, one)).size(), pairs) << rule.index();
}

TEST(Connectivity, OtherSeedsGiveOtherPairs) {
    for (const auto& rule : rules_of(true, true))
        EXPECT_EQ(pairs_of(rule, one, 1) != pairs_of(rule, one, 2), !std::holds_alternative<AllToAll>(rule)) << rule.index();
}

TEST(Connectivity, ExpectedNumberOfSynapses) {
    const auto expected = [](const ConnectionRule& rule, const PairSpace& space) { return make_connector(rule, space, test_random())->expected(); };
    EXPECT_EQ(expected(OneToOne{}, one), 200);
    EXPECT_EQ(expected(AllToAll{}, two), 200 * 150);
    EXPECT_EQ(expected(AllToAll{false}, one), 200 * 199);
    EXPECT_EQ(expected(AllToAll{false}, two), 200 * 150);
    EXPECT_DOUBLE_EQ(expected(PairwiseBernoulli{0.1, false}, one), 0.1 * 200 * 199);
    EXPECT_EQ(expected(FixedInDegree{7}, two), 7 * 150);
    EXPECT_EQ(expected(FixedOutDegree{7}, two), 7 * 200);
    EXPECT_EQ(expected(FixedTotalNumber{12345}, two), 12345);
}

TEST(Connectivity, NothingToConnectGivesNoPairs) {
    EXPECT_TRUE(pairs_of(PairwiseBernoulli{0}, two).empty());
    for (const ConnectionRule& rule : {ConnectionRule(FixedInDegree{0}), ConnectionRule(FixedOutDegree{0}), ConnectionRule(FixedTotalNumber{0})})
        EXPECT_TRUE(pairs_of(rule, two).empty());
    for (const ConnectionRule& rule : {ConnectionRule(AllToAll{}), ConnectionRule(PairwiseBernoulli{0.2}), ConnectionRule(FixedInDegree{3})})
        EXPECT_TRUE(pairs_of(rule, {.sources = 100, .targets = 0}).empty());
}

}  // namespace
}  // namespace tripartite
