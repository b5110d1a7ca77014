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

}  // namespace

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
    }
    names.clear();
    for (const auto& p : projections) {
        const auto& to = populations[std::size_t(find(p.to))];
        if (!names.insert(p.name).second) fail("two projections are called '{}'", p.name);
        if (to.source) fail("projection '{}' ends at '{}', a source, which receives nothing", p.name, p.to);
        const auto rule = plastic_rule(p.synapse);
        const bool waits = std::holds_alternative<StdpDopamine>(p.synapse);
        if (p.normalise && !rule) fail("projection '{}' has weights that stay as they are; normalise those of a plastic one", p.name);
        if (waits && !p.dopamine) fail("projection '{}' learns by dopamine: say from which population it comes", p.name);
        if (p.dopamine && !waits) fail("projection '{}' does not learn by dopamine, which only stdp_dopamine does", p.name);
        if (p.dopamine) check_fires(*this, p.dopamine->from);
        check_fires(*this, p.from);
    }
    for (const auto& d : drives)
        if (populations[std::size_t(find(d.to))].source) fail("a drive ends at '{}', a source, which receives nothing", d.to);
}

}  // namespace tripartite
