#include "synapses/distribution.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "core/normal.hpp"

namespace tripartite {
namespace {

/// F(x), and the part of the mean below x: the integral of t dF(t) up to x.
struct Below {
    double probability, mean;
};

Below below(const Normal& d, double x) {
    const double z = (x - d.mean) / d.sd, p = normal_cdf(z);
    return {p, d.mean * p - d.sd * normal_density(z)};
}
Below below(const LogNormal& d, double x) {
    if (x <= 0) return {0, 0};
    const double z = (std::log(x) - d.mu) / d.sigma;
    return {normal_cdf(z), std::exp(d.mu + d.sigma * d.sigma / 2) * normal_cdf(z - d.sigma)};
}
Below below(const Exponential& d, double x) {
    if (x <= 0) return {0, 0};
    const double z = x / d.mean, above = std::exp(-z);
    return {-std::expm1(-z), -d.mean * std::expm1(-z) - (above > 0 ? x * above : 0)};
}

/// The mean under the condition of `redraw`, with everything outside `clip` moved to its bounds.
template <class Kind> double bounded_mean(const Kind& d, const Interval& redraw, const Interval& clip) {
    const Interval inner{std::max(redraw.low, clip.low), std::min(redraw.high, clip.high)};
    const Below first = below(d, redraw.low), from = below(d, inner.low), to = below(d, inner.high), last = below(d, redraw.high);
    const auto at_bound = [](double p, double bound) { return p > 0 ? p * bound : 0; };
    const double at_low = at_bound(from.probability - first.probability, inner.low);
    const double at_high = at_bound(last.probability - to.probability, inner.high);
    return (at_low + to.mean - from.mean + at_high) / (last.probability - first.probability);
}

template <class Kind> concept Bounded = requires(Kind kind) { kind.redraw; };

/// The value of a distribution without spread; not a number if it has a spread.
double only_value(const Normal& d) { return d.sd > 0 ? NAN : d.mean; }
double only_value(const LogNormal& d) { return d.sigma > 0 ? NAN : std::exp(d.mu); }
double only_value(const Exponential& d) { return d.mean > 0 ? NAN : 0; }

std::string problem_of(const ConstantValue&) { return ""; }
std::string problem_of(const Uniform& d) { return d.min <= d.max ? "" : fmt::format("min {} is above max {}", d.min, d.max); }
template <Bounded Kind> std::string problem_of(const Kind& d) {
    for (const auto& [word, bounds] : {std::pair{"redraw", d.redraw}, std::pair{"clip", d.clip}})
        if (!(bounds.low <= bounds.high)) return fmt::format("{}: {} is above {}", word, bounds.low, bounds.high);
    if (std::max(d.redraw.low, d.clip.low) > std::min(d.redraw.high, d.clip.high)) return "redraw and clip have no value in common";
    const double value = only_value(d);
    const bool possible = std::isnan(value) ? Quantile(d).width != 0 : d.redraw.clamp(value) == value;
    return possible ? "" : fmt::format("redraw: no value lies within {} and {}", d.redraw.low, d.redraw.high);
}

}  // namespace

std::string Distribution::problem() const {
    return std::visit([](const auto& d) { return problem_of(d); }, kind);
}

bool Distribution::constant() const { return Quantile(*this).constant(); }

double Distribution::mean() const {
    if (constant()) return quantile(0.5);
    return std::visit([&]<class Kind>(const Kind& d) {
        if constexpr (Bounded<Kind>) return bounded_mean(d, d.redraw, d.clip);
        else return quantile(0.5);
    }, kind);
}

double Distribution::quantile(double u) const { return Quantile(*this)(u); }

Quantile::Quantile(const Distribution& distribution) {
    std::visit([&]<class Kind>(const Kind& d) {
        prepare(d);
        if constexpr (Bounded<Kind>) bounds = {std::max(d.redraw.low, d.clip.low), std::min(d.redraw.high, d.clip.high)};
    }, distribution.kind);
}

void Quantile::prepare(const ConstantValue& d) { offset = d.value; }

void Quantile::prepare(const Uniform& d) {
    offset = d.min;
    scale = d.max - d.min;
    width = scale > 0 ? 1 : 0;
}

void Quantile::prepare(const Normal& d) {
    form = Form::normal;
    offset = d.mean;
    scale = d.sd;
    start = 0.5;
    if (!(d.sd > 0)) return;
    double low = (d.redraw.low - d.mean) / d.sd, high = (d.redraw.high - d.mean) / d.sd;
    if (low > 0) {  // the upper tail as the mirrored lower one, where probabilities keep their relative accuracy
        low = -low, high = -high;
        scale = -scale;
    }
    start = normal_cdf(low);
    width = normal_cdf(high) - start;
}

void Quantile::prepare(const LogNormal& d) {
    const auto logarithm = [](double x) { return std::log(std::fmax(x, 0)); };
    prepare(Normal{d.mu, d.sigma, {logarithm(d.redraw.low), logarithm(d.redraw.high)}});
    form = Form::lognormal;
}

void Quantile::prepare(const Exponential& d) {  // without memory: above the lower bound it starts anew
    form = Form::exponential;
    const double low = std::fmax(d.redraw.low, 0);
    offset = low;
    scale = -d.mean;
    if (d.mean > 0 && d.redraw.high > low) width = std::expm1((low - d.redraw.high) / d.mean);
}

double Quantile::operator()(double u) const {
    (*this)({&u, 1});
    return u;
}

void Quantile::operator()(std::span<double> u) const {
    for (double& x : u) x = start + x * width;
    if (form == Form::normal || form == Form::lognormal) normal_quantile(u);
    if (form == Form::exponential)
        for (double& x : u) x = std::log1p(x);
    for (double& x : u) x = offset + scale * x;
    if (form == Form::lognormal)
        for (double& x : u) x = std::exp(x);
    for (double& x : u) x = bounds.clamp(x);
}

void draw(const Distribution& distribution, const RandomStream& random, std::span<double> values) {
    for (std::size_t k = 0; k < values.size(); ++k) values[k] = std::fmax(random.uniform(std::uint32_t(k)), 0x1p-54);
    Quantile{distribution}(values);
}

}  // namespace tripartite
