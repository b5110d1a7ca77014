#pragma once
#include "experiment/spec.hpp"
#include "experiment/yaml_tree.hpp"

namespace tripartite {

/// What no single value shows: reports, at the place of the value that most likely is wrong, what does not go together.
void check_experiment(const Experiment& experiment, const YamlNode& root, Problems& problems);

/// What is wrong with an encoder for the samples of this data set, or "".
std::string wrong_encoder(const Dataset& dataset, const Encoder& encoder);
/// What is wrong with the classes of a data set of spike trains, or "".
std::string wrong_classes(const Dataset& dataset);

/// Whether its samples have a class; those of motifs have a target for each output in each step.
bool has_classes(const Dataset& dataset);

}  // namespace tripartite
