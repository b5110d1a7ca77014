#pragma once
#include <bit>
#include <numbers>

#include "core/pack.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

TRIPARTITE_INLINE float exp(float x) { return std::exp(x); }
TRIPARTITE_INLINE double exp(double x) { return std::exp(x); }
TRIPARTITE_INLINE float log(float x) { return std::log(x); }
TRIPARTITE_INLINE double log(double x) { return std::log(x); }

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

/// The natural logarithm of positive normal numbers in each lane, within 2 units in the last place: x = 2^n (1 + f),
/// 1 + f from sqrt(1/2) to sqrt(2), and log(1 + f) = 2 atanh(s) with s = f / (2 + f), written such that f itself stays exact.
template <class Real> TRIPARTITE_INLINE Pack<Real> log(Pack<Real> x) {
    using P = Pack<Real>;
    using Integer = LaneInteger<Real>;
    using Integers = typename Mask<Real>::Vector;
    constexpr bool single = sizeof(Real) == 4;
    constexpr int terms = single ? 4 : 10, mantissa = single ? 23 : 52;
    constexpr Real leading = single ? Real(0.693359375) : Real(6.93145751953125e-1);
    constexpr Real trailing = Real(std::numbers::ln2_v<long double> - static_cast<long double>(leading));
    constexpr Integer root_of_half = std::bit_cast<Integer>(Real(std::numbers::sqrt2_v<Real> / 2));
    const Integers representation = std::bit_cast<Integers>(x.v), exponent = (representation - root_of_half) >> mantissa;
    const P n(__builtin_convertvector(exponent, typename P::Vector));
    const P f = P(std::bit_cast<typename P::Vector>(representation - (exponent << mantissa))) - P(Real(1));
    const P s = f / (P(Real(2)) + f), square = s * s, half = P(Real(0.5)) * f * f;
    P series(Real(0));
    TRIPARTITE_UNROLL for (int i = terms; i > 0; --i) series = fma(series, square, P(Real(2) / Real(2 * i + 1)));
    return fma(n, P(leading), f - (half - fma(s, fma(series, square, half), n * P(trailing))));
}

/// x^exponent for x >= 0 (0 below) and a constant exponent >= 0. Its relative error grows with |exponent log x|.
template <class T> TRIPARTITE_INLINE T power(T x, double exponent) {
    using R = scalar_of<T>;
    if (exponent == 1) return x;
    if (exponent == 0) return T(R(1));
    constexpr R smallest = sizeof(R) == 4 ? R(0x1p-126) : R(0x1p-1022);
    const auto positive = x > T(smallest);
    return select(positive, exp(T(R(exponent)) * log(select(positive, x, T(R(1))))), T(R(0)));
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
