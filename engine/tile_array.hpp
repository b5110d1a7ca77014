#pragma once
#include "core/array.hpp"
#include "engine/frames.hpp"

namespace tripartite {

/// One number per step, sample and neuron, stored tile by tile: [block][chunk][step][sample of the chunk][neuron of the
/// block]. What a task touches is contiguous. `steps` is 1 for what is constant in time.
template <class Real> struct TileArray {
    void shape(int new_steps, int new_samples, Index blocks, int new_width) {
        steps = new_steps, samples = new_samples, width = new_width;
        values.ensure(Index(steps) * samples * blocks * width);
    }
    Real* tile(Index block, Chunk c, int t = 0) { return values.data() + offset(block, c) + t * step(c); }
    const Real* tile(Index block, Chunk c, int t = 0) const { return values.data() + offset(block, c) + t * step(c); }
    Index offset(Index block, Chunk c) const { return (block * samples + c.first) * Index(width) * steps; }
    Index step(Chunk c) const { return Index(c.samples) * width; }

    int steps = 0, samples = 0, width = 0;
    Array<Real> values;
};

}  // namespace tripartite
