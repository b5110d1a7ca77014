#include "core/surrogate.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cmath>

#include "engine/kernels.hpp"

namespace tripartite {
namespace {

/// Every kind, away from its defaults where they are round.
const std::vector<SurrogateShape> shapes = {Atan{2}, FastSigmoid{25, 1}, FastSigmoid{2, 0.7}, Sigmoid{4}, Triangle{0.3, 1.5}, Boxcar{0.5, 2}, Gaussian{2},
                                            MultiGaussian{}, PiecewiseExponential{1.3}, Mpr{3, 1.7}, StraightThrough{}};
constexpr double points[] = {-3.1, -1.01, -0.6, -0.2, -1e-3, 2e-3, 0.13, 0.47, 0.8, 1.2, 2.7};

double slope(const SurrogateShape& shape, double x) {
    return std::visit([&](const auto& s) { return s.slope(x); }, shape);
}
std::string name(const SurrogateShape& shape) {
    return std::string(std::visit([](const auto& s) { return s.name; }, shape));
}

TEST(Surrogates, HaveTheSlopesOfTheirSources) {
    const std::pair<SurrogateShape, std::array<double, 3>> vectors[] = {  // at 0, 0.5, 1
        {FastSigmoid{25, 1}, {1, .00548697, .00147929}},           // snnTorch fast_sigmoid
        {Atan{2}, {1, .28840044, .09199967}},                      // snnTorch atan, SpikingJelly ATan(2)
        {Sigmoid{4}, {1, .41997434, .07065082}},                   // SpikingJelly Sigmoid(4)
        {FastSigmoid{2, 1}, {1, .25, .11111111}},                  // SpikingJelly SoftSign(2)
        {Gaussian{2}, {1.12837917, .41510750, .02066699}},         // SpikingJelly Erf(2)
        {Triangle{1, 1}, {1, .5, 0}},                              // SpikingJelly PiecewiseQuadratic(1)
        {PiecewiseExponential{1}, {.5, .30326533, .18393972}},     // SpikingJelly PiecewiseExp(1)
        {MultiGaussian{0.5, 0.15, 0.5}, {.43911164, .25885820, .04345199}},  // Yin, Corradi and Bohte 2021
    };
    for (const auto& [shape, expected] : vectors)
        for (int i = 0; i < 3; ++i) EXPECT_NEAR(slope(shape, 0.5 * i), expected[i], 1e-8) << name(shape);
    EXPECT_NEAR(slope(MultiGaussian{}, 2), -.01569553, 1e-8);
}

/// The rectifier of Guo et al. 2022, as released.
double rectified(double u) {
    if (u > 1) return std::cbrt(u);
    if (u < 0) return 1 - std::cbrt(1 - u);
    return 0.5 * std::tanh(3 * (u - 0.5)) / std::tanh(1.5) + 0.5;
}

TEST(Mpr, IsTheRectanglePulledBackThroughTheRectifierWhichMovesNoMembraneAcrossTheThreshold) {
    for (const auto& [u, r] : {std::pair{-1.0, -0.259921}, {-0.2, -0.062659}, {0.1, 0.039493}, {0.25, 0.149146}, {0.75, 0.850854}, {1.5, 1.144714}, {2.0, 1.259921}})
        EXPECT_NEAR(rectified(u), r, 1e-6);
    for (double u = -2.003; u < 3; u += 0.01) {
        EXPECT_EQ(rectified(u) > 0.5, u > 0.5) << u;
        const double h = 1e-6, r = rectified(u), pulled = r >= 0 && r <= 1 ? (rectified(u + h) - rectified(u - h)) / (2 * h) : 0;
        EXPECT_NEAR(slope(Mpr{}, u - 0.5), pulled, 1e-8) << u;
    }
    EXPECT_NEAR(slope(Mpr{}, 0), 1.65718709, 1e-8);
    EXPECT_NEAR(slope(Mpr{}, -0.5 + 1e-12), 0.29946471, 1e-8);
}

TEST(Surrogates, SlopeIsTheDerivativeOfThePrimitiveInsideTheWindowAndOutside) {
    for (const auto& shape : shapes)
        for (const double window : {0.7, std::numeric_limits<double>::infinity()})
            for (const double x : points) {
                const Surrogate surrogate{shape, window};
                const double h = 1e-5, difference = (surrogate.primitive(x + h) - surrogate.primitive(x - h)) / (2 * h);
                EXPECT_NEAR(std::fabs(x) > window ? 0 : slope(shape, x), difference, 1e-7) << name(shape) << " at " << x;
            }
}

TEST(Surrogates, AreSymmetric) {
    for (const auto& shape : shapes)
        for (const double x : points) EXPECT_NEAR(slope(shape, x), slope(shape, -x), 1e-15) << name(shape);
}

template <class Real> std::vector<Real> by_kernel(const Surrogate& surrogate, std::vector<Real> x) {
    kernels<Real>().slope(surrogate, x.data(), Index(x.size()));
    return x;
}

TEST(Surrogates, KernelEqualsTheScalarFunction) {
    std::vector<float> x(64);
    for (int i = 0; i < 64; ++i) x[i] = float(i - 31) / 9;
    const std::vector<double> wide(x.begin(), x.end());
    for (const auto& shape : shapes) {
        const auto single = by_kernel<float>({shape}, x);
        const auto both = by_kernel<double>({shape}, wide);
        for (int i = 0; i < 64; ++i) {
            EXPECT_NEAR(single[i], slope(shape, wide[i]), 1e-6) << name(shape) << " at " << x[i];
            EXPECT_NEAR(both[i], slope(shape, wide[i]), 1e-14) << name(shape) << " at " << x[i];
        }
    }
}

TEST(Surrogates, KernelIsExactlyZeroOutsideTheWindow) {
    for (const auto& shape : shapes) {
        const auto y = by_kernel<float>({shape, 0.5}, {-9, -0.75f, -0.5f, 0, 0.5f, 0.5001f, 1, 8, 0, 0, 0, 0, 0, 0, 0, 0});
        for (const int outside : {0, 1, 5, 6, 7}) EXPECT_EQ(y[outside], 0) << name(shape);
        for (const int inside : {2, 3, 4}) EXPECT_GT(y[inside], 0) << name(shape);
    }
}

TEST(Surrogates, FarAwayTheyAreFinite) {
    for (const auto& shape : shapes)
        for (const float y : by_kernel<float>({shape}, std::vector<float>{-1e30f, -1e6f, -300, 300, 1e6f, 1e30f, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}))
            EXPECT_TRUE(std::isfinite(y)) << name(shape);
}

}  // namespace
}  // namespace tripartite
