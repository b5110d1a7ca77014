#pragma once
#include <limits>
#include <string>
#include <vector>

#include "core/array.hpp"

namespace tripartite {

/// A named range of the parameter vector.
struct ParameterBlock {
    std::string owner, name;      ///< "hidden_to_output", "weight"
    Index offset = 0, size = 0;   ///< in the vector, padding included
    Index count = 0;              ///< without padding
    bool decays = false;          ///< weight decay applies: never to biases, gains, thresholds, time constants
    double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
};

/// All that a network learns, in one vector with one vector of gradients: an optimiser makes a single pass over them.
template <class Real> struct Parameters {
    std::vector<ParameterBlock> blocks;
    Array<Real> values, gradients;

    /// Reserves a range; values and gradients exist after allocate(). Returns the block's number.
    int add(ParameterBlock block) {
        block.offset = blocks.empty() ? 0 : (blocks.back().offset + blocks.back().size + 15) / 16 * 16;
        blocks.push_back(std::move(block));
        return int(blocks.size()) - 1;
    }
    void allocate() {
        const Index size = blocks.empty() ? 0 : blocks.back().offset + blocks.back().size;
        values = Array<Real>(size);
        gradients = Array<Real>(size);
    }
    Real* value(int block) { return values.data() + blocks[block].offset; }
    const Real* value(int block) const { return values.data() + blocks[block].offset; }
    Real* gradient(int block) { return gradients.data() + blocks[block].offset; }
    Index count() const {
        Index n = 0;
        for (const auto& b : blocks) n += b.count;
        return n;
    }
};

}  // namespace tripartite
