#include "synapses/distribution.hpp"

#include <gtest/gtest.h>

namespace tripartite {
namespace {
TEST(Distribution, MedianOfTheNormalIsItsMean) { EXPECT_EQ(Distribution(Normal{3, 2, {}, {}}).quantile(0.5), 3); }
}  // namespace
}  // namespace tripartite
