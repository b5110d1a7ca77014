#include "neurons/compiled.hpp"

#include "engine/kernels.hpp"

namespace tripartite {

#ifdef TRIPARTITE_NATIVE

namespace isa_native {
template <int model, class Real> NeuronKernels<Real> neuron_kernels(int variant);
}
template <int model, class Real> NeuronKernels<Real> best_kernels(int variant) { return isa_native::neuron_kernels<model, Real>(variant); }

#else

namespace isa_v3 {
template <int model, class Real> NeuronKernels<Real> neuron_kernels(int variant);
}
namespace isa_v4 {
template <int model, class Real> NeuronKernels<Real> neuron_kernels(int variant);
}
template <int model, class Real> NeuronKernels<Real> best_kernels(int variant) {
    return instruction_set() == "x86-64-v4" ? isa_v4::neuron_kernels<model, Real>(variant) : isa_v3::neuron_kernels<model, Real>(variant);
}

#endif

template <class Real> NeuronKernels<Real> compiled_kernels(int model, int variant) {
    return [&]<int... i>(std::integer_sequence<int, i...>) {
        constexpr NeuronKernels<Real> (*all[])(int) = {best_kernels<i, Real>...};
        return all[model](variant);
    }(std::make_integer_sequence<int, NeuronModels::size>{});
}
template NeuronKernels<float> compiled_kernels<float>(int model, int variant);
template NeuronKernels<double> compiled_kernels<double>(int model, int variant);

}  // namespace tripartite
