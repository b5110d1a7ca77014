#pragma once
#include <algorithm>
#include <limits>
#include <span>
#include <string>
#include <vector>

#include "core/array.hpp"
#include "core/error.hpp"

namespace tripartite {

/// A named range of the parameter vector.
struct ParameterBlock {
    std::string owner, name;      ///< "projections/hidden_to_output", "weight"
    Index offset = 0, size = 0;   ///< in the vector, padding included
    int rows = 0, columns = 0;    ///< [targets][sources]; columns = 0: one number for each of `rows`
    int width = 0;                ///< of a panel: a matrix is stored as [block of targets][source][target of the block]
    bool decays = false;          ///< weight decay applies: never to biases, gains, thresholds, time constants
    double min = -std::numeric_limits<double>::infinity(), max = std::numeric_limits<double>::infinity();
    double rate = 1;              ///< its learning rate, in units of the optimiser's

    Index count() const { return Index(rows) * (columns ? columns : 1); }
    /// Where element [row][column] is, from the start of the block.
    Index at(int row, int column = 0) const { return columns ? (row / width * columns + column) * Index(width) + row % width : row; }
    /// All elements without padding, row after row, from a vector laid out as the parameters; and back.
    template <class Real> std::vector<double> read(const Real* vector) const {
        std::vector<double> values;
        for (int r = 0; r < rows; ++r)
            for (int c = 0; c < (columns ? columns : 1); ++c) values.push_back(double(vector[offset + at(r, c)]));
        return values;
    }
    template <class Real> void write(std::span<const double> values, Real* vector) const {
        for (int r = 0, i = 0; r < rows; ++r)
            for (int c = 0; c < (columns ? columns : 1); ++c) vector[offset + at(r, c)] = Real(values[i++]);
    }
};

/// All that a network learns, in one vector with one vector of gradients: an optimiser makes a single pass over them.
template <class Real> struct Parameters {
    std::vector<ParameterBlock> blocks;
    Array<Real> values, gradients;

    /// Reserves a range, the only one of its owner with that name; values and gradients exist after allocate(). Returns the block's number.
    int add(ParameterBlock block) {
        TRIPARTITE_CHECK(std::ranges::none_of(blocks, [&](const auto& b) { return b.owner == block.owner && b.name == block.name; }));
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
        for (const auto& b : blocks) n += b.count();
        return n;
    }
};

}  // namespace tripartite
