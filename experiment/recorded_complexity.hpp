#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

namespace tripartite {

/// The mean complexity (core/lempel_ziv.hpp) of a population's recorded spike trains, one bit a step of the recording; of a training
/// run, each neuron has a train for each recorded sample.
struct RecordedComplexity {
    std::string population;
    double complexity = 0;
    std::uint64_t read = 0, trains = 0;  ///< where there are many, every so manieth train is read: at most 1000, and 2^27 steps in all
    std::int64_t steps = 0;              ///< of a train
};

/// Of every population whose spikes are in a results.h5.
std::vector<RecordedComplexity> recorded_complexities(const H5Reader& results);

}  // namespace tripartite
