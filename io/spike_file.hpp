#pragma once
#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace tripartite {

/// Spikes sorted by step, those of one step by neuron. A neuron that spikes twice in a step is there twice.
struct StepSpikes {
    std::vector<std::uint64_t> step;
    std::vector<std::uint32_t> neuron;

    /// The neurons that spike in a step.
    std::span<const std::uint32_t> of(std::uint64_t k) const {
        const auto [from, to] = std::ranges::equal_range(step, k);
        return std::span(neuron).subspan(std::size_t(from - step.begin()), std::size_t(to - from));
    }
};

/// What is asked of a spike file.
struct SpikeFile {
    std::string path;
    std::string population;  ///< of a SONATA file, or "" for its only one
    std::uint32_t neurons;   ///< node ids must be below
    double dt;               ///< ms
    bool round = false;      ///< times that are no multiple of dt move to the nearest one
};

/// Reads spikes sorted by time from
///   CSV: rows `time,neuron`, times in ms, after an optional line with these names; or, if the name ends in .h5 or .hdf5,
///   SONATA: /spikes/<population>/{timestamps, node_ids}; the attribute `units` of timestamps says ms (the default) or s.
/// A spike at time t is one of step t/dt - 1, as in recordings. Errors name the file and the first bad row: not sorted, not on the grid of
/// steps, no such neuron.
StepSpikes read_spikes(const SpikeFile& spikes);

}  // namespace tripartite
