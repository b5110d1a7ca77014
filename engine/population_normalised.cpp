// A population whose membranes are normalised takes its steps in halves.
#include <algorithm>

#include "engine/population.hpp"

namespace tripartite {
namespace {

/// Step t of a tile as a tile of its own.
template <class Real> void move_to(NeuronTile<Real>& a, int t) {
    a.steps = 1;
    for (int i = 0; i < most_ports; ++i)
        if (a.input.at[i]) a.input.at[i] += t * a.input.step[i];
    a.spikes += t * a.spikes_step;
    if (a.uniform) a.uniform += t * a.uniform_step;
    if (a.membrane) a.membrane += t * a.membrane_step;
    if (a.values) a.values += t * a.values_step;
}

}  // namespace

template <class Real> void Population<Real>::run_normalised(const NeuronTile<Real>& a, const Span& span, Scratch<Real>& scratch) {
    const auto& kernels = spec_.neuron.kernels<Real>();
    scratch.kernel.ensure(Index(a.samples) * width_);
    for (int t = span.begin; t < span.end; ++t) {
        auto now = a;
        move_to(now, t - span.begin);
        if (!now.membrane) now.membrane = scratch.kernel.data();
        kernels.integrate(now);
        membrane_norm->measure(t, span.block, now.membrane, a.samples);
        kernels.decide(now, membrane_norm->step(t, span.block));
    }
}

template <class Real> void Population<Real>::adjoint_normalised(const AdjointTile<Real>& a, const Span& span, Scratch<Real>& scratch) {
    const auto& kernels = spec_.neuron.kernels<Real>();
    const int S = spec_.neuron.states, P = spec_.neuron.ports;
    const Index row = Index(a.samples) * width_;
    // The states before each step and after the last, [T + 1][S]; u and x, [T] each; the sum over steps of constant inputs' adjoints, [P].
    scratch.kernel.ensure((Index(a.steps + 1) * S + 2 * a.steps + P) * row);
    Real *states = scratch.kernel.data(), *u = states + (a.steps + 1) * S * row, *x = u + a.steps * row, *input_bar = x + a.steps * row;
    for (int i = 0; i < S; ++i) std::copy_n(a.state + i * a.state_variable, row, states + i * row);
    const auto step = [&](int t) {
        AdjointTile<Real> now = a;
        move_to(now, t);
        now.state = states + t * S * row, now.state_variable = row, now.membrane = u + t * row;
        now.spikes_bar += t * a.spikes_bar_step;
        if (a.membrane_bar) now.membrane_bar += t * a.membrane_bar_step;
        for (int i = 0; i < P; ++i)
            if (a.input_bar.at[i]) now.input_bar.at[i] = a.input_bar.step[i] ? a.input_bar.at[i] + t * a.input_bar.step[i] : input_bar + i * row;
        return now;
    };
    const auto between = [&](int t) {
        auto n = membrane_norm->step(span.begin + t, span.block);
        n.x = x + t * row, n.state_bar_variable = a.state_variable;
        return n;
    };
    for (int t = 0; t < a.steps; ++t) {
        auto now = step(t);
        std::copy_n(now.state, S * row, now.state + S * row);
        now.state += S * row;
        kernels.integrate(now);
        kernels.decide(now, between(t));
    }
    if (!spec_.neuron.stochastic) a.slope(*a.surrogate, x, a.steps * row);  // by chance: the probability is differentiated at x itself
    std::fill_n(input_bar, P * row, Real(0));
    for (int t = a.steps; t-- > 0;) {
        kernels.adjoint_decide(step(t), between(t));
        membrane_norm->adjoint(span.begin + t, span.block, u + t * row, x + t * row, a.samples);
        kernels.adjoint_integrate(step(t), between(t));
    }
    for (int i = 0; i < P; ++i)
        if (a.input_bar.at[i] && !a.input_bar.step[i]) std::copy_n(input_bar + i * row, row, a.input_bar.at[i]);
}

template class Population<float>;
template class Population<double>;

}  // namespace tripartite
