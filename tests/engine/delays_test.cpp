// Projections whose delays differ between synapses. Oracles: the sum that defines them, projections of one delay, and finite differences.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/network_cases.hpp"

using namespace tripartite;
using namespace tripartite::testing_networks;

namespace {

constexpr int T = 13, B = 3, sources = 70, targets = 5, spread = 4;

/// One projection from the input to membranes that only add up; the input is spikes.
struct OneProjection {
    ThreadPool pool{2};
    SpikeFrame spikes{T, B, sources};
    std::unique_ptr<Engine<double>> engine;

    explicit OneProjection(std::optional<DelayRule> delays, int delay = 1, double event_density = 0.4) {
        const RandomStream random(3, "test", "spikes");
        for (int t = 0; t < T; ++t)
            for (int b = 0; b < B; ++b)
                for (int n = 0; n < sources; ++n)
                    if (random.uniform(n, t, b) < 0.2) spikes.set(t, b, n);
        const Network network{sources, {{"out", targets, make_neuron<LeakyIntegrator>({.beta = 1})}},
                              {{"input", "out", dense({.bias = false, .init = Kaiming{3}, .delays = std::move(delays)}), delay}}};
        engine = std::make_unique<Engine<double>>(network, EngineOptions{.steps = T, .samples = B, .event_density = event_density}, pool);
        engine->record_membrane(0);
    }
    double forward() {
        engine->begin({.spikes = &spikes, .density = 0.2}, Phase::training);
        engine->forward(0, T, Phase::training);
        return loss(*engine, false);
    }
    void backward() {
        forward();
        engine->clear_gradients();
        engine->backward(0, T, Surrogate{Sigmoid{3}});
    }
    double& parameter(int block, Index i) { return engine->parameters().value(block)[i]; }
    double gradient(int block, Index i) { return engine->parameters().gradient(block)[i]; }
    double membrane(int t, int b, int n) const { return engine->population(0).membrane.tile(0, {0, B}, t)[b * engine->population(0).width() + n]; }
};

std::vector<int> some_delays() {
    std::vector<int> steps;
    for (int i = 0; i < sources * targets; ++i) steps.push_back(i * 7 % 11 % (spread + 1));
    return steps;
}

TEST(Delays, OfEachSynapseShiftItsSpikesExactly) {
    for (const double density : {0.0, 1.1}) {
        OneProjection p(FixedDelays{some_delays()}, 1, density);
        p.forward();
        const auto weights = p.engine->parameters().blocks[0].read(p.engine->parameters().values.data());
        const auto delays = p.engine->links()[0].projection->delays();
        for (int b = 0; b < B; ++b)
            for (int n = 0; n < targets; ++n) {
                double u = 0;
                for (int t = 0; t < T; ++t) {
                    for (int i = 0; i < sources; ++i) {
                        const int at = n * sources + i, from = t - delays[at];
                        EXPECT_EQ(delays[at], 1 + some_delays()[at]);
                        if (from >= 0 && p.spikes(from, b, i)) u += weights[at];
                    }
                    EXPECT_NEAR(p.membrane(t, b, n), u, 1e-12);
                }
            }
    }
}

TEST(Delays, ThatAreAllEqualAreThoseOfAPlainProjection) {
    OneProjection plain(std::nullopt, 3), taps(FixedDelays{std::vector<int>(sources * targets, 2)}, 1);
    EXPECT_EQ(plain.forward(), taps.forward());
    plain.backward(), taps.backward();
    for (Index i = 0; i < Index(sources) * targets; ++i) ASSERT_EQ(plain.gradient(0, i), taps.gradient(0, i));
}

TEST(LearnedDelays, GradientsOfWeightsAndPositionsMatchFiniteDifferences) {
    for (const double progress : {0.0, 0.1, 0.5}) {
        OneProjection p(LearnedDelays{spread});
        p.engine->anneal(progress);
        p.backward();
        for (const int block : {0, 1})
            for (Index i = 0; i < p.engine->parameters().blocks[block].size; i += 37) {
                if (i % 16 >= targets) continue;
                double& x = p.parameter(block, i);
                const double at = x, h = 1e-5;
                const auto value = [&](double y) { x = y, p.engine->parameters_changed(); return p.forward(); };
                const double slope = (8 * (value(at + h) - value(at - h)) - (value(at + 2 * h) - value(at - 2 * h))) / (12 * h);
                x = at, p.engine->parameters_changed();
                EXPECT_NEAR(p.gradient(block, i), slope, 1e-6 * (1 + std::fabs(slope))) << progress << " " << block << " " << i;
            }
    }
}

TEST(LearnedDelays, OfATrainedNetworkAreWholeSteps) {
    OneProjection learned(LearnedDelays{spread});
    const double coarse = learned.forward();
    learned.engine->anneal(1);
    const double rounded = learned.forward();
    EXPECT_NE(coarse, rounded);
    auto steps = learned.engine->links()[0].projection->delays();
    for (int& s : steps) s -= 1;
    EXPECT_NE(std::ranges::min(steps), std::ranges::max(steps));
    OneProjection fixed(FixedDelays{steps});
    EXPECT_EQ(fixed.forward(), rounded);
}

TEST(LearnedDelays, SpreadASpikeAsTheNormalisedGaussianThatNarrows) {
    ThreadPool pool(1);
    SpikeFrame spikes(6, 1, 1);
    spikes.set(0, 0, 0);
    const Network network{1, {{"out", 1, make_neuron<LeakyIntegrator>({.beta = 0})}},
                          {{"input", "out", dense({.bias = false, .init = Constant{2}, .delays = LearnedDelays{.spread = 4, .sharpen = 0.5}}), 1}}};
    Engine<double> engine(network, {.steps = 6}, pool);
    engine.record_membrane(0);
    const double position = engine.parameters().value(1)[0] = 1.7;
    for (const double progress : {0.0, 0.25, 0.5, 0.9}) {
        // K = 5: from K/2 = 2 down to 0.23 by one factor, and 0.27 more.
        const double sigma = 0.27 + 2 * std::pow(0.23 / 2, std::min(1.0, progress / 0.5));
        const auto g = [&](int k) { return std::exp(-std::pow((k - position) / sigma, 2) / 2); };
        engine.anneal(progress);
        engine.begin({.spikes = &spikes, .density = 0.2}, Phase::inference);
        engine.forward(0, 6, Phase::inference);
        for (int k = 0; k < 5; ++k)
            EXPECT_NEAR(engine.population(0).membrane.tile(0, {0, 1}, 1 + k)[0], 2 * g(k) / (g(0) + g(1) + g(2) + g(3) + g(4) + 1e-7), 1e-12) << progress << " " << k;
    }
}

/// The loss is quadratic in what arrives: its slope along the line from one delay to the next is taken at the first one, by differences.
TEST(AxonalDelays, GradientIsTheBackwardDifferenceOfTheDelayedSpikes) {
    OneProjection p(AxonalDelays{.spread = spread, .initial = 3});
    p.backward();
    for (const int pre : {0, 3, 42, 69}) {
        const int at = int(p.parameter(1, pre));
        // Two sources in place of one: the share h of the weights is a step later.
        const auto loss_of = [&](double h) {
            std::vector<int> steps = p.engine->links()[0].projection->delays();
            for (int& s : steps) s -= 1;
            OneProjection now(FixedDelays{steps});
            double total = now.forward();
            if (h == 0) return total;
            for (int post = 0; post < targets; ++post) steps[post * sources + pre] = at + 1;
            OneProjection later(FixedDelays{steps});
            later.forward();
            // loss() at (1 - h) u + h u_later; membranes are linear in what arrives.
            auto& to = now.engine->population(0).membrane;
            const auto& other = later.engine->population(0).membrane;
            for (Index i = 0; i < to.values.size(); ++i) to.values[i] = (1 - h) * to.values[i] + h * other.values[i];
            return loss(*now.engine, false);
        };
        const double h = 1e-4, slope = (loss_of(h) - loss_of(-h)) / (2 * h);
        EXPECT_NEAR(p.gradient(1, pre), slope, 1e-6 * (1 + std::fabs(slope))) << pre;
    }
}

TEST(AxonalDelays, AreTheSameForAllTargetsAndRoundDown) {
    OneProjection p(AxonalDelays{.spread = spread, .initial = 4});
    const auto steps = p.engine->links()[0].projection->delays();
    for (int post = 0; post < targets; ++post)
        for (int pre = 0; pre < sources; ++pre) EXPECT_EQ(steps[post * sources + pre], 1 + int(std::floor(p.parameter(1, pre))));
}

/// [target][tap][source], as they are read from the parameters.
double kernel_weight(const std::vector<double>& weights, int post, int tap, int pre) { return weights[(post * (spread + 1) + tap) * sources + pre]; }

TEST(TemporalKernel, HasAWeightForEachDelay) {
    for (const double density : {0.0, 1.1}) {
        OneProjection p(TemporalKernel{spread}, 1, density);
        p.forward();
        const auto weights = p.engine->parameters().blocks[0].read(p.engine->parameters().values.data());
        ASSERT_EQ(weights.size(), std::size_t(targets * (spread + 1) * sources));
        for (int b = 0; b < B; ++b)
            for (int n = 0; n < targets; ++n) {
                double u = 0;
                for (int t = 0; t < T; ++t) {
                    for (int k = 0; k <= spread; ++k)
                        for (int i = 0; i < sources; ++i)
                            if (t - 1 - k >= 0 && p.spikes(t - 1 - k, b, i)) u += kernel_weight(weights, n, k, i);
                    EXPECT_NEAR(p.membrane(t, b, n), u, 1e-12);
                }
            }
    }
}

TEST(TemporalKernel, GradientMatchesFiniteDifferences) {
    for (const double density : {0.0, 1.1}) {
        OneProjection p(TemporalKernel{spread}, 0, density);
        p.backward();
        for (Index i = 0; i < p.engine->parameters().blocks[0].size; i += 97) {
            if (i % 16 >= targets) continue;
            double& x = p.parameter(0, i);
            const double at = x, h = 1e-5;
            const auto value = [&](double y) { x = y, p.engine->parameters_changed(); return p.forward(); };
            const double slope = (8 * (value(at + h) - value(at - h)) - (value(at + 2 * h) - value(at - 2 * h))) / (12 * h);
            x = at, p.engine->parameters_changed();
            EXPECT_NEAR(p.gradient(0, i), slope, 1e-6 * (1 + std::fabs(slope))) << i;
        }
    }
}

}  // namespace
