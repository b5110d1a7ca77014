#pragma once
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include "core/field.hpp"
#include "engine/frames.hpp"
#include "engine/parameters.hpp"
#include "engine/tile.hpp"

namespace tripartite {

struct MembraneNormOptions {
    static constexpr std::string_view name = "mpbn", doc = "the membrane is normalised for the decision, in each step over the samples (Guo et al. 2023)";
    double momentum = 0.1, epsilon = 1e-5;
    int channel = 1;
    static constexpr auto fields() {
        using O = MembraneNormOptions;
        return std::tuple{field("channel", &O::channel, "neurons", "neighbours that share statistics, gain and shift; 1, 2, 4, … 64, a divisor of the population").within(1, 64),
                          field("momentum", &O::momentum, "", "share of a step in the running statistics, which a batch moves in each step").within(0, 1),
                          field("epsilon", &O::epsilon, "", "added to the variance").positive()};
    }
};

/// Membrane-potential batch normalisation (MPBN: Guo et al., ICCV 2023, and its released code). Letters: T steps, B samples, N
/// neurons, W neurons of a block. In each step, with mean and variance of u over the B samples (element-wise; that the paper has this form is
/// from memory), or over these and the neurons of a channel (channel-wise, as released, where a channel is a picture):
///
///     m[t] = gain (u[t] - mean) / sqrt(var + epsilon) + shift        a copy, for the decision only
///     s[t] = H(m[t] - threshold)                                    the reset acts on u, which is carried on as it is
///
/// As released, all steps share gain, shift and the running statistics, which T steps of a batch move T times (variance: biased
/// in the normalisation, unbiased in the running one). The released code fires above half its V_th = 1: `threshold: 0.5, compare: gt`.
///
/// In inference the running statistics make m an affine map of u, which is folded into the threshold, whatever the sign of the gain: see
/// FoldedThreshold. No step normalises anything.
/// Models that decide several times a step are normalised for each decision (ours): T counts their sub-steps.
template <class Real> class MembraneNorm {
public:
    MembraneNorm(const MembraneNormOptions& options, const std::string& population, int size, int width, Parameters<Real>& parameters);

    /// Writes gain 1 and shift 0 into the parameters, which are allocated by now.
    void initialise();
    void prepare(int steps) { steps_ = steps, mean_.ensure(steps * padded_), inverse_.ensure(steps * padded_), scale_.ensure(steps * padded_), offset_.ensure(steps * padded_); }
    /// To be called before a window: training measures, a replay takes what was measured.
    void begin(Phase phase) { measures_ = phase == Phase::training; }

    /// Training: takes the statistics of step t (of models with sub-steps, of sub-step t) over u [B][W] of a block, and moves the running ones.
    void measure(int t, Index block, const Real* u, int samples);
    /// From x_bar, dL/dx of the distances from the threshold, to dL/du, in place [B][W]; adds the gradients of gain and shift.
    void adjoint(int t, Index block, const Real* u, Real* x_bar, int samples);
    NormalisedStep<Real> step(int t, Index block) const { return {scale_.data() + t * padded_ + block * width_, offset_.data() + t * padded_ + block * width_}; }

    /// In inference: m = scale u + offset.
    struct Map { double scale, offset; };
    Map running_map(Index neuron) const;
    /// Mean and variance of each neuron over past batches: part of a checkpoint. [2][padded N]
    std::span<double> running() { return running_; }

private:
    /// Gives each neuron of a block the sum over its channel.
    void sum_channels(std::vector<double>& values) const;
    Real gain(Index neuron) const { return parameters_.value(gain_)[neuron / options_.channel]; }
    Real shift(Index neuron) const { return parameters_.value(shift_)[neuron / options_.channel]; }

    MembraneNormOptions options_;
    Parameters<Real>& parameters_;
    int width_, steps_ = 0;
    Index padded_;
    int gain_, shift_;
    bool measures_ = false;
    Array<double> mean_, inverse_, running_;  ///< [T][padded N], inverse_: 1 / sd; means, then variances
    Array<Real> scale_, offset_;
};

}  // namespace tripartite
