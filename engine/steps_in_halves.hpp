#pragma once
#include <algorithm>

#include "engine/neuron_spec.hpp"

/// Steps of a tile in halves, between which `norm` looks at the membranes: norm.measure(i, u), then norm.step(i) is what the decision
/// takes; norm.adjoint(i, u, x_bar) turns dL/dx into dL/du in place. i counts the sub-steps of the tile; u and x_bar are [B][W].
namespace tripartite {

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

/// All steps of a tile, forwards.
template <class Real, class Norm> void run_in_halves(const NeuronTile<Real>& a, const NeuronSpec& neuron, Norm&& norm, Array<Real>& scratch) {
    const auto& kernels = neuron.kernels<Real>();
    const Index row = Index(a.samples) * a.width;
    scratch.ensure(2 * row);
    Real *u = scratch.data(), *fired = u + row;
    for (int t = 0; t < a.steps; ++t) {
        auto now = a;
        move_to(now, t);
        if (!now.membrane) now.membrane = u;
        if (neuron.substeps > 1) std::fill_n(fired, row, Real(0));
        for (int i = 0; i < neuron.substeps; ++i) {
            const int at = t * neuron.substeps + i;
            kernels.integrate(now);
            norm.measure(at, now.membrane);
            NormalisedStep<Real> n = norm.step(at);
            n.fired = fired, n.last = i + 1 == neuron.substeps;
            kernels.decide(now, n);
        }
    }
}

/// The adjoint of a tile: its steps again, of which all is kept, and then backwards.
template <class Real, class Norm> class AdjointInHalves {
public:
    AdjointInHalves(const AdjointTile<Real>& a, const NeuronSpec& neuron, Norm& norm, Array<Real>& scratch)
        : a_(a), neuron_(neuron), kernels_(neuron.kernels<Real>()), norm_(norm), row_(Index(a.samples) * a.width), halves_(a.steps * neuron.substeps) {
        const Index before = Index(halves_ + 1) * row_, fired = neuron.substeps > 1 ? before : 0;
        scratch.ensure(neuron.states * before + fired + (2 * halves_ + 1 + neuron.ports) * row_);
        states_ = scratch.data(), u_ = states_ + neuron.states * before, x_ = u_ + halves_ * row_;
        fired_bar_ = x_ + halves_ * row_, input_bar_ = fired_bar_ + row_, fired_ = input_bar_ + neuron.ports * row_;
    }

    void run() {
        for (int i = 0; i < neuron_.states; ++i) std::copy_n(a_.state + i * a_.state_variable, row_, states_ + i * row_);
        for (int at = 0; at < halves_; ++at) forward(at);
        if (!neuron_.stochastic) a_.slope(*a_.surrogate, x_, halves_ * row_);  // by chance: the probability is differentiated at x itself
        std::fill_n(input_bar_, neuron_.ports * row_, Real(0));
        for (int t = a_.steps; t-- > 0;) backward(t);
        for (int p = 0; p < neuron_.ports; ++p)
            if (a_.input_bar.at[p] && !a_.input_bar.step[p]) std::copy_n(input_bar_ + p * row_, row_, a_.input_bar.at[p]);
    }

private:
    /// A sub-step as a tile; its state is that before it.
    AdjointTile<Real> tile(int at) const {
        AdjointTile<Real> now = a_;
        const int t = at / neuron_.substeps;
        move_to(now, t);
        now.state = states_ + at * neuron_.states * row_, now.state_variable = row_, now.membrane = u_ + at * row_;
        now.membrane_bar = a_.membrane_bar && is_last(at) ? a_.membrane_bar + t * a_.membrane_bar_step : nullptr;
        for (int p = 0; p < neuron_.ports; ++p)
            if (a_.input_bar.at[p]) now.input_bar.at[p] = input_bar_ + p * row_;
        return now;
    }
    NormalisedStep<Real> between(int at) const {
        NormalisedStep<Real> n = norm_.step(at);
        n.x = x_ + at * row_, n.state_bar_variable = a_.state_variable;
        n.fired = neuron_.substeps > 1 ? fired_ + at * row_ : nullptr, n.fired_bar = fired_bar_, n.last = is_last(at);
        return n;
    }
    bool is_last(int at) const { return (at + 1) % neuron_.substeps == 0; }

    void forward(int at) {
        auto now = tile(at);
        auto n = between(at);
        std::copy_n(now.state, neuron_.states * row_, now.state + neuron_.states * row_);
        now.state += neuron_.states * row_;
        if (neuron_.substeps > 1) {
            if (at % neuron_.substeps == 0) std::fill_n(n.fired, row_, Real(0));
            std::copy_n(n.fired, row_, n.fired + row_);
            n.fired += row_;
        }
        kernels_.integrate(now);
        kernels_.decide(now, n);
    }

    void backward(int t) {
        std::copy_n(a_.spikes_bar + t * a_.spikes_bar_step, row_, fired_bar_);
        for (int at = (t + 1) * neuron_.substeps; at-- > t * neuron_.substeps;) {
            kernels_.adjoint_decide(tile(at), between(at));
            norm_.adjoint(at, u_ + at * row_, x_ + at * row_);
            kernels_.adjoint_integrate(tile(at), between(at));
        }
        for (int p = 0; p < neuron_.ports; ++p) {  // only now, as it may take the place of the input
            Real* sum = input_bar_ + p * row_;
            if (!a_.input_bar.at[p] || !a_.input_bar.step[p]) continue;
            std::copy_n(sum, row_, a_.input_bar.at[p] + t * a_.input_bar.step[p]);
            std::fill_n(sum, row_, Real(0));
        }
    }

    const AdjointTile<Real>& a_;
    const NeuronSpec& neuron_;
    const NeuronKernels<Real>& kernels_;
    Norm& norm_;
    Index row_;
    int halves_;  ///< sub-steps
    Real *states_, *u_, *x_, *fired_bar_, *input_bar_, *fired_;  ///< [halves + 1][S][row], [halves][row] twice, [row], [P][row]; with sub-steps [halves + 1][row]
};

}  // namespace tripartite
