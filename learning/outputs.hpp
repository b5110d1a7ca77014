#pragma once
#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "core/array.hpp"
#include "core/targets.hpp"

namespace tripartite {

/// What a loss reads of the output population, and also the shape of its adjoint. Letters: T steps, B samples, N neurons;
/// both arrays are [T][B][N].
struct Outputs {
    int steps = 0, samples = 0, neurons = 0;
    std::vector<double> spikes;    ///< 0 or 1; between them in a gradient check
    std::vector<double> membrane;  ///< u before the reset, in the neuron's unit
    std::vector<const std::uint8_t*> targets = {};  ///< [B], each [T][N], 0, 1 or not_asked: what the neurons should do in each step; or empty

    Index at(int t, int b, int n = 0) const { return (Index(t) * samples + b) * neurons + n; }
    /// The N values of one step of one sample, of either array.
    std::span<const double> row(const std::vector<double>& values, int t, int b) const { return {&values[at(t, b)], std::size_t(neurons)}; }
    std::span<double> row(std::vector<double>& values, int t, int b) { return {&values[at(t, b)], std::size_t(neurons)}; }

    /// Sets the shape; the values are zero afterwards.
    void shape(int T, int B, int N) {
        steps = T, samples = B, neurons = N;
        spikes.assign(std::size_t(at(T, 0)), 0);
        membrane.assign(std::size_t(at(T, 0)), 0);
    }
    void clear() {
        std::fill(spikes.begin(), spikes.end(), 0);
        std::fill(membrane.begin(), membrane.end(), 0);
    }
};

}  // namespace tripartite
