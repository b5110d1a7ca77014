#pragma once
#include <Random123/philox.h>

#include <array>
#include <cstdint>
#include <string_view>

namespace tripartite {

/// Random numbers without state: each is a function of its key (seed, name and purpose of the object that draws) and of
/// its counter, so a result depends neither on the order of the draws nor on the number of threads.
/// Generator: Philox 4x32-10 (Salmon et al., SC 2011).
class RandomStream {
public:
    using Bits = std::array<std::uint32_t, 4>;

    RandomStream(std::uint64_t seed, std::string_view object, std::string_view purpose);

    /// Four independent 32-bit integers for one counter.
    Bits bits(std::uint32_t index, std::uint32_t step = 0, std::uint32_t sample = 0, std::uint32_t epoch = 0) const {
        const auto r = r123::Philox4x32{}({{index, step, sample, epoch}}, key_);
        return {r[0], r[1], r[2], r[3]};
    }
    /// Uniform in [0, 1), 53 bits.
    double uniform(std::uint32_t index, std::uint32_t step = 0, std::uint32_t sample = 0, std::uint32_t epoch = 0) const {
        const auto b = bits(index, step, sample, epoch);
        return double((std::uint64_t{b[0]} << 21) ^ (b[1] >> 11)) * 0x1p-53;
    }
    /// Standard normal, by Box and Muller.
    double normal(std::uint32_t index, std::uint32_t step = 0, std::uint32_t sample = 0, std::uint32_t epoch = 0) const;
    /// Uniform in 0 .. bound-1; the bias is below bound / 2^32.
    std::uint32_t below(std::uint32_t bound, std::uint32_t index, std::uint32_t step = 0, std::uint32_t sample = 0,
                        std::uint32_t epoch = 0) const {
        return std::uint32_t(std::uint64_t(bits(index, step, sample, epoch)[0]) * bound >> 32);
    }

    /// The key, for kernels that draw many at once.
    std::uint32_t key(int word) const { return key_[std::size_t(word)]; }

private:
    r123::Philox4x32::key_type key_;
};

/// A stream as a sequence of numbers: four from each counter, so that neighbours are cheap. Number k is a function of k alone.
class RandomSequence {
public:
    explicit RandomSequence(const RandomStream& stream) : stream_(stream) {}

    /// 32 random bits.
    std::uint32_t bits(std::uint64_t k) {
        if (k >> 2 != block_) {
            block_ = k >> 2;
            bits_ = stream_.bits(std::uint32_t(block_), std::uint32_t(block_ >> 32));
        }
        return bits_[k & 3];
    }
    /// Uniform in 0 .. bound-1; the bias is below bound / 2^32.
    std::uint32_t below(std::uint32_t bound, std::uint64_t k) { return std::uint32_t(std::uint64_t(bits(k)) * bound >> 32); }
    /// Uniform in (0, 1), the middles of 2^32 intervals.
    double uniform(std::uint64_t k) { return (bits(k) + 0.5) * 0x1p-32; }

private:
    RandomStream stream_;
    RandomStream::Bits bits_{};
    std::uint64_t block_ = ~std::uint64_t(0);
};

/// The threshold under which a 32-bit integer lies with this probability; the same for both precisions.
constexpr std::uint64_t probability_bound(double p) {
    return p <= 0 ? 0 : p >= 1 ? std::uint64_t(1) << 32 : std::uint64_t(p * 0x1p32);
}

}  // namespace tripartite
