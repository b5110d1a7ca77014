#include "core/random.hpp"

#include <cmath>
#include <numbers>

namespace tripartite {
namespace {

/// FNV-1a: the same on every machine, unlike std::hash.
std::uint64_t hash(std::string_view text, std::uint64_t h) {
    for (const unsigned char c : text) h = (h ^ c) * 0x100000001b3;
    return h;
}

}  // namespace

RandomStream::RandomStream(std::uint64_t seed, std::string_view object, std::string_view purpose) {
    const auto name = hash(purpose, hash("/", hash(object, 0xcbf29ce484222325)));
    const auto mixed = r123::Philox4x32{}({{std::uint32_t(seed), std::uint32_t(seed >> 32), std::uint32_t(name),
                                            std::uint32_t(name >> 32)}}, {{0x54726970, 0x61727469}});
    key_ = {{mixed[0], mixed[1]}};
}

double RandomStream::normal(std::uint32_t index, std::uint32_t step, std::uint32_t sample, std::uint32_t epoch) const {
    const auto b = bits(index, step, sample, epoch);
    const double u = (double((std::uint64_t{b[0]} << 21) ^ (b[1] >> 11)) + 1) * 0x1p-53;
    const double v = double((std::uint64_t{b[2]} << 21) ^ (b[3] >> 11)) * 0x1p-53;
    return std::sqrt(-2 * std::log(u)) * std::cos(2 * std::numbers::pi * v);
}

}  // namespace tripartite
