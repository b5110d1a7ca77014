// The loss of outputs that have a target in each step.
#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"
#include "learning/loss.hpp"

namespace tripartite {
namespace bce_steps_test {

constexpr int T = 4, B = 2, N = 3;
const std::vector<int> labels{0, 0};

Outputs empty() {
    Outputs y;
    y.shape(T, B, N);
    return y;
}
/// Membranes [4][2][3].
Outputs example() {
    Outputs y = empty();
    y.membrane = {.3, 1.2, -.4, 1.1, .25, .5,    //
                  1.05, 1.4, .2, -.6, .45, .9,   //
                  .7, 1.15, .85, 1.3, -.15, 1.6,  //
                  -.2, .55, 1.01, 1.25, 1.02, .35};
    return y;
}

/// The targets of two samples, [T][N].
const std::vector<std::uint8_t> targets[] = {{1, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 1}, {0, 0, 0, 1, 1, 0, 0, 0, 0, 0, 0, 0}};

Outputs with_targets() {
    Outputs y = example();
    y.targets = {targets[0].data(), targets[1].data()};
    return y;
}

TEST(BinaryCrossEntropySteps, IsTheMeanOfEachCellsAndItsGradientMatchesFiniteDifferences) {
    Outputs y = with_targets(), bar = empty();
    const BinaryCrossEntropySteps loss;
    double expected = 0;
    for (int t = 0; t < T; ++t)
        for (int b = 0; b < B; ++b)
            for (int n = 0; n < N; ++n) {
                const double p = 1 / (1 + std::exp(-y.membrane[y.at(t, b, n)]));
                expected -= std::log(targets[b][t * N + n] ? p : 1 - p) / (T * B * N);
            }
    EXPECT_NEAR(loss(y, labels, bar), expected, 1e-14);
    for (std::size_t i = 0; i < y.membrane.size(); ++i) {
        const double h = 1e-4, at = y.membrane[i];
        Outputs ignored = empty();
        const auto value = [&](double u) { y.membrane[i] = u; return loss(y, labels, ignored); };
        EXPECT_NEAR(bar.membrane[i], (8 * (value(at + h) - value(at - h)) - (value(at + 2 * h) - value(at - 2 * h))) / (12 * h), 1e-10) << i;
        y.membrane[i] = at;
    }
}

TEST(BinaryCrossEntropySteps, StaysFiniteFarFromZero) {
    Outputs y = with_targets(), bar = empty();
    for (std::size_t i = 0; i < y.membrane.size(); ++i) y.membrane[i] = i % 2 ? 1e5 : -1e5;
    EXPECT_TRUE(std::isfinite(BinaryCrossEntropySteps()(y, labels, bar)));
    for (const double x : bar.membrane) EXPECT_TRUE(std::isfinite(x));
}

TEST(BinaryCrossEntropySteps, DetectsAsManyCellsAsThereAreTargets) {
    // The three largest membranes of sample 0 are 1.4, 1.2 and 1.15, of which 1.4 is a target; the two largest of sample 1, 1.6 and 1.3, are none.
    const BinaryCrossEntropySteps loss;
    EXPECT_DOUBLE_EQ(loss.detected(with_targets(), 0), 1.0 / 3);
    EXPECT_DOUBLE_EQ(loss.detected(with_targets(), 1), 0);
    Outputs y = with_targets();
    for (int b = 0; b < B; ++b)
        for (int t = 0; t < T; ++t)
            for (int n = 0; n < N; ++n) y.membrane[y.at(t, b, n)] = targets[b][t * N + n] ? -3 : -4;  // all are below 0: only the order counts
    EXPECT_EQ(loss.detected(y, 0), 1);
    EXPECT_EQ(loss.detected(y, 1), 1);
}

TEST(BinaryCrossEntropySteps, WithoutTargetsTheLabelIsOneInAllStepsAndTheLargestMeanIsPredicted) {
    const std::vector<int> classes{1, 2};
    const std::vector<std::uint8_t> constant[] = {{0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1, 0}, {0, 0, 1, 0, 0, 1, 0, 0, 1, 0, 0, 1}};
    Outputs labelled = example(), targeted = example(), a = empty(), b = empty();
    targeted.targets = {constant[0].data(), constant[1].data()};
    EXPECT_EQ(BinaryCrossEntropySteps()(labelled, classes, a), BinaryCrossEntropySteps()(targeted, labels, b));
    EXPECT_EQ(a.membrane, b.membrane);
    targeted.targets = {constant[0].data(), constant[1].data()};
    std::vector<std::uint8_t> once = constant[0];
    std::fill(once.begin() + 3, once.end(), not_asked);
    targeted.targets[0] = once.data();
    b = empty();
    BinaryCrossEntropySteps()(targeted, classes, b);
    for (int t = 0; t < T; ++t)
        for (int n = 0; n < N; ++n) EXPECT_EQ(b.membrane[b.at(t, 0, n)], t == 0 ? a.membrane[a.at(t, 0, n)] : 0);
    std::vector<double> scores(N);
    BinaryCrossEntropySteps().scores(targeted, 0, scores);
    EXPECT_NEAR(scores[1], 1.2 / 4, 1e-15) << "in the first step only";
    BinaryCrossEntropySteps().scores(labelled, 0, scores);
    EXPECT_NEAR(scores[0], (.3 + 1.05 + .7 - .2) / 4, 1e-15);
    EXPECT_NEAR(scores[1], (1.2 + 1.4 + 1.15 + .55) / 4, 1e-15);
}

TEST(BinaryCrossEntropySteps, LabelsWithoutANeuronAreRefused) {
    Outputs bar = empty();
    try {
        BinaryCrossEntropySteps()(example(), std::vector<int>{0, 3}, bar);
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "loss: sample 1 of the batch has label 3, but the output population has 3 neurons, one per class from 0; give it as many neurons as the data set has classes");
    }
}

}  // namespace bce_steps_test
}  // namespace tripartite
