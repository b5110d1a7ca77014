#pragma once
#include "experiment/simulation_run.hpp"
#include "io/hdf5.hpp"

namespace tripartite {

/// What `expected:` names and the results miss, as "E: mean_rate_hz is 40.2, expected 31 to 33".
std::vector<std::string> missed_expectations(const Experiment& experiment, const SimulationSummary& summary);

/// The attributes of the root of results.h5.
void write_attributes(H5Writer& file, const Experiment& experiment);

/// summary.json.
void write_simulation_summary(const std::string& path, const Experiment& experiment, const SimulationSummary& summary);

}  // namespace tripartite
