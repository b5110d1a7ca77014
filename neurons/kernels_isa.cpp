// Compiled once per instruction set.
#include "engine/neuron_kernels.hpp"
#include "neurons/all.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

template <class M, class Real, int variant = 0> NeuronKernels<Real> of_variant(int wanted) {
    if constexpr (variant + 1 < num_variants<M>)
        if (wanted != variant) return of_variant<M, Real, variant + 1>(wanted);
    return make_neuron_kernels<M, variant, Real>();
}

template <class Real> NeuronKernels<Real> of_model(int model, int variant) {
    NeuronKernels<Real> found{};
    int position = 0;
    NeuronModels::for_each([&]<class M>() {
        if (position++ == model) found = of_variant<M, Real>(variant);
    });
    return found;
}

}  // namespace

NeuronKernels<float> float32_neurons(int model, int variant) { return of_model<float>(model, variant); }
NeuronKernels<double> float64_neurons(int model, int variant) { return of_model<double>(model, variant); }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
