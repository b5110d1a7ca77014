#include "engine/membrane_norm.hpp"

#include <gtest/gtest.h>

#include <bit>
#include <cmath>

#include "tests/engine/network_cases.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

using testing_networks::random_input;

constexpr int T = 6, B = 40, N = 20;

template <class Real> void write(Parameters<Real>& parameters, const std::string& name, std::span<const double> values) {
    for (const auto& block : parameters.blocks)
        if (block.name == name) block.write(values, parameters.values.data());
}
std::vector<double> read(const Parameters<double>& parameters, const std::string& name) {
    for (const auto& block : parameters.blocks)
        if (block.name == name) return block.read(parameters.values.data());
    return {};
}

constexpr double gain[] = {1.3, -1.3, 0, 0}, shift[] = {0.1, 0.1, 0.6, 0.4}, mean = 0.2, variance = 0.8;
double normalised(int n, double u) { return gain[n] * (u - mean) / std::sqrt(variance + 1e-5) + shift[n]; }

/// Four neurons with these statistics, folded into the threshold of a model: `row` numbers apart, 8.
template <class Real> std::vector<Real> folded(const NeuronSpec& neuron) {
    Parameters<Real> parameters;
    MembraneNorm<Real> norm({}, "p", 4, 16, parameters);
    parameters.allocate();
    norm.initialise();
    write(parameters, "membrane_gain", gain);
    write(parameters, "membrane_shift", shift);
    std::vector<Real> rows(16);
    std::vector<double> k(std::size_t(neuron.coefficients));
    neuron.discretise({}, 1, k);
    for (int n = 0; n < 4; ++n) {
        norm.running()[n] = mean, norm.running()[16 + n] = variance;
        neuron.fold_threshold(norm.running_map(n).scale, norm.running_map(n).offset, k, rows.data() + n, 8);
    }
    return rows;
}
Lif::Params<double> half_threshold() {
    Lif::Params<double> p;
    return p.threshold = 0.5, p;
}

TEST(MembraneNormFold, AConstantThresholdBecomesOneNumberThatKnowsItsSide) {
    const auto neuron = make_neuron<Lif>(half_threshold());
    EXPECT_EQ(neuron.fold_rows(), 1);
    const auto critical = folded<double>(neuron);
    const auto below = [&](int n) { return std::bit_cast<std::uint64_t>(critical[std::size_t(n)]) & 1; };
    EXPECT_NEAR(critical[0], 0.47521009, 1e-8);  // Guo et al. 2023, and fires above it
    EXPECT_FALSE(below(0));
    EXPECT_NEAR(critical[1], 0.2 - 0.27521009, 1e-8);
    EXPECT_TRUE(below(1)) << "fires below it";
    EXPECT_LT(critical[2], -1e20) << "always fires";
    EXPECT_GT(critical[3], 1e20) << "never fires";
    EXPECT_FALSE(below(2) || below(3));
    const auto rounded = folded<float>(neuron);
    for (int n = 0; n < 4; ++n) {
        EXPECT_NEAR(double(rounded[std::size_t(n)]), critical[std::size_t(n)], 3e-7 * std::fabs(critical[std::size_t(n)]));
        EXPECT_EQ(std::bit_cast<std::uint32_t>(rounded[std::size_t(n)]) & 1, below(n));
    }
}

TEST(MembraneNormFold, AThresholdThatChangesWithTheStateBecomesAnAffineMap) {
    const auto neuron = make_neuron<Alif>({});
    EXPECT_EQ(neuron.fold_rows(), 2);
    const auto rows = folded<double>(neuron);
    for (const double threshold : {0.5, 0.9}) {
        for (int n = 0; n < 2; ++n) {
            EXPECT_NEAR(normalised(n, threshold * rows[n] + rows[8 + n]), threshold, 1e-14) << "the critical membrane is at the threshold";
            EXPECT_EQ(rows[n] < 0, gain[n] < 0);
        }
        for (int n = 2; n < 4; ++n) EXPECT_EQ(threshold * rows[n] + rows[8 + n] < 0, shift[n] > threshold) << "of a gain of 0: always, or never";
    }
}

