#include "learning/regulariser.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite {

double RateBounds::operator()(std::span<const double> mean_rate, double rows, std::span<double> rate_bar) const {
    double loss = 0;
    for (std::size_t n = 0; n < mean_rate.size(); ++n) {
        const double above = std::max(0.0, mean_rate[n] - upper), below = std::max(0.0, lower - mean_rate[n]);
        loss += upper_weight * above * above + lower_weight * below * below;
        rate_bar[n] += 2 * (upper_weight * above - lower_weight * below) / rows;
    }
    return loss;
}

double RmpLoss::weight_in(int epoch, int epochs) const {
    const double passed = double(epoch) / epochs;
    return schedule == Over::constant ? weight : 2 * weight * std::min(passed, 1 - passed);
}

double RmpLoss::operator()(double u, double spike, double& slope) const {
    const double distance = u - spike * level;
    slope = form == Form::squared ? 2 * distance : double((distance > 0) - (distance < 0));
    return form == Form::squared ? distance * distance : std::fabs(distance);
}

}  // namespace tripartite
