// Compiled once per instruction set.
#include "core/pack.hpp"
#include "simulation/plastic_kernels.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

template <class Real>
void potentiate(const PlasticRule& rule, Real* weight, const std::int32_t* where, const std::int32_t* age, Index count, Real scale, const Real* decay) {
    using P = Pack<Real>;
    std::visit(
        [=](const auto r) {
            for (Index i = 0; i < count; i += P::width) {
                const P next = r.potentiate(gather(weight, where + i), P(scale) * gather(decay, age + i));
                Real to[P::width];
                next.store(to);
                for (Index lane = 0; lane < P::width && i + lane < count; ++lane) weight[where[i + lane]] = to[lane];
            }
        },
        rule);
}

template <class Real> void depress(const PlasticRule& rule, Real* weight, const Real* trace, Index count) {
    using P = Pack<Real>;
    std::visit(
        [=](const auto r) {
            for (Index i = 0; i < count; i += P::width) {
                const P w = P::load(weight + i);
                select(first_lanes<Real>(count - i), r.depress(w, P::load(trace + i)), w).store(weight + i);
            }
        },
        rule);
}

template <class Real> constexpr PlasticKernels<Real> table{potentiate<Real>, depress<Real>};

}  // namespace

const PlasticKernels<float>& float32_plastic_kernels() { return table<float>; }
const PlasticKernels<double>& float64_plastic_kernels() { return table<double>; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
