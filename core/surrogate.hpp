#pragma once
#include <limits>
#include <numbers>
#include <string>
#include <variant>

#include "core/exponential.hpp"
#include "core/field.hpp"
#include "core/type_list.hpp"

/// Surrogate gradients: the slope that stands in for the derivative of the Heaviside step, x = membrane - threshold.
/// Each defines `slope(x)` for any scalar or pack, and `primitive(x)`, a function whose derivative is exactly that slope:
/// with it as a soft spike, a whole network becomes differentiable and its gradients can be checked by finite differences.
/// Forms and defaults: snnTorch and SpikingJelly source code, unless said otherwise.
namespace tripartite {

/// alpha/2 / (1 + (pi alpha x / 2)^2). snnTorch and SpikingJelly, alpha 2 in both.
struct Atan {
    static constexpr std::string_view name = "atan", doc = "alpha/2 / (1 + (pi/2 alpha x)^2)";
    double alpha = 2;
    static constexpr auto fields() { return std::tuple{field("alpha", &Atan::alpha, "", "steepness").positive()}; }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T y = x * T(R(std::numbers::pi / 2 * alpha));
        return T(R(alpha / 2)) / fma(y, y, T(R(1)));
    }
    double primitive(double x) const { return std::atan(std::numbers::pi / 2 * alpha * x) / std::numbers::pi + 0.5; }
};

/// height / (1 + slope |x|)^2. SuperSpike (Zenke and Ganguli 2018); snnTorch fast_sigmoid: slope 25. SpikingJelly's
/// SoftSign(alpha) is slope alpha with height alpha/2.
struct FastSigmoid {
    static constexpr std::string_view name = "fast_sigmoid", doc = "height / (1 + steepness |x|)^2, SuperSpike";
    double steepness = 25, height = 1;
    static constexpr auto fields() {
        return std::tuple{field("slope", &FastSigmoid::steepness, "", "steepness").positive(),
                          field("height", &FastSigmoid::height, "", "value at the threshold").positive()};
    }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T y = fma(abs(x), T(R(steepness)), T(R(1)));
        return T(R(height)) / (y * y);
    }
    double primitive(double x) const { return height * x / (1 + steepness * std::fabs(x)) + 0.5; }
};

/// k s(kx) (1 - s(kx)) with the logistic s. SpikingJelly: k 4; snnTorch: k 25.
struct Sigmoid {
    static constexpr std::string_view name = "sigmoid", doc = "k s(kx) (1 - s(kx)), s the logistic function";
    double steepness = 4;
    static constexpr auto fields() { return std::tuple{field("slope", &Sigmoid::steepness, "", "steepness k").positive()}; }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T e = exp(abs(x) * T(R(-steepness)));  // symmetric in x, and this side cannot overflow
        const T y = T(R(1)) + e;
        return T(R(steepness)) * e / (y * y);
    }
    double primitive(double x) const { return 1 / (1 + std::exp(-steepness * x)); }
};

/// height max(0, 1 - |x| / width). SpikingJelly PiecewiseQuadratic(alpha): width 1/alpha, height alpha; Bellec et al. 2018: height 0.3.
struct Triangle {
    static constexpr std::string_view name = "triangle", doc = "height max(0, 1 - |x| / width)";
    double height = 1, width = 1;
    static constexpr auto fields() {
        return std::tuple{field("height", &Triangle::height, "", "value at the threshold").positive(),
                          field("width", &Triangle::width, "", "distance at which it reaches zero").positive()};
    }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T y = fma(abs(x), T(R(-height / width)), T(R(height)));
        return select(y > T(R(0)), y, T(R(0)));
    }
    double primitive(double x) const {
        const double y = std::fmin(std::fabs(x), width), area = height * (y - y * y / (2 * width));
        return 0.5 + std::copysign(area, x);
    }
};

/// height where |x| < width / 2, else 0. SpikingJelly Rect(alpha): width 1/alpha, height alpha.
struct Boxcar {
    static constexpr std::string_view name = "boxcar", doc = "height where |x| < width/2";
    double height = 1, width = 1;
    static constexpr auto fields() {
        return std::tuple{field("height", &Boxcar::height, "", "value inside").positive(),
                          field("width", &Boxcar::width, "", "full width").positive()};
    }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        return select(abs(x) < T(R(width / 2)), T(R(height)), T(R(0)));
    }
    double primitive(double x) const { return 0.5 + std::copysign(height * std::fmin(std::fabs(x), width / 2), x); }
};

/// (alpha / sqrt(pi)) exp(-(alpha x)^2). SpikingJelly Erf: alpha 2.
struct Gaussian {
    static constexpr std::string_view name = "gaussian", doc = "alpha/sqrt(pi) exp(-(alpha x)^2)";
    double alpha = 2;
    static constexpr auto fields() { return std::tuple{field("alpha", &Gaussian::alpha, "", "steepness").positive()}; }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T y = x * T(R(alpha));
        return T(R(alpha * std::numbers::inv_sqrtpi)) * exp(-(y * y));
    }
    double primitive(double x) const { return 0.5 * std::erfc(-alpha * x); }
};

