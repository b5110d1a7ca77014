#pragma once
#include "experiment/registry.hpp"

namespace tripartite {

/// Reads `network:`; delays are checked against dt, in ms.
NetworkConfig read_network(const YamlNode& node, double dt, const NeuronRegistry& neurons, Problems& problems);

/// Names become parts of paths in files and on the command line.
void check_population_name(const std::string& name, const Place& place, const std::string& path, Problems& problems);

/// Reports a time that is not a whole number of steps.
void check_steps(const YamlNode& node, double time, double dt, Problems& problems);

/// How many steps a time is; nothing if it is not a whole number of them.
std::optional<int> whole_steps(double time, double dt);

}  // namespace tripartite
