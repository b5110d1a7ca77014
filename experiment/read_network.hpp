#pragma once
#include "experiment/registry.hpp"

namespace tripartite {

/// Reads `network:`; delays are checked against dt, in ms.
NetworkConfig read_network(const YamlNode& node, double dt, const NeuronRegistry& neurons, Problems& problems);

/// How many steps a time is; nothing if it is not a whole number of them.
std::optional<int> whole_steps(double time, double dt);

}  // namespace tripartite
