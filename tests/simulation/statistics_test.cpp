#include <gtest/gtest.h>

#include <cmath>

#include "core/random.hpp"
#include "simulation/spike_statistics.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

constexpr double dt = 0.1;

/// Spikes [step][neuron] of one population, and their statistics.
struct Train {
    std::vector<std::vector<std::uint32_t>> fired;
    std::uint32_t neurons;

    SpikeStatistics statistics(Index first = 0, Index window = 1000, Index bin = 20) const {
        SpikeStatistics s({neurons}, first, window, bin, 5);
        feed(s, 0, Index(fired.size()));
        return s;
    }
    void feed(SpikeStatistics& s, Index begin, Index end) const {
        SpikeLists lists(1, 2);
        for (Index t = begin; t < end; ++t) {
            lists.set(t, 0, fired[std::size_t(t)]);
            s.take(t, lists);
        }
    }
};

Train random_train(double rate_hz) {
    Train train{std::vector<std::vector<std::uint32_t>>(100'000), 5};
    const RandomStream random(1, "test", "train");
    for (std::uint32_t t = 0; t < train.fired.size(); ++t)
        for (std::uint32_t n = 0; n < train.neurons; ++n)
            if (random.uniform(n, t) < rate_hz * dt * 1e-3) train.fired[t].push_back(n);
    return train;
}

TEST(SpikeStatistics, OfARegularTrainAreThoseOfAClock) {
    Train train{std::vector<std::vector<std::uint32_t>>(10'000), 2};
    for (std::size_t t = 99; t < 10'000; t += 100) train.fired[t] = {0, 1};  // 100 Hz
    const auto a = train.statistics().activity(0, 10'000, dt);
    EXPECT_EQ(a.spikes, 200u);
    EXPECT_NEAR(a.mean_rate_hz, 100, 1e-12);
    EXPECT_NEAR(a.cv_isi, 0, 1e-9);
    EXPECT_NEAR(a.fano_factor, 0, 1e-12);
    EXPECT_NEAR(a.correlation, 1, 1e-9);
    EXPECT_NEAR(train.statistics(5000).activity(0, 10'000, dt).mean_rate_hz, 100, 1e-12);
}

TEST(SpikeStatistics, OfPoissonTrainsAreThoseOfTheProcess) {
    const auto a = random_train(40).statistics(0, 1000).activity(0, 100'000, dt);
    EXPECT_NEAR(a.mean_rate_hz, 40, 4 * std::sqrt(40 / 10.0 / 5));
    EXPECT_NEAR(a.cv_isi, 1, 0.08);
    EXPECT_NEAR(a.fano_factor, 1, 0.5);
    EXPECT_NEAR(a.correlation, 0, 0.02);
}

/// Many neurons whose rate goes up and down.
TEST(SpikeStatistics, FindTheFrequencyOfAnOscillation) {
    for (const double hz : {25.0, 37.0, 182.0, 0.0}) {
        Train train{std::vector<std::vector<std::uint32_t>>(20'000), 400};
        const RandomStream random(1, "test", "oscillation");
        for (std::uint32_t t = 0; t < train.fired.size(); ++t)
            for (std::uint32_t n = 0; n < train.neurons; ++n)
                if (random.uniform(n, t) < 30 * (1 + std::sin(2 * M_PI * hz * t * dt * 1e-3)) * dt * 1e-3) train.fired[t].push_back(n);
        EXPECT_NEAR(train.statistics().activity(0, 20'000, dt).frequency_hz, hz, 0.5);
    }
}

/// Textbook formulas over whole lists of intervals and counts.
TEST(SpikeStatistics, EqualTheirDefinitions) {
    const auto train = random_train(20);
    double cv = 0;
    std::vector<std::vector<double>> counts(5, std::vector<double>(5000));
    std::vector<std::vector<double>> times(5);
    for (std::size_t t = 0; t < train.fired.size(); ++t)
        for (const auto n : train.fired[t]) ++counts[n][t / 20], times[n].push_back(double(t));
    const auto moment = [](const std::vector<double>& a, const std::vector<double>& b) {
        double ab = 0, ma = 0, mb = 0;
        for (std::size_t i = 0; i < a.size(); ++i) ma += a[i] / double(a.size()), mb += b[i] / double(a.size());
        for (std::size_t i = 0; i < a.size(); ++i) ab += (a[i] - ma) * (b[i] - mb) / double(a.size());
        return std::pair(ab, ma);
    };
    double correlation = 0;
    for (std::size_t n = 0; n < 5; ++n) {
        std::vector<double> intervals;
        for (std::size_t i = 1; i < times[n].size(); ++i) intervals.push_back(times[n][i] - times[n][i - 1]);
        const auto [variance, mean] = moment(intervals, intervals);
        cv += std::sqrt(variance) / mean / 5;
        for (std::size_t m = 0; m < n; ++m)
            correlation += moment(counts[n], counts[m]).first / std::sqrt(moment(counts[n], counts[n]).first * moment(counts[m], counts[m]).first) / 10;
    }
    const auto a = train.statistics().activity(0, 100'000, dt);
    EXPECT_NEAR(a.cv_isi, cv, 1e-12);
    EXPECT_NEAR(a.correlation, correlation, 1e-12);
}

TEST(SpikeStatistics, GoOnFromAFile) {
    const auto train = random_train(30);
    const TemporaryFolder folder;
    SpikeStatistics first({5}, 100, 777, 3, 4), second(first), whole(first);
    train.feed(first, 0, 5005);
    H5Writer writer(folder / "s.h5");
    first.save(writer, "/s");
    writer.commit();
    second.load(H5Reader(folder / "s.h5"), "/s");
    train.feed(second, 5005, 20'000);
    train.feed(whole, 0, 20'000);
    const auto a = second.activity(0, 20'000, dt), b = whole.activity(0, 20'000, dt);
    EXPECT_EQ(a.spikes, b.spikes);
    EXPECT_EQ(a.cv_isi, b.cv_isi);
    EXPECT_EQ(a.fano_factor, b.fano_factor);
    EXPECT_EQ(a.correlation, b.correlation);
    EXPECT_EQ(a.frequency_hz, b.frequency_hz);
}

}  // namespace
}  // namespace tripartite
