#pragma once
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "simulation/spike_lists.hpp"

namespace tripartite {

/// The activity of a population, from the first step that was counted.
struct Activity {
    std::uint64_t spikes = 0;
    double mean_rate_hz = 0;   ///< per neuron
    double cv_isi = 0;         ///< mean over the neurons with at least 5 spikes of sd / mean of their intervals; 0 without such neurons
    double fano_factor = 0;    ///< variance / mean of the population's count in windows; 0 with fewer than two windows
    double frequency_hz = 0;   ///< of the population's oscillation, see SpikeStatistics; 0 without one
    double correlation = 0;    ///< mean Pearson correlation of binned counts over all pairs of the sample with any spikes; 0 without pairs
};

/// Collects statistics of spikes while a simulation goes on; stopping and going on changes no bit of them.
///
/// The frequency of an oscillation is where the power spectrum of the population's count in bins is largest, above the lowest two
/// frequencies: Welch's (1967) mean over segments of 256 bins with Hann windows, the peak as that of the parabola through three
/// points. A peak counts that is ten times above the median: 256 random counts seldom reach seven times.
class SpikeStatistics {
public:
    /// Windows and bins in steps; the sample for correlations is spread evenly over the neurons.
    SpikeStatistics(std::vector<std::uint32_t> sizes, Index first_step, Index fano_window, Index bin, int sample);

    void take(Index step, const SpikeLists& fired);
    /// dt in ms; `end`: the number of steps simulated.
    Activity activity(int population, Index end, double dt) const;

    void save(H5Writer& file, const std::string& group) const;
    void load(const H5Reader& file, const std::string& group);

private:
    static constexpr std::size_t segment_bins = 256;
    struct OfPopulation {
        std::uint32_t size = 0;
        std::vector<std::uint64_t> count, first, last, squares;       ///< [neuron] spikes, their steps, the sum of squared intervals
        std::uint64_t window_count = 0, windows = 0, window_sum = 0, window_squares = 0;
        std::vector<std::int32_t> place;                              ///< [neuron] in the sample, or -1
        std::vector<std::uint64_t> bin_count, sums, products;         ///< [sample], [sample], [sample][sample], the lower half
        std::vector<std::uint32_t> active;                            ///< with spikes in this bin
        std::uint64_t bins = 0, bin_total = 0;
        std::vector<std::uint64_t> segment;                           ///< [segment_bins] counts of the segment, up to this bin
        std::vector<double> power;                                    ///< [segment_bins / 2 + 1], the sum over segments
    };
    void take_spike(OfPopulation& p, std::uint32_t neuron, std::uint64_t step);
    static void close_bin(OfPopulation& p);
    static double cv_isi(const OfPopulation& p);
    static double correlation(const OfPopulation& p);
    static void close_segment(OfPopulation& p);
    static double frequency(const OfPopulation& p);  ///< in cycles per bin
    template <class F> void for_each_array(F&& f);

    Index first_step_, fano_window_, bin_;
    std::vector<OfPopulation> populations_;
};

}  // namespace tripartite
