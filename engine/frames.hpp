#pragma once
#include <bit>
#include <cstdint>

#include "core/array.hpp"
#include "core/error.hpp"

/// Signals between populations. Letters: T steps, B samples, N neurons; a row is one step of one sample, row = t B + b.
namespace tripartite {

inline constexpr int block_of_neurons = 64;  ///< populations are padded to it and split at its multiples

constexpr Index blocks_for(Index neurons) { return (neurons + block_of_neurons - 1) / block_of_neurons; }

/// Neurons of one block of a tile: small populations are padded less.
constexpr int tile_width(Index neurons) { return neurons <= 16 ? 16 : block_of_neurons; }

/// Spikes as bits: neuron n of row r is bit n % 64 of words[(n / 64) * rows + r]. Padding bits are 0.
struct SpikeFrame {
    SpikeFrame() = default;
    SpikeFrame(int steps, int samples, int neurons)
        : steps(steps), samples(samples), neurons(neurons), words(Index(steps) * samples * blocks_for(neurons)) {}

    Index rows() const { return Index(steps) * samples; }
    Index blocks() const { return blocks_for(neurons); }
    std::uint64_t* block(Index i) { return words.data() + i * rows(); }
    const std::uint64_t* block(Index i) const { return words.data() + i * rows(); }
    bool operator()(int t, int b, int n) const { return block(n / 64)[Index(t) * samples + b] >> (n % 64) & 1; }
    void set(int t, int b, int n) { block(n / 64)[Index(t) * samples + b] |= std::uint64_t(1) << (n % 64); }

    int steps = 0, samples = 0, neurons = 0;
    Array<std::uint64_t> words;
};

/// Real numbers, row after row, each row padded to whole blocks. `steps` is 1 when the signal is constant in time.
template <class Real> struct RealFrame {
    RealFrame() = default;
    RealFrame(int steps, int samples, int neurons)
        : steps(steps), samples(samples), neurons(neurons), values(Index(steps) * samples * stride()) {}

    Index stride() const { return blocks_for(neurons) * block_of_neurons; }
    Real* row(int t, int b = 0) { return values.data() + (Index(t) * samples + b) * stride(); }
    const Real* row(int t, int b = 0) const { return values.data() + (Index(t) * samples + b) * stride(); }

    int steps = 0, samples = 0, neurons = 0;
    Array<Real> values;
};

/// What a projection reads: spikes, or real numbers (an analog input; soft spikes in a gradient check).
template <class Real> struct Signal {
    const SpikeFrame* spikes = nullptr;
    const RealFrame<Real>* values = nullptr;
    bool constant = false;  ///< the same at every step: `values` has one
    double density = 1;     ///< spikes per neuron and step in the current window
    double scale = 1;       ///< of what it delivers: 1/(1-p) after dropout

    int neurons() const { return values ? values->neurons : spikes->neurons; }
    int samples() const { return values ? values->samples : spikes->samples; }
};

/// Training updates statistics and drops spikes; a replay repeats a window of training without touching what it updated.
enum class Phase { training, replay, inference };

/// Some samples of a batch: the unit that a parallel loop hands out together with a block of neurons.
struct Chunk {
    int first = 0, samples = 0;
};

/// How many steps and samples a run has, and how it is cut into tiles. The cut follows from the shape alone, never from the
/// number of threads, so that sums over tiles have one order.
struct Shape {
    int steps = 0, samples = 0, chunk = 1;

    int chunks() const { return (samples + chunk - 1) / chunk; }
    Chunk operator[](Index i) const { return {int(i) * chunk, std::min(chunk, samples - int(i) * chunk)}; }
};

}  // namespace tripartite
