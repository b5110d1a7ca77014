#pragma once
#include "core/inline.hpp"
#include "simulation/kernels.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

const SimulationKernels<float>& float32_simulation();
const SimulationKernels<double>& float64_simulation();

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
