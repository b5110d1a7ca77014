#include "simulation/shared_network.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {

int port_of(const SimulatedPopulation& population, const std::string& receptor, double weight, const std::string& what) {
    const bool by_sign = receptor.empty() && population.neuron.port_names.front() == "excitatory" && weight < 0;
    return port_of(population.neuron, population.name, by_sign ? "inhibitory" : receptor, what);
}

namespace {

/// A weight whose sign stands for that of all, or an error if they differ and the receptor depends on it.
double sign_of(const SimulatedProjection& projection, const SimulatedPopulation& to) {
    const bool matters = projection.receptor.empty() && !to.source && to.neuron.port_names.front() == "excitatory";
    const auto* distribution = std::get_if<Distribution>(&projection.weight);
    if (const auto* list = std::get_if<std::vector<double>>(&projection.weight)) {
        const bool negative = std::ranges::any_of(*list, [](double w) { return w < 0; }), positive = std::ranges::any_of(*list, [](double w) { return w > 0; });
        if (matters && negative && positive)
            fail("projection '{}' has weights of both signs; say which receptor they reach, or make two projections", projection.name);
        return negative ? -1 : 1;
    }
    if (!distribution) return 1;
    const double low = distribution->quantile(1e-12), high = distribution->quantile(1 - 1e-12);
    if (matters && low < 0 && high > 0)
        fail("projection '{}' draws weights of both signs, from {:.4g} to {:.4g}; bound them with redraw, or say which receptor they reach", projection.name, low, high);
    return low + high;
}

int steps_of(const SimulatedProjection& p, std::string_view what, double time, int least, double dt) {
    const double steps = time / dt;
    if (steps < 0 || std::fabs(steps - std::round(steps)) > 1e-6) fail("the {} of '{}', {} ms, is not a whole number of steps of {} ms", what, p.name, time, dt);
    if (std::lround(steps) < least) fail("the {} of '{}', {} ms, is less than a step of {} ms", what, p.name, time, dt);
    return int(std::lround(steps));
}

bool can_be_zero(const ValueRule& delay) {
    if (const auto* list = std::get_if<std::vector<double>>(&delay)) return std::ranges::count(*list, 0) > 0;
    const auto* distribution = std::get_if<Distribution>(&delay);
    return distribution && distribution->constant() && distribution->mean() == 0;
}

}  // namespace

SharedNetwork::SharedNetwork(const SimulationNetwork& net, const SimulationOptions& opt) : network(net), options(opt) {
    network.validate();
    for (const auto& p : network.populations) {
        sizes.push_back(p.size);
        positions.push_back(p.positions ? std::make_unique<Positions>(*p.positions, p.size, p.periodic, RandomStream(options.seed, p.name, "positions")) : nullptr);
        if (!p.source) ports = std::max(ports, p.neuron.ports);
        words += blocks_for(p.size);
    }
    for (const auto& p : network.projections) {
        BuiltProjection built;
        built.spec = &p;
        built.from = network.find(p.from), built.to = network.find(p.to);
        const auto &from = positions[std::size_t(built.from)], &to = positions[std::size_t(built.to)];
        const PairSpace space{sizes[std::size_t(built.from)], sizes[std::size_t(built.to)], built.from == built.to, from.get(), to.get()};
        const auto stream = [&](std::string_view purpose) { return RandomStream(options.seed, p.name, purpose); };
        try {
            built.connector = make_connector(p.rule, space, stream("pairs"));
            built.weight = std::make_unique<SynapseValues>(weights_of(p.rule, p.weight, space), space, stream("weight"));
            built.delay = std::make_unique<SynapseValues>(p.delay, space, stream("delay"));
        } catch (const Error& error) {
            fail("projection '{}': {}", p.name, error.what());
        }
        built.port = port_of(network.populations[std::size_t(built.to)], p.receptor, sign_of(p, network.populations[std::size_t(built.to)]), "projection '" + p.name + "'");
        built.axonal_delay = steps_of(p, "axonal delay", p.axonal_delay, 0, options.dt);
        built.same_step = can_be_zero(p.delay);
        if (built.same_step && !std::holds_alternative<StaticSynapse>(p.synapse)) fail("projection '{}' changes its weights, and needs delays of at least one step", p.name);
        if (built.same_step && network.populations[std::size_t(built.from)].sends_values())
            fail("projection '{}' sends values, and needs delays of at least one step", p.name);
        if (p.dopamine) built.dopamine_from = network.find(p.dopamine->from), built.dopamine_delay = steps_of(p, "delay of the dopamine", p.dopamine->delay, 1, options.dt);
        if (p.normalise) built.normalise_every = steps_of(p, "interval of normalise", p.normalise->interval, 0, options.dt);
        projections.push_back(std::move(built));
    }
    find_levels();
}

void SharedNetwork::find_levels() {
    level.assign(sizes.size(), 0);
    for (bool changed = true; changed;) {
        changed = false;
        for (const auto& p : projections) {
            const int least = p.same_step ? level[std::size_t(p.from)] + 1 : 0;
            if (least >= int(sizes.size())) fail("the delays of a cycle through '{}' sum to 0; give one of its projections a delay of at least one step", network.populations[std::size_t(p.to)].name);
            if (level[std::size_t(p.to)] >= least) continue;
            level[std::size_t(p.to)] = least, changed = true;
            levels = std::max(levels, least + 1);
        }
    }
}

int SharedNetwork::shortest_dopamine_delay() const {
    int shortest = 0;
    for (const auto& p : projections)
        if (p.dopamine_delay > 0 && (shortest == 0 || p.dopamine_delay < shortest)) shortest = p.dopamine_delay;
    return shortest;
}

void SharedNetwork::prepare(int smallest, int largest) {
    constexpr int longest_window = 64;
    window = levels > 1 ? 1 : std::min(smallest, longest_window);
    if (options.window > 0) window = std::min(window, options.window);
    largest_delay = largest;
    fired = Array<std::uint64_t>(2 * window * words);
}

}  // namespace tripartite
