// Compiled once per instruction set and model: the build defines TRIPARTITE_MODEL, the model's place in neurons/all.hpp.
#include "neurons/compiled.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

template <int model, class Real> NeuronKernels<Real> neuron_kernels(int variant) {
    using M = NeuronModels::at<model>;
    return [&]<int... v>(std::integer_sequence<int, v...>) {
        const NeuronKernels<Real> all[] = {make_neuron_kernels<M, v, Real>()...};
        return all[variant];
    }(std::make_integer_sequence<int, num_variants<M>>{});
}
template NeuronKernels<float> neuron_kernels<TRIPARTITE_MODEL, float>(int variant);
template NeuronKernels<double> neuron_kernels<TRIPARTITE_MODEL, double>(int variant);

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
