#include <gtest/gtest.h>

#include <cmath>

#include "datasets/dataset.hpp"

namespace tripartite {
namespace {

Motifs small() {
    Motifs m;
    m.channels = 40, m.motifs = 3, m.delays = 10, m.rate = 4, m.background = 5, m.synapses = 0.05, m.strength = 6, m.train = 40, m.test = 7;
    return m;
}

TEST(Motifs, KernelsHaveNoMeanAndTheirShareOfSynapses) {
    Motifs m = small();
    m.channels = 400;
    const auto kernels = m.kernels();
    const std::size_t places = 4000;
    ASSERT_EQ(kernels.size(), 3 * places);
    for (std::size_t b = 0; b < 3; ++b) {
        double sum = 0;
        int active = 0;
        for (std::size_t i = 0; i < places; ++i) sum += kernels[b * places + i], active += kernels[b * places + i] > 3;
        EXPECT_NEAR(sum, 0, 1e-9);
        EXPECT_NEAR(active, 200, 5 * std::sqrt(200 * 0.95));
    }
}

/// Spikes far from any motif come at the background rate; at a place (a, d) of a motif that occurred alone, with its probability.
TEST(Motifs, SpikesHaveTheProbabilityOfTheGenerativeModel) {
    const Motifs m = small();
    constexpr int T = 500;
    const auto set = load(m, 1, T);
    const auto kernels = m.kernels();
    ASSERT_EQ(set.classes, 3);
    ASSERT_EQ(set.train.targets.size(), std::size_t(40 * T * 3));
    const auto sigmoid = [](double x) { return 1 / (1 + std::exp(-x)); };
    const double base = std::log(0.005 / 0.995);
    double occurrences = 0, active = 0, spikes = 0, probability = 0, far = 0, background = 0;
    for (int i = 0; i < set.train.count; ++i) {
        const auto* target = set.train.target(i);
        for (int t = 0; t < T; ++t) {
            std::vector<int> now;
            for (int end = t; end < std::min(T, t + m.delays); ++end)
                for (int b = 0; b < 3; ++b)
                    if (target[end * 3 + b]) now.push_back(b * m.delays + end - t);
            for (int b = 0; b < 3; ++b) occurrences += target[t * 3 + b];
            for (int a = 0; a < m.channels; ++a) {
                const bool spike = set.train.image(i)[t * m.channels + a] == 255;
                if (now.empty()) far += 1, background += spike;
                if (now.size() != 1 || kernels[std::size_t(now[0] * m.channels + a)] < 3) continue;
                active += 1, spikes += spike, probability += sigmoid(base + kernels[std::size_t(now[0] * m.channels + a)]);
            }
        }
    }
    const auto expect = [](double found, double of, double p) { EXPECT_NEAR(found / of, p, 5 * std::sqrt(p * (1 - p) / of)); };
    ASSERT_GT(active, 500);
    expect(occurrences, 40.0 * (T - m.delays + 1) * 3, 0.004);
    expect(background, far, 0.005);
    expect(spikes, active, probability / active);
}

TEST(Motifs, TrainAndTestDifferAndTheSeedDecides) {
    const auto a = load(small(), 1, 100), b = load(small(), 1, 100);
    EXPECT_EQ(a.train.pixels, b.train.pixels);
    EXPECT_EQ(a.test.targets, b.test.targets);
    EXPECT_FALSE(std::equal(a.test.targets.begin(), a.test.targets.end(), a.train.targets.begin()));
    auto other = small();
    other.seed = 2;
    EXPECT_NE(load(other, 1, 100).train.pixels, a.train.pixels);
}

}  // namespace
}  // namespace tripartite
