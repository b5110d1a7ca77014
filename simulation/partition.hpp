#pragma once
#include <cstdint>
#include <vector>

#include "engine/frames.hpp"

namespace tripartite {

/// Which neurons a worker owns: of each population whole blocks of 64, in one piece. Local indices run over all it owns.
struct Share {
    std::uint32_t begin = 0, end = 0;  ///< neurons of the population
    Index local = 0;                   ///< local index of the first
    Index padded() const { return (Index(end - begin) + 63) / 64 * 64; }
    std::uint32_t owned() const { return end - begin; }
};

/// The neurons of a worker, and where every population's spikes stand in a step's words.
struct Partition {
    Partition(const std::vector<std::uint32_t>& sizes, int worker, int workers) {
        Index word = 0;
        for (const auto size : sizes) {
            const Index blocks = blocks_for(size), first = blocks * worker / workers, last = blocks * (worker + 1) / workers;
            shares.push_back({std::uint32_t(first * 64), std::uint32_t(std::min<Index>(last * 64, size)), neurons});
            neurons += shares.back().padded();
            first_word.push_back(word);
            word += blocks;
        }
        first_word.push_back(word);
    }
    std::vector<Share> shares;       ///< [population]
    std::vector<Index> first_word;   ///< [population + 1]
    Index neurons = 0;               ///< local indices, padding included
};

}  // namespace tripartite
