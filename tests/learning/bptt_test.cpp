#include "learning/bptt.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/network_cases.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace bptt_test {

using testing_networks::lif;
using testing_networks::random_input;

constexpr int T = 6, B = 5;
const std::vector<int> labels{0, 1, 2, 1, 0};

NeuronSpec integrator(double beta) { return make_neuron<LeakyIntegrator>({.beta = beta}); }

Network spiking_network(double dropout = 0) {
    return {5, {{"a", 20, lif(Lif::Reset::subtract), dropout}, {"b", 18, lif(Lif::Reset::value), dropout}, {"out", 3, integrator(0.8)}},
            {{"input", "a", dense({.init = Kaiming{3}})}, {"a", "b", dense({.init = Kaiming{3}})}, {"b", "out", dense({.init = Kaiming{3}})}, {"b", "b", dense({.init = Kaiming{1}}), 2}}};
}

/// One gradient of a network on random input.
struct Trained {
    RealFrame<double> input = random_input<double>(T, B, 5);
    ThreadPool pool{2};
    Bptt<double> bptt;

    explicit Trained(const Network& network, const BpttOptions& options, const Surrogate* soft = nullptr) : bptt(network, {.steps = T, .samples = B}, options, pool, soft) {}
    Parameters<double>& parameters() { return bptt.engine().parameters(); }
    double gradient(int epoch = 0) {
        Signal<double> signal;
        signal.values = &input;
        bptt.engine().parameters_changed();
        parameters().gradients.fill(0);
        return bptt.gradient(signal, labels, 0, epoch).loss;
    }
    double evaluate() {
        Signal<double> signal;
        signal.values = &input;
        return bptt.evaluate(signal, labels).loss;
    }
};

/// Leaky integrators read by the cross entropy of each step, windows of one step: with p = softmax(u_t), y the label and what the
/// window before left taken as given, the sum over t of dL_t/dW[n][i] is (p[n] - y[n]) x_t[i] / B; without windows it is the mean
/// over t of (p[n] - y[n]) sum_s beta^(t-s) x_s[i] / B.
TEST(TruncatedBptt, CutsTheGradientAtTheBordersOfWindows) {
    const double beta = 0.8;
    const Network network{5, {{"out", 3, integrator(beta)}}, {{"input", "out", dense({.bias = false, .init = Kaiming{3}})}}};
    for (const bool truncated : {true, false}) {
        Trained run(network, {.surrogate = {}, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}, .truncate = truncated ? 1 : 0});
        run.gradient();
        const auto& block = run.parameters().blocks[0];
        const auto weight = block.read(run.parameters().values.data()), found = block.read(run.parameters().gradients.data());
        std::vector<double> expected(weight.size());
        double last_loss = 0;
        for (int b = 0; b < B; ++b) {
            std::vector<double> u(3), trace(5), mean(3);
            std::vector<std::vector<double>> traces;
            for (int t = 0; t < T; ++t) {
                for (int i = 0; i < 5; ++i) trace[i] = (truncated ? 0 : beta * trace[i]) + run.input.row(t, b)[i];
                traces.push_back(trace);
                for (int n = 0; n < 3; ++n) {
                    u[n] *= beta;
                    for (int i = 0; i < 5; ++i) u[n] += weight[n * 5 + i] * run.input.row(t, b)[i];
                    mean[n] += u[n] / T;
                }
                const auto& read = truncated ? u : mean;
                if (!truncated && t < T - 1) continue;
                const double sum = std::exp(read[0]) + std::exp(read[1]) + std::exp(read[2]);
                for (int n = 0; n < 3; ++n) {
                    const double bar = (std::exp(read[n]) / sum - (labels[b] == n)) / B;
                    for (int i = 0; i < 5; ++i) {
                        if (truncated) expected[n * 5 + i] += bar * trace[i];
                        else for (const auto& past : traces) expected[n * 5 + i] += bar * past[i] / T;
                    }
                }
                last_loss += (std::log(sum) - read[labels[b]]) / B / (truncated ? T : 1);
            }
        }
        EXPECT_NEAR(run.gradient(), last_loss, 1e-12);
        for (std::size_t i = 0; i < found.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-12) << truncated;
    }
}

