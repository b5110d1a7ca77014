#pragma once
#include <algorithm>
#include <utility>
#include <vector>

#include "core/random.hpp"
#include "engine/kernels.hpp"
#include "neurons/compiled.hpp"

/// The arrays of one tile, filled with random numbers, and the ways to run it.
namespace tripartite {

template <class Real> struct TileBuffers {
    NeuronSpec spec;
    int T, B, W;
    double dt = std::min(1.0, spec.longest_dt / 2);  ///< ms; far from where integration is unstable, and differences with it
    bool constant_input;
    std::vector<Real> input, state, coefficients, membrane, values, uniform;
    std::vector<std::uint64_t> spikes;
    const Surrogate* soft = nullptr;

    TileBuffers(const NeuronSpec& spec, int T, int B, int W, double strength = 1, bool constant_input = false)
        : spec(spec), T(T), B(B), W(W), constant_input(constant_input), input(inputs()), state(states()), coefficients(std::size_t(spec.coefficients) * W),
          membrane(std::size_t(T) * B * W), values(membrane.size()), uniform(membrane.size()), spikes(std::size_t(T) * B) {
        const RandomStream random(1, "test", "tile");
        for (std::size_t i = 0; i < input.size(); ++i) input[i] = Real(strength * (2 * random.uniform(std::uint32_t(i), 0) - 0.6));
        for (std::size_t i = 0; i < state.size(); ++i) state[i] = Real(spec.initial[i / (B * W)] + 0.3 * random.uniform(std::uint32_t(i), 1));
        for (std::size_t i = 0; i < uniform.size(); ++i) uniform[i] = Real(float(random.uniform(std::uint32_t(i), 2)));
        std::vector<double> k(spec.coefficients);
        spec.discretise({}, dt, k);
        for (std::size_t i = 0; i < coefficients.size(); ++i) coefficients[i] = Real(k[i / W]);
    }
    int input_steps() const { return constant_input ? 1 : T; }
    Index row() const { return Index(B) * W; }
    std::size_t inputs() const { return std::size_t(spec.ports) * input_steps() * B * W; }
    std::size_t states() const { return std::size_t(spec.states) * B * W; }
    bool fired(int t, int b, int n) const { return spikes[std::size_t(t) * B + b] >> n & 1; }

    /// An array that is laid out as the input.
    PortRows<Real> rows(std::vector<Real>& from) const {
        PortRows<Real> rows;
        for (int p = 0; p < spec.ports; ++p) rows.at[p] = from.data() + p * input_steps() * row(), rows.step[p] = constant_input ? 0 : row();
        return rows;
    }
    /// Steps [begin, end); the input starts at its own step.
    NeuronTile<Real> tile(int begin, int end) {
        NeuronTile<Real> a;
        a.steps = end - begin, a.samples = B, a.width = W;
        a.input = rows(input);
        for (int p = 0; p < spec.ports; ++p) a.input.at[p] += begin * a.input.step[p];
        a.state = state.data(), a.state_variable = row();
        a.coefficients = coefficients.data(), a.coefficient = W;
        a.spikes = spikes.data() + begin * B, a.spikes_step = B;
        a.membrane = membrane.data() + begin * row(), a.membrane_step = row();
        a.uniform = uniform.data() + begin * row(), a.uniform_step = row();
        a.soft = soft, a.values = values.data() + begin * row(), a.values_step = row(), a.values_sample = W;
        return a;
    }
    void run(int begin, int end) { spec.kernels<Real>().forward(tile(begin, end)); }
    void run() { run(0, T); }
};

/// Every combination of a model's options that it allows; numbers are a little off the default, so that no term is hidden by a zero or a one.
template <class M> std::vector<typename M::template Params<double>> options_of() {
    const auto choices = []<class Field>(const Field& field) {
        using T = typename Field::type;
        if constexpr (std::is_enum_v<T>) return int(field.choices.size());
        else return std::is_same_v<T, bool> ? 2 : 1;
    };
    int combinations = 1;
    for_each_field(M::template fields<double>(), [&](const auto& field) { combinations *= choices(field); });
    std::vector<typename M::template Params<double>> all;
    for (int number = 0; number < combinations; ++number) {
        typename M::template Params<double> p;
        int left = number;
        for_each_field(M::template fields<double>(), [&](const auto& field) {
            using T = typename std::decay_t<decltype(field)>::type;
            if constexpr (std::is_same_v<T, double>) p.*(field.member) = 0.9 * p.*(field.member) + 0.07;
            else p.*(field.member) = T(left % choices(field)), left /= choices(field);
        });
        if (M::problem(p).empty()) all.push_back(p);
    }
    return all;
}

/// f(params) for every combination of a model's options that it allows.
template <class M, class F> void for_each_option(F&& f) {
    for (const auto& params : options_of<M>()) f(params);
}

}  // namespace tripartite
