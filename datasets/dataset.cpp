#include "datasets/dataset.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numbers>

#include "core/error.hpp"
#include "core/random.hpp"
#include "datasets/idx.hpp"

namespace tripartite {
namespace {

/// `part` is the key of the random numbers: 0 to train, 1 to test.
Images make_bars(const Generated& spec, int count, std::uint32_t part) {
    const RandomStream offsets(spec.seed, "generated", "offset"), noise(spec.seed, "generated", "noise");
    Images images{count, 1, spec.size, spec.size, {}, {}};
    images.pixels.resize(std::size_t(count) * images.size());
    const double centre = (spec.size - 1) / 2.0, width = spec.size / 8.0;
    for (int i = 0; i < count; ++i) {
        const int label = i % spec.classes;
        images.labels.push_back(label);
        const double angle = std::numbers::pi * label / spec.classes, offset = width * (2 * offsets.uniform(std::uint32_t(i), part) - 1);
        for (int y = 0; y < spec.size; ++y)
            for (int x = 0; x < spec.size; ++x) {
                const int pixel = y * spec.size + x;
                const double distance = (y - centre) * std::cos(angle) - (x - centre) * std::sin(angle) - offset;
                const double bar = std::exp(-std::pow(distance / width, 2));
                const double value = bar + spec.noise * noise.normal(std::uint32_t(pixel), part, std::uint32_t(i));
                images.pixels[std::size_t(i) * images.size() + pixel] = std::uint8_t(std::lround(255 * std::clamp(value, 0.0, 1.0)));
            }
    }
    return images;
}

/// `part` as above.
Images make_patterns(const LatencyPatterns& spec, int count, std::uint32_t part) {
    const RandomStream times(spec.seed, "latency_patterns", "time"), offsets(spec.seed, "latency_patterns", "offset"),
        jitter(spec.seed, "latency_patterns", "jitter");
    Images images{count, 1, 1, spec.channels, {}, {}};
    for (int i = 0; i < count; ++i) {
        const int label = i % spec.classes;
        images.labels.push_back(label);
        const double offset = (1 - spec.span) * offsets.uniform(std::uint32_t(i), part);
        for (int n = 0; n < spec.channels; ++n) {
            const double time = offset + spec.span * times.uniform(std::uint32_t(n), std::uint32_t(label)) +
                                spec.jitter * jitter.normal(std::uint32_t(n), part, std::uint32_t(i));
            images.pixels.push_back(std::uint8_t(std::lround(255 * (1 - std::clamp(time, 0.0, 1.0)))));
        }
    }
    return images;
}

}  // namespace

ImageSet FashionMnist::load() const {
    if (!std::filesystem::is_directory(folder))
        fail("{}: there is no such folder; run 'apt install dataset-fashion-mnist', or give the folder of its files as "
             "input.dataset.fashion_mnist.folder", folder);
    return read_idx_folder(folder, 10);
}

ImageSet Mnist::load() const {
    if (folder.empty()) fail("input.dataset.mnist.folder: give the folder with train-images-idx3-ubyte.gz and the three other files");
    if (!std::filesystem::is_directory(folder)) fail("{}: there is no such folder; correct input.dataset.mnist.folder", folder);
    return read_idx_folder(folder, 10);
}

ImageSet Generated::load() const { return {make_bars(*this, train, 0), make_bars(*this, test, 1), classes}; }

ImageSet LatencyPatterns::load() const { return {make_patterns(*this, train, 0), make_patterns(*this, test, 1), classes}; }

}  // namespace tripartite
