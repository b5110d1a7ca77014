#include "datasets/split.hpp"

#include <algorithm>
#include <numeric>
#include <string_view>

#include "core/error.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

/// Fisher and Yates: every order is equally likely.
void shuffle(std::vector<int>& samples, std::uint64_t seed, std::string_view purpose, int epoch) {
    const RandomStream random(seed, "input", purpose);
    for (std::size_t i = samples.size(); i > 1; --i)
        std::swap(samples[i - 1], samples[random.below(std::uint32_t(i), std::uint32_t(i), 0, 0, std::uint32_t(epoch))]);
}

}  // namespace

Split split(int count, int validation, std::uint64_t seed) {
    if (validation < 0 || validation >= count)
        fail("input.validation: {} of {} samples cannot be set apart; choose 0 to {}", validation, count, count - 1);
    std::vector<int> samples(static_cast<std::size_t>(count));
    std::iota(samples.begin(), samples.end(), 0);
    shuffle(samples, seed, "validation", 0);
    Split parts{{samples.begin() + validation, samples.end()}, {samples.begin(), samples.begin() + validation}};
    std::ranges::sort(parts.train);
    std::ranges::sort(parts.validation);
    return parts;
}

std::vector<int> shuffled(std::vector<int> samples, std::uint64_t seed, int epoch) {
    shuffle(samples, seed, "order", epoch);
    return samples;
}

}  // namespace tripartite
