#pragma once
#include <cstdint>
#include <vector>

#include "core/array.hpp"
#include "engine/frames.hpp"

namespace tripartite {

/// The values of all channels, kept in a ring of steps. In a window a worker writes those of its own neurons and reads those of steps before
/// the window. Steps before the first have values as well: those that were filled in.
template <class Real> class GradedValues {
public:
    GradedValues() = default;
    /// sizes: [channel]
    GradedValues(const std::vector<std::uint32_t>& sizes, int steps) : steps_(steps) {
        for (const auto size : sizes) width_.push_back(blocks_for(size) * block_of_neurons), values_.emplace_back(width_.back() * steps);
    }
    int steps() const { return steps_; }
    /// [N], padded to whole blocks. Steps go back to -steps().
    Real* row(int channel, Index step) { return values_[std::size_t(channel)].data() + (step + steps_) % steps_ * width_[std::size_t(channel)]; }
    const Real* row(int channel, Index step) const { return const_cast<GradedValues*>(this)->row(channel, step); }

private:
    int steps_ = 1;
    std::vector<Index> width_;          ///< [channel]
    std::vector<Array<Real>> values_;   ///< [channel], [step][N]
};

}  // namespace tripartite
