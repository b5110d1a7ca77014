#pragma once
#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "core/field.hpp"
#include "core/random.hpp"

/// Weights, delays, parameters and initial values that are drawn. Every value is the quantile function of one uniform number, so
/// value k depends on the key of the random numbers and on k alone: bounds shift the uniform number, nothing is ever drawn twice.
namespace tripartite {

/// The unit, in field tables, of a field that has the unit of whatever is drawn.
inline constexpr std::string_view unit_of_value = "value";

/// Two bounds, both included.
struct Interval {
    double low = -std::numeric_limits<double>::infinity(), high = std::numeric_limits<double>::infinity();

    double clamp(double x) const { return std::clamp(x, low, high); }
};

/// The bounds of a distribution. `redraw`: the distribution under the condition that its value lies within, as NEST's `redraw`.
/// `clip`: values outside become the bound.
template <class Kind> constexpr auto bounds_of() {
    return std::tuple{field("redraw", &Kind::redraw, unit_of_value, "values outside these bounds are drawn again (truncation)"),
                      field("clip", &Kind::clip, unit_of_value, "values outside these bounds become the bound")};
}

/// Always the same value.
struct ConstantValue {
    static constexpr std::string_view name = "constant", doc = "always the same value";
    double value = 0;
    static constexpr auto fields() { return std::tuple{field("value", &ConstantValue::value, unit_of_value, "the value")}; }
};

struct Uniform {
    static constexpr std::string_view name = "uniform", doc = "uniform between min and max";
    double min = 0, max = 1;
    static constexpr auto fields() {
        return std::tuple{field("min", &Uniform::min, unit_of_value, "lowest value"), field("max", &Uniform::max, unit_of_value, "highest value")};
    }
};

struct Normal {
    static constexpr std::string_view name = "normal", doc = "normal";
    double mean = 0, sd = 1;
    Interval redraw{}, clip{};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("mean", &Normal::mean, unit_of_value, "mean, before any bounds"),
                                         field("sd", &Normal::sd, unit_of_value, "standard deviation, before any bounds").non_negative()},
                              bounds_of<Normal>());
    }
};

/// e^(mu + sigma z), z standard normal.
struct LogNormal {
    static constexpr std::string_view name = "lognormal", doc = "its logarithm is normal: exp(mu + sigma z)";
    double mu = 0, sigma = 1;
    Interval redraw{}, clip{};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("mu", &LogNormal::mu, "", "mean of the logarithm of the value"),
                                         field("sigma", &LogNormal::sigma, "", "standard deviation of the logarithm").non_negative()},
                              bounds_of<LogNormal>());
    }
};

struct Exponential {
    static constexpr std::string_view name = "exponential", doc = "exponential, from 0 up";
    double mean = 1;
    Interval redraw{}, clip{};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("mean", &Exponential::mean, unit_of_value, "mean, before any bounds").non_negative()},
                              bounds_of<Exponential>());
    }
};

/// A number or a distribution.
struct Distribution {
    using Kind = std::variant<ConstantValue, Uniform, Normal, LogNormal, Exponential>;
    Kind kind;

    Distribution(double value = 0) : kind(ConstantValue{value}) {}
    template <class K> requires std::is_constructible_v<Kind, K> && (!std::is_arithmetic_v<K>) Distribution(const K& kind) : kind(kind) {}

    /// What is wrong with the parameters, or "".
    std::string problem() const;
    /// Whether all values are equal.
    bool constant() const;
    /// The mean of the values, bounds included; exact to about 1e-16 / (the probability that `redraw` leaves).
    double mean() const;
    /// The value below which a value lies with probability u, 0 < u < 1.
    double quantile(double u) const;
};

/// The quantile function of a distribution, prepared for many values: f(offset + scale Q(start + u width)) within bounds, Q the
/// quantile function of the standard form, f the identity or exp().
struct Quantile {
    explicit Quantile(const Distribution& distribution);
    double operator()(double u) const;
    /// The value of each u, in place and to the bit as one by one.
    void operator()(std::span<double> u) const;
    bool constant() const { return width == 0 || bounds.low == bounds.high; }

    enum class Form { linear, normal, lognormal, exponential };
    Form form = Form::linear;
    double start = 0, width = 0, offset = 0, scale = 1;
    Interval bounds;

private:
    void prepare(const ConstantValue& kind);
    void prepare(const Uniform& kind);
    void prepare(const Normal& kind);
    void prepare(const LogNormal& kind);
    void prepare(const Exponential& kind);
};

/// Value k from the random numbers of counter k, 53 bits.
void draw(const Distribution& distribution, const RandomStream& random, std::span<double> values);

}  // namespace tripartite
