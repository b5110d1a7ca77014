#pragma once
#include <bit>
#include <numbers>

#include "core/pack.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

TRIPARTITE_INLINE float exp(float x) { return std::exp(x); }
TRIPARTITE_INLINE double exp(double x) { return std::exp(x); }

/// e^x in each lane, within 2 units in the last place: x = n ln 2 + r, |r| <= ln 2 / 2, and the Taylor series of e^r
/// (7 terms in float, 13 in double), scaled by 2^n. Clamped to the largest finite result; below the smallest it is 0.
template <class Real> TRIPARTITE_INLINE Pack<Real> exp(Pack<Real> x) {
    using P = Pack<Real>;
    using Integer = LaneInteger<Real>;
    constexpr bool single = sizeof(Real) == 4;
    constexpr int terms = single ? 7 : 13, mantissa = single ? 23 : 52, bias = single ? 127 : 1023;
    // Leading and trailing part of ln 2: n * leading is exact.
    constexpr Real leading = single ? Real(0.693359375) : Real(6.93145751953125e-1);
    constexpr Real trailing = Real(std::numbers::ln2_v<long double> - static_cast<long double>(leading));
    const Real highest = single ? Real(88.37) : Real(709.4), lowest = single ? Real(-87.3) : Real(-708.3);
    const auto underflows = x < P(lowest);
    x = select(x > P(highest), P(highest), select(underflows, P(lowest), x));
    // Adding and subtracting 1.5 * 2^mantissa rounds to the nearest integer.
    const P shift(Real(1.5) * Real(Integer(1) << mantissa));
    const P n = fma(x, P(std::numbers::log2e_v<Real>), shift) - shift;
    const P r = fma(n, P(-trailing), fma(n, P(-leading), x));
    P y(Real(1));
    TRIPARTITE_UNROLL for (int i = terms; i > 0; --i) y = fma(y * r, P(Real(1) / Real(i)), P(Real(1)));
    typename Mask<Real>::Vector power = __builtin_convertvector(n.v, typename Mask<Real>::Vector);
    power = (power + bias) << mantissa;
    return select(underflows, P(Real(0)), y * P(std::bit_cast<typename P::Vector>(power)));
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