TEST(MembraneNormFold, ByChanceKeepsTheDistanceItself) {
    const auto neuron = make_neuron<Meta>({});
    EXPECT_EQ(neuron.fold_rows(), 2);
    const auto rows = folded<double>(neuron);
    for (int n = 0; n < 4; ++n) EXPECT_NEAR(rows[n] * 0.7 + rows[8 + n], normalised(n, 0.7), 1e-14);
}

/// The statistics of four neurons that are one channel are those of one neuron with four times the samples.
TEST(MembraneNormChannel, PoolsItsNeurons) {
    Parameters<double> wide, narrow;
    MembraneNorm<double> channels({.channel = 4}, "p", 8, 16, wide), elements({}, "p", 2, 16, narrow);
    wide.allocate(), narrow.allocate();
    channels.initialise(), elements.initialise();
    channels.prepare(1), elements.prepare(1);
    channels.begin(Phase::training), elements.begin(Phase::training);
    constexpr int samples = 3;
    std::vector<double> u(samples * 16), pooled(4 * samples * 16);
    for (int b = 0; b < samples; ++b)
        for (int n = 0; n < 8; ++n) pooled[(b * 4 + n % 4) * 16 + n / 4] = u[b * 16 + n] = std::sin(7.0 * b + n);
    channels.measure(0, 0, u.data(), samples), elements.measure(0, 0, pooled.data(), 4 * samples);
    for (int n = 0; n < 8; ++n) {
        EXPECT_NEAR(channels.running()[n], elements.running()[n / 4], 1e-15);
        EXPECT_NEAR(channels.running()[16 + n], elements.running()[16 + n / 4], 1e-15);
        EXPECT_NEAR(channels.step(0, 0).scale[n], elements.step(0, 0).scale[n / 4], 1e-14);
        EXPECT_NEAR(channels.step(0, 0).offset[n], elements.step(0, 0).offset[n / 4], 1e-14);
    }
}

/// A layer of LIF neurons with decay 0.25, threshold 0.5 and a hard reset, as released, on random input; gains of each sign.
struct Layer {
    RealFrame<double> input = random_input<double>(T, B, 5);
    ThreadPool pool{2};
    Engine<double> engine;
    std::vector<double> gain, shift;

    Layer(const NeuronSpec& neuron = released())
        : engine({5, {{"p", N, neuron, 0, std::nullopt, MembraneNormOptions{}}}, {{"input", "p", dense({.init = Kaiming{3}})}}}, {.steps = T, .samples = B}, pool) {
        const RandomStream random(4, "test", "gain");
        for (int n = 0; n < N; ++n) gain.push_back(n == 7 ? 0 : random.normal(n, 0)), shift.push_back(n == 7 ? 0.6 : 0.3 * random.normal(n, 1));
        write(engine.parameters(), "membrane_gain", gain);
        write(engine.parameters(), "membrane_shift", shift);
        engine.record_membrane(0);
    }
    static NeuronSpec released() {
        Lif::Params<double> p;
        p.beta = 0.25, p.threshold = 0.5, p.reset = Lif::Reset::zero, p.compare = Lif::Compare::gt;
        return make_neuron<Lif>(p);
    }
    void run(Phase phase) {
        Signal<double> signal;
        signal.values = &input;
        engine.parameters_changed();
        engine.begin(signal, phase);
        engine.forward(0, T, phase);
    }
    double u(int t, int b, int n) {
        const auto& shape = engine.shape();
        const Chunk chunk = shape[b / shape.chunk];
        return engine.population(0).membrane.tile(0, chunk, t)[Index(b - chunk.first) * engine.population(0).width() + n];
    }
    bool fired(int t, int b, int n) { return engine.population(0).spikes(t, b, n); }
    std::span<double> running() { return engine.population(0).membrane_norm->running(); }
};

