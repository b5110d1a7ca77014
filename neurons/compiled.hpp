#pragma once
#include <string_view>

#include "engine/make_neuron.hpp"
#include "neurons/all.hpp"

namespace tripartite {

/// The loops of a model that ships, by its place in NeuronModels, for the instruction set that runs.
template <class Real> NeuronKernels<Real> compiled_kernels(int model, int variant);

template <class M>
    requires(NeuronModels::position<M> >= 0)
struct CompiledKernels<M> {
    template <class Real> static NeuronKernels<Real> get(int variant) { return compiled_kernels<Real>(NeuronModels::position<M>, variant); }
};

}  // namespace tripartite
