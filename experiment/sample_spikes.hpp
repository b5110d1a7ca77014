#pragma once
#include "datasets/images.hpp"
#include "encoders/encoder.hpp"
#include "simulation/drives.hpp"

namespace tripartite {

/// When and how often a sample is shown: for so many steps of dt ms from step `first` on. Seed and epoch key its random numbers.
struct Presentation {
    std::int64_t first = 0;
    int steps = 0;
    double dt = 1;
    std::uint64_t seed = 1;
    int epoch = 0;
};

/// Adds the spikes into which an encoder turns a sample to a list.
void add_sample(const Encoder& encoder, const Images& images, int sample, const Presentation& shown, SpikeList& to);

}  // namespace tripartite
