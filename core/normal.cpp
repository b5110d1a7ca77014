#include "core/normal.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <limits>
#include <numbers>

namespace tripartite {
namespace {

/// numerator(x) / denominator(x), coefficients from the highest power down.
struct RationalFunction {
    std::array<double, 8> numerator, denominator;

    double operator()(double x) const {
        double a = 0, b = 0;
        for (const double c : numerator) a = a * x + c;
        for (const double c : denominator) b = b * x + c;
        return a / b;
    }
};

constexpr RationalFunction centre{
    {2509.0809287301226727, 33430.575583588128105, 67265.770927008700853, 45921.953931549871457, 13731.693765509461125, 1971.5909503065514427,
     133.14166789178437745, 3.387132872796366608},
    {5226.495278852545925, 28729.085735721942674, 39307.89580009271061, 21213.794301586595867, 5394.1960214247511077, 687.1870074920579083,
     42.313330701600911252, 1}};
constexpr RationalFunction near_tail{
    {7.7454501427834140764e-4, .0227238449892691845833, .24178072517745061177, 1.27045825245236838258, 3.64784832476320460504,
     5.7694972214606914055, 4.6303378461565452959, 1.42343711074968357734},
    {1.05075007164441684324e-9, 5.475938084995344946e-4, .0151986665636164571966, .14810397642748007459, .68976733498510000455,
     1.6763848301838038494, 2.05319162663775882187, 1}};
constexpr RationalFunction far_tail{
    {2.01033439929228813265e-7, 2.71155556874348757815e-5, .0012426609473880784386, .026532189526576123093, .29656057182850489123,
     1.7848265399172913358, 5.4637849111641143699, 6.6579046435011037772},
    {2.04426310338993978564e-15, 1.4215117583164458887e-7, 1.8463183175100546818e-5, 7.868691311456132591e-4, .0148753612908506148525,
     .13692988092273580531, .59983220655588793769, 1}};

constexpr double centre_width = 0.425;

double in_tail(double p) {
    const double q = p - 0.5, tail = q < 0 ? p : 1 - p;
    if (tail <= 0) return std::copysign(std::numeric_limits<double>::infinity(), q);
    const double r = std::sqrt(-std::log(tail));
    return std::copysign(r <= 5 ? near_tail(r - 1.6) : far_tail(r - 5), q);
}

}  // namespace

double normal_density(double x) { return std::exp(-0.5 * x * x) / std::sqrt(2 * std::numbers::pi); }

double normal_cdf(double x) { return 0.5 * std::erfc(-x * std::numbers::sqrt2 / 2); }

double normal_quantile(double p) {
    const double q = p - 0.5;
    return std::abs(q) <= centre_width ? q * centre(centre_width * centre_width - q * q) : in_tail(p);
}

void normal_quantile(std::span<double> p) {
    constexpr std::size_t block = 256;
    std::array<std::uint16_t, block> tails{};
    std::array<double, block> of_tails{};
    for (; !p.empty(); p = p.subspan(std::min(block, p.size()))) {
        const std::size_t size = std::min(block, p.size());
        std::size_t found = 0;
        for (std::size_t i = 0; i < size; ++i) {
            tails[found] = std::uint16_t(i), of_tails[found] = p[i];
            found += !(std::abs(p[i] - 0.5) <= centre_width);
        }
        for (std::size_t i = 0; i < size; ++i) {  // without a branch: the compiler makes vectors of it
            const double q = p[i] - 0.5;
            p[i] = q * centre(centre_width * centre_width - q * q);
        }
        for (std::size_t k = 0; k < found; ++k) p[tails[k]] = in_tail(of_tails[k]);
    }
}

}  // namespace tripartite
