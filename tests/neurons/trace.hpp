#pragma once
#include "tests/neurons/tile_buffers.hpp"

namespace tripartite {

/// One neuron: membranes before the reset, and the steps (from 0) at which it fires.
struct Trace {
    std::vector<double> membrane;
    std::vector<int> spikes;
};
template <class M> Trace run(const typename M::template Params<double>& params, const std::vector<double>& input, double dt = 1) {
    TileBuffers<double> tile(make_neuron<M>(params), int(input.size()), 1, 16);
    std::vector<double> k(tile.spec.coefficients);
    tile.spec.discretise({}, dt, k);
    for (std::size_t i = 0; i < tile.coefficients.size(); ++i) tile.coefficients[i] = k[i / 16];
    for (std::size_t i = 0; i < tile.input.size(); ++i) tile.input[i] = input[i / 16];
    for (std::size_t i = 0; i < tile.state.size(); ++i) tile.state[i] = tile.spec.initial[i / 16];
    tile.run();
    Trace trace;
    for (int t = 0; t < tile.T; ++t) {
        trace.membrane.push_back(tile.membrane[std::size_t(t) * 16]);
        if (tile.fired(t, 0, 0)) trace.spikes.push_back(t);
    }
    return trace;
}

}  // namespace tripartite
