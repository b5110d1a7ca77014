#pragma once
#include <gtest/gtest.h>

#include <cmath>
#include <tuple>

#include "tests/neurons/tile_buffers.hpp"

/// The neuron models that can be trained, their options, and a loss to pull back through a tile.
namespace tripartite {

namespace detail {

template <class Tuple> struct TypesOf;
template <class... Ms> struct TypesOf<std::tuple<Ms...>> { using type = testing::Types<Ms...>; };
template <class M> using OneOrNone = std::conditional_t<is_trainable<M>(0), std::tuple<M>, std::tuple<>>;
template <class... Ms> struct Trainable : TypesOf<decltype(std::tuple_cat(OneOrNone<Ms>()...))> {};

}  // namespace detail

using TrainableModels = NeuronModels::apply<detail::Trainable>::type;

/// The combinations of options that can be trained.
template <class M, class F> void for_each_trainable(F&& f) {
    for_each_option<M>([&](const auto& params) { if (make_neuron<M>(params).trainable) f(params); });
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
            tile.input[i] *= Real(unit == "pA" ? pA : unit == "nS" ? 20 : unit == "mM" || unit == "uM/s" ? 1 : 10);
        }
    }
    /// The tile, whose adjoints are where they begin.
    AdjointTile<double> start() {
        state_bar = last_state_bar;
        std::ranges::fill(coefficients_bar, 0);
        AdjointTile<double> a;
        static_cast<NeuronTile<double>&>(a) = tile.tile(0, T);
        a.spikes_bar = spikes_bar.data(), a.spikes_bar_step = tile.row();
        a.membrane_bar = membrane_bar.data(), a.membrane_bar_step = tile.row();
        a.input_bar = tile.rows(input_bar);
        a.state_bar = state_bar.data(), a.coefficients_bar = coefficients_bar.data();
        a.surrogate = &surrogate, a.slope = kernels<double>().slope;
        return a;
    }
    void adjoint(bool learning) {
        auto a = start();
        std::vector<double> scratch(adjoint_scratch(tile.spec.states, tile.spec.substeps, T));
        a.scratch = scratch.data();
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
    /// So small that no delayed reset, which stays a step function, is decided anew.
    double difference() const { return in_units(tile.spec) ? 1e-4 : 1e-5; }
    /// Moves `count` neighbouring numbers together and returns the derivative of each loss, by a central difference of fourth order.
    std::vector<double> slopes(double* x, Index count) {
        const double h = difference();
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
        const auto sizes = losses();  // thousands where gliotransmitter is released, whose rounding a difference magnifies
        for (std::size_t at = 0; at < x.size(); at += tile.row()) {
            const auto expected = slopes(x.data() + at, tile.row());
            for (Index i = 0; i < tile.row(); ++i)
                ASSERT_NEAR(bar[at + i], expected[i], 1e-8 * (1 + std::fabs(expected[i])) + 1e-15 * std::fabs(sizes[i]) / difference()) << what << " " << at + i;
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

}  // namespace tripartite
