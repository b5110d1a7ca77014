#include "learning/optimiser.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <limits>

#include "core/random.hpp"

namespace tripartite {
namespace {

ParameterBlock block(Index size, bool decays = false, double bound = std::numeric_limits<double>::infinity()) {
    ParameterBlock b;
    b.size = size, b.rows = int(size), b.decays = decays, b.min = -bound, b.max = bound;
    return b;
}
template <class Real> Parameters<Real> parameters_of(std::initializer_list<ParameterBlock> blocks) {
    Parameters<Real> p;
    for (auto b : blocks) b.name = std::to_string(p.blocks.size()), p.add(b);
    p.allocate();
    return p;
}

/// Four updates of three values, whose gradients also depend on the values; returns the values.
std::vector<double> four_updates(const OptimiserSpec& spec) {
    ThreadPool pool(1);
    auto p = parameters_of<double>({block(3, true)});
    Optimiser<double> optimiser(spec, p);
    const double direction[] = {0.1, -0.7, 0.03};
    p.values[0] = 0.5, p.values[1] = -1.25, p.values[2] = 2;
    for (int t = 0; t < 4; ++t) {
        for (int i = 0; i < 3; ++i) p.gradients[i] = direction[i] * (t + 1) * (t % 2 ? -1 : 1) + 0.2 * p.values[i];
        optimiser.step(p, optimiser.base_learning_rate(), 1, pool);
    }
    EXPECT_EQ(optimiser.steps(), 4);
    return {p.values.begin(), p.values.end()};
}

/// Values from torch.optim in PyTorch 2.15, double.
TEST(Optimiser, AgreesWithPyTorch) {
    const std::vector<std::pair<OptimiserSpec, std::vector<double>>> cases{
        {Sgd{}, {0.48158015999999998, -1.2957327599999999, 1.8508551440000001}},
        {Sgd{.momentum = 0.9, .weight_decay = 0.05}, {0.3950517578124999, -1.0051547851562499, 1.5657972656249999}},
        {Sgd{.momentum = 0.9, .nesterov = true, .weight_decay = 0.05}, {0.38373842737890623, -1.0722731888300781, 1.4421025216453125}},
        {Adam{.learning_rate = 0.01}, {0.47962622694754958, -1.2377488810406916, 1.9605207978214374}},
        {Adam{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.95, .epsilon = 1e-3, .weight_decay = 0.05},
         {0.47792196493254469, -1.2374005529176642, 1.9605080988396253}},
        {AdamW{.learning_rate = 0.01, .weight_decay = 0.05}, {0.47865365756091099, -1.2352687781206575, 1.9565559006754012}},
        {Adamax{.learning_rate = 0.01, .weight_decay = 0.05}, {0.48100860361209474, -1.2379637044477965, 1.963870756023526}},
        {Adamax{.learning_rate = 0.01, .beta1 = 0.8, .beta2 = 0.5, .epsilon = 1e-2}, {0.48256665477675298, -1.2396644136784121, 1.9577092977497488}}};
    for (const auto& [spec, wanted] : cases) {
        const auto values = four_updates(spec);
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(values[i], wanted[i], 1e-14) << "kind " << spec.index() << ", value " << i;
    }
}

TEST(Optimiser, DecaysOnlyBlocksThatDecay) {
    ThreadPool pool(1);
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{.weight_decay = 0.5}), OptimiserSpec(Adam{.weight_decay = 0.5}),
                                      OptimiserSpec(AdamW{.weight_decay = 0.5}), OptimiserSpec(Adamax{.weight_decay = 0.5})}) {
        auto p = parameters_of<float>({block(20, true), block(20, false)});
        p.values.fill(1);
        Optimiser<float> optimiser(spec, p);
        optimiser.step(p, 0.1, 1, pool);
        for (int i = 0; i < 20; ++i) {
            EXPECT_LT(p.value(0)[i], 1);
            EXPECT_EQ(p.value(1)[i], 1);
        }
    }
}

TEST(Optimiser, KeepsValuesWithinTheirBounds) {
    ThreadPool pool(1);
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{}), OptimiserSpec(Adam{}), OptimiserSpec(AdamW{}), OptimiserSpec(Adamax{})}) {
        auto p = parameters_of<double>({block(2, false, 1.5)});
        p.values.fill(1);
        Optimiser<double> optimiser(spec, p);
        p.gradients[0] = 1, p.gradients[1] = -1;
        optimiser.step(p, 10, 1, pool);
        EXPECT_EQ(p.values[0], -1.5);
        EXPECT_EQ(p.values[1], 1.5);
    }
}

TEST(Optimiser, NotANumberIsNotHiddenByTheBounds) {
    ThreadPool pool(1);
    auto p = parameters_of<float>({block(40, false, 1)});
    Optimiser<float> optimiser(AdamW{}, p);
    p.gradients.fill(NAN);
    optimiser.step(p, 0.1, 1, pool);
    for (float w : p.values) EXPECT_TRUE(std::isnan(w));
}

