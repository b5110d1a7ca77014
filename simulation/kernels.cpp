#include "simulation/kernels.hpp"

#include "engine/kernels.hpp"

// Chooses among the instruction sets that were compiled.
namespace tripartite {

#ifdef TRIPARTITE_NATIVE

namespace isa_native {
const SimulationKernels<float>& float32_simulation();
const SimulationKernels<double>& float64_simulation();
}  // namespace isa_native

template <> const SimulationKernels<float>& simulation_kernels<float>() { return isa_native::float32_simulation(); }
template <> const SimulationKernels<double>& simulation_kernels<double>() { return isa_native::float64_simulation(); }

#else

namespace isa_v3 {
const SimulationKernels<float>& float32_simulation();
const SimulationKernels<double>& float64_simulation();
}  // namespace isa_v3
namespace isa_v4 {
const SimulationKernels<float>& float32_simulation();
const SimulationKernels<double>& float64_simulation();
}  // namespace isa_v4

template <> const SimulationKernels<float>& simulation_kernels<float>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float32_simulation() : isa_v3::float32_simulation();
}
template <> const SimulationKernels<double>& simulation_kernels<double>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float64_simulation() : isa_v3::float64_simulation();
}

#endif

}  // namespace tripartite
