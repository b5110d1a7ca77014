#include "learning/response_labels.hpp"

#include <gtest/gtest.h>

namespace tripartite {
namespace {

using Spikes = std::vector<std::uint32_t>;
using Labels = std::vector<std::int64_t>;

/// Means, not sums: class 1 has two samples.
TEST(ResponseLabels, ANeuronStandsForTheClassWithTheLargestMeanResponse) {
    ResponseLabels labels(3, 4);
    EXPECT_FALSE(labels.assign());
    labels.add(Spikes{4, 0, 1, 0}, 0), labels.add(Spikes{3, 2, 1, 0}, 1), labels.add(Spikes{3, 4, 1, 0}, 1), labels.add(Spikes{0, 1, 0, 0}, 2);
    EXPECT_TRUE(labels.assign());
    EXPECT_EQ(labels.labels(), (Labels{0, 1, 0, ResponseLabels::nothing}));
}

/// Class 0 has two neurons: its mean counts.
TEST(ResponseLabels, ASampleIsOfTheClassWithTheLargestMeanOfItsNeurons) {
    ResponseLabels labels(2, 4);
    labels.add(Spikes{2, 2, 0, 0}, 0), labels.add(Spikes{0, 0, 2, 0}, 1);
    ASSERT_TRUE(labels.assign());
    EXPECT_EQ(labels.predict(Spikes{3, 0, 2, 9}), 1);
    EXPECT_EQ(labels.predict(Spikes{3, 2, 2, 0}), 0);
    EXPECT_EQ(labels.predict(Spikes{0, 0, 0, 0}), 0);
}

TEST(ResponseLabels, AssignmentForgetsAndSavingKeepsAll) {
    ResponseLabels labels(2, 1), other(2, 1);
    labels.add(Spikes{5}, 0);
    ASSERT_TRUE(labels.assign());
    labels.add(Spikes{1}, 1);
    other.load(labels.save());
    EXPECT_TRUE(other.assigned());
    EXPECT_EQ(other.labels(), Labels{0});
    ASSERT_TRUE(other.assign());
    EXPECT_EQ(other.labels(), Labels{1});
}

}  // namespace
}  // namespace tripartite
