#pragma once
#include "experiment/spec.hpp"
#include "experiment/yaml_tree.hpp"

namespace tripartite {

/// What no single value shows: reports, at the place of the value that most likely is wrong, what does not go together.
void check_experiment(const Experiment& experiment, const YamlNode& root, Problems& problems);

}  // namespace tripartite
