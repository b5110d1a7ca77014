#include "encoders/complexity.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/lempel_ziv.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

SpikeFrame random_spikes(int steps, int samples, int neurons) {
    const RandomStream random(4, "test", "spikes");
    SpikeFrame spikes(steps, samples, neurons);
    for (int t = 0; t < steps; ++t)
        for (int b = 0; b < samples; ++b)
            for (int n = 0; n < neurons; ++n)
                if (random.uniform(std::uint32_t(n), std::uint32_t(t), std::uint32_t(b)) < 0.02 * (n + 1)) spikes.set(t, b, n);
    return spikes;
}

TEST(Complexities, AreThoseOfEachTrainForAnyNumberOfThreads) {
    const auto spikes = random_spikes(130, 5, 70);
    for (const int threads : {1, 3}) {
        ThreadPool pool(threads);
        std::vector<double> found{-1};
        append_complexities(spikes, pool, found);
        ASSERT_EQ(found.size(), 1u + 5 * 70);
        EXPECT_EQ(found[0], -1);
        for (int b = 0; b < 5; ++b)
            for (int n = 0; n < 70; ++n) {
                BitTrain train(130);
                for (int t = 0; t < 130; ++t)
                    if (spikes(t, b, n)) train.set(t);
                ASSERT_EQ(found[1 + b * 70 + n], LempelZiv().complexity(train));
            }
    }
}

TEST(NearestMean, ChoosesTheClassWhoseMeanIsNearest) {
    NearestMean nearest(3, 2);
    for (const double x : {-1.0, 1.0}) nearest.learn(std::vector{x, 0.0}, 0);  // mean (0, 0)
    for (const double x : {3.0, 5.0}) nearest.learn(std::vector{x, 2.0}, 2);   // mean (4, 2)
    EXPECT_EQ(nearest.predict(std::vector{1.9, 0.9}), 0);
    EXPECT_EQ(nearest.predict(std::vector{2.1, 1.1}), 2);
    EXPECT_EQ(nearest.predict(std::vector{2.0, 1.0}), 0);  // as near to both: the first
    EXPECT_EQ(nearest.predict(std::vector{-100.0, 3.0}), 0);
}

}  // namespace
}  // namespace tripartite
