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

/// Regularising Membrane Potential loss (RMP-Loss, after Guo et al., ICCV 2023): pulls the membrane u, before the reset, to the
/// value that its spike o stands for, 0 or `level`. The paper's text and code were not at hand: this is our reconstruction,
///
///     L = weight(epoch) mean over steps, samples, neurons and spiking populations of |u - o level|   or its square
///
/// with o taken as given; dL/du is 0 where u meets its value. The schedule is reconstructed too, from memory: with n the epoch
/// of N, weight = 2 K n/N up to half of them and 2 K (1 - n/N) from there on; K = 0.1. It starts at zero not to disturb the
/// beginning, and ends near zero not to disturb the end. A neuron that dropout silences counts as one that did not fire.
struct RmpLoss {
    static constexpr std::string_view name = "rmp", doc = "distance of each membrane from what its spike stands for; our reconstruction of RMP-Loss (Guo et al. 2023)";
    enum class Form { absolute, squared };
    enum class Over { triangle, constant };
    static constexpr std::string_view forms[] = {"absolute", "squared"}, schedules[] = {"triangle", "constant"};

    double weight = 0.1, level = 1;
    Form form = Form::absolute;
    Over schedule = Over::triangle;
    static constexpr auto fields() {
        return std::tuple{field("weight", &RmpLoss::weight, "", "K, the largest weight in the loss").positive(),
                          field("level", &RmpLoss::level, "", "membrane that a spike stands for").positive(),
                          field("form", &RmpLoss::form, "", "the distance, or its square").one_of(forms),
                          field("schedule", &RmpLoss::schedule, "", "the weight over the epochs: up to K at half of them and back to 0, or K").one_of(schedules)};
    }
    double weight_in(int epoch, int epochs) const;
    /// The distance of one membrane, and its derivative by u.
    double operator()(double u, double spike, double& slope) const;
};

}  // namespace tripartite
