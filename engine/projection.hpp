#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "core/parallel.hpp"
#include "engine/parameters.hpp"
#include "engine/tile_array.hpp"

namespace tripartite {

/// Steps [begin, end) of one tile of a population.
struct Span {
    Index block = 0;
    Chunk chunk;
    int begin = 0, end = 0;
};

/// Adjoints of the inputs of a population, of which row 0 is step `begin`; rows of steps from `end` on are not known.
template <class Real> struct InputAdjoint {
    const TileArray<Real>* values = nullptr;
    int begin = 0, end = 0;
};

/// Buffers of one worker.
template <class Real> struct Scratch {
    Array<Real> rows, tile, bar, kernel, panel, uniform;
};

/// Weighted connections from one population to another, `delay` steps later or more. The engine sees only this.
template <class Real> class Projection {
public:
    virtual ~Projection() = default;

    /// Writes the initial weights into the parameters, which are allocated by now.
    virtual void initialise() = 0;

    /// To be called after the parameters changed.
    virtual void parameters_changed() {}
    /// How far training has come, from 0 to 1: what the projection learns coarsely at first becomes finer. At 1 it is as the
    /// trained network will be.
    virtual void anneal(double) {}

    /// Adds what arrives in the steps of `to` to `input`, [step][sample][neuron of the block].
    virtual void deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const = 0;
    /// Adds the bias, after all deliveries.
    virtual void add_bias(const Span& to, Real* input) const = 0;

    /// To be called once after the weights changed and before deliver_back.
    virtual void prepare_back(ThreadPool& pool) = 0;
    /// The transpose of deliver: adds to `spikes_bar`, [step][sample][neuron of the source block], for the steps of `from`.
    virtual void deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const = 0;
    /// Adds dL/d(weights, bias) over the steps [begin, end); a sum over all chunks in one order.
    virtual void gradient(const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, ThreadPool& pool,
                          std::span<Scratch<Real>> scratch) = 0;

    /// Synapses of a source, on average.
    virtual double out_degree() const = 0;
    /// The delay of each synapse in whole steps, in the order of their numbers ([targets][sources] of dense ones); empty where all are `delay`.
    virtual std::vector<int> delays() const { return {}; }
    /// Multiplies each target's weights by `scale` and adds `shift` to its bias: folds a normaliser for inference.
    virtual void fold(std::span<const double> scale, std::span<const double> shift) = 0;
};

/// What a projection is told when it is made. It adds its parameters; once they are allocated it is given initial values.
template <class Real> struct ProjectionContext {
    std::string name;
    int sources = 0, targets = 0, target_width = 0, delay = 0;  ///< delay: the shortest, in steps
    double event_density = 0;  ///< fewer spikes per neuron and step than this: event-driven
    std::uint64_t seed = 0;
    Parameters<Real>* parameters = nullptr;
};

/// How a projection comes into being, without its type: made by dense() and its like.
struct ProjectionKind {
    std::string name;                           ///< "dense"
    int spread = 0;                             ///< steps by which its delays can be longer than the shortest one
    std::function<std::unique_ptr<Projection<float>>(const ProjectionContext<float>&)> float32;
    std::function<std::unique_ptr<Projection<double>>(const ProjectionContext<double>&)> float64;
    template <class Real> auto& make() const {
        if constexpr (sizeof(Real) == 4) return float32; else return float64;
    }
};

}  // namespace tripartite
