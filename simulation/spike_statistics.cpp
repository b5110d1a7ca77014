#include "simulation/spike_statistics.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>
#include <numeric>
#include <unsupported/Eigen/FFT>
#include <utility>

#include "core/error.hpp"

namespace tripartite {

SpikeStatistics::SpikeStatistics(std::vector<std::uint32_t> sizes, Index first_step, Index fano_window, Index bin, int sample)
    : first_step_(first_step), fano_window_(std::max<Index>(1, fano_window)), bin_(std::max<Index>(1, bin)) {
    for (const auto size : sizes) {
        OfPopulation p;
        p.size = size;
        for (auto* array : {&p.count, &p.first, &p.last, &p.squares}) array->resize(size);
        p.place.assign(size, -1);
        const auto chosen = std::min<std::uint64_t>(size, std::uint64_t(std::max(0, sample)));
        for (std::uint64_t i = 0; i < chosen; ++i) p.place[i * size / chosen] = std::int32_t(i);
        p.segment.resize(segment_bins), p.power.resize(segment_bins / 2 + 1);
        p.bin_count.resize(chosen), p.sums.resize(chosen), p.products.resize(chosen * chosen);
        populations_.push_back(std::move(p));
    }
}

void SpikeStatistics::take_spike(OfPopulation& p, std::uint32_t n, std::uint64_t step) {
    if (p.count[n]++ == 0) p.first[n] = step;
    else p.squares[n] += (step - p.last[n]) * (step - p.last[n]);
    p.last[n] = step;
    if (p.place[n] >= 0 && p.bin_count[std::size_t(p.place[n])]++ == 0) p.active.push_back(std::uint32_t(p.place[n]));
}

void SpikeStatistics::close_bin(OfPopulation& p) {
    const std::size_t size = p.sums.size();
    for (const auto i : p.active) {
        p.sums[i] += p.bin_count[i];
        for (const auto j : p.active)
            if (j <= i) p.products[i * size + j] += p.bin_count[i] * p.bin_count[j];
    }
    for (const auto i : p.active) p.bin_count[i] = 0;
    p.active.clear();
    p.segment[p.bins % segment_bins] = std::exchange(p.bin_total, 0);
    if (++p.bins % segment_bins == 0) close_segment(p);
}

void SpikeStatistics::close_segment(OfPopulation& p) {
    const double mean = double(std::accumulate(p.segment.begin(), p.segment.end(), std::uint64_t{0})) / segment_bins;
    std::vector<double> counts(segment_bins);
    for (std::size_t i = 0; i < segment_bins; ++i)
        counts[i] = (double(p.segment[i]) - mean) * (1 - std::cos(2 * std::numbers::pi * double(i) / segment_bins));
    std::vector<std::complex<double>> spectrum;
    Eigen::FFT<double>().fwd(spectrum, counts);
    for (std::size_t f = 0; f < p.power.size(); ++f) p.power[f] += std::norm(spectrum[f]);
}

double SpikeStatistics::frequency(const OfPopulation& p) {
    const auto peak = std::max_element(p.power.begin() + 2, p.power.end() - 1);
    std::vector<double> sorted(p.power.begin() + 1, p.power.end());
    std::ranges::nth_element(sorted, sorted.begin() + std::ptrdiff_t(sorted.size() / 2));
    if (!(*peak > 10 * sorted[sorted.size() / 2]) || peak[-1] > *peak) return 0;
    const double bend = peak[-1] - 2 * peak[0] + peak[1];
    return (double(peak - p.power.begin()) + (bend < 0 ? 0.5 * (peak[-1] - peak[1]) / bend : 0)) / segment_bins;
}

void SpikeStatistics::take(Index step, const SpikeLists& fired) {
    if (step < first_step_) return;
    const Index now = step - first_step_;
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        auto& p = populations_[i];
        const auto neurons = fired(int(i), step);
        for (const auto n : neurons) take_spike(p, n, std::uint64_t(step));
        p.window_count += neurons.size(), p.bin_total += neurons.size();
        if ((now + 1) % fano_window_ == 0) {
            p.window_sum += p.window_count, p.window_squares += p.window_count * p.window_count, ++p.windows;
            p.window_count = 0;
        }
        if ((now + 1) % bin_ == 0) close_bin(p);
    }
}

