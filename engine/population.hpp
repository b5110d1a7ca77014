#pragma once
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "core/random.hpp"
#include "engine/network.hpp"

namespace tripartite {

/// Adjoints that reach a population from outside the network: from the loss and the regularisers. Any may be empty.
template <class Real> struct OutputAdjoint {
    TileArray<Real> spikes, membrane;  ///< dL/ds and dL/du, [T][B][N]
    std::vector<double> rate;          ///< [N], added to dL/ds at every step and sample
};

/// One port of a population: what arrives from outside the component (constant in time, or not), all that arrives, adjoints of both.
template <class Real> struct Port {
    bool reached = false;   ///< by a projection; the first one counts as reached
    bool constant = false;  ///< what arrives from outside the component is the same at every step
    TileArray<Real> drive, input, drive_bar;
};

/// A population of a network that runs: its state, its input, its spikes. Built and driven by the scheduler.
/// Letters: T steps of the run, L steps of the current window, B samples, W neurons of a block.
template <class Real> class Population {
public:
    Population(const PopulationSpec& spec, double dt, std::uint64_t seed, Parameters<Real>& parameters);

    /// Sizes everything for a run of T steps in windows of at most L, in segments of `segment` steps between which the
    /// state is kept; `tail` more rows are kept of the adjoints of the window that follows.
    void prepare(const Shape& shape, int window, int segment, int tail, bool recurrent, bool record_membrane);
    /// Writes the initial values of the learned parameters, which are allocated by now.
    void initialise();
    /// Recomputes the coefficients from the learned parameters.
    void discretise();
    /// The initial state, in every sample; no spikes.
    void reset();
    /// Chooses the neurons whose spikes this batch drops; p = 0 drops none. What the batch draws has first_sample and epoch as its keys.
    void drop(double p, int first_sample, int epoch, ThreadPool& pool);

    /// To be called before the first span of a window.
    void begin_window(int begin, Phase phase) {
        window_begin_ = begin;
        folded_ = membrane_norm && phase == Phase::inference;
        if (membrane_norm) membrane_norm->begin(phase);
        if (folded_) fold_thresholds();
    }
    /// Runs the steps of a span.
    void run(const Span& span, const PortRows<Real>& input, Scratch<Real>& scratch);
    /// Pulls `spikes_bar` [steps][samples][W], or null, back; writes the adjoint of the input to `input_bar`.
    void adjoint(const Span& span, const PortRows<Real>& input, Real* spikes_bar, const PortRows<Real>& input_bar, const Surrogate& surrogate, Scratch<Real>& scratch);
    /// Adds the adjoints from outside and clears those of dropped spikes.
    void finish_spikes_bar(const Span& span, Real* spikes_bar) const;
    void clear_adjoints();
    void save(int slot);
    void restore(int slot);
    /// Adds dL/d(learned parameters), from the coefficients' adjoints that adjoint() collected since the last call.
    void gradient();

    Signal<Real> signal() const;
    void count_spikes(int begin, int end);
    /// Spikes per step of each neuron, over the samples and these steps.
    std::vector<double> mean_rates(int begin, int end) const;
    std::uint64_t spikes_in_window() const { return spikes_in_window_; }
    /// The first neuron whose state is not finite, as "population, field, neuron"; "" if there is none.
    std::string not_finite() const;

    /// Whether it sends real numbers: soft spikes in a gradient check; u, where it never fires and is read.
    bool sends_values() const { return spec_.neuron.spiking ? soft != nullptr : is_read; }

    const PopulationSpec& spec() const { return spec_; }
    /// [C] of a neuron, as they enter the step.
    std::vector<double> coefficients(Index neuron) const {
        std::vector<double> k;
        for (int c = 0; c < spec_.neuron.coefficients; ++c) k.push_back(double(coefficients_[c * padded() + neuron]));
        return k;
    }
    int width() const { return width_; }
    Index blocks() const { return blocks_; }
    Index padded() const { return blocks_ * width_; }

    std::vector<Port<Real>> ports;  ///< the scheduler's
    TileArray<Real> membrane;  ///< u of all T steps, if recorded
    SpikeFrame spikes;         ///< of all T steps
    RealFrame<Real> sent;      ///< of all T steps, if it sends them
    bool is_read = false;      ///< by a projection
    std::unique_ptr<Normaliser<Real>> normaliser;
    std::vector<Real> step_factors;  ///< of a normaliser that was folded: the first port's drive is multiplied by them, [T] or empty
    std::unique_ptr<MembraneNorm<Real>> membrane_norm;
    const Surrogate* soft = nullptr;
    OutputAdjoint<Real> output_bar;

private:
    NeuronTile<Real> tile(const Span& span, const PortRows<Real>& input);
    void draw_uniform(NeuronTile<Real>& a, const Span& span, Scratch<Real>& scratch) const;
    void fold_thresholds();
    void run_normalised(const NeuronTile<Real>& a, const Span& span, Scratch<Real>& scratch);
    void adjoint_normalised(const AdjointTile<Real>& a, const Span& span, Scratch<Real>& scratch);
    Index state_offset(Index block, Chunk c) const { return (block * shape_.samples + c.first) * Index(width_); }
    Index state_size() const { return blocks_ * shape_.samples * Index(width_); }
    std::vector<double> learned_values(Index neuron) const;

    PopulationSpec spec_;
    double dt_;
    RandomStream dropping_, firing_;
    Parameters<Real>& parameters_;
    int width_;
    Index blocks_;
    std::vector<int> learned_;        ///< parameter blocks
    Array<Real> coefficients_;        ///< [C][padded]
    Array<Real> fold_;                ///< [1 or 2][padded] of a normalised membrane: see FoldedThreshold
    bool folded_ = false;
    Array<double> coefficients_bar_;  ///< [tile][C][W]
    Array<Real> state_, history_, state_bar_;  ///< [S][block][chunk][sample][W]; history: one for each segment
    std::vector<Array<Real>> saved_;
    Array<std::uint64_t> kept_;       ///< dropout mask, [block][sample]
    Shape shape_;
    int segment_ = 0;
    int window_begin_ = 0;
    int first_sample_ = 0, epoch_ = 0;
    double dropped_ = 0, density_ = 0;
    std::uint64_t spikes_in_window_ = 0;
};

}  // namespace tripartite
