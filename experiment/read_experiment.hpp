#pragma once
#include <span>
#include <string>
#include <string_view>

#include "experiment/registry.hpp"
#include "experiment/spec.hpp"

namespace tripartite {

/// Reads and checks an experiment. `overrides` are "path=value", as in "network.layers.0.dense=100": they replace what the
/// file says before anything is checked. Throws ConfigError with every problem found, in the order of the file.
Experiment read_experiment(const std::string& file, std::span<const std::string> overrides = {},
                           const NeuronRegistry& neurons = NeuronRegistry::shipped());
/// The same for a text; `file` is the name that errors give.
Experiment parse_experiment(std::string_view text, const std::string& file, std::span<const std::string> overrides = {},
                            const NeuronRegistry& neurons = NeuronRegistry::shipped());

/// The whole experiment as YAML, with every default. Reading it gives the same experiment.
std::string resolved_yaml(const Experiment& experiment);

/// What the simulator is to be told of an experiment of mode: simulate.
SimulationOptions simulation_options(const Experiment& experiment);

/// The network for samples of `inputs` values: layers are expanded, delays become steps. Throws Error if it cannot run.
Network make_network(const Experiment& experiment, int inputs);

}  // namespace tripartite
