#pragma once
#include <array>
#include <cstdint>

#include "core/array.hpp"

/// The loops of a simulation that are compiled once per instruction set.
namespace tripartite {

/// Poisson numbers for neurons: a uniform 32-bit integer u is the number of thresholds that are <= u. Neuron n of a population draws
/// in step t word (n % 64) / 16 of Philox with counter ((n / 64) 16 + n % 16, t low, t high, 0).
struct PoissonTable {
    static constexpr int most = 256;
    int thresholds = 0;
    std::array<std::uint32_t, most> bounds{};  ///< ascending: floor(2^32 P(X <= k))
};

/// Targets that count_bits() counts at once: counts has room for whole groups of them.
inline constexpr Index counted_at_once = 512;

template <class Real> struct SimulationKernels {
    /// row[n] += weight * counts[n]; counts[n] = 0. For n in 0 .. size-1, a multiple of 64.
    void (*add_counts)(std::uint16_t* counts, Real weight, Real* row, Index size);
    /// row[n] += weight * (Poisson number of neuron 64 first_block + n), for whole blocks.
    void (*add_poisson)(const PoissonTable& table, std::uint32_t key0, std::uint32_t key1, std::uint64_t step, Index first_block, Index blocks, Real weight, Real* row);
    /// counts[n] += sum over rows r of multiplicity[r] * bit n of rows[r], n in 0 .. 64 words - 1, words a multiple of 8.
    void (*count_bits)(const std::uint64_t* const* rows, Index number, Index words, std::uint16_t multiplicity, std::uint16_t* counts);
    /// words[b] = bits of the neurons whose number, drawn as above, is below `bound`: Poisson trains.
    void (*draw_bits)(std::uint64_t bound, std::uint32_t key0, std::uint32_t key1, std::uint64_t step, Index first_block, Index blocks, std::uint64_t* words);
};

template <class Real> const SimulationKernels<Real>& simulation_kernels();
template <> const SimulationKernels<float>& simulation_kernels<float>();
template <> const SimulationKernels<double>& simulation_kernels<double>();

}  // namespace tripartite
