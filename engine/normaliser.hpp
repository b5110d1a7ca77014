#pragma once
#include <functional>
#include <memory>
#include <span>
#include <string>

#include "engine/projection.hpp"

namespace tripartite {

/// Normalises the input of a population before it reaches the neurons: what its feed-forward projections delivered.
/// `drive` holds these inputs, [steps or 1][samples][neurons]; T is the number of steps that they stand for.
template <class Real> class Normaliser {
public:
    virtual ~Normaliser() = default;

    /// Writes the initial gains and shifts into the parameters.
    virtual void initialise() = 0;
    /// Training: takes the statistics of this batch, and moves the running ones unless `frozen`.
    virtual void measure(const TileArray<Real>& drive, const Shape& shape, int T, bool frozen, ThreadPool& pool) = 0;
    /// Inference: uses the running statistics.
    virtual void use_running() = 0;
    /// Writes the normalised tile, whose first row is that of step `begin`, to `out`.
    virtual void apply(const TileArray<Real>& drive, Index block, Chunk chunk, int begin, Real* out) const = 0;
    /// Turns dL/d(normalised) into dL/d(drive), in place, and adds the gradients of gain and shift; the first row is that of step `begin`.
    virtual void adjoint(const TileArray<Real>& drive, TileArray<Real>& bar, const Shape& shape, int begin, int T, ThreadPool& pool) = 0;

    /// The factor by which all is multiplied in each step of a run, the last thing that is done; empty if steps do not differ.
    virtual std::span<const Real> step_factors() const = 0;
    /// The affine map of inference, per neuron; without the factors of steps.
    virtual void affine(std::span<double> scale, std::span<double> shift) const = 0;
    /// Mean and variance of each neuron over past batches: part of a checkpoint. [2][padded neurons]
    virtual std::span<double> running() = 0;
};

struct NormaliserKind {
    std::string name;
    template <class Real>
    using Make = std::function<std::unique_ptr<Normaliser<Real>>(const std::string& population, int size, int width, int steps, Parameters<Real>&)>;
    Make<float> float32;
    Make<double> float64;
    template <class Real> auto& make() const {
        if constexpr (sizeof(Real) == 4) return float32; else return float64;
    }
};

}  // namespace tripartite
