#pragma once
#include "engine/kernels.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

const Kernels<float>& float32_kernels();
const Kernels<double>& float64_kernels();

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
