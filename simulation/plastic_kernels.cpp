#include "simulation/plastic_kernels.hpp"

#include "engine/kernels.hpp"

namespace tripartite {

#ifdef TRIPARTITE_NATIVE

namespace isa_native {
const PlasticKernels<float>& float32_plastic_kernels();
const PlasticKernels<double>& float64_plastic_kernels();
}  // namespace isa_native

template <> const PlasticKernels<float>& plastic_kernels<float>() { return isa_native::float32_plastic_kernels(); }
template <> const PlasticKernels<double>& plastic_kernels<double>() { return isa_native::float64_plastic_kernels(); }

#else

namespace isa_v3 {
const PlasticKernels<float>& float32_plastic_kernels();
const PlasticKernels<double>& float64_plastic_kernels();
}  // namespace isa_v3
namespace isa_v4 {
const PlasticKernels<float>& float32_plastic_kernels();
const PlasticKernels<double>& float64_plastic_kernels();
}  // namespace isa_v4

template <> const PlasticKernels<float>& plastic_kernels<float>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float32_plastic_kernels() : isa_v3::float32_plastic_kernels();
}
template <> const PlasticKernels<double>& plastic_kernels<double>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float64_plastic_kernels() : isa_v3::float64_plastic_kernels();
}

#endif

}  // namespace tripartite
