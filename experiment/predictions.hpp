#pragma once
#include <vector>

#include "experiment/simulation_spec.hpp"
#include "simulation/simulation.hpp"

namespace tripartite {

/// The class that a trained network gives each sample that it is shown: that of the highest score of its loss, as in training.
class Predictions {
public:
    /// `checkpoint`: what write() wrote, to go on from there.
    Predictions(const TrainedNetwork& trained, const SimulationNetwork& network, double dt, const H5Reader* checkpoint);

    /// Adds a probe of the membrane of the output. Spikes are given to take() by the caller.
    void attach(Simulation& simulation);
    void take(Index step, const SpikeLists& fired);
    /// To be called when a sample, and the rest after it, are over.
    void predict();

    double accuracy() const;
    /// /samples/{predictions, labels} [samples]
    void write(H5Writer& file) const;

private:
    const TrainedNetwork& trained_;
    int output_;
    Index present_, period_, last_;
    Outputs outputs_;  ///< of the sample that is shown; B = 1
    std::vector<std::int64_t> predictions_;
};

}  // namespace tripartite
