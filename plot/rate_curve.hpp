#pragma once
#include <span>
#include <vector>

#include "plot/run_folder.hpp"

namespace tripartite {

/// The width of bins in ms, 1, 2 or 5 times a power of ten: about 200 in the window, fewer if a bin were shorter than 1 ms or held less
/// than ten spikes on average, but at least 20.
double bin_width(const Window& window, std::uint64_t spikes);

/// Spikes per bin of (from, from + width], …; the last bin ends with the window and may be narrower.
std::vector<std::uint64_t> binned(std::span<const double> times, const Window& window, double width);

/// A rate over time: values[i] holds from `start + i width` to the next, the last until `end`. Times in ms, rates in Hz.
struct RateCurve {
    double start, width, end;
    std::vector<double> values;
};
/// Rate per neuron from counts in bins.
RateCurve rate_of(std::span<const std::uint64_t> counts, std::uint64_t neurons, const Window& window, double width);

}  // namespace tripartite
