#include "engine/network.hpp"

#include <algorithm>
#include <bit>
#include <cmath>
#include <set>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {
namespace {

struct Edge {
    int from, to, delay;
};

std::vector<Edge> edges_of(const Network& network) {
    std::vector<Edge> edges;
    for (const auto& p : network.projections)
        if (p.from != Network::input) edges.push_back({network.find(p.from), network.find(p.to), p.delay});
    return edges;
}

/// Tarjan's algorithm; components come out last first.
struct StronglyConnected {
    const std::vector<Edge>& edges;
    std::vector<int> index, low, stack;
    std::vector<bool> stacked;
    std::vector<std::vector<int>> found;
    int next = 0;

    StronglyConnected(int nodes, const std::vector<Edge>& edges) : edges(edges), index(nodes, -1), low(nodes), stacked(nodes) {
        // A projection's target is visited before its source is closed, and nodes are tried from the last: the result
        // keeps the order of the description where the graph leaves a choice.
        for (int n = nodes; n-- > 0;)
            if (index[n] < 0) visit(n);
    }
    void visit(int n) {
        index[n] = low[n] = next++;
        stack.push_back(n);
        stacked[n] = true;
        for (const auto& e : edges) {
            if (e.from != n) continue;
            if (index[e.to] < 0) visit(e.to), low[n] = std::min(low[n], low[e.to]);
            else if (stacked[e.to]) low[n] = std::min(low[n], index[e.to]);
        }
        if (low[n] != index[n]) return;
        std::vector<int> members;
        for (int m = -1; m != n; stack.pop_back()) stacked[m = stack.back()] = false, members.push_back(m);
        std::ranges::sort(members);
        found.push_back(members);
    }
};

/// Orders the members so that delay-free edges point forwards; throws Error naming the cycle if there is none.
std::vector<int> ordered(const Network& network, std::vector<int> members, const std::vector<Edge>& edges) {
    std::vector<int> done;
    while (!members.empty()) {
        const auto ready = std::ranges::find_if(members, [&](int m) {
            return std::ranges::none_of(edges, [&](const Edge& e) { return e.delay == 0 && e.to == m && std::ranges::count(members, e.from); });
        });
        if (ready != members.end()) {
            done.push_back(*ready);
            members.erase(ready);
            continue;
        }
        // Every member is reached from another: walking backwards must close a cycle.
        std::vector<int> path{members.front()};
        while (std::ranges::count(path, path.back()) == 1)
            path.push_back(std::ranges::find_if(edges, [&](const Edge& e) {
                               return e.delay == 0 && e.to == path.back() && std::ranges::count(members, e.from);
                           })->from);
        std::string cycle;
        for (auto at = path.rbegin();; ++at) {
            cycle += (cycle.empty() ? "" : " -> ") + network.populations[*at].name;
            if (at != path.rbegin() && *at == path.back()) break;
        }
        fail("the delays of the cycle {} sum to 0; give one of its projections a delay of at least one step", cycle);
    }
    return done;
}

/// A normaliser takes what reaches the first port from outside the component.
void check_normaliser(const Network& network, const PopulationSpec& population, const Component& component) {
    const auto reaches = [&](const ProjectionSpec& c) {
        return c.to == population.name && network.port(c) == 0 && !std::ranges::count(component.populations, network.find(c.from));
    };
    if (population.normalise && std::ranges::none_of(network.projections, reaches))
        fail("'{}' is normalised at its first receptor, '{}', which no projection from outside its loop reaches; leave out normalise", population.name,
             population.neuron.port_names.front());
}

}  // namespace

int Network::find(const std::string& name) const {
    if (name == input) return -1;
    std::vector<std::string_view> known{input};
    for (std::size_t i = 0; i < populations.size(); ++i) {
        if (populations[i].name == name) return int(i);
        known.push_back(populations[i].name);
    }
    fail("there is no population '{}'{}", name, did_you_mean(name, known));
}

int Network::port(const ProjectionSpec& projection) const {
    const auto& to = populations[find(projection.to)];
    return port_of(to.neuron, to.name, projection.receptor, fmt::format("the projection from '{}'", projection.from));
}

