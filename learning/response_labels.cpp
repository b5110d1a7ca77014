#include "learning/response_labels.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tripartite {

ResponseLabels::ResponseLabels(int classes, std::size_t neurons) : neurons_(neurons), neurons_of_(std::size_t(classes)) {
    saved_ = {std::vector<double>(std::size_t(classes) * neurons), std::vector<double>(std::size_t(classes)), std::vector<std::int64_t>(neurons, nothing)};
}

void ResponseLabels::add(std::span<const std::uint32_t> spikes, int label) {
    double* to = saved_.responses.data() + std::size_t(label) * neurons_;
    for (std::size_t n = 0; n < neurons_; ++n) to[n] += spikes[n];
    ++saved_.samples[std::size_t(label)];
}

bool ResponseLabels::assign() {
    auto& [responses, samples, labels] = saved_;
    if (std::ranges::all_of(samples, [](double s) { return s == 0; })) return false;
    for (std::size_t n = 0; n < neurons_; ++n) {
        double most = 0;
        labels[n] = nothing;
        for (std::size_t c = 0; c < samples.size(); ++c)
            if (const double mean = samples[c] > 0 ? responses[c * neurons_ + n] / samples[c] : 0; mean > most) most = mean, labels[n] = std::int64_t(c);
    }
    std::ranges::fill(responses, 0.0), std::ranges::fill(samples, 0.0);
    load(Saved(saved_));
    return true;
}

void ResponseLabels::load(const Saved& saved) {
    TRIPARTITE_CHECK(saved.responses.size() == saved_.responses.size() && saved.labels.size() == neurons_);
    saved_ = saved;
    std::ranges::fill(neurons_of_, 0.0);
    for (const auto label : saved_.labels)
        if (label != nothing) ++neurons_of_[std::size_t(label)];
    assigned_ = std::ranges::any_of(neurons_of_, [](double n) { return n > 0; });
}

int ResponseLabels::predict(std::span<const std::uint32_t> spikes) const {
    std::vector<double> score(neurons_of_.size());
    for (std::size_t n = 0; n < neurons_; ++n)
        if (saved_.labels[n] != nothing) score[std::size_t(saved_.labels[n])] += spikes[n];
    for (std::size_t c = 0; c < score.size(); ++c) score[c] /= std::max(1.0, neurons_of_[c]);
    return int(std::ranges::max_element(score) - score.begin());
}

}  // namespace tripartite
