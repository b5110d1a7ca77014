#include "engine/neuron_spec.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {

namespace {

/// A number whose last bit is set, or not.
template <class Real> Real with_last_bit(Real x, bool set) {
    using Bits = std::conditional_t<sizeof(Real) == 4, std::uint32_t, std::uint64_t>;
    return std::bit_cast<Real>(Bits((std::bit_cast<Bits>(x) & ~Bits(1)) | Bits(set)));
}

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double LearnedParameter::stored(double value, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return -std::log(value / dt - 1);
        case Learned::as_fraction: return std::log(value / (1 - value));
        case Learned::by_softplus: return value + std::log(-std::expm1(-value));
        default: return value;
    }
}

double LearnedParameter::value(double stored, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return dt * (1 + std::exp(-stored));
        case Learned::as_fraction: return logistic(stored);
        case Learned::by_softplus: return std::fmax(stored, 0) + std::log1p(std::exp(-std::fabs(stored)));
        default: return stored;
    }
}

double LearnedParameter::slope(double stored, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return -dt * std::exp(-stored);
        case Learned::as_fraction: return logistic(stored) * logistic(-stored);
        case Learned::by_softplus: return logistic(stored);
        default: return 1;
    }
}

/// Below the smallest scale no membrane that a float can hold makes a difference, and the critical one would not be finite.
template <class Real> void NeuronSpec::fold_threshold(double scale, double offset, std::span<const double> coefficients, Real* to, std::ptrdiff_t row) const {
    constexpr double smallest = 1e-30, largest = 1e38;
    if (!stochastic && std::fabs(scale) < smallest) scale = smallest;
    if (stochastic) to[0] = Real(scale), to[row] = Real(offset);
    else if (!threshold) to[0] = Real(1 / scale), to[row] = Real(-offset / scale);
    else to[0] = with_last_bit(Real(std::clamp((threshold(coefficients) - offset) / scale, -largest, largest)), scale < 0);
}
template void NeuronSpec::fold_threshold(double, double, std::span<const double>, float*, std::ptrdiff_t) const;
template void NeuronSpec::fold_threshold(double, double, std::span<const double>, double*, std::ptrdiff_t) const;

std::string problem_of_step(const NeuronSpec& neuron, double dt) {
    if (dt <= neuron.longest_dt) return "";
    return fmt::format("{} takes steps of at most {} ms, not {} ms; shorten time.dt", neuron.model, neuron.longest_dt, dt);
}

int port_of(const NeuronSpec& neuron, const std::string& population, const std::string& receptor, const std::string& what) {
    const auto& names = neuron.port_names;
    const auto found = receptor.empty() ? names.begin() : std::ranges::find(names, receptor);
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (found == names.end())
        fail("{}: the model of '{}', {}, has no receptor '{}'{}; it has: {}", what, population, neuron.model, receptor,
             did_you_mean(receptor, known), listed(known));
    return int(found - names.begin());
}

}  // namespace tripartite
