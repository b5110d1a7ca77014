#pragma once
#include "core/exponential.hpp"
#include "core/pack.hpp"

namespace tripartite {

/// Stands for 'greater than 0' in a comparison that is made with >=.
inline constexpr double fires_above = 1e-37;

inline namespace TRIPARTITE_ISA {

/// A value with N partial derivatives: the scalar that turns one step of a model into its Jacobian.
/// T is a real number or a pack of them. Derivatives are left to plain operators, which the compiler removes where a
/// derivative is a constant 0 or 1.
template <class T, int N> struct Dual {
    T value;
    T d[N];

    Dual() = default;
    TRIPARTITE_INLINE Dual(T v) : value(v) {
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) d[i] = T(0);
    }
    /// The independent variable number `lane`.
    TRIPARTITE_INLINE static Dual seed(T v, int lane) {
        Dual x(v);
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) x.d[i] = T(i == lane ? 1 : 0);
        return x;
    }
    /// f(x), given its value and its slope.
    TRIPARTITE_INLINE Dual chain(T v, T slope) const {
        Dual y;
        y.value = v;
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = slope * d[i];
        return y;
    }

    TRIPARTITE_INLINE friend Dual operator+(const Dual& a, const Dual& b) {
        Dual y;
        y.value = a.value + b.value;
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a.d[i] + b.d[i];
        return y;
    }
    TRIPARTITE_INLINE friend Dual operator-(const Dual& a, const Dual& b) {
        Dual y;
        y.value = a.value - b.value;
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a.d[i] - b.d[i];
        return y;
    }
    TRIPARTITE_INLINE friend Dual operator*(const Dual& a, const Dual& b) {
        Dual y;
        y.value = a.value * b.value;
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a.d[i] * b.value + a.value * b.d[i];
        return y;
    }
    TRIPARTITE_INLINE friend Dual operator/(const Dual& a, const Dual& b) {
        const T inverse = T(1) / b.value;
        Dual y;
        y.value = a.value / b.value;
        TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = (a.d[i] - y.value * b.d[i]) * inverse;
        return y;
    }
    TRIPARTITE_INLINE friend Dual operator-(const Dual& a) { return a.chain(-a.value, T(-1)); }
    // A constant on one side has no derivative: these spare the products with zero.
    TRIPARTITE_INLINE friend Dual operator+(const Dual& a, T b) { auto y = a; y.value = a.value + b; return y; }
    TRIPARTITE_INLINE friend Dual operator+(T a, const Dual& b) { return b + a; }
    TRIPARTITE_INLINE friend Dual operator-(const Dual& a, T b) { auto y = a; y.value = a.value - b; return y; }
    TRIPARTITE_INLINE friend Dual operator-(T a, const Dual& b) { return b.chain(a - b.value, T(-1)); }
    TRIPARTITE_INLINE friend Dual operator*(const Dual& a, T b) { return a.chain(a.value * b, b); }
    TRIPARTITE_INLINE friend Dual operator*(T a, const Dual& b) { return b * a; }
    TRIPARTITE_INLINE friend Dual operator/(const Dual& a, T b) { return a.chain(a.value / b, T(1) / b); }
    TRIPARTITE_INLINE friend Dual operator/(T a, const Dual& b) {
        const T y = a / b.value;
        return b.chain(y, -y / b.value);
    }
    TRIPARTITE_INLINE friend auto operator>=(const Dual& a, const Dual& b) { return a.value >= b.value; }
    TRIPARTITE_INLINE friend auto operator>(const Dual& a, const Dual& b) { return a.value > b.value; }
    TRIPARTITE_INLINE friend auto operator<(const Dual& a, const Dual& b) { return a.value < b.value; }
};

template <class M, class T, int N> TRIPARTITE_INLINE Dual<T, N> select(M c, const Dual<T, N>& a, const Dual<T, N>& b) {
    Dual<T, N> y;
    y.value = select(c, a.value, b.value);
    TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = select(c, a.d[i], b.d[i]);
    return y;
}

template <class M, class T, int N> TRIPARTITE_INLINE Dual<T, N> select(M c, T a, const Dual<T, N>& b) { return select(c, Dual<T, N>(a), b); }
template <class M, class T, int N> TRIPARTITE_INLINE Dual<T, N> select(M c, const Dual<T, N>& a, T b) { return select(c, a, Dual<T, N>(b)); }

/// a * b + c for any mixture of duals and constants.
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(const Dual<T, N>& a, const Dual<T, N>& b, const Dual<T, N>& c) {
    Dual<T, N> y;
    y.value = fma(a.value, b.value, c.value);
    TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a.d[i] * b.value + a.value * b.d[i] + c.d[i];
    return y;
}
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(T a, const Dual<T, N>& b, const Dual<T, N>& c) {
    Dual<T, N> y;
    y.value = fma(a, b.value, c.value);
    TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a * b.d[i] + c.d[i];
    return y;
}
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(const Dual<T, N>& a, T b, const Dual<T, N>& c) { return fma(b, a, c); }
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(const Dual<T, N>& a, const Dual<T, N>& b, T c) {
    Dual<T, N> y;
    y.value = fma(a.value, b.value, c);
    TRIPARTITE_UNROLL for (int i = 0; i < N; ++i) y.d[i] = a.d[i] * b.value + a.value * b.d[i];
    return y;
}
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(const Dual<T, N>& a, T b, T c) { return fma(b, a, c); }
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(T a, T b, const Dual<T, N>& c) {
    Dual<T, N> y = c;
    y.value = fma(a, b, c.value);
    return y;
}
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> fma(T a, const Dual<T, N>& b, T c) {
    return b.chain(fma(a, b.value, c), a);
}

template <class T, int N> TRIPARTITE_INLINE Dual<T, N> exp(const Dual<T, N>& x) {
    const T y = exp(x.value);
    return x.chain(y, y);
}
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> sin(const Dual<T, N>& x) { return x.chain(std::sin(x.value), std::cos(x.value)); }
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> cos(const Dual<T, N>& x) { return x.chain(std::cos(x.value), -std::sin(x.value)); }
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> abs(const Dual<T, N>& x) {
    return x.chain(abs(x.value), select(x.value < T(0), T(-1), T(1)));
}

/// The same value with no derivative: a gradient stops here.
template <class T> TRIPARTITE_INLINE T detach(T x) { return x; }
template <class T, int N> TRIPARTITE_INLINE Dual<T, N> detach(const Dual<T, N>& x) { return Dual<T, N>(x.value); }

template <class T> struct ValueOf { using type = T; };
template <class T, int N> struct ValueOf<Dual<T, N>> { using type = T; };
template <class T> TRIPARTITE_INLINE T value(T x) { return x; }
template <class T, int N> TRIPARTITE_INLINE T value(const Dual<T, N>& x) { return x.value; }

/// The type of a dual's value; any other type itself.
template <class T> using value_of = typename ValueOf<T>::type;

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
