#pragma once
#include <functional>
#include <optional>
#include <span>

#include "engine/engine.hpp"
#include "learning/loss.hpp"
#include "learning/regulariser.hpp"

namespace tripartite {

struct BpttOptions {
    Surrogate surrogate;
    Loss loss;
    RateBounds regulariser;  ///< of every population that fires, but the last
    int truncate = 0;        ///< steps after which gradients are cut, with a loss of its own for each window; 0 = never
    int recompute = 0;       ///< steps between states that are kept; what lies between is computed again; 0 = keep everything
    std::optional<RmpLoss> rmp = std::nullopt;  ///< of every population that fires
    int epochs = 1;          ///< of the whole training, over which weights in the loss change
};

struct BatchResult {
    double loss = 0;     ///< mean over the samples, regularisers included
    double correct = 0;  ///< samples whose label has the highest score; where samples have targets in each step and no label, the sum over the samples of what was detected
    double spike_rate = 0;  ///< spikes per neuron and step, over the populations that fire
};

/// Backpropagation through time with surrogate gradients, through a network whose last population is the output.
template <class Real> class Bptt {
public:
    Bptt(const Network& network, EngineOptions engine, const BpttOptions& options, ThreadPool& pool, const Surrogate* soft = nullptr);

    /// The gradient of the mean loss of a batch, in engine().parameters().gradients. With truncation, `window_done` is called
    /// after each window: it may update the parameters and clear the gradients. first_sample and epoch key the dropout.
    /// Throws Error if a number stops being finite; the text names population, field, neuron and step.
    BatchResult gradient(const Signal<Real>& input, std::span<const int> labels, int first_sample, int epoch,
                         const std::function<void()>& window_done = {});
    /// What the outputs of the samples of the next batches should be in each step, for bce_steps; they must stay where they are.
    void set_targets(std::span<const std::uint8_t* const> targets) { targets_.assign(targets.begin(), targets.end()); }
    /// Loss and predictions without dropout, with the running statistics of normalisers. What chance decides is keyed by first_sample, the number of the first
    /// of the batch, so that it does not depend on how samples are batched.
    BatchResult evaluate(const Signal<Real>& input, std::span<const int> labels, int first_sample = 0);
    /// Arg max of the scores of each sample of the last batch.
    const std::vector<int>& predictions() const { return predictions_; }

    Engine<Real>& engine() { return engine_; }

private:
    void read_outputs(Chunk chunk, int begin, int end, Outputs& outputs) const;
    void write_adjoints(Chunk chunk, int begin, int end, const Outputs& bar, double share);
    double loss_of_window(int begin, int end, std::span<const int> labels);
    double regularise(int begin, int end);
    double regularise_membranes(int begin, int end);
    double membrane_loss(Population<Real>& population, int begin, int end, double share);
    void predict(Chunk chunk, const Outputs& outputs, std::span<const int> labels);
    void score(std::span<const int> labels, BatchResult& result, bool outputs_are_whole);
    void check_finite(double loss, int first_sample, int epoch, const Signal<Real>& input);

    BpttOptions options_;
    Engine<Real> engine_;
    Population<Real>& output_;
    std::vector<Outputs> outputs_, bars_;  ///< of each chunk of samples: losses are means over samples, so chunks go side by side
    std::vector<const std::uint8_t*> targets_;
    std::vector<int> predictions_;
    std::vector<double> correct_;
    double spikes_ = 0, rmp_weight_ = 0;
};

}  // namespace tripartite
