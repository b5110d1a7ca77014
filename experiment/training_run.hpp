#pragma once
#include <chrono>

#include "datasets/loader.hpp"
#include "datasets/split.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/run.hpp"
#include "io/tensorboard.hpp"
#include "learning/bptt.hpp"

namespace tripartite {

/// Accuracy, and what else is known after a pass over samples without learning.
struct Evaluation {
    double loss = 0, accuracy = 0, spike_rate = 0, synaptic_operations = 0;  ///< means over the samples
    std::vector<int> predictions, labels;
    std::vector<double> complexities;  ///< [samples][N] of the population that the read-out reads, if there is one
};

/// One run of an experiment on images, in one precision.
template <class Real> class TrainingRun {
public:
    TrainingRun(const Experiment& experiment, const RunOptions& options, Observer& observer);

    RunSummary train();
    RunSummary evaluate();

private:
    void resume(const std::string& checkpoint);
    bool run_epoch();
    void train_batch(Batch<Real>& batch, int batches);
    void update(double learning_rate);
    void finish_epoch();
    void save();
    void prune();
    void write_curves(const EpochSummary& epoch);
    Evaluation evaluate_on(const Images& images, const std::vector<int>& samples);
    double accuracy_by_complexity(const Evaluation& test);
    void finish(RunSummary& summary, const Images& test);
    double seconds_since_start() const;

    Experiment experiment_;
    RunOptions options_;
    Observer& observer_;
    ImageSet images_;
    Split split_;
    ThreadPool pool_;
    Bptt<Real> bptt_;
    Engine<Real>& engine_;
    Optimiser<Real> optimiser_;
    Schedule schedule_;
    Weights<Real> best_;
    TrainingState state_;
    Encoded<Real> encoded_;
    std::optional<TensorBoardWriter> curves_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    bool stopped_ = false;
};

/// summary.json.
void write_summary(const std::string& path, const Experiment& experiment, const RunSummary& summary);

/// results.h5: weights, learning curves, predictions and what was recorded.
template <class Real>
void write_results(const std::string& path, const Experiment& experiment, const RunSummary& summary, const Weights<Real>& weights, const Evaluation& test,
                   const Images& images, Bptt<Real>& bptt);

}  // namespace tripartite