TEST(TruncatedBptt, CallsBackAfterEachWindow) {
    Trained run(spiking_network(), {.surrogate = {}, .loss = CrossEntropyMembrane{}, .regulariser = {}, .truncate = 4});
    Signal<double> signal;
    signal.values = &run.input;
    int windows = 0;
    run.bptt.gradient(signal, labels, 0, 0, [&] { ++windows; });
    EXPECT_EQ(windows, 2);
}

TEST(Recompute, GivesTheSameGradient) {
    for (const double dropout : {0.0, 0.3}) {
        const BpttOptions options{.surrogate = {}, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}};
        Trained plain(spiking_network(dropout), options);
        const double loss = plain.gradient();
        for (const int steps : {1, 2, 4, T}) {
            auto again = options;
            again.recompute = steps;
            Trained run(spiking_network(dropout), again);
            EXPECT_DOUBLE_EQ(run.gradient(), loss);
            for (Index i = 0; i < plain.parameters().gradients.size(); ++i)
                ASSERT_NEAR(run.parameters().gradients[i], plain.parameters().gradients[i], 1e-13) << steps;
        }
    }
}

TEST(RateRegulariser, GradientMatchesFiniteDifferencesWithTheSoftSpike) {
    const Surrogate surrogate{Sigmoid{3}};
    Trained run(spiking_network(), {.surrogate = surrogate, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {0.45, 0.55, 3, 2}}, &surrogate);
    run.gradient();
    const auto gradients = run.parameters().gradients;
    auto plain = Trained(spiking_network(), {.surrogate = surrogate, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}}, &surrogate);
    EXPECT_GT(run.gradient(), plain.gradient() + 0.1) << "nothing to regularise";
    for (const auto& block : run.parameters().blocks)
        for (int i = 0; i < block.count(); i += 7) {
            double& x = run.parameters().values[block.offset + block.at(i / std::max(1, block.columns), block.columns ? i % block.columns : 0)];
            const Index at = &x - run.parameters().values.data();
            const double start = x, h = 1e-5;
            const auto value = [&](double y) { return x = y, run.gradient(); };
            const double slope = (value(start + h) - value(start - h)) / (2 * h);
            x = start;
            EXPECT_NEAR(gradients[at], slope, 1e-7) << block.owner << " " << i;
        }
}

/// Without spikes every membrane is a linear function of the weights, so that differences are exact.
TEST(RmpLoss, GradientMatchesFiniteDifferences) {
    const Surrogate boxcar{Boxcar{.height = 1, .width = 1}};  // its primitive is 0 below the threshold by half
    auto silent = spiking_network();
    for (int i = 0; i < 2; ++i) {
        Lif::Params<double> p;
        p.tau_m = 3, p.threshold = 100, p.v_rest = 0.05;
        silent.populations[i].neuron = make_neuron<Lif>(p);
    }
    for (const auto form : {RmpLoss::Form::absolute, RmpLoss::Form::squared}) {
        const BpttOptions options{.surrogate = boxcar, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}, .rmp = RmpLoss{.weight = 2, .form = form}, .epochs = 4};
        Trained run(silent, options, &boxcar);
        const double first = run.gradient(0), later = run.gradient(2);
        EXPECT_GT(later, first + 0.1) << "nothing to regularise";
        const auto gradients = run.parameters().gradients;
        for (const auto& block : run.parameters().blocks)
            for (int i = 0; i < block.count(); i += 7) {
                const Index at = block.offset + block.at(i / std::max(1, block.columns), block.columns ? i % block.columns : 0);
                double& x = run.parameters().values[at];
                const double start = x, h = 1e-6;
                const auto value = [&](double y) { return x = y, run.gradient(2); };
                const double slope = (value(start + h) - value(start - h)) / (2 * h);
                x = start;
                EXPECT_NEAR(gradients[at], slope, 1e-6) << block.owner << " " << i;
            }
    }
}

