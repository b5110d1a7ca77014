#pragma once
#include <atomic>
#include <string>

namespace tripartite {

struct EpochSummary {
    double train_loss = 0, train_accuracy = 0;  ///< not finite: there is none
    double validation_accuracy = -1;  ///< -1: there is no validation set
    double seconds = 0, spike_rate = 0, learning_rate = 0;
};

/// Where a run within an epoch has come to.
struct BatchProgress {
    int epoch = 0, epochs = 0, batch = 0, batches = 0;
    int samples = 0;                      ///< of this epoch, so far
    double loss = 0, accuracy = 0;        ///< means over the epoch, so far; not finite: there is none
    double spike_rate = 0, seconds = 0;   ///< of the epoch, so far
    const char* phase = nullptr;          ///< what is done, if it is not an epoch of learning
};

/// Where a simulation has come to: biological time, in ms.
struct SimulationProgress {
    double time = 0, end = 0;
};

/// What a run tells its caller while it goes on. The library itself prints nothing.
class Observer {
public:
    virtual ~Observer() = default;
    virtual void message(const std::string&) {}
    virtual void batch_done(const BatchProgress&) {}
    virtual void epoch_done(int /*epoch*/, int /*epochs*/, const EpochSummary&) {}
    virtual void simulated(const SimulationProgress&) {}
    /// Asked after each batch, or part of a simulation: true ends the run with a checkpoint.
    virtual bool stop_wanted() { return false; }
};

}  // namespace tripartite
