#include "engine/membrane_norm.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tripartite {

template <class Real>
MembraneNorm<Real>::MembraneNorm(const MembraneNormOptions& options, const std::string& population, int size, int width, Parameters<Real>& parameters)
    : options_(options), parameters_(parameters), width_(width), padded_((size + width - 1) / width * Index(width)),
      gain_(parameters.add({"populations/" + population, "membrane_gain", 0, padded_ / options.channel, size / options.channel})),
      shift_(parameters.add({"populations/" + population, "membrane_shift", 0, padded_ / options.channel, size / options.channel})),
      running_(2 * padded_) {
    std::fill(running_.begin() + padded_, running_.end(), 1);
}

template <class Real> void MembraneNorm<Real>::initialise() {
    std::fill_n(parameters_.value(gain_), padded_ / options_.channel, Real(1));
    std::fill_n(parameters_.value(shift_), padded_ / options_.channel, Real(0));
}

template <class Real> void MembraneNorm<Real>::sum_channels(std::vector<double>& values) const {
    for (auto channel = values.begin(); channel != values.end(); channel += options_.channel)
        std::fill_n(channel, options_.channel, std::accumulate(channel, channel + options_.channel, 0.0));
}

template <class Real> void MembraneNorm<Real>::measure(int t, Index block, const Real* u, int samples) {
    if (!measures_) return;
    std::vector<double> mean(width_), variance(width_);
    for (int b = 0; b < samples; ++b)
        for (int i = 0; i < width_; ++i) mean[i] += double(u[b * width_ + i]);
    sum_channels(mean);
    const double count = double(samples) * options_.channel;
    for (double& m : mean) m /= count;
    for (int b = 0; b < samples; ++b)
        for (int i = 0; i < width_; ++i) variance[i] += (double(u[b * width_ + i]) - mean[i]) * (double(u[b * width_ + i]) - mean[i]);
    sum_channels(variance);
    for (int i = 0; i < width_; ++i) {
        const Index n = block * width_ + i, at = t * padded_ + n;
        mean_[at] = mean[i], inverse_[at] = 1 / std::sqrt(variance[i] / count + options_.epsilon);
        const double scale = double(gain(n)) * inverse_[at];
        scale_[at] = Real(scale), offset_[at] = Real(double(shift(n)) - mean[i] * scale);
        double &m = running_[n], &v = running_[padded_ + n];
        m += options_.momentum * (mean[i] - m);
        v += options_.momentum * (variance[i] / std::max(1.0, count - 1) - v);
    }
}

/// With g = dL/dx and u^ = (u - mean) / sd:  dL/du = gain / sd (g - mean(g) - u^ mean(g u^)).
template <class Real> void MembraneNorm<Real>::adjoint(int t, Index block, const Real* u, Real* x_bar, int samples) {
    std::vector<double> sum(width_), product(width_);
    const double *mean = mean_.data() + t * padded_ + block * width_, *inverse = inverse_.data() + t * padded_ + block * width_;
    for (int b = 0; b < samples; ++b)
        for (int i = 0; i < width_; ++i) {
            const double g = double(x_bar[b * width_ + i]);
            sum[i] += g, product[i] += g * (double(u[b * width_ + i]) - mean[i]) * inverse[i];
        }
    sum_channels(sum), sum_channels(product);
    for (int i = 0; i < width_; i += options_.channel) {
        const Index channel = (block * width_ + i) / options_.channel;
        parameters_.gradient(gain_)[channel] += Real(product[i]);
        parameters_.gradient(shift_)[channel] += Real(sum[i]);
    }
    const double count = double(samples) * options_.channel;
    for (int i = 0; i < width_; ++i) sum[i] /= count, product[i] /= count;
    for (int b = 0; b < samples; ++b)
        for (int i = 0; i < width_; ++i) {
            Real& g = x_bar[b * width_ + i];
            g = Real(double(gain(block * width_ + i)) * inverse[i] * (double(g) - sum[i] - (double(u[b * width_ + i]) - mean[i]) * inverse[i] * product[i]));
        }
}

template <class Real> typename MembraneNorm<Real>::Map MembraneNorm<Real>::running_map(Index neuron) const {
    const double scale = double(gain(neuron)) / std::sqrt(running_[padded_ + neuron] + options_.epsilon);
    return {scale, double(shift(neuron)) - running_[neuron] * scale};
}

template class MembraneNorm<float>;
template class MembraneNorm<double>;

}  // namespace tripartite