double SpikeStatistics::cv_isi(const OfPopulation& p) {
    constexpr std::uint64_t least = 5;
    double sum = 0;
    int neurons = 0;
    for (std::uint32_t n = 0; n < p.size; ++n) {
        if (p.count[n] < least) continue;
        const double intervals = double(p.count[n] - 1), mean = double(p.last[n] - p.first[n]) / intervals;
        sum += std::sqrt(std::max(0.0, double(p.squares[n]) / intervals - mean * mean)) / mean;
        ++neurons;
    }
    return neurons > 0 ? sum / neurons : 0;
}

double SpikeStatistics::correlation(const OfPopulation& p) {
    const std::size_t size = p.sums.size();
    const double bins = double(p.bins);
    const auto covariance = [&](std::size_t i, std::size_t j) { return double(p.products[i * size + j]) / bins - double(p.sums[i]) * double(p.sums[j]) / (bins * bins); };
    double sum = 0;
    std::uint64_t pairs = 0;
    for (std::size_t i = 0; i < size && p.bins > 0; ++i)
        for (std::size_t j = 0; j < i; ++j) {
            const double variances = covariance(i, i) * covariance(j, j);
            if (!(variances > 0)) continue;
            sum += covariance(i, j) / std::sqrt(variances);
            ++pairs;
        }
    return pairs > 0 ? sum / double(pairs) : 0;
}

Activity SpikeStatistics::activity(int population, Index end, double dt) const {
    const auto& p = populations_[std::size_t(population)];
    Activity a;
    for (const auto count : p.count) a.spikes += count;
    if (end > first_step_) a.mean_rate_hz = double(a.spikes) / p.size / (double(end - first_step_) * dt * 1e-3);
    a.cv_isi = cv_isi(p);
    a.correlation = correlation(p);
    a.frequency_hz = frequency(p) / (double(bin_) * dt * 1e-3);
    if (p.windows > 1 && p.window_sum > 0) {
        const double mean = double(p.window_sum) / double(p.windows);
        a.fano_factor = (double(p.window_squares) / double(p.windows) - mean * mean) / mean;
    }
    return a;
}

template <class F> void SpikeStatistics::for_each_array(F&& f) {
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        auto& p = populations_[i];
        std::vector<std::uint64_t> scalars{p.window_count, p.windows, p.window_sum, p.window_squares, p.bins, p.bin_total};
        f(i, "scalars", scalars);
        p.window_count = scalars[0], p.windows = scalars[1], p.window_sum = scalars[2], p.window_squares = scalars[3], p.bins = scalars[4];
        p.bin_total = scalars[5];
        f(i, "count", p.count), f(i, "first", p.first), f(i, "last", p.last), f(i, "squares", p.squares);
        f(i, "bin_count", p.bin_count), f(i, "sums", p.sums), f(i, "products", p.products);
        f(i, "segment", p.segment), f(i, "power", p.power);
        p.active.clear();
        for (std::uint32_t j = 0; j < p.bin_count.size(); ++j)
            if (p.bin_count[j] > 0) p.active.push_back(j);
    }
}

void SpikeStatistics::save(H5Writer& file, const std::string& group) const {
    SpikeStatistics copy(*this);
    copy.for_each_array([&]<class T>(std::size_t i, const char* name, std::vector<T>& values) {
        file.write(group + "/" + std::to_string(i) + "/" + name, std::span<const T>(values), {values.size()});
    });
}

void SpikeStatistics::load(const H5Reader& file, const std::string& group) {
    for_each_array([&]<class T>(std::size_t i, const char* name, std::vector<T>& values) {
        auto read = file.read<T>(group + "/" + std::to_string(i) + "/" + name);
        if (read.size() != values.size()) fail("the checkpoint's statistics are of another network: {} has {} numbers in place of {}", name, read.size(), values.size());
        values = std::move(read);
    });
}

}  // namespace tripartite
