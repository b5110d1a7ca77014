#pragma once
#include <cstdint>
#include <vector>

namespace tripartite {

/// Indices of samples, ascending: the two parts of a training set.
struct Split {
    std::vector<int> train, validation;
};

/// Sets `validation` random samples of 0 .. count-1 apart; which ones depends on the seed only.
/// Error: there is nothing left to train on.
Split split(int count, int validation, std::uint64_t seed);

/// The samples in the random order of an epoch. It depends on the seed, the epoch and their number only.
std::vector<int> shuffled(std::vector<int> samples, std::uint64_t seed, int epoch);

}  // namespace tripartite
