#include "encoders/encoder.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <numeric>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

std::vector<int> first(int count) {
    std::vector<int> samples(static_cast<std::size_t>(count));
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
}

/// Every sample has these features.
template <class Real = double> RealFrame<Real> repeated(const std::vector<double>& features, int samples = 1) {
    RealFrame<Real> images(1, samples, int(features.size()));
    for (int b = 0; b < samples; ++b)
        for (std::size_t n = 0; n < features.size(); ++n) images.row(0, b)[n] = Real(features[n]);
    return images;
}

/// Pixels of random images: k/255.
template <class Real> RealFrame<Real> pixels(int samples, int neurons) {
    const RandomStream random(5, "test", "pixels");
    RealFrame<Real> images(1, samples, neurons);
    for (int b = 0; b < samples; ++b)
        for (int n = 0; n < neurons; ++n) images.row(0, b)[n] = Real(random.below(256, std::uint32_t(n), 0, std::uint32_t(b)) / 255.0);
    return images;
}

std::vector<std::uint64_t> words(const SpikeFrame& spikes) { return {spikes.words.begin(), spikes.words.end()}; }

template <class Real> std::vector<std::uint64_t> spikes_of(const Encoder& encoder, const RealFrame<Real>& images, std::span<const int> samples,
                                                           int steps, int epoch = 0, std::uint64_t seed = 1, ThreadPool* pool = nullptr) {
    Encoded<Real> to;
    encode(encoder, images, samples, steps, 1.0, seed, epoch, to, pool);
    return words(to.spikes);
}

/// The step of each feature's only spike, or -1.
std::vector<int> times(const Latency& encoder, const std::vector<double>& features, int steps, double dt_ms = 1) {
    Encoded<double> to;
    encode<double>(encoder, repeated(features), first(1), steps, dt_ms, 1, 0, to);
    std::vector<int> found(features.size(), -1);
    for (int t = 0; t < steps; ++t)
        for (int n = 0; n < int(features.size()); ++n)
            if (to.spikes(t, 0, n)) {
                EXPECT_EQ(found[n], -1) << "a second spike of feature " << n;
                found[n] = t;
            }
    return found;
}

const std::vector<Encoder> spiking{Bernoulli{}, Poisson{700}, Latency{}, Latency{.mapping = Latency::Mapping::log}};

TEST(Trains, AreTheSpikesOfTheSample) {
    constexpr int T = 7, N = 70, B = 11;
    RealFrame<float> samples = pixels<float>(B, T * N);
    Encoded<float> to;
    for (int again = 0; again < 2; ++again) encode<float>(Trains{}, samples, first(B), T, 1.0, 1, 0, to);
    ASSERT_EQ(to.signal.neurons(), N);
    int count = 0;
    for (int b = 0; b < B; ++b)
        for (int t = 0; t < T; ++t)
            for (int n = 0; n < N; ++n) {
                ASSERT_EQ(to.spikes(t, b, n), samples.row(0, b)[t * N + n] >= 0.5f);
                count += to.spikes(t, b, n);
            }
    EXPECT_NEAR(to.signal.density, double(count) / (T * B * N), 1e-12);
    EXPECT_EQ(inputs_of(Trains{}, T * N, T), N);
    EXPECT_EQ(inputs_of(Direct{}, T * N, T), T * N);
}