TEST(MembraneNorm, IsTheEquationsOfThePaperStepByStep) {
    Layer layer;
    layer.run(Phase::training);
    const auto weight = read(layer.engine.parameters(), "weight"), bias = read(layer.engine.parameters(), "bias");
    std::vector<double> u(B * N), mean(N, 0), variance(N, 1);
    for (int t = 0; t < T; ++t)
        for (int n = 0; n < N; ++n) {
            double sum = 0, square = 0;
            for (int b = 0; b < B; ++b) {
                u[b * N + n] = 0.25 * u[b * N + n] + bias[n];
                for (int i = 0; i < 5; ++i) u[b * N + n] += weight[n * 5 + i] * layer.input.row(t, b)[i];
                sum += u[b * N + n];
            }
            for (int b = 0; b < B; ++b) square += std::pow(u[b * N + n] - sum / B, 2);
            mean[n] += 0.1 * (sum / B - mean[n]), variance[n] += 0.1 * (square / (B - 1) - variance[n]);
            for (int b = 0; b < B; ++b) {
                ASSERT_NEAR(layer.u(t, b, n), u[b * N + n], 1e-12);
                const double m = layer.gain[n] * (u[b * N + n] - sum / B) / std::sqrt(square / B + 1e-5) + layer.shift[n];
                ASSERT_EQ(layer.fired(t, b, n), m > 0.5) << t << " " << b << " " << n;
                if (m > 0.5) u[b * N + n] = 0;
            }
        }
    for (int n = 0; n < N; ++n) {
        EXPECT_NEAR(layer.running()[n], mean[n], 1e-13);
        EXPECT_NEAR(layer.running()[layer.engine.population(0).padded() + n], variance[n], 1e-13);
    }
}

/// Three decisions a step: each with the statistics of its own sub-step, which move the same running ones; a step fires if one of them does.
TEST(MembraneNorm, IsTheEquationsOfEachSubstep) {
    Layer layer(make_neuron<testing_networks::SubsteppedLif>());
    layer.run(Phase::training);
    const auto weight = read(layer.engine.parameters(), "weight"), bias = read(layer.engine.parameters(), "bias");
    std::vector<double> u(B * N, 0.1), current(B * N), mean(N, 0), variance(N, 1);
    for (int t = 0; t < T; ++t)
        for (int n = 0; n < N; ++n) {
            std::vector<bool> fired(B);
            for (int i = 0; i < 3; ++i) {
                double sum = 0, square = 0;
                for (int b = 0; b < B; ++b) sum += u[b * N + n] = 0.9 * u[b * N + n] + current[b * N + n] / 3;
                for (int b = 0; b < B; ++b) square += std::pow(u[b * N + n] - sum / B, 2);
                mean[n] += 0.1 * (sum / B - mean[n]), variance[n] += 0.1 * (square / (B - 1) - variance[n]);
                for (int b = 0; b < B; ++b) {
                    if (layer.gain[n] * (u[b * N + n] - sum / B) / std::sqrt(square / B + 1e-5) + layer.shift[n] < 0.4) continue;
                    u[b * N + n] -= 0.4, fired[b] = true;
                }
            }
            for (int b = 0; b < B; ++b) {
                ASSERT_EQ(layer.fired(t, b, n), fired[b]) << t << " " << b << " " << n;
                current[b * N + n] = 0.5 * current[b * N + n] + bias[n];
                for (int i = 0; i < 5; ++i) current[b * N + n] += weight[n * 5 + i] * layer.input.row(t, b)[i];
            }
        }
    for (int n = 0; n < N; ++n) {
        EXPECT_NEAR(layer.running()[n], mean[n], 1e-13);
        EXPECT_NEAR(layer.running()[layer.engine.population(0).padded() + n], variance[n], 1e-13);
    }
}

