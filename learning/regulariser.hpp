#pragma once
#include <span>
#include <string_view>
#include <tuple>

#include "core/field.hpp"

namespace tripartite {

/// Keeps mean rates within bounds: L = sum_n upper_weight max(0, r_n - upper)^2 + lower_weight max(0, lower - r_n)^2, r_n the
/// mean rate of neuron n over T steps and B samples, in spikes per step.
struct RateBounds {
    static constexpr std::string_view name = "rate", doc = "squared distance of each neuron's mean rate from its bounds";
    double lower = 0, upper = 1, lower_weight = 0, upper_weight = 0;
    static constexpr auto fields() {
        return std::tuple{field("lower", &RateBounds::lower, "1/step", "lower bound of the mean rate").within(0, 1),
                          field("upper", &RateBounds::upper, "1/step", "upper bound of the mean rate").within(0, 1),
                          field("lower_weight", &RateBounds::lower_weight, "", "weight of rates below the lower bound").non_negative(),
                          field("upper_weight", &RateBounds::upper_weight, "", "weight of rates above the upper bound").non_negative()};
    }
    /// mean_rate [N]; rows = T B; ADDS to rate_bar [N] the derivative by each single spike of a neuron, dL/dr_n / rows.
    double operator()(std::span<const double> mean_rate, double rows, std::span<double> rate_bar) const;
};

}  // namespace tripartite
