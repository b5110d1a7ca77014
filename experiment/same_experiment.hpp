#pragma once
#include <string>

#include "experiment/spec.hpp"

namespace tripartite {

/// A simulated experiment without what may change between a stop and a resume, and what it has read from other files.
std::string what_must_stay(const Experiment& experiment);

/// Throws Error with the first line in which what a checkpoint was written with differs from what is to go on.
void check_same_experiment(const std::string& written, const std::string& now, const std::string& file);

}  // namespace tripartite
