#pragma once
#include "experiment/registry.hpp"

namespace tripartite {

/// `input:`, `network:` and `learning:` of an experiment with `learning: {local: …}`, after its `time:`; and whether they suit each other.
void read_local(Section& top, Experiment& experiment, const NeuronRegistry& neurons, Problems& problems);

/// Values of a sample of the experiment's data set.
int features_of(const Experiment& experiment);

}  // namespace tripartite
