#include "experiment/sample_spikes.hpp"

#include <algorithm>
#include <bit>
#include <vector>

namespace tripartite {

void add_sample(const Encoder& encoder, const Images& images, int sample, const Presentation& shown, SpikeList& to) {
    RealFrame<float> image(1, 1, images.size());
    std::transform(images.image(sample), images.image(sample) + images.size(), image.row(0), [](std::uint8_t byte) { return float(byte) / 255; });
    Encoded<float> encoded;
    encode(encoder, image, std::vector{sample}, shown.steps, shown.dt, shown.seed, shown.epoch, encoded);
    for (int t = 0; t < shown.steps; ++t)
        for (Index block = 0; block < encoded.spikes.blocks(); ++block)
            for (std::uint64_t word = encoded.spikes.block(block)[t]; word; word &= word - 1) {
                to.steps.push_back(shown.first + t);
                to.neurons.push_back(std::uint32_t(block * 64 + std::countr_zero(word)));
            }
}

}  // namespace tripartite
