#include "neurons/compiled.hpp"

#include "engine/kernels.hpp"

namespace tripartite {

#ifdef TRIPARTITE_NATIVE

namespace isa_native {
NeuronKernels<float> float32_neurons(int model, int variant);
NeuronKernels<double> float64_neurons(int model, int variant);
}  // namespace isa_native

template <> NeuronKernels<float> compiled_kernels<float>(int model, int variant) { return isa_native::float32_neurons(model, variant); }
template <> NeuronKernels<double> compiled_kernels<double>(int model, int variant) { return isa_native::float64_neurons(model, variant); }

#else

namespace isa_v3 {
NeuronKernels<float> float32_neurons(int model, int variant);
NeuronKernels<double> float64_neurons(int model, int variant);
}  // namespace isa_v3
namespace isa_v4 {
NeuronKernels<float> float32_neurons(int model, int variant);
NeuronKernels<double> float64_neurons(int model, int variant);
}  // namespace isa_v4

template <> NeuronKernels<float> compiled_kernels<float>(int model, int variant) {
    return instruction_set() == "x86-64-v4" ? isa_v4::float32_neurons(model, variant) : isa_v3::float32_neurons(model, variant);
}
template <> NeuronKernels<double> compiled_kernels<double>(int model, int variant) {
    return instruction_set() == "x86-64-v4" ? isa_v4::float64_neurons(model, variant) : isa_v3::float64_neurons(model, variant);
}

#endif

}  // namespace tripartite
