#include <gtest/gtest.h>

#include <array>

#include "core/text.hpp"

namespace tripartite {
namespace {

constexpr std::array<std::string_view, 4> words{"tau_m", "threshold", "reset", "beta"};

TEST(DidYouMean, FindsOneSwapInsertionDeletionOrReplacement) {
    for (const auto* wrong : {"tua_m", "tau_mm", "tau", "tau_n"}) EXPECT_EQ(did_you_mean(wrong, words), "; did you mean 'tau_m'?") << wrong;
    EXPECT_EQ(did_you_mean("treshhold", words), "; did you mean 'threshold'?");
}

TEST(DidYouMean, SaysNothingAboutWordsThatAreFarAway) {
    EXPECT_EQ(did_you_mean("temperature", words), "");
    EXPECT_EQ(did_you_mean("x", {}), "");
}

TEST(Listed, JoinsWithCommasAndAnAnd) {
    EXPECT_EQ(listed(std::span(words).first(0)), "");
    EXPECT_EQ(listed(std::span(words).first(1)), "tau_m");
    EXPECT_EQ(listed(std::span(words).first(2)), "tau_m and threshold");
    EXPECT_EQ(listed(words), "tau_m, threshold, reset and beta");
}

}  // namespace
}  // namespace tripartite
