// What every neuron model owes that can be trained, whatever its equations.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/neurons/allocations.hpp"
#include "tests/neurons/model_name.hpp"
#include "tests/neurons/simulated_neurons.hpp"
#include "tests/neurons/training_cases.hpp"

namespace tripartite {
namespace {

template <class M> struct TrainingContract : testing::Test {};
TYPED_TEST_SUITE(TrainingContract, TrainableModels, ModelName);

TYPED_TEST(TrainingContract, StateStaysFiniteUnderStrongInput) {
    const double strength = std::is_same_v<TypeParam, Izhikevich> ? 100 : 1e4;  // in steps of 1 ms its parabola overflows on more
    for_each_trainable<TypeParam>([=](const auto& params) {
        TileBuffers<float> tile(make_neuron<TypeParam>(params), 10'000, 1, 16, strength);
        const std::size_t of_port = tile.input.size() / std::size_t(tile.spec.ports);
        for (std::size_t i = 0; i < tile.input.size(); ++i)  // a conductance is not negative
            if (const auto port = i / of_port; tile.spec.port_units[port] == "nS") tile.input[i] = std::fabs(tile.input[i]) * (tile.spec.port_names[port] == "inhibitory" ? -1 : 1);
        tile.run();
        for (const float x : tile.state) ASSERT_TRUE(std::isfinite(x));
    });
}

TYPED_TEST(TrainingContract, DerivativesOfTheCoefficientsMatchFiniteDifferences) {
    using M = TypeParam;
    for_each_option<M>([](const auto& params) {
        for_each_field(M::template fields<double>(), [&](const auto& f) {
            if constexpr (std::is_same_v<typename std::decay_t<decltype(f)>::type, double>) {
                auto p = params;
                double& value = p.*(f.member);
                if (std::isnan(value)) value = 0.7;
                if (f.learned == Learned::no || !M::problem(p).empty()) return;
                const auto spec = make_neuron<M>(p, {{std::string(f.name), false}});
                std::vector<double> slope(spec.coefficients), high(slope), low(slope);
                const double h = 1e-5, dt = 0.5;
                spec.derivative(std::vector{value}, 0, dt, slope);
                spec.discretise(std::vector{value + h}, dt, high);
                spec.discretise(std::vector{value - h}, dt, low);
                for (int c = 0; c < spec.coefficients; ++c) ASSERT_NEAR(slope[c], (high[c] - low[c]) / (2 * h), 1e-9) << f.name << " " << c;
            }
        });
    });
}

TYPED_TEST(TrainingContract, AdjointMatchesFiniteDifferencesWithTheSoftSpike) {
    std::set<int> variants;
    for_each_trainable<TypeParam>([&](const auto& params) {
        if constexpr (requires { TypeParam::variant(params); }) variants.insert(TypeParam::variant(params));
        else variants.insert(0);
        for (const bool constant_input : {false, true}) {
            AdjointCheck check(make_neuron<TypeParam>(params), constant_input);
            check.adjoint(false);
            const auto state_bar = check.state_bar, input_bar = check.input_bar;
            check.expect_rows(check.tile.state, check.state_bar, "state");
            check.expect_rows(check.tile.input, check.input_bar, "input");
            if constexpr (!has_learnable<TypeParam>) continue;
            check.adjoint(true);
            for (std::size_t i = 0; i < state_bar.size(); ++i) ASSERT_NEAR(check.state_bar[i], state_bar[i], 1e-12 * (1 + std::fabs(state_bar[i])));
            for (std::size_t i = 0; i < input_bar.size(); ++i) ASSERT_NEAR(check.input_bar[i], input_bar[i], 1e-12 * (1 + std::fabs(input_bar[i])));
            check.expect_coefficients();
        }
    });
    int trainable = 0;
    for (int v = 0; v < num_variants<TypeParam>; ++v) trainable += is_trainable<TypeParam>(v);
    EXPECT_EQ(int(variants.size()), trainable);
}

template <class M, class Real> void expect_halves_equal_the_whole(const typename M::template Params<double>& params) {
    for (const int width : {16, 64}) {
        TileBuffers<Real> whole(make_neuron<M>(params), 11, 2, width), halves(whole);
        whole.run();
        halves.run(0, 4);
        halves.run(4, 11);
        ASSERT_EQ(whole.state, halves.state);
        ASSERT_EQ(whole.spikes, halves.spikes);
        ASSERT_EQ(whole.membrane, halves.membrane);
    }
}

TYPED_TEST(TrainingContract, OneRunEqualsTwoHalves) {
    for_each_trainable<TypeParam>([](const auto& params) {
        expect_halves_equal_the_whole<TypeParam, float>(params);
        expect_halves_equal_the_whole<TypeParam, double>(params);
    });
}

/// One sample of a tile against neurons that take single steps with the same input and random numbers.
template <class M, class Real> void expect_training_equals_simulation(const typename M::template Params<double>& params) {
    const auto spec = make_neuron<M>(params);
    TileBuffers<Real> tile(spec, 60, 1, 64);
    SimulatedNeurons<Real> neurons(spec, tile.dt);
    if (AdjointCheck::in_units(spec)) AdjointCheck::scale_input(tile);
    neurons.state = tile.state;
    const RandomStream random(4, "test", "uniform");
    for (std::size_t i = 0; i < tile.uniform.size(); ++i) tile.uniform[i] = Real(float(random.uniform(std::uint32_t(i % 64), std::uint32_t(i / 64))));
    tile.run();
    for (int t = 0; t < tile.T; ++t) {
        for (int p = 0; p < spec.ports; ++p) std::copy_n(tile.input.data() + (p * tile.T + t) * 64, 64, neurons.input.data() + p * 64);
        neurons.step();
        if (spec.spiking) {
            ASSERT_EQ(neurons.spikes[0], tile.spikes[std::size_t(t)]) << "step " << t;
        }
    }
    ASSERT_EQ(neurons.state, tile.state);
}

TYPED_TEST(TrainingContract, ForwardOfTrainingEqualsSimulationSpikeForSpike) {
    for_each_trainable<TypeParam>([](const auto& params) {
        expect_training_equals_simulation<TypeParam, float>(params);
        expect_training_equals_simulation<TypeParam, double>(params);
    });
}

TYPED_TEST(TrainingContract, AStepAllocatesNothing) {
    AdjointCheck check(make_neuron<TypeParam>(), false);
    std::vector<double> scratch(adjoint_scratch(check.tile.spec.states, check.tile.spec.substeps, AdjointCheck::T));
    const auto before = allocations();
    check.tile.run();
    EXPECT_EQ(allocations(), before);
    std::vector<double> shown(1);
    EXPECT_GT(allocations(), before) << "the count does not count";
    check.adjoint(has_learnable<TypeParam>);
    const auto with_buffers = allocations();
    check.adjoint(has_learnable<TypeParam>);
    EXPECT_EQ(allocations() - with_buffers, 1u) << "more than the scratch of the check itself";
}

}  // namespace
}  // namespace tripartite
