// A population whose membranes are normalised takes its steps in halves.
#include "engine/population.hpp"
#include "engine/steps_in_halves.hpp"

namespace tripartite {
namespace {

/// The normalisation of a tile, whose first sub-step is number `first` of the run.
template <class Real> struct TileNorm {
    MembraneNorm<Real>& norm;
    int first;
    Index block;
    int samples;

    void measure(int i, const Real* u) { norm.measure(first + i, block, u, samples); }
    NormalisedStep<Real> step(int i) const { return norm.step(first + i, block); }
    void adjoint(int i, const Real* u, Real* x_bar) { norm.adjoint(first + i, block, u, x_bar, samples); }
};

}  // namespace

template <class Real> void Population<Real>::fold_thresholds() {
    const Index row = padded();
    fold_.ensure(spec_.neuron.fold_rows() * row);
    for (Index n = 0; n < row; ++n) {
        const auto map = membrane_norm->running_map(n);
        spec_.neuron.fold_threshold(map.scale, map.offset, coefficients(n), fold_.data() + n, row);
    }
}

template <class Real> void Population<Real>::run_normalised(const NeuronTile<Real>& a, const Span& span, Scratch<Real>& scratch) {
    run_in_halves(a, spec_.neuron, TileNorm<Real>{*membrane_norm, span.begin * spec_.neuron.substeps, span.block, a.samples}, scratch.kernel);
}

template <class Real> void Population<Real>::adjoint_normalised(const AdjointTile<Real>& a, const Span& span, Scratch<Real>& scratch) {
    TileNorm<Real> norm{*membrane_norm, span.begin * spec_.neuron.substeps, span.block, a.samples};
    AdjointInHalves<Real, TileNorm<Real>>(a, spec_.neuron, norm, scratch.kernel).run();
}

template class Population<float>;
template class Population<double>;

}  // namespace tripartite
