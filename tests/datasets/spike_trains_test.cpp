#include <gtest/gtest.h>

#include <cmath>

#include "datasets/dataset.hpp"

namespace tripartite {
namespace {

constexpr int steps = 250;

/// Of one class: spikes per step, and per step after a spike and after silence, with the number of each.
struct Frequencies {
    double steps = 0, spikes = 0, after_spike[2] = {0, 0}, after_silence[2] = {0, 0};  ///< [0] steps, [1] spikes
};

Frequencies frequencies(const Images& trains, int label) {
    Frequencies f;
    for (int i = 0; i < trains.count; ++i)
        for (int c = 0; trains.labels[i] == label && c < trains.width; ++c)
            for (int t = 0; t < trains.height; ++t) {
                const bool fires = trains.image(i)[t * trains.width + c] == 255;
                f.steps += 1, f.spikes += fires;
                if (t == 0) continue;
                auto& after = trains.image(i)[(t - 1) * trains.width + c] == 255 ? f.after_spike : f.after_silence;
                after[0] += 1, after[1] += fires;
            }
    return f;
}

/// Five standard errors.
void expect_share(double part, double whole, double p, double samples = -1) {
    EXPECT_NEAR(part / whole, p, 5 * std::sqrt(p * (1 - p) / (samples < 0 ? whole : samples)) + 1e-12);
}

template <class Source> Source source() {
    Source s;
    s.channels = 10, s.train = 60, s.test = 30;
    return s;
}

TEST(BernoulliSource, FiresWithItsProbabilityWhateverCameBefore) {
    auto s = source<BernoulliSource>();
    s.probability = {0, 0.1, 0.4, 1};
    const auto set = load(s, 1, steps);
    ASSERT_EQ(set.classes, 4);
    EXPECT_EQ(set.train.count, 60);
    EXPECT_EQ(set.train.height, steps);
    EXPECT_EQ(set.train.width, 10);
    for (int label = 0; label < 4; ++label) {
        const auto f = frequencies(set.train, label);
        expect_share(f.spikes, f.steps, s.probability[label]);
        if (f.after_spike[0] > 0) expect_share(f.after_spike[1], f.after_spike[0], s.probability[label]);
    }
}

TEST(MarkovSource, KeepsItsTransitionsAndItsStationaryRate) {
    auto s = source<MarkovSource>();
    s.onset = {0.5, 0.1, 0.05}, s.offset = {0.5, 0.1, 0.3};
    const auto set = load(s, 1, steps);
    for (int label = 0; label < 3; ++label) {
        const auto f = frequencies(set.train, label);
        const double onset = s.onset[label], offset = s.offset[label];
        expect_share(f.after_silence[1], f.after_silence[0], onset);
        expect_share(f.after_spike[1], f.after_spike[0], 1 - offset);
        expect_share(f.spikes, f.steps, onset / (onset + offset), f.steps * (onset + offset) / 2);
    }
}

TEST(PoissonSource, FiresAtItsRateForAnyStep) {
    auto s = source<PoissonSource>();
    s.rate = {20, 80};
    for (const double dt : {0.5, 2.0})
        for (int label = 0; label < 2; ++label) {
            const auto f = frequencies(load(s, dt, steps).test, label);
            expect_share(f.spikes, f.steps, 1 - std::exp(-s.rate[label] * dt * 1e-3));
        }
}

TEST(SpikeTrainSets, AreTheSameForTheSameSeedAndDifferBetweenSamplesChannelsAndParts) {
    auto s = source<BernoulliSource>();
    s.probability = {0.5, 0.5};
    const auto a = load(s, 1, steps), b = load(s, 1, steps);
    EXPECT_EQ(a.train.pixels, b.train.pixels);
    s.seed = 2;
    EXPECT_NE(a.train.pixels, load(s, 1, steps).train.pixels);
    const auto train_of = [&](const Images& set, int sample, int channel) {
        std::vector<int> train;
        for (int t = 0; t < steps; ++t) train.push_back(set.image(sample)[t * set.width + channel]);
        return train;
    };
    EXPECT_NE(train_of(a.train, 0, 0), train_of(a.train, 0, 1));
    EXPECT_NE(train_of(a.train, 0, 0), train_of(a.train, 2, 0));
    EXPECT_NE(train_of(a.train, 0, 0), train_of(a.test, 0, 0));
}

/// A longer sample begins as the shorter one.
TEST(SpikeTrainSets, StepsDoNotDependOnHowManyFollow) {
    const auto s = source<MarkovSource>();
    const auto small = load(s, 1, 20), large = load(s, 1, 33);
    for (int i = 0; i < small.train.count; ++i)
        for (int p = 0; p < small.train.size(); ++p) ASSERT_EQ(small.train.image(i)[p], large.train.image(i)[p]);
}

}  // namespace
}  // namespace tripartite
