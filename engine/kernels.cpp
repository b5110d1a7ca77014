#include "engine/kernels.hpp"

#include "core/error.hpp"

// Chooses among the instruction sets that were compiled.
namespace tripartite {

#ifdef TRIPARTITE_NATIVE

namespace isa_native {
const Kernels<float>& float32_kernels();
const Kernels<double>& float64_kernels();
}  // namespace isa_native

template <> const Kernels<float>& kernels<float>() { return isa_native::float32_kernels(); }
template <> const Kernels<double>& kernels<double>() { return isa_native::float64_kernels(); }
std::string_view instruction_set() { return "native"; }

#else

namespace isa_v3 {
const Kernels<float>& float32_kernels();
const Kernels<double>& float64_kernels();
}  // namespace isa_v3
namespace isa_v4 {
const Kernels<float>& float32_kernels();
const Kernels<double>& float64_kernels();
}  // namespace isa_v4

std::string_view instruction_set() {
    static const std::string_view name = __builtin_cpu_supports("x86-64-v4") ? "x86-64-v4" : "x86-64-v3";
    if (!__builtin_cpu_supports("x86-64-v3")) fail("this processor lacks the instructions of x86-64-v3 (AVX2, FMA), which Tripartite needs");
    return name;
}
template <> const Kernels<float>& kernels<float>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float32_kernels() : isa_v3::float32_kernels();
}
template <> const Kernels<double>& kernels<double>() {
    return instruction_set() == "x86-64-v4" ? isa_v4::float64_kernels() : isa_v3::float64_kernels();
}

#endif

}  // namespace tripartite
