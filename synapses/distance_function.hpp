#pragma once
#include <cmath>
#include <string_view>
#include <tuple>
#include <variant>

#include "synapses/distribution.hpp"

/// Functions of the distance d between two neurons, for probabilities, weights and delays; d in the unit of the positions.
namespace tripartite {

/// c + a d.
struct LinearDistance {
    static constexpr std::string_view name = "linear", doc = "c + a d, d: distance";
    double c = 0, a = 1;
    double operator()(double d) const { return c + a * d; }
    static constexpr auto fields() {
        return std::tuple{field("c", &LinearDistance::c, unit_of_value, "value at distance 0"),
                          field("a", &LinearDistance::a, unit_of_value, "slope, per unit of distance")};
    }
};

/// c + a exp(-d / beta). NEST `spatial_distributions.exponential`.
struct ExponentialDistance {
    static constexpr std::string_view name = "exponential_distance", doc = "c + a exp(-d/beta), d: distance";
    double c = 0, a = 1, beta = 1;
    double operator()(double d) const { return c + a * std::exp(-d / beta); }
    static constexpr auto fields() {
        return std::tuple{field("c", &ExponentialDistance::c, unit_of_value, "value far away"),
                          field("a", &ExponentialDistance::a, unit_of_value, "what distance 0 adds to it"),
                          field("beta", &ExponentialDistance::beta, "", "length of the decay").positive()};
    }
};

/// c + a exp(-(d - mean)^2 / (2 sd^2)). NEST `spatial_distributions.gaussian`.
struct GaussianDistance {
    static constexpr std::string_view name = "gaussian_distance", doc = "c + a exp(-(d-mean)^2/(2 sd^2)), d: distance";
    double c = 0, a = 1, mean = 0, sd = 1;
    double operator()(double d) const { return c + a * std::exp(-0.5 * (d - mean) * (d - mean) / (sd * sd)); }
    static constexpr auto fields() {
        return std::tuple{field("c", &GaussianDistance::c, unit_of_value, "value far away"),
                          field("a", &GaussianDistance::a, unit_of_value, "height of the bell"),
                          field("mean", &GaussianDistance::mean, "", "distance of its top"),
                          field("sd", &GaussianDistance::sd, "", "its width").positive()};
    }
};

using DistanceFunction = std::variant<LinearDistance, ExponentialDistance, GaussianDistance>;

inline double value_at(const DistanceFunction& function, double distance) {
    return std::visit([&](const auto& f) { return f(distance); }, function);
}

}  // namespace tripartite
