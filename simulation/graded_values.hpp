#pragma once
#include <cstdint>
#include <vector>

#include "core/array.hpp"
#include "engine/frames.hpp"

namespace tripartite {

/// What the neurons of populations that never fire send: a real number each in every step, kept in a ring of steps. In a window a worker
/// writes those of its own neurons and reads those of steps before the window.
template <class Real> class GradedValues {
public:
    GradedValues() = default;
    /// sizes: [population], 0 where nothing is kept.
    GradedValues(const std::vector<std::uint32_t>& sizes, int steps) : steps_(steps) {
        for (const auto size : sizes) width_.push_back(blocks_for(size) * block_of_neurons), values_.emplace_back(width_.back() * steps);
    }
    bool kept(int population) const { return width_[std::size_t(population)] > 0; }
    void clear() { for (auto& values : values_) values.fill(0); }
    /// [N], padded to whole blocks.
    Real* row(int population, Index step) { return values_[std::size_t(population)].data() + step % steps_ * width_[std::size_t(population)]; }
    const Real* row(int population, Index step) const { return values_[std::size_t(population)].data() + step % steps_ * width_[std::size_t(population)]; }

private:
    int steps_ = 1;
    std::vector<Index> width_;          ///< [population]
    std::vector<Array<Real>> values_;   ///< [population], [step][N]
};

}  // namespace tripartite