/// SpikingJelly's constants for tau = 15 ms, tau_s = tau/4.
TEST(Potentials, HaveTheTempotronsKernel) {
    const Potentials e;
    EXPECT_NEAR(e.peak_time(), 6.93147181, 1e-8);
    EXPECT_NEAR(e.scale(), 2.11653474, 1e-8);
    constexpr int T = 300, N = 3;
    const double dt = 0.25;
    RealFrame<double> sample(1, 1, T * N);
    const std::vector<std::pair<int, int>> spikes{{0, 0}, {10, 1}, {90, 1}, {91, 1}};  // step, train
    for (const auto& [t, n] : spikes) sample.row(0)[t * N + n] = 1;
    Encoded<double> to;
    for (int again = 0; again < 2; ++again) encode<double>(e, sample, first(1), T, dt, 1, 0, to);
    EXPECT_FALSE(to.signal.constant);
    ASSERT_EQ(to.values.neurons, N);
    double highest = 0;
    for (int t = 0; t < T; ++t)
        for (int n = 0; n < N; ++n) {
            double expected = 0;
            for (const auto& [at, of] : spikes)
                if (of == n && at <= t) expected += 2.11653474 * (std::exp(-(t - at) * dt / 15) - std::exp(-(t - at) * dt / 3.75));
            ASSERT_NEAR(to.values.row(t)[n], expected, 1e-8);
            if (n == 0) highest = std::max(highest, to.values.row(t)[n]);
        }
    EXPECT_NEAR(highest, 1, 2e-4);
}

TEST(Direct, IsTheImagesAtEveryStep) {
    const auto images = repeated({-1.5, 0, 2.5}, 2);
    Encoded<double> to;
    encode<double>(Direct{}, images, first(2), 10, 1.0, 1, 0, to);
    EXPECT_TRUE(to.signal.constant);
    EXPECT_EQ(to.signal.values, &to.values);
    EXPECT_EQ(to.signal.spikes, nullptr);
    EXPECT_TRUE(std::ranges::equal(to.values.values, images.values));
}

/// Counts of spikes over all steps and samples follow the binomial law, and so do coincidences of neighbours in step, feature and sample.
void expect_rates(const Encoder& encoder, const std::vector<double>& features, const std::vector<double>& probabilities) {
    const int steps = 50, samples = 200, neurons = int(features.size());
    Encoded<double> to;
    encode<double>(encoder, repeated(features, samples), first(samples), steps, 2.0, 1, 0, to);
    const auto expect_count = [](int count, int draws, double p) {
        EXPECT_NEAR(count, draws * p, 5 * std::sqrt(draws * p * (1 - p)) + 1e-9) << p;
    };
    for (int n = 0; n < neurons; ++n) {
        int count = 0, next_step = 0, next_feature = 0, next_sample = 0;
        const int other = (n + 1) % neurons;
        for (int t = 0; t + 1 < steps; ++t)
            for (int b = 0; b + 1 < samples; ++b) {
                const bool fires = to.spikes(t, b, n);
                count += fires;
                next_step += fires && to.spikes(t + 1, b, n);
                next_feature += fires && to.spikes(t, b, other);
                next_sample += fires && to.spikes(t, b + 1, n);
            }
        const int draws = (steps - 1) * (samples - 1);
        const double p = probabilities[n];
        expect_count(count, draws, p);
        expect_count(next_step, draws, p * p);
        expect_count(next_feature, draws, p * probabilities[other]);
        expect_count(next_sample, draws, p * p);
    }
}

TEST(Bernoulli, FiresWithTheClippedProbability) {
    expect_rates(Bernoulli{}, {0, 0.01, 0.3, 0.5, 0.99, 1}, {0, 0.01, 0.3, 0.5, 0.99, 1});
    expect_rates(Bernoulli{2}, {0, 0.1, 0.3, 0.5, 0.6, 1}, {0, 0.2, 0.6, 1, 1, 1});
    expect_rates(Bernoulli{0}, {0, 1}, {0, 0});
}

TEST(Poisson, FiresWithTheProbabilityOfAtLeastOneEvent) {
    const auto p = [](double rate, double x) { return 1 - std::exp(-rate * x * 0.002); };  // steps of 2 ms
    expect_rates(Poisson{100}, {0, 0.1, 0.5, 1}, {0, p(100, 0.1), p(100, 0.5), p(100, 1)});
    expect_rates(Poisson{2000}, {0, 0.1, 0.5, 1}, {0, p(2000, 0.1), p(2000, 0.5), p(2000, 1)});
}

