// What every neuron model owes that can be trained, whatever its equations.
#include <gtest/gtest.h>

#include <cmath>
#include <set>

#include "tests/neurons/allocations.hpp"
#include "tests/neurons/model_name.hpp"
#include "tests/neurons/simulated_neurons.hpp"
#include "tests/neurons/tile_buffers.hpp"

namespace tripartite {
namespace {

template <class M> struct TrainingContract : testing::Test {};

template <class Tuple> struct TypesOf;
template <class... Ms> struct TypesOf<std::tuple<Ms...>> { using type = testing::Types<Ms...>; };
template <class M> using OneOrNone = std::conditional_t<is_trainable<M>(0), std::tuple<M>, std::tuple<>>;
template <class... Ms> struct Trainable : TypesOf<decltype(std::tuple_cat(OneOrNone<Ms>()...))> {};
TYPED_TEST_SUITE(TrainingContract, NeuronModels::apply<Trainable>::type, ModelName);

/// The combinations of options that can be trained.
template <class M, class F> void for_each_trainable(F&& f) {
    for_each_option<M>([&](const auto& params) { if (make_neuron<M>(params).trainable) f(params); });
}

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

/// A tile in double with the soft spike, and a loss: a random linear function of what is sent, membranes and final states.
struct AdjointCheck {
    static constexpr int T = 5, B = 3, W = 16;
    const Surrogate surrogate;
    TileBuffers<double> tile;
    std::vector<double> spikes_bar, membrane_bar, last_state_bar, state_bar, input_bar, coefficients_bar;

    /// The soft spike and the input are as wide as the membrane's unit asks for.
    AdjointCheck(const NeuronSpec& spec, bool constant_input) : surrogate(Sigmoid{in_units(spec) ? 0.2 : 3.0}), tile(spec, T, B, W, 1, constant_input) {
        tile.soft = &surrogate;
        if (in_units(spec)) {
            scale_input(tile);
            for (double& x : tile.state) x += 0.01;  // no refractory period so near its end that a difference steps over it
        }
        const RandomStream random(2, "test", "loss");
        const auto fill = [&](std::vector<double>& to, std::size_t size, std::uint32_t purpose) {
            for (std::size_t i = 0; i < size; ++i) to.push_back(random.normal(std::uint32_t(i), purpose));
        };
        fill(spikes_bar, tile.membrane.size(), 0);
        fill(membrane_bar, tile.membrane.size(), 1);
        fill(last_state_bar, tile.state.size(), 2);
        input_bar.resize(tile.input.size());
        coefficients_bar.resize(tile.coefficients.size());
    }
    /// Izhikevich's parabola multiplies what is far from rest: it is tested near it, as the models without units.
    static bool in_units(const NeuronSpec& spec) { return !spec.port_units[0].empty() && spec.model != Izhikevich::name; }
    template <class Real> static void scale_input(TileBuffers<Real>& tile) {
        for (std::size_t i = 0; i < tile.input.size(); ++i) {
            const auto& unit = tile.spec.port_units[i * tile.spec.ports / tile.input.size()];
            const double pA = tile.spec.model == HhPscAlpha::name ? 30 : 300;  // whose alpha functions rise by 14 times as much in a ms
            tile.input[i] *= Real(unit == "pA" ? pA : unit == "nS" ? 20 : 10);
        }
    }
    void adjoint(bool learning) {
        state_bar = last_state_bar;
        std::ranges::fill(coefficients_bar, 0);
        std::vector<double> scratch(adjoint_scratch(tile.spec.states, tile.spec.substeps, T));
        AdjointTile<double> a;
        static_cast<NeuronTile<double>&>(a) = tile.tile(0, T);
        a.spikes_bar = spikes_bar.data(), a.spikes_bar_step = tile.row();
        a.membrane_bar = membrane_bar.data(), a.membrane_bar_step = tile.row();
        a.input_bar = tile.rows(input_bar);
        a.state_bar = state_bar.data(), a.coefficients_bar = coefficients_bar.data();
        a.surrogate = &surrogate, a.slope = kernels<double>().slope, a.scratch = scratch.data();
        (learning ? tile.spec.float64.adjoint_learning : tile.spec.float64.adjoint)(a);
    }
    /// The loss of each neuron of each sample, [B][W]: none affects another.
    std::vector<double> losses() {
        auto copy = tile;
        copy.run();
        std::vector<double> sums(tile.row());
        for (std::size_t i = 0; i < copy.membrane.size(); ++i)
            sums[i % tile.row()] += membrane_bar[i] * copy.membrane[i] + spikes_bar[i] * copy.values[i];
        for (std::size_t i = 0; i < copy.state.size(); ++i) sums[i % tile.row()] += last_state_bar[i] * copy.state[i];
        return sums;
    }
    /// Moves `count` neighbouring numbers together and returns the derivative of each loss, by a central difference of fourth order.
    std::vector<double> slopes(double* x, Index count) {
        const double h = in_units(tile.spec) ? 1e-4 : 1e-5;  // so small that no delayed reset, which stays a step function, is decided anew
        const auto at = [&](double step) {
            for (Index i = 0; i < count; ++i) x[i] += step;
            const auto result = losses();
            for (Index i = 0; i < count; ++i) x[i] -= step;
            return result;
        };
        const auto high = at(h), low = at(-h), higher = at(2 * h), lower = at(-2 * h);
        std::vector<double> result(high.size());
        for (std::size_t i = 0; i < result.size(); ++i) result[i] = (8 * (high[i] - low[i]) - (higher[i] - lower[i])) / (12 * h);
        return result;
    }
    void expect_rows(std::vector<double>& x, const std::vector<double>& bar, const char* what) {
        for (std::size_t at = 0; at < x.size(); at += tile.row()) {
            const auto expected = slopes(x.data() + at, tile.row());
            for (Index i = 0; i < tile.row(); ++i) ASSERT_NEAR(bar[at + i], expected[i], 1e-8 * (1 + std::fabs(expected[i]))) << what << " " << at + i;
        }
    }
    void expect_coefficients() {
        for (std::size_t at = 0; at < tile.coefficients.size(); at += W) {
            const auto expected = slopes(tile.coefficients.data() + at, W);
            for (int n = 0; n < W; ++n) {
                double sum = 0;
                for (int b = 0; b < B; ++b) sum += expected[b * W + n];
                ASSERT_NEAR(coefficients_bar[at + n], sum, 1e-8 * (1 + std::fabs(sum))) << "coefficient " << at / W;
            }
        }
    }
};

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
