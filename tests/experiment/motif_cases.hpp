#pragma once
#include <cmath>

#include "tests/experiment/run_cases.hpp"

namespace tripartite {

struct DetectedMotifs {
    double detected = 0;     ///< share of the motifs in the test set
    double correlation = 0;  ///< of the learned kernels with those that made the motifs, mean over the motifs
};

inline double correlation(std::span<const double> x, std::span<const double> y) {
    double sums[5] = {};
    const double n = double(x.size());
    for (std::size_t i = 0; i < x.size(); ++i) sums[0] += x[i], sums[1] += y[i], sums[2] += x[i] * y[i], sums[3] += x[i] * x[i], sums[4] += y[i] * y[i];
    return (n * sums[2] - sums[0] * sums[1]) / std::sqrt((n * sums[3] - sums[0] * sums[0]) * (n * sums[4] - sums[1] * sums[1]));
}

/// Trains on the data set `motifs` with one temporal projection from the input.
inline DetectedMotifs detect(const Experiment& experiment) {
    const TemporaryFolder folder;
    DetectedMotifs found;
    found.detected = run_in_folder(experiment, folder.path()).test_accuracy;
    const auto& motifs = std::get<Motifs>(experiment.dataset);
    const auto learned = H5Reader(folder.path() + "/results.h5").read<double>("/projections/input_to_motifs/weight"), truth = motifs.kernels();
    const std::size_t places = truth.size() / std::size_t(motifs.motifs);
    for (std::size_t b = 0; b < truth.size(); b += places) found.correlation += correlation(std::span(learned).subspan(b, places), std::span(truth).subspan(b, places)) / motifs.motifs;
    return found;
}

}  // namespace tripartite
