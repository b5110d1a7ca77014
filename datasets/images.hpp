#pragma once
#include <cstddef>
#include <cstdint>
#include <vector>

namespace tripartite {

/// Images in memory, bytes 0..255: pixels[count][channels][height][width], labels[count], -1 of a sample that has none.
struct Images {
    int count = 0, channels = 1, height = 0, width = 0;
    std::vector<std::uint8_t> pixels;
    std::vector<int> labels;
    std::vector<std::uint8_t> targets = {};  ///< [count][T][outputs], 0, 1 or not_asked: what each output should do in each step; or empty

    int size() const { return channels * height * width; }
    const std::uint8_t* image(int i) const { return pixels.data() + std::size_t(i) * size(); }
    const std::uint8_t* target(int i) const { return targets.data() + targets.size() / std::size_t(count) * std::size_t(i); }
};

/// A data set for classification; labels are 0 .. classes-1.
struct ImageSet {
    Images train, test;
    int classes = 0;
};

}  // namespace tripartite