TEST(Mpr, ChangesNoSpikeOnlyTheGradient) {
    const auto gradient = [](const SurrogateShape& shape) {
        auto run = std::make_unique<Trained>(spiking_network(), BpttOptions{.surrogate = {shape}, .loss = CrossEntropyMembrane{.reduce = Reduce::mean}, .regulariser = {}});
        run->gradient();
        return run;
    };
    const auto rectangle = gradient(Boxcar{.height = 1, .width = 1}), rectified = gradient(Mpr{});
    for (int i = 0; i < 2; ++i) {
        const auto &a = rectangle->bptt.engine().population(i).spikes.words, &b = rectified->bptt.engine().population(i).spikes.words;
        EXPECT_TRUE(std::ranges::equal(a, b));
        EXPECT_GT(rectangle->bptt.engine().population(i).spikes_in_window(), 0u);
    }
    EXPECT_FALSE(std::ranges::equal(rectangle->parameters().gradients, rectified->parameters().gradients));
}

/// 300 neurons that fire at every step, each with weight 1 to an output that forgets at once.
Network always_firing(double dropout) {
    Lif::Params<double> eager;
    eager.threshold = 1e-9, eager.reset = Lif::Reset::zero;
    return {5, {{"a", 300, make_neuron<Lif>(eager), dropout}, {"out", 3, integrator(0)}},
            {{"input", "a", dense({.bias = false, .init = Constant{1}})}, {"a", "out", dense({.bias = false, .init = Constant{1}})}}};
}

TEST(Dropout, SilencesNeuronsForAWholeSampleAndScalesTheRest) {
    const double p = 0.3;
    Trained run(always_firing(p), {.surrogate = {}, .loss = CrossEntropyMembrane{}, .regulariser = {}});
    run.gradient();
    auto& a = run.bptt.engine().population(0);
    auto& out = run.bptt.engine().population(1);
    int kept = 0;
    for (int b = 0; b < B; ++b) {
        int of_sample = 0;
        for (int n = 0; n < 300; ++n) {
            of_sample += a.spikes(0, b, n);
            for (int t = 1; t < T; ++t) ASSERT_EQ(a.spikes(t, b, n), a.spikes(0, b, n));
        }
        EXPECT_NEAR(out.membrane.tile(0, {0, B}, 3)[b * out.width()], of_sample / (1 - p), 1e-10);
        kept += of_sample;
    }
    EXPECT_NEAR(kept / 1500.0, 1 - p, 4 * std::sqrt(p * (1 - p) / 1500));
}

TEST(Dropout, ChangesWithTheEpochAndIsOffInEvaluation) {
    Trained run(always_firing(0.5), {.surrogate = {}, .loss = CrossEntropyMembrane{}, .regulariser = {}});
    const auto spikes = [&](int epoch) {
        run.gradient(epoch);
        const auto& words = run.bptt.engine().population(0).spikes.words;
        return std::vector<std::uint64_t>(words.begin(), words.end());
    };
    const auto first = spikes(0);
    EXPECT_NE(spikes(1), first);
    EXPECT_EQ(spikes(0), first);
    run.evaluate();
    auto& out = run.bptt.engine().population(1);
    for (int b = 0; b < B; ++b) EXPECT_EQ(out.membrane.tile(0, {0, B}, 3)[b * out.width()], 300);
}

TEST(Bptt, NamesTheFirstNumberThatIsNotFinite) {
    InitialWeights weights(5, 3);
    weights.weight[1 * 5 + 2] = 1e38;  // neuron 1 grows by 1e38 a step, and float ends at 3.4e38
    ThreadPool pool(1);
    Bptt<float> bptt({5, {{"out", 3, integrator(1)}}, {{"input", "out", dense({.given = weights})}}}, {.steps = T, .samples = B},
                     {.surrogate = {}, .loss = CrossEntropyMembrane{}, .regulariser = {}}, pool);
    RealFrame<float> input(1, B, 5);
    for (int b = 0; b < B; ++b) input.row(0, b)[2] = 1;
    Signal<float> signal;
    signal.values = &input, signal.constant = true;
    EXPECT_EQ(error_of([&] { bptt.gradient(signal, labels, 0, 0); }),
              "a number stopped being finite: population 'out', field 'u', neuron 1, step 3; a smaller learning rate or 'clip' may help");
}

TEST(Bptt, ALossOfSpikesNeedsAnOutputThatFires) {
    ThreadPool pool(1);
    EXPECT_EQ(error_of([&] { Bptt<float>(spiking_network(), {}, {.surrogate = {}, .loss = CrossEntropyRate{}, .regulariser = {}}, pool); }),
              "the loss reads spikes, and the last population, 'out', never fires");
}

}  // namespace bptt_test
}  // namespace tripartite
