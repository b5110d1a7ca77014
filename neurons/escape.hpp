#pragma once
#include <array>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

/// Escape rate: the probability 1 / (1 + exp(-slope x)) of firing in a step at a distance x = u - threshold.
template <class T> TRIPARTITE_INLINE T escape_probability(const T& x, const auto& slope) {
    using V = value_of<T>;
    const T z = x * slope, e = exp(V(0) - abs(z)), share = V(1) / (V(1) + e);  // neither side overflows, nor does its derivative
    return select(value(z) >= V(0), share, e * share);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