void Network::validate() const {
    if (populations.empty()) fail("the network has no populations");
    std::set<std::string> names{input};
    for (const auto& p : populations) {
        if (!names.insert(p.name).second) fail("two populations are called '{}'", p.name);
        if (p.size < 1) fail("population '{}' has {} neurons; it needs at least 1", p.name, p.size);
        if (p.membrane && (std::popcount(unsigned(p.membrane->channel)) != 1 || p.size % p.membrane->channel != 0))
            fail("mpbn: channel is {}, and must be 1, 2, 4, … or 64, and divide the {} neurons of '{}'", p.membrane->channel, p.size, p.name);
        if (p.membrane && !p.neuron.spiking) fail("'{}' is a {}, which never fires, so its membrane cannot be normalised for a decision; leave out membrane", p.name, p.neuron.model);
        if (std::ranges::none_of(projections, [&](const auto& c) { return c.to == p.name; })) fail("population '{}' receives no projection", p.name);
    }
    std::set<std::string> pairs;
    for (const auto& c : projections) {
        find(c.from);
        if (find(c.to) < 0) fail("a projection from '{}' ends at the input, which receives nothing", c.from);
        if (!pairs.insert(c.name()).second) fail("there are two projections from '{}' to '{}'", c.from, c.to);
        if (c.delay < 0) fail("the delay from '{}' to '{}' is negative", c.from, c.to);
        const auto& neuron = populations[std::size_t(find(c.to))].neuron;
        if (c.kind.name == "dense" && neuron.port_units[std::size_t(port(c))] == "nS")
            fail("the projection from '{}' to '{}' learns weights of both signs, and '{}' of {} is a conductance, which is not negative; give receptor: current", c.from, c.to,
                 neuron.port_names[std::size_t(port(c))], neuron.model);
    }
    for (const auto& c : components(*this))
        for (const int i : c.populations) check_normaliser(*this, populations[std::size_t(i)], c);
}

std::vector<Component> components(const Network& network) {
    const auto edges = edges_of(network);
    std::vector<Component> result;
    auto found = StronglyConnected(int(network.populations.size()), edges).found;
    for (auto members = found.rbegin(); members != found.rend(); ++members) {
        Component c{ordered(network, *members, edges), false, 0};
        for (const auto& e : edges) {
            if (!std::ranges::count(*members, e.from) || !std::ranges::count(*members, e.to)) continue;
            c.window = c.recurrent ? std::min(c.window, std::max(1, e.delay)) : std::max(1, e.delay);
            c.recurrent = true;
        }
        result.push_back(c);
    }
    return result;
}

std::vector<int> order_of_sources(const Network& network) {
    std::vector<int> order{-1};
    for (auto component : components(network)) {
        std::ranges::sort(component.populations);
        order.insert(order.end(), component.populations.begin(), component.populations.end());
    }
    return order;
}

namespace {

/// A normalised membrane starts with mean 0 and a spread of 1. Thresholds in mV, such as -55, would lie beyond all of them, for good.
std::string out_of_reach(const PopulationSpec& population, double dt) {
    constexpr double most = 10;
    const auto& neuron = population.neuron;
    if (!population.membrane || !neuron.threshold || !neuron.per_neuron.empty()) return "";
    std::vector<double> learned, k(std::size_t(neuron.coefficients));
    for (const auto& l : neuron.learned) learned.push_back(l.initial);
    neuron.discretise(learned, dt, k);
    const double threshold = neuron.threshold(k);
    if (std::fabs(threshold) <= most) return "";
    return fmt::format("the membranes of '{}' are normalised, to mean 0 and a spread of 1, so that with a threshold of {} they would {} fire; give them a threshold from {} to {}",
                       population.name, threshold, threshold < 0 ? "always" : "never", -most, most);
}

}  // namespace

std::string not_trainable(const PopulationSpec& population, double dt) {
    const auto& neuron = population.neuron;
    if (!neuron.trainable)
        return fmt::format("'{}' is a {} with integrator: adaptive, which validates simulations and cannot be trained; take integrator: fixed", population.name, neuron.model);
    if (neuron.interval > 0 && std::fabs(neuron.interval - dt) > 1e-9 * dt)
        return fmt::format("'{}' is a {} with a step of {} ms, and in training all populations take a step every {} ms; give it step: {} ms",
                           population.name, neuron.model, neuron.interval, dt, dt);
    return out_of_reach(population, dt);
}

}  // namespace tripartite
