#include "learning/batch_norm.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite {
namespace {

template <class Real> class BatchNorm final : public Normaliser<Real> {
public:
    /// `steps`: of a run, if each has a factor; else 0.
    BatchNorm(const BatchNormOptions& options, double initial_gain, const std::string& population, int size, int width, int steps, Parameters<Real>& parameters)
        : options_(options), initial_gain_(initial_gain), parameters_(parameters), size_(size), width_(width), blocks_((size + width - 1) / width),
          gain_(parameters.add({"populations/" + population, "normaliser_gain", 0, blocks_ * width, size})),
          shift_(parameters.add({"populations/" + population, "normaliser_shift", 0, blocks_ * width, size})), steps_(steps),
          factor_(steps ? parameters.add({"populations/" + population, "step_factor", 0, steps, steps}) : -1),
          mean_(blocks_ * width), inverse_(blocks_ * width), scale_(blocks_ * width), offset_(blocks_ * width), running_(2 * blocks_ * width) {
        std::fill(running_.begin() + blocks_ * width, running_.end(), 1);
    }

    void initialise() override {
        std::fill_n(parameters_.value(gain_), blocks_ * width_, Real(initial_gain_));
        std::fill_n(parameters_.value(shift_), blocks_ * width_, Real(0));
        if (varies()) std::fill_n(parameters_.value(factor_), steps_, Real(1));
    }

    void measure(const TileArray<Real>& drive, const Shape& shape, int T, bool frozen, ThreadPool& pool) override {
        const int steps = drive.steps == 1 ? 1 : T;
        const double rows = double(steps) * shape.samples, count = double(T) * shape.samples;
        pool.for_each(blocks_, [&](Index block, int) {
            std::vector<double> mean(width_), var(width_);
            for_each_row(drive, shape, block, steps, [&](const Real* row) {
                for (int i = 0; i < width_; ++i) mean[i] += double(row[i]);
            });
            for (double& m : mean) m /= rows;
            for_each_row(drive, shape, block, steps, [&](const Real* row) {
                for (int i = 0; i < width_; ++i) var[i] += (double(row[i]) - mean[i]) * (double(row[i]) - mean[i]);
            });
            for (int i = 0; i < width_; ++i) {
                const Index n = block * width_ + i;
                mean_[n] = mean[i], inverse_[n] = 1 / std::sqrt(var[i] / rows + options_.epsilon);
                if (frozen) continue;
                double &m = running_[n], &v = running_[blocks_ * width_ + n];
                m += options_.momentum * (mean[i] - m);
                v += options_.momentum * (var[i] / rows * count / std::max(1.0, count - 1) - v);
            }
        });
        make_affine();
    }

    void use_running() override {
        for (Index n = 0; n < blocks_ * width_; ++n) {
            mean_[n] = running_[n];
            inverse_[n] = 1 / std::sqrt(running_[blocks_ * width_ + n] + options_.epsilon);
        }
        make_affine();
    }

    void apply(const TileArray<Real>& drive, Index block, Chunk chunk, int begin, Real* out) const override {
        const Real *x = drive.tile(block, chunk), *scale = scale_.data() + block * width_, *offset = offset_.data() + block * width_;
        for (int t = 0; t < drive.steps; ++t) {
            const Real factor = factor_of(begin + t);
            for (Index row = chunk.samples; row-- > 0; x += width_, out += width_)
                for (int i = 0; i < width_; ++i) out[i] = factor * (x[i] * scale[i] + offset[i]);
        }
    }
    std::span<const Real> step_factors() const override { return {varies() ? parameters_.value(factor_) : nullptr, std::size_t(steps_)}; }

    /// With g = dL/dy and x^ = (x - mean) / sd:  dL/dx = gain / sd (g - mean(g) - x^ mean(g x^)).
    void adjoint(const TileArray<Real>& drive, TileArray<Real>& bar, const Shape& shape, int begin, int T, ThreadPool& pool) override {
        const int steps = drive.steps == 1 ? 1 : T;
        if (varies()) adjoint_of_factors(drive, bar, shape, begin, T, pool);
        pool.for_each(blocks_, [&](Index block, int) {
            std::vector<double> sum(width_), product(width_);
            const double *mean = mean_.data() + block * width_, *inverse = inverse_.data() + block * width_;
            for_each_row(bar, shape, block, steps, [&](const Real* g) {
                const Real* x = drive.values.data() + (g - bar.values.data());
                for (int i = 0; i < width_; ++i) sum[i] += double(g[i]), product[i] += double(g[i]) * (double(x[i]) - mean[i]) * inverse[i];
            });
            const double rows = double(steps) * shape.samples;
            Real *gain = parameters_.value(gain_) + block * width_, *gain_bar = parameters_.gradient(gain_) + block * width_;
            Real* shift_bar = parameters_.gradient(shift_) + block * width_;
            for (int i = 0; i < width_; ++i) {
                gain_bar[i] += Real(product[i]), shift_bar[i] += Real(sum[i]);
                sum[i] /= rows, product[i] /= rows;
            }
            for_each_row(bar, shape, block, steps, [&](const Real* row) {
                Real* g = bar.values.data() + (row - bar.values.data());
                const Real* x = drive.values.data() + (row - bar.values.data());
                for (int i = 0; i < width_; ++i)
                    g[i] = Real(double(gain[i]) * inverse[i] * (double(g[i]) - sum[i] - (double(x[i]) - mean[i]) * inverse[i] * product[i]));
            });
        });
    }

    void affine(std::span<double> scale, std::span<double> shift) const override {
        for (int n = 0; n < size_; ++n) {
            const double sd = std::sqrt(running_[blocks_ * width_ + n] + options_.epsilon);
            scale[n] = double(parameters_.value(gain_)[n]) / sd;
            shift[n] = double(parameters_.value(shift_)[n]) - running_[n] * scale[n];
        }
    }
    std::span<double> running() override { return running_; }

private:
    template <class F> void for_each_row(const TileArray<Real>& values, const Shape& shape, Index block, int steps, F&& f) const {
        for (int c = 0; c < shape.chunks(); ++c) {
            const Real* row = values.tile(block, shape[c]);
            for (Index r = Index(steps) * shape[c].samples; r-- > 0; row += width_) f(row);
        }
    }
    bool varies() const { return factor_ >= 0; }
    /// Of a step; of the last for rows behind the run's end, which nobody reads.
    Real factor_of(int t) const { return varies() ? parameters_.value(factor_)[std::min(t, steps_ - 1)] : Real(1); }
    /// dL/dp[t] = sum of g (gain x^ + shift); then g becomes p[t] g.
    void adjoint_of_factors(const TileArray<Real>& drive, TileArray<Real>& bar, const Shape& shape, int begin, int T, ThreadPool& pool) {
        std::vector<double> sums(std::size_t(blocks_ * T));
        pool.for_each(blocks_, [&](Index block, int) {
            const Real *scale = scale_.data() + block * width_, *offset = offset_.data() + block * width_;
            for (int c = 0; c < shape.chunks(); ++c)
                for (int t = 0; t < T; ++t) {
                    const Real *x = drive.tile(block, shape[c], t), factor = factor_of(begin + t);
                    Real* g = bar.tile(block, shape[c], t);
                    for (Index at = 0; at < shape[c].samples * Index(width_); ++at) {
                        sums[std::size_t(block * T + t)] += double(g[at]) * double(x[at] * scale[at % width_] + offset[at % width_]);
                        g[at] *= factor;
                    }
                }
        });
        for (Index block = 0; block < blocks_; ++block)
            for (int t = 0; t < T; ++t) parameters_.gradient(factor_)[begin + t] += Real(sums[std::size_t(block * T + t)]);
    }
    void make_affine() {
        for (Index n = 0; n < blocks_ * width_; ++n) {
            const double scale = double(parameters_.value(gain_)[n]) * inverse_[n];
            scale_[n] = Real(scale);
            offset_[n] = Real(double(parameters_.value(shift_)[n]) - mean_[n] * scale);
        }
    }

    BatchNormOptions options_;
    double initial_gain_;
    Parameters<Real>& parameters_;
    int size_, width_;
    Index blocks_;
    int gain_, shift_, steps_, factor_;  ///< factor_: -1 if steps have none
    Array<double> mean_, inverse_;
    Array<Real> scale_, offset_;
    Array<double> running_;  ///< means, then variances
};

NormaliserKind kind(std::string_view name, const BatchNormOptions& o, double gain, bool varies) {
    const auto make = [=]<class Real>(const std::string& population, int size, int width, int steps, Parameters<Real>& parameters) {
        return std::make_unique<BatchNorm<Real>>(o, gain, population, size, width, varies ? steps : 0, parameters);
    };
    return {std::string(name), [make](const std::string& p, int n, int w, int steps, Parameters<float>& all) { return make(p, n, w, steps, all); },
            [make](const std::string& p, int n, int w, int steps, Parameters<double>& all) { return make(p, n, w, steps, all); }};
}

}  // namespace

NormaliserKind batch_norm(BatchNormOptions o) { return kind(o.name, o, 1, false); }
NormaliserKind td_batch_norm(TdBatchNormOptions o) { return kind(o.name, o, o.alpha * o.threshold, false); }
NormaliserKind te_batch_norm(TeBatchNormOptions o) { return kind(o.name, o, 1, true); }

}  // namespace tripartite
