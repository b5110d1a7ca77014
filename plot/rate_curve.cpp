#include "plot/rate_curve.hpp"

#include <algorithm>
#include <cmath>

#include "plot/axes.hpp"

namespace tripartite {

double bin_width(const Window& window, std::uint64_t spikes) {
    const double most = window.length() / 20, for_ten_spikes = 10 * window.length() / double(std::max<std::uint64_t>(spikes, 1));
    const double width = nice_above(std::max(window.length() / 200, std::min(std::max(for_ten_spikes, 1.0), most)));
    return width <= most ? width : nice_above(most / 2.5);
}

std::vector<std::uint64_t> binned(std::span<const double> times, const Window& window, double width) {
    std::vector<std::uint64_t> counts(std::size_t(std::ceil(window.length() / width - 1e-6)));
    for (const double t : times) {
        const double bin = std::ceil((t - window.from) / width - 1e-6) - 1;
        ++counts[std::size_t(std::clamp(bin, 0.0, double(counts.size() - 1)))];
    }
    return counts;
}

RateCurve rate_of(std::span<const std::uint64_t> counts, std::uint64_t neurons, const Window& window, double width) {
    RateCurve curve{window.from, width, window.to, {}};
    for (std::size_t i = 0; i < counts.size(); ++i) {
        const double seconds = (std::min(window.to, window.from + double(i + 1) * width) - (window.from + double(i) * width)) / 1000;
        curve.values.push_back(double(counts[i]) / (double(std::max<std::uint64_t>(neurons, 1)) * seconds));
    }
    return curve;
}

}  // namespace tripartite
