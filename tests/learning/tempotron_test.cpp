// The tempotron, which is an encoder, a neuron that adds up and a loss, against its closed form.
#include <gtest/gtest.h>

#include <cmath>

#include "encoders/encoder.hpp"
#include "learning/bptt.hpp"
#include "neurons/compiled.hpp"
#include "synapses/dense.hpp"

namespace tripartite {
namespace {

constexpr int T = 60, B = 6, N = 8, classes = 2;
const std::vector<int> labels{0, 1, 0, 1, 1, 0};

/// One or two spikes of each afferent of each sample.
bool fires(int t, int b, int n) {
    const RandomStream random(3, "test", "tempotron");
    return t == int(random.below(T, std::uint32_t(n), 0, std::uint32_t(b))) || (n % 2 && t == int(random.below(T, std::uint32_t(n), 1, std::uint32_t(b))));
}

double kernel(double t) { return 2.1165347359575935 * (std::exp(-t / 15) - std::exp(-t / 3.75)); }

/// sum_{t_i <= t} K(t - t_i) of afferent n.
double potential(int t, int b, int n) {
    double sum = 0;
    for (int at = 0; at <= t; ++at)
        if (fires(at, b, n)) sum += kernel(t - at);
    return sum;
}

struct Trained {
    ThreadPool pool{1};
    Encoded<double> input;
    Bptt<double> bptt;
    std::vector<double> weight, gradient;  ///< [classes][N]
    BatchResult result;

    explicit Trained(TempotronForm form)
        : bptt({N, {{"out", classes, make_neuron<Lif>({.beta = 0, .reset = Lif::Reset::none})}}, {{"input", "out", dense({.bias = false, .init = Kaiming{2}})}}},
               {.dt = 1, .steps = T, .samples = B}, {.surrogate = {}, .loss = TempotronLoss{.form = form}, .regulariser = {}}, pool) {
        RealFrame<double> samples(1, B, T * N);
        std::vector<int> all;
        for (int b = 0; b < B; ++b) {
            all.push_back(b);
            for (int i = 0; i < T * N; ++i) samples.row(0, b)[i] = fires(i / N, b, i % N);
        }
        encode<double>(Potentials{}, samples, all, T, 1, 1, 0, input);
        auto& parameters = bptt.engine().parameters();
        parameters.gradients.fill(0);
        result = bptt.gradient(input.signal, labels, 0, 0);
        weight = parameters.blocks[0].read(parameters.values.data());
        gradient = parameters.blocks[0].read(parameters.gradients.data());
    }
};

/// dw_i = -rate dL/dw_i = +-rate sum_{t_i < t_max} K(t_max - t_i), of the outputs that are wrong, averaged over the samples.
TEST(Tempotron, GradientIsTheKernelAtTheLargestPotentialOfOutputsThatAreWrong) {
    for (const auto form : {TempotronForm::linear, TempotronForm::squared}) {
        const Trained run(form);
        std::vector<double> expected(std::size_t(classes) * N);
        double loss = 0;
        int wrong = 0;
        for (int b = 0; b < B; ++b)
            for (int c = 0; c < classes; ++c) {
                const auto v = [&](int t) {
                    double sum = 0;
                    for (int n = 0; n < N; ++n) sum += run.weight[std::size_t(c * N + n)] * potential(t, b, n);
                    return sum;
                };
                int t_max = 0;
                for (int t = 1; t < T; ++t)
                    if (v(t) > v(t_max)) t_max = t;
                const double distance = v(t_max) - 1;
                if ((distance >= 0) == (labels[std::size_t(b)] == c)) continue;
                ++wrong;
                const bool squared = form == TempotronForm::squared;
                loss += (squared ? distance * distance : std::fabs(distance)) / B;
                for (int n = 0; n < N; ++n)
                    expected[std::size_t(c * N + n)] += (squared ? 2 * distance : distance < 0 ? -1 : 1) * potential(t_max, b, n) / B;
            }
        ASSERT_GT(wrong, 2);
        ASSERT_LT(wrong, B * classes);
        EXPECT_NEAR(run.result.loss, loss, 1e-10);
        for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(run.gradient[i], expected[i], 1e-10) << i;
    }
}

}  // namespace
}  // namespace tripartite
