#pragma once
#include <chrono>
#include <memory>
#include <optional>
#include <span>

#include "core/lempel_ziv.hpp"
#include "encoders/complexity.hpp"
#include "experiment/run.hpp"
#include "io/hdf5.hpp"
#include "learning/response_labels.hpp"
#include "simulation/simulation.hpp"

namespace tripartite {

/// Where learning from samples stands, between two of them; the rest is in the simulation.
struct LocalState {
    int epoch = 0, sample = 0;   ///< the next to be shown
    double correct = 0, predicted = 0, spikes = 0, seconds = 0;  ///< of this epoch: samples whose class was guessed, and those of which it could be
    std::vector<EpochSummary> history;
};

/// One run of an experiment with `learning: {local: …}`.
class LocalRun {
public:
    LocalRun(const Experiment& experiment, const RunOptions& options, Observer& observer);

    /// Trains, unless the experiment only evaluates; gives labels to neurons, and tests.
    RunSummary run();

private:
    bool train();
    bool train_epoch();
    void learn_from(int sample);
    void finish_epoch();
    /// The spikes of the population in response to a sample, in the last of its presentations.
    std::span<const std::uint32_t> show(const Images& images, int sample, int epoch);
    void present(const Images& images, int sample, int epoch, int tries);
    /// Of the current presentation, [neuron].
    std::vector<double> complexities();
    bool label();
    bool test(RunSummary& summary);
    bool show_all(const char* phase, const Images& images, int wanted, const std::function<void(int sample, std::span<const std::uint32_t> spikes)>& take);
    void load(const std::string& checkpoint);
    void save();
    void write_results(const RunSummary& summary);
    double seconds_since(std::chrono::steady_clock::time_point begin) const;

    const Experiment& e_;
    const RunOptions& options_;
    Observer& observer_;
    ImageSet images_;
    std::unique_ptr<Simulation> simulation_;
    std::size_t neurons_;
    ResponseLabels labels_;
    LocalState state_;
    bool learning_ = true;
    std::optional<NearestMean> nearest_;  ///< if there is a read-out by complexity
    std::vector<BitTrain> trains_;        ///< [neuron] for it, of the current presentation
    LempelZiv complexity_;
    std::vector<std::uint32_t> spikes_;   ///< [neuron] of the population, of the current presentation
    Index counted_until_ = 0;             ///< step
    std::vector<std::int64_t> predictions_, truth_;
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now(), saved_ = start_;
};

/// What other programs read of such a run: weights, labels, predictions, what neurons learned by themselves, learning curves.
void write_local_results(H5Writer& file, const Experiment& experiment, const ImageSet& images, Simulation& simulation);

}  // namespace tripartite
