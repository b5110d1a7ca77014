#include "simulation/run_index.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tripartite {

void RunIndex::widen(int delay) {
    const int wider = std::max(delay + 1, 2 * stride_);
    Array<std::uint32_t> counts(Index(sources_) * wider);
    for (Index s = 0; s < Index(sources_); ++s) std::copy_n(ends_.data() + s * stride_, stride_, counts.data() + s * wider);
    ends_ = std::move(counts);
    stride_ = wider;
}

void RunIndex::finish() {
    std::vector<bool> used(std::size_t(stride_), false);
    for (Index s = 0; s < Index(sources_); ++s)
        for (int d = 0; d < stride_; ++d)
            if (ends_[s * stride_ + d] > 0) used[std::size_t(d)] = true;
    slots_.assign(std::size_t(stride_), -1);
    for (int d = 0; d < stride_; ++d)
        if (used[std::size_t(d)]) slots_[std::size_t(d)] = int(delays_.size()), delays_.push_back(d);
    // Each run's end starts as its begin; place() moves it.
    const int places = int(delays_.size()) + 1;
    Array<std::uint32_t> ends(Index(sources_) * places);
    first_ = Array<std::uint64_t>(Index(sources_) + 1);
    for (Index s = 0; s < Index(sources_); ++s) {
        std::uint64_t sum = 0;
        for (int i = 0; i + 1 < places; ++i) {
            ends[s * places + i + 1] = std::uint32_t(sum);
            sum += ends_[s * stride_ + delays_[std::size_t(i)]];
        }
        TRIPARTITE_CHECK(sum < (std::uint64_t(1) << 32));
        first_[s + 1] = first_[s] + sum;
    }
    ends_ = std::move(ends);
    stride_ = places;
}

}  // namespace tripartite
