#pragma once
#include <cstdint>

#include "core/array.hpp"
#include "core/surrogate.hpp"

/// A tile is the unit of work of a population: one block of neurons, some samples, some steps.
/// Letters: T steps, B samples, W neurons of a block (16 or 64; the last block is padded), S state variables, P ports,
/// C coefficients. Arrays of a tile are [T][B][W] with W contiguous and samples W apart; each names its distance between
/// steps, and a distance of 0 means 'the same at all steps'.
namespace tripartite {

inline constexpr int most_ports = 4;

/// Rows of each port, [T][B][W], and the distance between their steps; null at a port after the first that nothing reaches.
template <class Real> struct PortRows {
    Real* at[most_ports] = {};
    Index step[most_ports] = {};
};

template <class Real> struct NeuronTile {
    int steps = 0, samples = 0, width = 0;
    PortRows<Real> input;                ///< only read
    Real* state = nullptr;               ///< [S][B][W]; in: before the first step, out: after the last
    Index state_variable = 0;
    const Real* coefficients = nullptr;  ///< [C][W]
    Index coefficient = 0;
    std::uint64_t* spikes = nullptr;     ///< [T][B] words, neuron i of the block at bit i
    Index spikes_step = 0;
    const Real* uniform = nullptr;       ///< [T][B][W] random numbers in [0, 1), for kinds that fire with a probability
    Index uniform_step = 0;
    Real* membrane = nullptr;            ///< [T][B][W], or null: the value compared with the threshold, before reset
    Index membrane_step = 0;
    const Real* fold = nullptr;          ///< [1 or 2][W] what a FoldedThreshold reads, or null: no membrane is normalised
    Index fold_row = 0;
    const Surrogate* soft = nullptr;     ///< float64 only: spikes become surrogate.primitive(membrane - threshold), or the probability
    Real* values = nullptr;              ///< [T][B][W], samples values_sample apart: soft spikes; or, where it is read, u of a model that never fires
    Index values_step = 0, values_sample = 0;
};

/// Overwrites x = membrane - threshold by the surrogate's slope there.
template <class Real> using SlopeKernel = void (*)(const Surrogate& surrogate, Real* x, Index count);

/// Pulls adjoints (x_bar is dL/dx) back through a tile. `state` is the state before the first step and is not changed.
template <class Real> struct AdjointTile : NeuronTile<Real> {
    const Real* spikes_bar = nullptr;    ///< [T][B][W], or null: of the spikes, or of `values`
    Index spikes_bar_step = 0;
    const Real* membrane_bar = nullptr;  ///< [T][B][W], or null
    Index membrane_bar_step = 0;
    PortRows<Real> input_bar;            ///< may be `input`; with step 0 the sum over steps is written; adjoint_integrate adds to it
    Real* state_bar = nullptr;           ///< [S][B][W] strides of state; in: after the last step, out: before the first
    double* coefficients_bar = nullptr;  ///< [C][W], added to
    Real reset_gradient = 1;             ///< 0 detaches the spike inside the reset
    const Surrogate* surrogate = nullptr;
    SlopeKernel<Real> slope = nullptr;
    Real* scratch = nullptr;             ///< adjoint_scratch() Reals
};

/// A population whose membranes are normalised before the decision takes each step, or sub-step, in two halves, and so does its adjoint.
/// One of them, of a tile whose steps are then 1 and whose `membrane` is never null:
template <class Real> struct NormalisedStep {
    const Real *scale = nullptr, *offset = nullptr;  ///< [W]: the distance from the threshold is x = scale u + offset - threshold
    Real* x = nullptr;             ///< [B][W] decide writes x there. The adjoints take dL/du from there, and before that
                                   ///< the surrogate's slope at x, in whose place they leave dL/dx
    Index state_bar_variable = 0;  ///< of the adjoint, whose `state` is the state before the step in an array of its own
    Real* fired = nullptr;         ///< [B][W] of models with sub-steps: whether the step had fired before; decide adds this one
    Real* fired_bar = nullptr;     ///< [B][W] the adjoint of whether it has fired by then, which that of decide turns into the one before
    bool last = true;              ///< of the sub-steps
};

/// Reals that an adjoint needs as scratch: for each sub-step and neuron of a block the state, the slope and whether the step had fired.
constexpr Index adjoint_scratch(int states, int substeps, Index steps) { return steps * substeps * (states + 1 + (substeps > 1)) * 64; }

/// Neurons of a population that take one step of a simulation: N of them, in whole blocks of 64.
template <class Real> struct StepRange {
    Index neurons = 0;                   ///< N
    Real* state = nullptr;               ///< [S][N]
    Index state_variable = 0;            ///< distance between state variables
    const Real* coefficients = nullptr;  ///< [C][N], or [C] where all neurons have the same
    Index coefficient = 0;               ///< distance between coefficients; 0: [C]
    Real* input[most_ports] = {};        ///< [N] for each port; set to zero when it was read
    Index input_neuron[most_ports] = {}; ///< 1, or 0 where nothing can arrive: one pack of zeros stands for all neurons
    const Real* uniform = nullptr;       ///< [N] random numbers in [0, 1), for kinds that fire with a probability
    std::uint64_t* spikes = nullptr;     ///< [N / 64]
    Real* values = nullptr;              ///< [N], or null: u of a model that never fires
    Real* membrane = nullptr;            ///< [N], or null: the value compared with the threshold, before reset; of trainable models
    const Real* fold = nullptr;          ///< [1 or 2][N] as of a NeuronTile, or null
    Index fold_row = 0;
};

/// What a neuron model does to tiles, for one precision and one kind of reset.
template <class Real> struct NeuronKernels {
    void (*step)(const StepRange<Real>&) = nullptr;                  ///< null where a kind does not exist in this precision
    void (*forward)(const NeuronTile<Real>&) = nullptr;              ///< null for kinds that are not trainable, as those below
    void (*adjoint)(const AdjointTile<Real>&) = nullptr;
    void (*adjoint_learning)(const AdjointTile<Real>&) = nullptr;    ///< with the derivatives by the coefficients; null where nothing can be learned
    void (*integrate)(const NeuronTile<Real>&) = nullptr;            ///< the first half of a step: up to the membrane; null, as those below, for models that never fire
    void (*decide)(const NeuronTile<Real>&, const NormalisedStep<Real>&) = nullptr;  ///< the second half: spikes and reset
    void (*adjoint_decide)(const AdjointTile<Real>&, const NormalisedStep<Real>&) = nullptr;
    void (*adjoint_integrate)(const AdjointTile<Real>&, const NormalisedStep<Real>&) = nullptr;
};

}  // namespace tripartite
