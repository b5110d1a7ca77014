#include "encoders/complexity.hpp"

#include <limits>

#include "core/error.hpp"
#include "core/lempel_ziv.hpp"

namespace tripartite {

void append_complexities(const SpikeFrame& spikes, ThreadPool& pool, std::vector<double>& to) {
    const auto N = std::size_t(spikes.neurons), before = to.size();
    to.resize(before + std::size_t(spikes.samples) * N);
    std::vector<LempelZiv> memory(std::size_t(pool.threads()));
    pool.for_each(spikes.samples, [&](Index b, int worker) {
        for (std::size_t n = 0; n < N; ++n) {
            BitTrain train(spikes.steps);
            for (int t = 0; t < spikes.steps; ++t)
                if (spikes(t, int(b), int(n))) train.set(t);
            to[before + std::size_t(b) * N + n] = memory[std::size_t(worker)].complexity(train);
        }
    });
}

void NearestMean::learn(std::span<const double> sample, int label) {
    TRIPARTITE_CHECK(sample.size() == features_);
    count_[std::size_t(label)] += 1;
    for (std::size_t i = 0; i < features_; ++i) sum_[std::size_t(label) * features_ + i] += sample[i];
}

int NearestMean::predict(std::span<const double> sample) const {
    TRIPARTITE_CHECK(sample.size() == features_);
    int best = -1;
    double smallest = std::numeric_limits<double>::infinity();
    for (std::size_t c = 0; c < count_.size(); ++c) {
        double distance = 0;
        for (std::size_t i = 0; i < features_; ++i) {
            const double d = sample[i] - sum_[c * features_ + i] / count_[c];  // not a number, and never smaller, without samples
            distance += d * d;
        }
        if (distance < smallest) smallest = distance, best = int(c);
    }
    return best;
}

}  // namespace tripartite
