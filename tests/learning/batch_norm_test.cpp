#include "learning/batch_norm.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/network_cases.hpp"

namespace tripartite {
namespace {

// From PyTorch 2.15 in float64: y = BatchNorm1d(2, momentum=0.25)(x.reshape(6, 2)), weight (1.25, 0.5), bias (0.25, -0.5), and the
// gradients of sum(g y). Values are [T = 2][B = 3][N = 2].
constexpr int T = 2, B = 3, N = 2;
const std::vector<double> x{4.078125, 0.40625, -3.359375, 2.140625, -1.171875, -1.796875, 1.8125, 2.671875, -0.4375, 0.1875, -0.1875, 1.359375};
const std::vector<double> g{-0.859375, 1.09375, -1.078125, 0.125, -0.5625, 0.375, -0.890625, -1.515625, 0.375, 1.453125, 0.9375, 0.78125};
const std::vector<double> y{2.3676817887158026, -0.6439510494269832, -1.6139503301599922, -0.05215229067160772, -0.44288205990240553, -1.3956954186567845,
                            1.154789651663302, 0.1291194011994082, -0.04973771203021567, -0.7185923343150487, 0.08409866171350854, -0.31872830812898406};
const std::vector<double> x_bar{-0.21486579603815142, 0.19038684026929464, -0.4443655222960174, 0.07076854628950528, -0.13527126638131942, -0.3228087844500265,
                                -0.26583267550539336, -0.4244300732476504, 0.3777127533591359, 0.2864072718371382, 0.6826225068617459, 0.1996761993017387};
const std::vector<double> y_running{3.52568120484771, -0.41563903020809567, -2.493521317941455, 0.3187976479802472, -0.7231676347681711, -1.3485721079068016,
                                    1.6921006044182374, 0.5437602340919918, -0.12883461255999734, -0.5082706833129318, 0.07349152265980653, -0.012029684537024396};

/// The normaliser of two neurons; samples are cut into chunks of two and one.
struct BatchNormOfTwo : testing::Test {
    const Shape shape{T, B, 2};
    static constexpr int width = 16;
    Parameters<double> parameters;
    std::unique_ptr<Normaliser<double>> normaliser = batch_norm({.momentum = 0.25}).float64("p", N, width, T, parameters);
    ThreadPool pool{2};
    TileArray<double> drive = tiles(x, T);

