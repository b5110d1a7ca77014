#pragma once
#include "experiment/spec.hpp"
#include "experiment/write_yaml.hpp"

namespace tripartite {

/// An experiment of mode: simulate as YAML, with every default.
std::string resolved_simulation(const Experiment& experiment);
/// One that learns by plasticity from samples.
std::string resolved_local(const Experiment& experiment);

}  // namespace tripartite
