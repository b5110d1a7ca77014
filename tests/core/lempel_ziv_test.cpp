#include "core/lempel_ziv.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <string>

#include "core/random.hpp"

namespace tripartite {
namespace {

BitTrain train_of(const std::string& symbols) {
    BitTrain train{Index(symbols.size())};
    for (std::size_t t = 0; t < symbols.size(); ++t)
        if (symbols[t] == '1') train.set(Index(t));
    return train;
}

/// The definition, word by word, by searching text.
Index by_definition(const std::string& s) {
    Index words = 0;
    for (std::size_t begin = 0, end; begin < s.size(); begin = end) {
        for (end = begin + 1; end <= s.size() && s.substr(0, end - 1).find(s.substr(begin, end - begin)) != s.npos;) ++end;
        ++words;
    }
    return words;
}

TEST(LempelZiv, CountsTheWordsOfKnownSequences) {
    LempelZiv lz;
    EXPECT_EQ(lz.words(train_of("0001101001000101")), 6);
    EXPECT_EQ(lz.words(train_of(std::string(16, '0'))), 2);
    EXPECT_EQ(lz.words(train_of("0101010101010101")), 3);
    EXPECT_EQ(lz.words(train_of("0110100110010110")), 7);
    EXPECT_EQ(lz.words(train_of("1001111011000010")), 6);
    EXPECT_EQ(lz.words(train_of("")), 0);
    EXPECT_EQ(lz.words(train_of("1")), 1);
    EXPECT_DOUBLE_EQ(lz.complexity(train_of("0001101001000101")), 6 * 4 / 16.0);
    EXPECT_EQ(lz.complexity(train_of("1")), 0);
}

TEST(LempelZiv, AgreesWithTheDefinitionOnRandomSequences) {
    const RandomStream random(1, "test", "lempel_ziv");
    LempelZiv lz;
    for (std::uint32_t i = 0; i < 5000; ++i) {
        std::string s(random.below(130, i), '0');
        const double rate = random.uniform(i, 1), keep = random.uniform(i, 2);
        for (std::uint32_t t = 0; t < s.size(); ++t) {
            const bool copied = t > 0 && random.uniform(i, 3, t) < keep;  // long runs, as well as coins
            s[t] = copied ? s[t - 1] : random.uniform(i, 4, t) < rate ? '1' : '0';
        }
        ASSERT_EQ(lz.words(train_of(s)), by_definition(s)) << s;
    }
}

TEST(LempelZiv, AgreesWithTheDefinitionOnEveryShortSequence) {
    LempelZiv lz;
    for (int n = 1; n <= 12; ++n)
        for (int bits = 0; bits < 1 << n; ++bits) {
            std::string s(std::size_t(n), '0');
            for (int t = 0; t < n; ++t) s[std::size_t(t)] = char('0' + (bits >> t & 1));
            ASSERT_EQ(lz.words(train_of(s)), by_definition(s)) << s;
        }
}

double complexity_of_source(double onset, double offset, Index steps) {
    const RandomStream random(1, "test", "source");
    BitTrain train(steps);
    bool fires = false;
    for (Index t = 0; t < steps; ++t) {
        fires = random.uniform(std::uint32_t(t)) < (fires ? 1 - offset : onset);
        if (fires) train.set(t);
    }
    return LempelZiv().complexity(train);
}

/// From above, as log log n / log n: 10 % at a quarter of a million steps.
TEST(LempelZiv, ComplexityApproachesTheEntropyRateOfMarkovSources) {
    for (const auto& [onset, offset] : {std::pair{0.5, 0.5}, {0.1, 0.1}, {0.05, 0.3}, {0.2, 0.9}}) {
        const double entropy = markov_entropy(onset, offset);
        const double near = complexity_of_source(onset, offset, 1 << 18) / entropy, far = complexity_of_source(onset, offset, 1 << 12) / entropy;
        EXPECT_GT(near, 0.99) << onset << " " << offset;
        EXPECT_LT(near, 1.12) << onset << " " << offset;
        EXPECT_LT(std::fabs(near - 1), std::fabs(far - 1)) << onset << " " << offset;
    }
}

TEST(LempelZiv, EntropyOfSourcesHasItsClosedForm) {
    EXPECT_DOUBLE_EQ(coin_entropy(0.5), 1);
    EXPECT_DOUBLE_EQ(coin_entropy(0), 0);
    EXPECT_DOUBLE_EQ(markov_entropy(0.5, 0.5), 1);
    EXPECT_NEAR(markov_entropy(0.2, 0.8), coin_entropy(0.2), 1e-15);  // no memory: a biased coin
    EXPECT_NEAR(markov_entropy(0.1, 0.1), 0.4689955935892812, 1e-15);
}

TEST(LempelZiv, PeriodicTrainsHaveFewWords) {
    LempelZiv lz;
    for (const Index period : {1, 2, 7, 64, 100}) {
        BitTrain train(100'000);
        for (Index t = 0; t < train.steps; t += period) train.set(t);
        EXPECT_LE(lz.words(train), 4) << period;
    }
}

}  // namespace
}  // namespace tripartite