    void SetUp() override {
        parameters.allocate();
        normaliser->initialise();
        for (const auto& block : parameters.blocks)
            block.write(block.name == "normaliser_gain" ? std::vector{1.25, 0.5} : std::vector{0.25, -0.5}, parameters.values.data());
    }
    TileArray<double> tiles(const std::vector<double>& values, int steps) const {
        TileArray<double> to;
        to.shape(steps, B, 1, width);
        for_each(to, steps, [&](double& place, int i) { place = values[i]; });
        return to;
    }
    template <class F> void for_each(TileArray<double>& values, int steps, F&& f) const {
        for (int c = 0; c < shape.chunks(); ++c)
            for (int t = 0; t < steps; ++t)
                for (int b = 0; b < shape[c].samples; ++b)
                    for (int n = 0; n < N; ++n) f(values.tile(0, shape[c], t)[b * width + n], (t * B + shape[c].first + b) * N + n);
    }
    void expect(TileArray<double>& found, const std::vector<double>& expected) {
        for_each(found, T, [&](double value, int i) { EXPECT_NEAR(value, expected[i], 1e-13); });
    }
    TileArray<double> applied() {
        TileArray<double> to = tiles(x, T);
        for (int c = 0; c < shape.chunks(); ++c) normaliser->apply(drive, 0, shape[c], 0, to.tile(0, shape[c]));
        return to;
    }
    const double* gradient(const char* name) {
        for (const auto& block : parameters.blocks)
            if (block.name == name) return parameters.gradients.data() + block.offset;
        return nullptr;
    }
};

TEST_F(BatchNormOfTwo, ForwardAndRunningStatisticsAreThoseOfPyTorch) {
    normaliser->measure(drive, shape, T, false, pool);
    auto found = applied();
    expect(found, y);
    const auto running = normaliser->running();
    for (const auto& [at, expected] : {std::pair{0, 0.030598958333333332}, {1, 0.20703125}, {width, 2.385581461588542}, {width + 1, 1.3941650390625}})
        EXPECT_NEAR(running[at], expected, 1e-14);
    normaliser->use_running();
    found = applied();
    expect(found, y_running);
}

TEST_F(BatchNormOfTwo, AdjointIsThatOfPyTorch) {
    normaliser->measure(drive, shape, T, false, pool);
    auto bar = tiles(g, T);
    normaliser->adjoint(drive, bar, shape, 0, T, pool);
    expect(bar, x_bar);
    EXPECT_NEAR(gradient("normaliser_gain")[0], -0.39546208715707443, 1e-13);
    EXPECT_NEAR(gradient("normaliser_gain")[1], -3.13376769522237, 1e-13);
    EXPECT_NEAR(gradient("normaliser_shift")[0], -2.078125, 1e-13);
    EXPECT_NEAR(gradient("normaliser_shift")[1], 2.3125, 1e-13);
}

TEST_F(BatchNormOfTwo, FrozenStatisticsDoNotMove) {
    normaliser->measure(drive, shape, T, true, pool);
    auto found = applied();
    expect(found, y);
    EXPECT_EQ(normaliser->running()[0], 0);
    EXPECT_EQ(normaliser->running()[width], 1);
}

TEST_F(BatchNormOfTwo, AConstantDriveCountsOnceForEachStep) {
    drive = tiles(x, 1);
    normaliser->measure(drive, shape, 4, false, pool);  // PyTorch's, for the same three samples in four steps
    for (const auto& [at, expected] : {std::pair{0, -0.037760416666666664}, {1, 0.0625}, {width, 3.4064867424242427}, {width + 1, 1.4580522017045454}})
        EXPECT_NEAR(normaliser->running()[at], expected, 1e-14);
}

/// With its gain at alpha V_th and its shift at 0, tdBN is alpha V_th times what plain batch normalisation starts as.
TEST(TdBatchNorm, StartsAsAlphaTimesTheThresholdTimesBatchNormalisation) {
    const Shape shape{1, 4, 4};
    ThreadPool pool(1);
    TileArray<double> drive;
    drive.shape(1, 4, 1, 16);
    for (Index i = 0; i < drive.values.size(); ++i) drive.values[i] = std::sin(double(i));
    const auto applied = [&](const NormaliserKind& kind) {
        Parameters<double> parameters;
        const auto normaliser = kind.float64("p", 16, 16, 1, parameters);
        parameters.allocate();
        normaliser->initialise();
        normaliser->measure(drive, shape, 1, false, pool);
        std::vector<double> out(drive.values.size());
        normaliser->apply(drive, 0, shape[0], 0, out.data());
        return out;
    };
    TdBatchNormOptions options;
    options.alpha = 0.5, options.threshold = 0.3;
    const auto plain = applied(batch_norm()), scaled = applied(td_batch_norm(options));
    for (std::size_t i = 0; i < plain.size(); ++i) EXPECT_NEAR(scaled[i], 0.15 * plain[i], 1e-14);
}

/// TEBN is batch normalisation, times a factor of the step.
TEST(TeBatchNorm, IsBatchNormalisationTimesAFactorOfEachStep) {
    const Shape shape{3, 4, 4};
    ThreadPool pool(1);
    TileArray<double> drive;
    drive.shape(3, 4, 1, 16);
    for (Index i = 0; i < drive.values.size(); ++i) drive.values[i] = std::sin(double(i));
    const std::vector factors{1.0, 2.0, -0.5, 0.25, 3.0};
    const auto applied = [&](const NormaliserKind& kind, int begin) {
        Parameters<double> parameters;
        const auto normaliser = kind.float64("p", 16, 16, 5, parameters);
        parameters.allocate();
        normaliser->initialise();
        for (const auto& block : parameters.blocks)
            if (block.name == "step_factor") block.write(factors, parameters.values.data());
        normaliser->measure(drive, shape, 3, false, pool);
        std::vector<double> out(drive.values.size());
        normaliser->apply(drive, 0, shape[0], begin, out.data());
        return out;
    };
    const auto plain = applied(batch_norm(), 0), first = applied(te_batch_norm(), 0), later = applied(te_batch_norm(), 2);
    for (std::size_t i = 0; i < plain.size(); ++i) {
        EXPECT_NEAR(first[i], factors[i / 64] * plain[i], 1e-14);
        EXPECT_NEAR(later[i], factors[i / 64 + 2] * plain[i], 1e-14);
    }
}

TEST(Folding, LeavesNoNormaliserAndTheSameMembranes) {
    auto cases = testing_networks::cases();
    for (const char* name : {"batch_norm", "recurrent_constant_batch_norm", "step_factors", "two_ports", "batch_norm of thresholds"}) {
        const bool thresholds = std::string_view(name) == "batch_norm of thresholds";
        auto c = *std::ranges::find(cases, thresholds ? "batch_norm" : name, &testing_networks::Case::name);
        if (thresholds) c.network.populations[0].normalise = td_batch_norm();
        ThreadPool pool(2);
        Engine<double> engine(c.network, {.steps = 7, .samples = 19}, pool);
        engine.record_membrane(0);
        const auto input = testing_networks::random_input<double>(1, 19, 5);
        Signal<double> signal;
        signal.values = &input, signal.constant = true;
        for (const auto& block : engine.parameters().blocks)
            if (block.name == "step_factor") block.write(std::vector{1.0, 0.5, 2.0, -0.5, 1.5, 0.0, 1.25}, engine.parameters().values.data());
        for (int batch = 0; batch < 20; ++batch) {
            engine.begin(signal, Phase::training);
            engine.forward(0, 7, Phase::training);
        }
        const auto membrane = [&] {
            engine.begin(signal, Phase::inference);
            engine.forward(0, 7, Phase::inference);
            return engine.population(0).membrane.values;
        };
        const auto before = membrane();
        engine.fold_normalisers();
        for (int i = 0; i < engine.populations(); ++i) EXPECT_EQ(engine.population(i).normaliser, nullptr);
        const auto after = membrane();
        for (Index i = 0; i < before.size(); ++i) ASSERT_NEAR(after[i], before[i], 1e-12) << name;
    }
}

}  // namespace
}  // namespace tripartite