TEST(Optimiser, ScalingTheGradientIsScalingTheUpdateOfSgd) {
    ThreadPool pool(1);
    auto p = parameters_of<double>({block(1)});
    p.gradients[0] = 4;
    Optimiser<double> optimiser(Sgd{}, p);
    optimiser.step(p, 0.5, 0.25, pool);
    EXPECT_EQ(p.values[0], -0.5);
}

template <class Real> Parameters<Real> random_problem() {
    auto p = parameters_of<Real>({block(50003, true)});
    const RandomStream random(3, "optimiser", "test");
    for (Index i = 0; i < p.values.size(); ++i) p.values[i] = Real(random.normal(std::uint32_t(i)));
    return p;
}
template <class Real> void set_gradients(Parameters<Real>& p, int t) {
    const RandomStream random(4, "optimiser", "gradients");
    for (Index i = 0; i < p.values.size(); ++i) p.gradients[i] = Real(random.uniform(std::uint32_t(i), std::uint32_t(t)) - 0.5);
}

TEST(Optimiser, BitsDoNotDependOnThreadCount) {
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{.momentum = 0.9}), OptimiserSpec(Adam{}), OptimiserSpec(AdamW{}), OptimiserSpec(Adamax{})}) {
        auto one = random_problem<float>(), four = random_problem<float>();
        Optimiser<float> a(spec, one), b(spec, four);
        ThreadPool single(1), several(4);
        for (int t = 0; t < 2; ++t) {
            set_gradients(one, t), set_gradients(four, t);
            a.step(one, 1e-2, 0.5, single);
            b.step(four, 1e-2, 0.5, several);
            EXPECT_EQ(global_norm(one.gradients, single), global_norm(four.gradients, several));
        }
        EXPECT_TRUE(std::equal(one.values.begin(), one.values.end(), four.values.begin()));
    }
}

TEST(Optimiser, ResumeEqualsUninterruptedRun) {
    ThreadPool pool(1);
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{.momentum = 0.9}), OptimiserSpec(AdamW{}), OptimiserSpec(Adamax{})}) {
        auto p = random_problem<float>();
        Optimiser<float> before(spec, p);
        for (int t = 0; t < 3; ++t) set_gradients(p, t), before.step(p, 1e-2, 1, pool);

        auto resumed = p;
        Optimiser<float> after(spec, resumed);
        const auto saved = before.state(), target = after.state();
        ASSERT_EQ(saved.size(), target.size());
        for (std::size_t k = 0; k < saved.size(); ++k) {
            EXPECT_EQ(saved[k].first, target[k].first);
            std::copy(saved[k].second.begin(), saved[k].second.end(), target[k].second.begin());
        }
        after.set_steps(before.steps());
        for (int t = 3; t < 5; ++t) {
            set_gradients(p, t), before.step(p, 1e-2, 1, pool);
            set_gradients(resumed, t), after.step(resumed, 1e-2, 1, pool);
        }
        EXPECT_TRUE(std::equal(p.values.begin(), p.values.end(), resumed.values.begin()));
    }
}

TEST(Optimiser, LeavesThePaddingOfAZeroBlockZero) {
    ThreadPool pool(1);
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{.momentum = 0.9}), OptimiserSpec(Adam{}), OptimiserSpec(AdamW{}), OptimiserSpec(Adamax{})}) {
        auto p = parameters_of<float>({block(40, true)});
        Optimiser<float> optimiser(spec, p);
        for (int t = 0; t < 3; ++t) optimiser.step(p, 0.1, 1, pool);
        for (float w : p.values) EXPECT_EQ(w, 0);
    }
}

TEST(Optimiser, MultipliesTheRateByThatOfTheBlock) {
    ThreadPool pool(1);
    for (const OptimiserSpec& spec : {OptimiserSpec(Sgd{}), OptimiserSpec(Adam{}), OptimiserSpec(AdamW{}), OptimiserSpec(Adamax{})}) {
        auto fast = block(3);
        fast.rate = 8;
        auto p = parameters_of<double>({block(3), fast});
        p.gradients.fill(0.5);
        Optimiser<double>(spec, p).step(p, 1e-3, 1, pool);
        EXPECT_LT(p.value(0)[0], 0);
        EXPECT_DOUBLE_EQ(p.value(1)[0], 8 * p.value(0)[0]);
    }
}

TEST(GlobalNorm, IsTheEuclideanNorm) {
    ThreadPool pool(2);
    Array<float> g(40007);
    for (Index i = 0; i < g.size(); ++i) g[i] = float(i % 5);  // squares of a period: 0 + 1 + 4 + 9 + 16
    EXPECT_NEAR(global_norm(g, pool), std::sqrt(40005 / 5 * 30.0 + 1), 1e-10);
    EXPECT_EQ(global_norm(Array<double>(), pool), 0);
}

}  // namespace
}  // namespace tripartite
