#include "simulation/network.hpp"

#include <algorithm>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {
namespace {

void check_fires(const SimulationNetwork& network, const std::string& name) {
    const auto& from = network.populations[std::size_t(network.find(name))];
    if (!from.source && !from.neuron.spiking) fail("'{}' is a {}, which never fires, so nothing can be projected from it", name, from.neuron.model);
}

bool has(const std::vector<std::string>& names, std::string_view name) { return std::ranges::count(names, name) > 0; }

void check_astrocytes(const SimulationNetwork& network, const SimulatedProjection& p) {
    const bool tripartite = std::holds_alternative<Tripartite>(p.synapse);
    if (tripartite && !p.astrocytes) fail("projection '{}' has tripartite synapses: say which astrocytes surround them", p.name);
    if (p.astrocytes && !tripartite) fail("projection '{}' has no tripartite synapses, the only ones that astrocytes surround", p.name);
    if (p.astrocytes) {
        const auto& from = network.populations[std::size_t(network.find(p.astrocytes->from))];
        if (!has(from.neuron.state_names, "Gamma_S") || !has(from.neuron.port_names, "transmitter"))
            fail("projection '{}': '{}' has no state Gamma_S or no port transmitter; the astrocytes of tripartite synapses are a population of astrocyte_gchi", p.name, from.name);
    }
    const auto* gap = std::get_if<GapJunction>(&p.synapse);
    if (!gap) return;
    const auto& cells = network.populations[std::size_t(network.find(p.from))];
    if (p.from != p.to) fail("projection '{}': gap junctions connect cells of one population, and not '{}' with '{}'", p.name, p.from, p.to);
    if (!has(cells.neuron.state_names, gap->state)) fail("projection '{}': the cells of '{}' have no state '{}' that could differ", p.name, p.from, gap->state);
}

}  // namespace

std::string problem_of_kernels(const SimulatedProjection& p) {
    const auto rule = plastic_rule(p.synapse);
    if (!rule || !std::holds_alternative<Convolution>(p.rule)) return "";
    if (p.scaling) return "synapses of a convolution share their weights between neurons of different rates; take normalise in place of scaling";
    if (std::holds_alternative<DistanceFunction>(p.weight) || std::holds_alternative<DistanceFunction>(p.delay))
        return "synapses of a convolution that share a weight and a delay have several distances; draw them, or give a number";
    return "";
}

int SimulationNetwork::find(const std::string& population) const {
    std::vector<std::string_view> known;
    for (std::size_t i = 0; i < populations.size(); ++i) {
        if (populations[i].name == population) return int(i);
        known.push_back(populations[i].name);
    }
    fail("there is no population '{}'{}", population, did_you_mean(population, known));
}

void SimulationNetwork::validate() const {
    if (populations.empty()) fail("the network has no populations");
    std::set<std::string> names;
    for (const auto& p : populations) {
        if (!names.insert(p.name).second) fail("two populations are called '{}'", p.name);
        if (p.size < 1) fail("population '{}' has no neurons; it needs at least 1", p.name);
        for (const auto& initial : p.initial)
            if (!std::ranges::count(p.neuron.state_names, initial.field)) fail("the neurons of '{}', {}, have no state '{}'", p.name, p.neuron.model, initial.field);
        if (!p.membrane_maps.empty() && (p.membrane_maps.size() != p.size || !p.neuron.trainable))
            fail("the membranes of '{}' are normalised: that takes a scale and an offset for each of its {} neurons, got {}, and a model that can be trained",
                 p.name, p.size, p.membrane_maps.size());
    }
    names.clear();
    for (const auto& p : projections) {
        const auto &from = populations[std::size_t(find(p.from))], &to = populations[std::size_t(find(p.to))];
        if (!names.insert(p.name).second) fail("two projections are called '{}'", p.name);
        if (to.source) fail("projection '{}' ends at '{}', a source, which receives nothing", p.name, p.to);
        if (from.sends_values() && !std::holds_alternative<StaticSynapse>(p.synapse) && !std::holds_alternative<GapJunction>(p.synapse))
            fail("projection '{}': '{}' is a {}, which never fires; what it sends takes static synapses", p.name, p.from, from.neuron.model);
        const auto rule = plastic_rule(p.synapse);
        const bool waits = std::holds_alternative<StdpDopamine>(p.synapse);
        if (p.normalise && !rule) fail("projection '{}' has weights that stay as they are; normalise those of a plastic one", p.name);
        if (p.scaling && !rule) fail("projection '{}' has weights that stay as they are; scale those of a plastic one", p.name);
        if (p.scaling && p.normalise) fail("projection '{}' has a sum of weights, which scaling changes; normalise or scale", p.name);
        if (p.scaling && to.sends_values()) fail("projection '{}' ends at '{}', a {}, which never fires; scaling follows the rate", p.name, p.to, to.neuron.model);
        if (waits && !p.dopamine) fail("projection '{}' learns by dopamine: say from which population it comes", p.name);
        if (p.dopamine && !waits) fail("projection '{}' does not learn by dopamine, which only stdp_dopamine does", p.name);
        if (p.dopamine) check_fires(*this, p.dopamine->from);
        check_astrocytes(*this, p);
        if (const auto problem = problem_of_kernels(p); !problem.empty()) fail("projection '{}': {}", p.name, problem);
    }
    for (const auto& d : drives) {
        const auto& to = populations[std::size_t(find(d.to))];
        if (to.source) fail("a drive ends at '{}', a source, which receives nothing", d.to);
        if (to.neuron.interval > 0) fail("a drive ends at '{}', whose cells take a step every {} ms only; give them parameters or initial values instead", d.to, to.neuron.interval);
    }
    for (const auto& c : currents) {
        const auto& to = populations[std::size_t(find(c.to))];
        if (to.source) fail("currents are given for '{}', a source, which receives nothing", c.to);
        if (c.values.size() != c.steps.size() * to.size) fail("{} currents are given for {} steps of the {} neurons of '{}'", c.values.size(), c.steps.size(), to.size, c.to);
    }
}

}  // namespace tripartite
