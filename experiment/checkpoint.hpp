#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "engine/engine.hpp"
#include "experiment/observer.hpp"
#include "learning/optimiser.hpp"
#include "learning/schedule.hpp"

namespace tripartite {

/// Running statistics of a normaliser: means of its padded neurons, then variances.
struct RunningStatistics {
    std::string path;      ///< in a file, before "mean" and "variance"
    std::size_t size = 0;  ///< neurons without padding
    std::vector<double> values;
};

/// The learned numbers of a network: parameters, and the running statistics of its normalisers.
template <class Real> struct Weights {
    Array<Real> values;
    std::vector<RunningStatistics> running;  ///< of each normaliser, of inputs and of membranes

    static Weights of(Engine<Real>& engine);
    void restore(Engine<Real>& engine) const;
};

/// Where a training run stands, between two batches. Random numbers have no state: they follow from seed, epoch and sample.
struct TrainingState {
    int epoch = 0, batch = 0;                    ///< the next to run
    double loss = 0, correct = 0, rate = 0, seconds = 0;  ///< sums over the batches of this epoch that ran
    int samples = 0;
    std::vector<EpochSummary> history;
    int best_epoch = -1;
    double best_accuracy = -1;
};

/// A checkpoint: HDF5 with /projections/<name>/{weight [post][pre], bias}, /populations/<name>/…, the same below /best for
/// the weights with the highest validation accuracy, /optimiser, /schedule, /history; the experiment as an attribute.
template <class Real>
void write_checkpoint(const std::string& path, const std::string& config, std::uint64_t seed, const TrainingState& state, Engine<Real>& engine,
                      const Weights<Real>& best, Optimiser<Real>& optimiser, const Schedule& schedule);

/// Restores all of it. Throws Error if the checkpoint is of another network, seed, precision or optimiser.
template <class Real>
TrainingState read_checkpoint(const std::string& path, std::uint64_t seed, Engine<Real>& engine, Weights<Real>& best, Optimiser<Real>& optimiser,
                              Schedule& schedule);

/// Only the best weights, into the engine: for evaluation.
template <class Real> void read_weights(const std::string& path, Engine<Real>& engine);

}  // namespace tripartite