TEST(Bernoulli, DrawsByItsPublishedKey) {
    const auto images = pixels<double>(3, 100);
    const std::vector<int> samples{12, 5, 40'000};
    Encoded<double> to;
    encode<double>(Bernoulli{}, images, samples, 7, 1.0, 9, 3, to);
    const RandomStream random(9, "input", "encoder");
    for (int t = 0; t < 7; ++t)
        for (int b = 0; b < 3; ++b)
            for (int n = 0; n < 100; ++n) {
                const double r = random.bits(std::uint32_t(n), std::uint32_t(t / 4), std::uint32_t(samples[b]), 3)[t % 4];
                EXPECT_EQ(to.spikes(t, b, n), r < std::floor(double(float(images.row(0, b)[n])) * 0x1p32)) << t << " " << b << " " << n;
            }
}

TEST(Latency, LinearTimesAreThoseOfSnnTorch) {
    // t = min((T-1)(1-x), (T-1)(1-threshold)), halves to even
    EXPECT_EQ(times({}, {1, 0.875, 0.6, 0.5, 0.375, 0.125, 0.005, 0}, 5), (std::vector<int>{0, 0, 2, 2, 2, 4, 4, 4}));
    EXPECT_EQ(times({.threshold = 0.5}, {1, 0.75, 0.5, 0.1}, 11), (std::vector<int>{0, 2, 5, 5}));
    EXPECT_EQ(times({.tau = 8, .normalise = false}, {1, 0.75, 0.5, 0}, 20), (std::vector<int>{0, 2, 4, 8}));
    EXPECT_EQ(times({.tau = 8, .normalise = false}, {1, 0.75, 0.5, 0}, 20, 0.5), (std::vector<int>{0, 4, 8, 16}));
}

TEST(Latency, LogTimesAreThoseOfSnnTorch) {
    constexpr auto log = Latency::Mapping::log;
    // 5 ln(x / (x - 0.01)): 0.050, 3.466 and 11.989 ms
    EXPECT_EQ(times({.mapping = log, .tau = 5, .normalise = false}, {1, 0.02, 0.011}, 20), (std::vector<int>{0, 3, 12}));
    EXPECT_EQ(times({.mapping = log, .tau = 5, .normalise = false}, {1, 0.02, 0.011}, 20, 0.5), (std::vector<int>{0, 7, 19}));
    // scaled by 24 / ln(0.0100001 / 1e-7) = 2.0846: 0.021, 1.445, 4.999, 24
    EXPECT_EQ(times({.mapping = log}, {1, 0.02, 0.011, 0.01, 0}, 25), (std::vector<int>{0, 1, 5, 24, 24}));
}

TEST(Latency, FeaturesBelowTheThresholdMayBeDropped) {
    EXPECT_EQ(times({.threshold = 0.25, .drop_below = true}, {0, 0.2, 0.25, 1}, 5), (std::vector<int>{-1, -1, 3, 0}));
    EXPECT_EQ(times({.drop_below = true}, {0.0099, 0.01}, 5), (std::vector<int>{-1, 4}));
}

TEST(Latency, OneStepTakesAllSpikes) { EXPECT_EQ(times({}, {0, 0.5, 1}, 1), (std::vector<int>{0, 0, 0})); }

TEST(SpikingEncoders, AreTheSameInBothPrecisions) {
    for (const auto& encoder : spiking)
        EXPECT_EQ(spikes_of(encoder, pixels<float>(20, 200), first(20), 10), spikes_of(encoder, pixels<double>(20, 200), first(20), 10));
}

TEST(SpikingEncoders, DoNotDependOnTheNumberOfThreads) {
    const auto images = pixels<float>(37, 200);
    ThreadPool one(1), three(3);
    for (const auto& encoder : spiking) {
        const auto alone = spikes_of(encoder, images, first(37), 10);
        EXPECT_EQ(alone, spikes_of(encoder, images, first(37), 10, 0, 1, &one));
        EXPECT_EQ(alone, spikes_of(encoder, images, first(37), 10, 0, 1, &three));
    }
}

TEST(SpikingEncoders, ASampleIsEncodedTheSameInAnyBatch) {
    const auto images = pixels<float>(9, 200);
    RealFrame<float> single(1, 1, 200);
    std::ranges::copy_n(images.row(0, 6), images.stride(), single.row(0));
    for (const auto& encoder : spiking) {
        Encoded<float> together, alone;
        encode<float>(encoder, images, std::vector{8, 1, 5, 3, 4, 7, 42, 2, 9}, 10, 1.0, 1, 2, together);
        encode<float>(encoder, single, std::vector{42}, 10, 1.0, 1, 2, alone);
        for (int t = 0; t < 10; ++t)
            for (int n = 0; n < 200; ++n) EXPECT_EQ(together.spikes(t, 6, n), alone.spikes(t, 0, n));
    }
}

TEST(Bernoulli, ChangesWithSampleEpochAndSeed) {
    const auto images = repeated(std::vector<double>(100, 0.5));
    const auto spikes = spikes_of(Bernoulli{}, images, std::vector{0}, 10, 0, 1);
    EXPECT_NE(spikes, spikes_of(Bernoulli{}, images, std::vector{1}, 10, 0, 1));
    EXPECT_NE(spikes, spikes_of(Bernoulli{}, images, std::vector{0}, 10, 1, 1));
    EXPECT_NE(spikes, spikes_of(Bernoulli{}, images, std::vector{0}, 10, 0, 2));
}

TEST(SpikingEncoders, DensityIsTheShareOfSpikesAndPaddingStaysEmpty) {
    for (const auto& encoder : spiking) {
        Encoded<double> to;
        encode<double>(encoder, pixels<double>(5, 100), first(5), 9, 1.0, 1, 0, to);
        Index count = 0, all = 0;
        for (int t = 0; t < 9; ++t)
            for (int b = 0; b < 5; ++b)
                for (int n = 0; n < 100; ++n) count += to.spikes(t, b, n);
        for (const auto word : to.spikes.words) all += std::popcount(word);
        EXPECT_EQ(to.signal.spikes, &to.spikes);
        EXPECT_EQ(to.signal.values, nullptr);
        EXPECT_EQ(to.signal.density, double(count) / (9 * 5 * 100));
        EXPECT_EQ(count, all);
    }
}

TEST(Encoders, UseTheirMemoryAgainAndLeaveNothingBehind) {
    for (const auto& encoder : spiking) {
        Encoded<double> to;
        encode<double>(encoder, repeated(std::vector<double>(100, 0.9), 5), first(5), 9, 1.0, 1, 0, to);
        const auto* place = to.spikes.words.data();
        encode<double>(encoder, pixels<double>(5, 100), first(5), 9, 1.0, 1, 1, to);
        EXPECT_EQ(to.spikes.words.data(), place);
        EXPECT_EQ(words(to.spikes), spikes_of(encoder, pixels<double>(5, 100), first(5), 9, 1));
    }
}

TEST(SpikingEncoders, ValuesOutside0And1AreAnError) {
    const auto error_of = [](const Encoder& encoder, double x) -> std::string {
        Encoded<double> to;
        try {
            encode<double>(encoder, repeated({0.5, x}), first(1), 5, 1.0, 1, 0, to);
        } catch (const Error& error) {
            return error.what();
        }
        return "no error";
    };
    EXPECT_EQ(error_of(Bernoulli{}, -0.81),
              "the bernoulli encoder takes values in 0..1, got -0.81; leave out mean and sd of input.transform, or take the direct encoder");
    EXPECT_EQ(error_of(Poisson{}, 1.5),
              "the poisson encoder takes values in 0..1, got 1.5; leave out mean and sd of input.transform, or take the direct encoder");
    EXPECT_EQ(error_of(Latency{}, std::nan("")),
              "the latency encoder takes values in 0..1, got nan; leave out mean and sd of input.transform, or take the direct encoder");
    EXPECT_EQ(error_of(Direct{}, -0.81), "no error");
}

}  // namespace
}  // namespace tripartite
