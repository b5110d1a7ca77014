#pragma once
#include <immintrin.h>

#include <cmath>
#include <cstdint>
#include <cstring>
#include <limits>
#include <type_traits>

#include "core/inline.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

template <class Real> using LaneInteger = std::conditional_t<sizeof(Real) == 4, std::int32_t, std::int64_t>;

template <class Real> struct Lanes;
template <> struct Lanes<float> {
    typedef float Vector __attribute__((vector_size(64)));
    typedef std::int32_t Integers __attribute__((vector_size(64)));
};
template <> struct Lanes<double> {
    typedef double Vector __attribute__((vector_size(64)));
    typedef std::int64_t Integers __attribute__((vector_size(64)));
};

/// The truth value of each lane of a pack: all bits set, or none.
template <class Real> struct Mask {
    using Vector = typename Lanes<Real>::Integers;
    Vector v;
};

/// 64 bytes of one scalar type: 16 floats or 8 doubles. The scalar that simulates.
template <class Real> struct Pack {
    using Vector = typename Lanes<Real>::Vector;
    static constexpr int width = 64 / sizeof(Real);
    Vector v;

    Pack() = default;
    TRIPARTITE_INLINE Pack(Real x) : v(Vector{} + x) {}
    TRIPARTITE_INLINE explicit Pack(Vector x) : v(x) {}

    TRIPARTITE_INLINE static Pack load(const Real* from) {
        Pack p;
        std::memcpy(&p.v, from, sizeof p.v);
        return p;
    }
    TRIPARTITE_INLINE void store(Real* to) const { std::memcpy(to, &v, sizeof v); }

    TRIPARTITE_INLINE friend Pack operator+(Pack a, Pack b) { return Pack(a.v + b.v); }
    TRIPARTITE_INLINE friend Pack operator-(Pack a, Pack b) { return Pack(a.v - b.v); }
    TRIPARTITE_INLINE friend Pack operator*(Pack a, Pack b) { return Pack(a.v * b.v); }
    TRIPARTITE_INLINE friend Pack operator/(Pack a, Pack b) { return Pack(a.v / b.v); }
    TRIPARTITE_INLINE friend Pack operator-(Pack a) { return Pack(-a.v); }
    TRIPARTITE_INLINE Pack& operator+=(Pack b) { return v += b.v, *this; }
    TRIPARTITE_INLINE friend Mask<Real> operator>=(Pack a, Pack b) { return {a.v >= b.v}; }
    TRIPARTITE_INLINE friend Mask<Real> operator>(Pack a, Pack b) { return {a.v > b.v}; }
    TRIPARTITE_INLINE friend Mask<Real> operator<(Pack a, Pack b) { return {a.v < b.v}; }
};

/// The bits of each lane as an integer.
template <class Real> TRIPARTITE_INLINE typename Mask<Real>::Vector integers(Pack<Real> x) { return reinterpret_cast<typename Mask<Real>::Vector>(x.v); }
/// x, or -x in the lanes where y has its sign bit set, or where its last bit is.
template <class Real> TRIPARTITE_INLINE Pack<Real> negate_where_negative(Pack<Real> x, Pack<Real> y) {
    const auto sign = integers(y) & std::numeric_limits<LaneInteger<Real>>::min();
    return Pack<Real>(reinterpret_cast<typename Pack<Real>::Vector>(integers(x) ^ sign));
}
template <class Real> TRIPARTITE_INLINE Pack<Real> negate_where_odd(Pack<Real> x, Pack<Real> y) {
    const auto sign = integers(y) << (8 * sizeof(Real) - 1);
    return Pack<Real>(reinterpret_cast<typename Pack<Real>::Vector>(integers(x) ^ sign));
}

/// c ? a : b in each lane.
template <class Real> TRIPARTITE_INLINE Pack<Real> select(Mask<Real> c, Pack<Real> a, Pack<Real> b) {
    return Pack<Real>(c.v ? a.v : b.v);
}
TRIPARTITE_INLINE float select(bool c, float a, float b) { return c ? a : b; }
TRIPARTITE_INLINE double select(bool c, double a, double b) { return c ? a : b; }

