#pragma once
#include <cstdint>
#include <string_view>

#include "engine/tile.hpp"

/// The loops that decide the speed of a projection, compiled once per instruction set. Letters: R rows (a step and a sample
/// each), K sources, W columns (targets of one block).
///
/// Each output has one accumulator to which the terms are added in ascending order of K, whichever kernel runs and however
/// K is split over calls: a dense product over spikes and a sum over spike events give the same bits.
namespace tripartite {

template <class Real> struct Kernels {
    /// c[R][W] += a[R][K] b[K][W], with a(r, k) = a[r * a_row + k * a_column], rows of c `c_row` apart and of b W apart.
    void (*multiply)(const Real* a, Index a_row, Index a_column, Index rows, Index depth, const Real* b, Real* c, Index c_row, int width);

    /// c[r][W] += sum of b[k][W] over the sources k that fired in row r: bit k%64 of spikes[(k/64) * block + r].
    void (*add_events)(const std::uint64_t* spikes, Index block, Index blocks, Index rows, const Real* b, Real* c, int width);

    /// The transpose: c[k][W] += sum of b[r][W] over the rows r in which source k (0..63) of one block fired.
    void (*scatter_events)(const std::uint64_t* spikes, Index rows, const Real* b, Real* c, int width);

    /// values[r * stride + i] = bit i of spikes[r], for i in 0 .. 63.
    void (*expand)(const std::uint64_t* spikes, Index rows, Real* values, Index stride);

    SlopeKernel<Real> slope;

    /// Random numbers in [0, 1), multiples of 2^-24, of the first W neurons of a block of 64: a function of the key of a
    /// RandomStream, and of the counter (index of the neuron, then three words).
    void (*uniform)(std::uint32_t key0, std::uint32_t key1, Index block, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, Real* to, int width);
};

/// The kernels for the best instruction set that both this machine and this build have.
template <class Real> const Kernels<Real>& kernels();
template <> const Kernels<float>& kernels<float>();
template <> const Kernels<double>& kernels<double>();

/// Its name: "native" for a local build, else "x86-64-v3" or "x86-64-v4". Bits are promised per build and instruction set.
std::string_view instruction_set();

}  // namespace tripartite
