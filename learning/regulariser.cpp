#include "learning/regulariser.hpp"

#include <algorithm>

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

}  // namespace tripartite
