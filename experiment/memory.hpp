#pragma once
#include <string>

#include "experiment/spec.hpp"

namespace tripartite {

/// What an experiment will need, as lines of YAML comments: parameters, bytes of weights, optimiser, inputs, spikes, samples.
/// Loads the data set, whose images give the size of the input.
std::string describe_memory(const Experiment& experiment);

}  // namespace tripartite
