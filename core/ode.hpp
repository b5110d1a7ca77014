#pragma once
#include <array>
#include <cstddef>

#include "core/pack.hpp"

/// Integrators of dy/dt = f for a few variables y, in each lane of a pack on its own.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

/// y + step * slope.
template <class T, std::size_t N> TRIPARTITE_INLINE std::array<T, N> moved(const std::array<T, N>& y, const T& step, const std::array<T, N>& slope) {
    std::array<T, N> z;
    TRIPARTITE_UNROLL for (std::size_t i = 0; i < N; ++i) z[i] = fma(step, slope[i], y[i]);
    return z;
}

/// One step h of the classical Runge-Kutta method, of fourth order (Kutta 1901). f(y, half) is dy/dt at half = 0, 1, 2 half steps.
template <class T, std::size_t N, class F> TRIPARTITE_INLINE void rk4_step(std::array<T, N>& y, const T& h, const F& f) {
    const T middle = h * T(0.5);
    const auto a = f(y, 0), b = f(moved(y, middle, a), 1), c = f(moved(y, middle, b), 1), d = f(moved(y, h, c), 2);
    TRIPARTITE_UNROLL for (std::size_t i = 0; i < N; ++i) y[i] = fma(h * T(1.0 / 6), a[i] + d[i] + T(2) * (b[i] + c[i]), y[i]);
}

/// Integrates over `duration` with the embedded Runge-Kutta-Fehlberg method of orders 4 and 5 (Fehlberg 1969), continuing from
/// the fifth order. Each lane has its own step: accepted where the two orders differ by at most `tolerance` in every variable,
/// else halved, down to 2^-14 of the duration; doubled after a step with a small error. f(y) is dy/dt; after(y, accepted) may
/// change y after a step, where `accepted`.
template <class T, std::size_t N, class F, class G>
TRIPARTITE_INLINE void rkf45(std::array<T, N>& y, const T& duration, const T& tolerance, const F& f, const G& after) {
    using R = scalar_of<T>;
    const auto sum = [](const auto& from, const T& h, const auto& slopes, const auto& weights) __attribute__((always_inline)) {
        auto z = from;
        TRIPARTITE_UNROLL for (std::size_t j = 0; j < weights.size(); ++j) z = moved(z, h * T(R(weights[j])), slopes[j]);
        return z;
    };
    T left = duration, h = duration;
    while (any(left > T(0))) {
        std::array<std::array<T, N>, 6> k;
        k[0] = f(y);
        k[1] = f(sum(y, h, k, std::array{1. / 4}));
        k[2] = f(sum(y, h, k, std::array{3. / 32, 9. / 32}));
        k[3] = f(sum(y, h, k, std::array{1932. / 2197, -7200. / 2197, 7296. / 2197}));
        k[4] = f(sum(y, h, k, std::array{439. / 216, -8., 3680. / 513, -845. / 4104}));
        k[5] = f(sum(y, h, k, std::array{-8. / 27, 2., -3544. / 2565, 1859. / 4104, -11. / 40}));
        const auto fifth = sum(y, h, k, std::array{16. / 135, 0., 6656. / 12825, 28561. / 56430, -9. / 50, 2. / 55});
        const auto apart = sum(std::array<T, N>{}, h, k, std::array{1. / 360, 0., -128. / 4275, -2197. / 75240, 1. / 50, 2. / 55});
        T error(0);
        TRIPARTITE_UNROLL for (std::size_t i = 0; i < N; ++i) error = select(abs(apart[i]) > error, abs(apart[i]), error);
        const T good = select(error > tolerance, select(h > duration * T(R(1.0 / 16384)), T(0), T(1)), select(left > T(0), T(1), T(0)));
        const auto accepted = good > T(0);
        TRIPARTITE_UNROLL for (std::size_t i = 0; i < N; ++i) y[i] = select(accepted, fifth[i], y[i]);
        after(y, accepted);
        left = select(accepted, left - h, left);
        h = select(error > tolerance, h * T(R(0.5)), select(error < tolerance * T(R(1.0 / 64)), h + h, h));
        h = select(h > left, left, h);
    }
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