/// a * b + c with one rounding. Contraction is off in every build, so this is the only place where one happens.
TRIPARTITE_INLINE float fma(float a, float b, float c) { return std::fma(a, b, c); }
TRIPARTITE_INLINE double fma(double a, double b, double c) { return std::fma(a, b, c); }
template <class Real> TRIPARTITE_INLINE Pack<Real> fma(Pack<Real> a, Pack<Real> b, Pack<Real> c) {
#if defined(__AVX512F__)
    if constexpr (sizeof(Real) == 4) return Pack<Real>(_mm512_fmadd_ps(a.v, b.v, c.v));
    else return Pack<Real>(_mm512_fmadd_pd(a.v, b.v, c.v));
#else
    for (int i = 0; i < Pack<Real>::width; ++i) a.v[i] = std::fma(a.v[i], b.v[i], c.v[i]);
    return a;
#endif
}

/// One bit per lane, lane 0 lowest.
template <class Real> TRIPARTITE_INLINE std::uint32_t bits(Mask<Real> m) {
#if defined(__AVX512DQ__)
    if constexpr (sizeof(Real) == 4) return _mm512_movepi32_mask(reinterpret_cast<__m512i>(m.v));
    else return _mm512_movepi64_mask(reinterpret_cast<__m512i>(m.v));
#else
    std::uint32_t word = 0;
    for (int i = 0; i < Pack<Real>::width; ++i) word |= std::uint32_t(m.v[i] & 1) << i;
    return word;
#endif
}

template <class Real> TRIPARTITE_INLINE bool any(Mask<Real> m) { return bits(m) != 0; }
TRIPARTITE_INLINE bool any(bool m) { return m; }

/// 1 where the bit of the lane is set, else 0.
template <class Real> TRIPARTITE_INLINE Pack<Real> from_bits(std::uint32_t word) {
#if defined(__AVX512F__)
    if constexpr (sizeof(Real) == 4) return Pack<Real>(_mm512_maskz_mov_ps(__mmask16(word), _mm512_set1_ps(1)));
    else return Pack<Real>(_mm512_maskz_mov_pd(__mmask8(word), _mm512_set1_pd(1)));
#else
    Pack<Real> p;
    for (int i = 0; i < Pack<Real>::width; ++i) p.v[i] = Real(word >> i & 1);
    return p;
#endif
}

/// Integers of any width as those of a vector.
template <class Vector, class Integer> TRIPARTITE_INLINE Vector load_integers(const Integer* from) {
    typedef Integer Stored __attribute__((vector_size(sizeof(Vector) / sizeof(Vector{}[0]) * sizeof(Integer))));
    Stored stored;
    std::memcpy(&stored, from, sizeof stored);
    return __builtin_convertvector(stored, Vector);
}

/// from[index[i]] in each lane i.
template <class Real, class Integer> TRIPARTITE_INLINE Pack<Real> gather(const Real* from, const Integer* index) {
#if defined(__AVX512F__)
    typedef std::int32_t Indices __attribute__((vector_size(Pack<Real>::width * 4)));
    const auto indices = load_integers<Indices>(index);
    if constexpr (sizeof(Real) == 4) return Pack<Real>(_mm512_i32gather_ps(reinterpret_cast<__m512i>(indices), from, 4));
    else return Pack<Real>(_mm512_i32gather_pd(reinterpret_cast<__m256i>(indices), from, 8));
#else
    Pack<Real> p;
    for (int i = 0; i < Pack<Real>::width; ++i) p.v[i] = from[index[i]];
    return p;
#endif
}

/// True in the first lanes.
template <class Real> TRIPARTITE_INLINE Mask<Real> first_lanes(std::ptrdiff_t count) {
    typename Mask<Real>::Vector lane;
    for (int i = 0; i < Pack<Real>::width; ++i) lane[i] = i;
    return {lane < LaneInteger<Real>(count < Pack<Real>::width ? count : Pack<Real>::width)};
}

TRIPARTITE_INLINE float abs(float x) { return std::fabs(x); }
TRIPARTITE_INLINE double abs(double x) { return std::fabs(x); }
template <class Real> TRIPARTITE_INLINE Pack<Real> abs(Pack<Real> x) { return Pack<Real>(x.v < 0 ? -x.v : x.v); }

/// Applies a scalar function to each lane: for functions that are rare in hot loops.
template <class Real, class F> TRIPARTITE_INLINE Pack<Real> each_lane(Pack<Real> x, F&& f) {
    for (int i = 0; i < Pack<Real>::width; ++i) x.v[i] = f(x.v[i]);
    return x;
}

template <class T> struct ScalarOf { using type = T; };
template <class Real> struct ScalarOf<Pack<Real>> { using type = Real; };
template <class T> using scalar_of = typename ScalarOf<T>::type;

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
