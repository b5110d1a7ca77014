#pragma once
#include <optional>
#include <string>
#include <vector>

#include "engine/membrane_norm.hpp"
#include "engine/neuron_spec.hpp"
#include "engine/normaliser.hpp"
#include "engine/projection.hpp"

namespace tripartite {

/// A homogeneous group of neurons.
struct PopulationSpec {
    std::string name;
    int size = 0;
    NeuronSpec neuron;
    double dropout = 0;  ///< share of neurons whose spikes are cleared for a whole sample in training; all readers see it
    std::optional<NormaliserKind> normalise = std::nullopt;
    std::optional<MembraneNormOptions> membrane = std::nullopt;  ///< between integration and decision; all samples are then one task
};

struct ProjectionSpec {
    std::string from, to;  ///< names of populations, or "input"
    ProjectionKind kind;
    int delay = 0;         ///< whole steps, the shortest if kind.spread is not 0; 0 = the same step
    std::string receptor = {};  ///< name of a port of `to`; "": the first
    std::string name() const { return from + "_to_" + to; }
};

/// A network as the user describes it: populations, and projections between them. The only graph there is.
struct Network {
    static constexpr const char* input = "input";  ///< name of the source that carries the samples

    int inputs = 0;  ///< size of the input
    std::vector<PopulationSpec> populations;
    std::vector<ProjectionSpec> projections;

    /// Index of a population, -1 for the input. Throws Error with the nearest name.
    int find(const std::string& name) const;
    /// The port that a projection reaches. Throws Error with those that there are.
    int port(const ProjectionSpec& projection) const;
    /// Throws Error at the first thing that cannot run: duplicate names, unknown populations, delay-free cycles, …
    void validate() const;
};

/// Populations that depend on each other (a strongly connected component), in an order in which delay-free projections
/// point forwards. Components are in the order in which they can be computed.
struct Component {
    std::vector<int> populations;
    bool recurrent = false;
    int window = 0;  ///< smallest delay inside: so many steps can be taken at once
};

std::vector<Component> components(const Network& network);

/// The order in which a target adds up what its sources send: the input, -1, then the populations by component, in a component as they
/// are described. What comes from outside a component is then added before what feeds back.
std::vector<int> order_of_sources(const Network& network);

/// Why a population cannot be trained in steps of dt [ms]; "" if it can.
std::string not_trainable(const PopulationSpec& population, double dt);

}  // namespace tripartite