TEST(MembraneNorm, FoldedIntoTheThresholdItFiresWhereTheNormalisedMembraneDoes) {
    Layer layer;
    for (int i = 0; i < 5; ++i) layer.run(Phase::training);
    layer.run(Phase::inference);
    const Index padded = layer.engine.population(0).padded();
    int fired = 0, near = 0, below_zero_gain = 0;
    for (int t = 0; t < T; ++t)
        for (int b = 0; b < B; ++b)
            for (int n = 0; n < N; ++n) {
                const double m = layer.gain[n] * (layer.u(t, b, n) - layer.running()[n]) / std::sqrt(layer.running()[padded + n] + 1e-5) + layer.shift[n];
                if (std::fabs(m - 0.5) <= 1e-5) ++near;
                else ASSERT_EQ(layer.fired(t, b, n), m > 0.5) << t << " " << b << " " << n;
                fired += layer.fired(t, b, n), below_zero_gain += layer.fired(t, b, n) && layer.gain[n] < 0;
            }
    EXPECT_GT(fired, T * B * N / 10);
    EXPECT_GT(below_zero_gain, 0);
    EXPECT_LT(near, 3);
}

/// b[t] = rho b[t-1] + (1 - rho) s[t-1] raises the threshold from 0.3 by 0.5 b[t].
TEST(MembraneNorm, FoldedIntoAThresholdThatAdaptsItFiresWhereTheNormalisedMembraneDoes) {
    Alif::Params<double> p;
    p.tau_m = 2, p.tau_a = 3, p.threshold = 0.3, p.strength = 0.5;
    Layer layer(make_neuron<Alif>(p));
    for (int i = 0; i < 5; ++i) layer.run(Phase::training);
    layer.run(Phase::inference);
    const Index padded = layer.engine.population(0).padded();
    const double rho = std::exp(-1.0 / 3);
    int near = 0, adapted = 0, below_zero_gain = 0;
    for (int b = 0; b < B; ++b)
        for (int n = 0; n < N; ++n) {
            double adaptation = 0;
            for (int t = 0; t < T; ++t) {
                if (t > 0) adaptation = rho * adaptation + (1 - rho) * layer.fired(t - 1, b, n);
                const double m = layer.gain[n] * (layer.u(t, b, n) - layer.running()[n]) / std::sqrt(layer.running()[padded + n] + 1e-5) + layer.shift[n];
                const double x = m - 0.3 - 0.5 * adaptation;
                if (std::fabs(x) <= 1e-5) ++near;
                else ASSERT_EQ(layer.fired(t, b, n), x > 0) << t << " " << b << " " << n;
                adapted += adaptation > 0 && layer.fired(t, b, n), below_zero_gain += layer.fired(t, b, n) && layer.gain[n] < 0;
            }
        }
    EXPECT_GT(adapted, T * B * N / 20);
    EXPECT_GT(below_zero_gain, 0);
    EXPECT_LT(near, 3);
}

TEST(MembraneNorm, AReplayAndInferenceLeaveTheRunningStatisticsAlone) {
    Layer layer;
    layer.run(Phase::training);
    const std::vector<double> before(layer.running().begin(), layer.running().end());
    for (const Phase phase : {Phase::replay, Phase::inference}) {
        layer.run(phase);
        EXPECT_TRUE(std::ranges::equal(layer.running(), before));
    }
    layer.run(Phase::training);
    EXPECT_FALSE(std::ranges::equal(layer.running(), before));
}

TEST(MembraneNorm, NeedsANeuronThatFires) {
    ThreadPool pool(1);
    EXPECT_EQ(error_of([&] { Engine<float>({5, {{"out", 3, make_neuron<LeakyIntegrator>(), 0, std::nullopt, MembraneNormOptions{}}}, {{"input", "out", dense()}}}, {}, pool); }),
              "'out' is a leaky_integrator, which never fires, so its membrane cannot be normalised for a decision; leave out membrane");
}

}  // namespace
}  // namespace tripartite