/// g [(1+h) N(x; 0, s^2) - h N(x; s, (6s)^2) - h N(x; -s, (6s)^2)]. Yin, Corradi and Bohte 2021 (released code: g 0.5, h 0.15, s 0.5).
struct MultiGaussian {
    static constexpr std::string_view name = "multi_gaussian", doc = "a Gaussian minus two wide ones (Yin et al. 2021); slightly negative in its tails";
    double gain = 0.5, height = 0.15, sigma = 0.5;
    static constexpr auto fields() {
        return std::tuple{field("gain", &MultiGaussian::gain, "", "g, scale of the whole").positive(),
                          field("height", &MultiGaussian::height, "", "h, share of the wide Gaussians").non_negative(),
                          field("sigma", &MultiGaussian::sigma, "", "s, width of the narrow one").positive()};
    }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const auto normal = [](T z, double s) {
            return T(R(std::numbers::inv_sqrtpi / std::numbers::sqrt2 / s)) * exp(z * z * T(R(-0.5 / (s * s))));
        };
        const T m = T(R(sigma)), wide = normal(x - m, 6 * sigma) + normal(x + m, 6 * sigma);
        return T(R(gain)) * (T(R(1 + height)) * normal(x, sigma) - T(R(height)) * wide);
    }
    double primitive(double x) const {
        const auto cumulative = [](double z, double s) { return 0.5 * std::erfc(-z / (s * std::numbers::sqrt2)); };
        return gain * ((1 + height) * cumulative(x, sigma) - height * (cumulative(x - sigma, 6 * sigma) + cumulative(x + sigma, 6 * sigma)));
    }
};

/// alpha/2 exp(-alpha |x|). SpikingJelly PiecewiseExp: alpha 1.
struct PiecewiseExponential {
    static constexpr std::string_view name = "piecewise_exponential", doc = "alpha/2 exp(-alpha |x|)";
    double alpha = 1;
    static constexpr auto fields() { return std::tuple{field("alpha", &PiecewiseExponential::alpha, "", "steepness").positive()}; }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        return T(R(alpha / 2)) * exp(abs(x) * T(R(-alpha)));
    }
    double primitive(double x) const { return 0.5 + std::copysign(0.5 * -std::expm1(-alpha * std::fabs(x)), x); }
};

/// k / (2 width tanh(k/2)) sech^2(k x / width) where |x| < width / 2, else 0; its primitive goes from 0 to 1. Guo et al., ICCV 2023
/// (MPBN, released code, k 3). Also what the membrane potential rectifier of Guo et al., ECCV 2022 does to the gradient: MPR is
/// monotone and keeps the threshold, so that no spike changes, and under its rectangular straight-through estimator, which is 0
/// outside, it multiplies the slope by its own derivative. In their code V_th is 1 and neurons fire above V_th / 2: width is V_th.
struct Mpr {
    static constexpr std::string_view name = "mpr", doc = "k/(2 width tanh(k/2)) sech^2(k x/width) where |x| < width/2: a membrane rectifier (Guo et al. 2022, 2023)";
    double steepness = 3, width = 1;
    static constexpr auto fields() {
        return std::tuple{field("slope", &Mpr::steepness, "", "steepness k").positive(),
                          field("width", &Mpr::width, "", "full width").positive()};
    }
    template <class T> TRIPARTITE_INLINE T slope(T x) const {
        using R = scalar_of<T>;
        const T e = exp(abs(x) * T(R(-2 * steepness / width)));  // sech^2(z) = 4 e / (1 + e)^2 with e = exp(-2 |z|)
        const T y = T(R(1)) + e, height = T(R(2 * steepness / (width * std::tanh(steepness / 2))));
        return select(abs(x) < T(R(width / 2)), height * e / (y * y), T(R(0)));
    }
    double primitive(double x) const {
        const double inside = std::fmax(-width / 2, std::fmin(width / 2, x));
        return 0.5 + std::tanh(steepness * inside / width) / (2 * std::tanh(steepness / 2));
    }
};

/// 1 everywhere: the gradient passes unchanged.
struct StraightThrough {
    static constexpr std::string_view name = "straight_through", doc = "1 everywhere";
    static constexpr auto fields() { return std::tuple{}; }
    template <class T> TRIPARTITE_INLINE T slope(T) const { return T(scalar_of<T>(1)); }
    double primitive(double x) const { return x; }
};

using SurrogateShape = std::variant<Atan, FastSigmoid, Sigmoid, Triangle, Boxcar, Gaussian, MultiGaussian, PiecewiseExponential, Mpr, StraightThrough>;

/// A shape, and the window |x| <= window outside which the gradient is exactly zero (Perez-Nieves and Goodman 2021).
struct Surrogate {
    SurrogateShape shape = Atan{};
    double window = std::numeric_limits<double>::infinity();

    /// The soft spike: a function whose slope is exactly the surrogate's, window included.
    double primitive(double x) const {
        const double inside = std::fmax(-window, std::fmin(window, x));
        return std::visit([&](const auto& s) { return s.primitive(inside); }, shape);
    }
};

}  // namespace tripartite
