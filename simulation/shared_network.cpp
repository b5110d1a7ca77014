#include "simulation/shared_network.hpp"

#include <algorithm>
#include <cmath>
#include <map>

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

/// `what` is of the projection or population `name`.
int steps_of(const std::string& name, std::string_view what, double time, int least, double dt) {
    const double steps = time / dt;
    if (steps < 0 || std::fabs(steps - std::round(steps)) > 1e-6) fail("the {} of '{}', {} ms, is not a whole number of steps of {} ms", what, name, time, dt);
    if (std::lround(steps) < least) fail("the {} of '{}', {} ms, is less than a step of {} ms", what, name, time, dt);
    return int(std::lround(steps));
}

int state_of(const SimulatedPopulation& population, const std::string& state) {
    return int(std::ranges::find(population.neuron.state_names, state) - population.neuron.state_names.begin());
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
        if (const auto problem = problem_of_step(p.neuron, options.dt); !problem.empty()) fail("'{}': {}", p.name, problem);
        if (!p.step_factors.empty() && options.period < 1) fail("'{}' has factors of steps, which need the period after which they begin again", p.name);
        if (!p.source) ports = std::max(ports, p.neuron.ports);
        words += blocks_for(p.size);
        every.push_back(p.neuron.interval > 0 ? steps_of(p.name, "step", p.neuron.interval, 1, options.dt) : 1);
    }
    for (const auto& p : network.projections) {
        BuiltProjection built;
        built.spec = &p;
        built.from = network.find(p.from), built.to = network.find(p.to);
        const auto stream = [&](std::string_view purpose) { return RandomStream(options.seed, p.name, purpose); };
        try {
            const PairSpace pairs = space(built.from, built.to);
            built.connector = make_connector(p.rule, pairs, stream("pairs"));
            check_list(p.rule, p.weight, pairs);
            check_list(p.rule, p.delay, pairs);
            built.weight = std::make_unique<SynapseValues>(weights_of(p.rule, p.weight, pairs), pairs, stream("weight"));
            built.delay = std::make_unique<SynapseValues>(p.delay, pairs, stream("delay"));
        } catch (const Error& error) {
            fail("projection '{}': {}", p.name, error.what());
        }
        built.port = port_of(network.populations[std::size_t(built.to)], p.receptor, sign_of(p, network.populations[std::size_t(built.to)]), "projection '" + p.name + "'");
        built.axonal_delay = steps_of(p.name, "axonal delay", p.axonal_delay, 0, options.dt);
        built.same_step = can_be_zero(p.delay);
        if (built.same_step && !std::holds_alternative<StaticSynapse>(p.synapse)) fail("the synapses of projection '{}' are not static, and need delays of at least one step", p.name);
        if (p.dopamine) built.dopamine_from = network.find(p.dopamine->from), built.dopamine_delay = steps_of(p.name, "delay of the dopamine", p.dopamine->delay, 1, options.dt);
        if (p.normalise) built.normalise_every = steps_of(p.name, "interval of normalise", p.normalise->interval, 0, options.dt);
        if (p.scaling) built.scale_every = steps_of(p.name, "interval of scaling", p.scaling->interval, 1, options.dt);
        send_values(built);
        projections.push_back(std::move(built));
    }
    surround_by_astrocytes();
    find_levels();
}

PairSpace SharedNetwork::space(int from, int to) const {
    const auto f = std::size_t(from), t = std::size_t(to);
    return {sizes[f], sizes[t], from == to, positions[f].get(), positions[t].get()};
}

int SharedNetwork::channel(int population, int field, const std::string& what) {
    const auto& p = network.populations[std::size_t(population)];
    const std::string name = field >= 0 ? p.name + "." + p.neuron.state_names[std::size_t(field)] : what;
    const auto found = std::ranges::find(channels, name, &Channel::name);
    if (found == channels.end()) return channels.push_back({population, field, name}), int(channels.size()) - 1;
    return int(found - channels.begin());
}

void SharedNetwork::send_values(BuiltProjection& built) {
    const auto& from = network.populations[std::size_t(built.from)];
    if (const auto* gap = std::get_if<GapJunction>(&built.spec->synapse)) built.channel = channel(built.from, state_of(from, gap->state), "");
    else if (from.sends_values()) built.channel = channel(built.from, Channel::membrane, from.name);
}

void SharedNetwork::surround_by_astrocytes() {
    std::map<std::string, std::vector<std::uint32_t>> synapses;  // of each astrocyte of a population, of all projections
    const std::size_t of_network = projections.size();
    for (std::size_t i = 0; i < of_network; ++i)
        if (const auto& astrocytes = projections[i].spec->astrocytes) find_territories(projections[i], synapses[astrocytes->from]);
    for (std::size_t i = 0; i < of_network; ++i)
        if (const auto& astrocytes = projections[i].spec->astrocytes) projections.push_back(to_astrocytes(projections[i], synapses[astrocytes->from]));
}

void SharedNetwork::find_territories(BuiltProjection& built, std::vector<std::uint32_t>& synapses) {
    const auto& territory = *built.spec->astrocytes;
    const int astrocytes = network.find(territory.from);
    auto& to = built.astrocytes;
    try {
        to.of = territories(territory, space(astrocytes, built.to));
    } catch (const Error& error) {
        fail("projection '{}': {}", built.spec->name, error.what());
    }
    to.receptors = channel(astrocytes, state_of(network.populations[std::size_t(astrocytes)], "Gamma_S"), "");
    to.transmitter = channel(built.to, Channel::transmitter, "transmitter of " + built.spec->name);
    to.delay = steps_of(built.spec->name, "delay of the astrocytes", territory.delay, 1, options.dt);
    synapses.resize(sizes[std::size_t(astrocytes)]);
    built.connector->enumerate({0, sizes[std::size_t(built.to)]}, [&](std::span<const Pair> pairs) { for (const auto& pair : pairs) ++synapses[to.of[pair.target]]; });
}

/// What synapses release goes to their astrocytes as a projection of its own: from each target to its astrocyte, divided by the number of synapses there.
BuiltProjection SharedNetwork::to_astrocytes(const BuiltProjection& built, const std::vector<std::uint32_t>& synapses) {
    const auto& of = built.astrocytes.of;
    const auto& population = network.populations[std::size_t(network.find(built.spec->astrocytes->from))];
    ListedPairs pairs;
    std::vector<double> share;
    for (std::uint32_t n = 0; n < of.size(); ++n)
        if (synapses[of[n]] > 0) pairs.source.push_back(n), pairs.target.push_back(of[n]), share.push_back(1.0 / synapses[of[n]]);
    auto& spec = to_astrocytes_.emplace_back();
    spec.name = built.spec->name + "_to_" + population.name, spec.from = built.spec->to, spec.to = population.name;
    spec.rule = pairs, spec.weight = share, spec.delay = Distribution(built.spec->astrocytes->delay);
    BuiltProjection sent;
    sent.spec = &spec;
    sent.from = built.to, sent.to = network.find(population.name), sent.channel = built.astrocytes.transmitter;
    sent.port = port_of(population, "transmitter", 1, "projection '" + built.spec->name + "'");
    const PairSpace between = space(sent.from, sent.to);
    const RandomStream unused(options.seed, spec.name, "pairs");
    sent.connector = make_connector(spec.rule, between, unused);
    sent.weight = std::make_unique<SynapseValues>(spec.weight, between, unused);
    sent.delay = std::make_unique<SynapseValues>(spec.delay, between, unused);
    return sent;
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
