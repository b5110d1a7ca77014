#include <algorithm>
#include <limits>

#include "core/error.hpp"
#include "synapses/connectors.hpp"
#include "synapses/synapse_values.hpp"
#include "synapses/tripartite.hpp"

namespace tripartite {
namespace {

/// The domain of each neuron.
std::vector<std::uint32_t> domains_of(const Domains& rule, std::string_view name, std::uint32_t neurons, std::uint32_t domains) {
    if ((rule.block > 0) != rule.of.empty()) fail("{}: give either block, the neurons of a domain, or a file with the domain of each neuron", name);
    std::vector<std::uint32_t> of = rule.of;
    if (of.empty()) {
        for (std::uint32_t n = 0; n < neurons; ++n) of.push_back(n / rule.block);
        if (const auto blocks = of.back() + 1; blocks != domains)
            fail("{}: {} neurons in blocks of {} are {} domains, and there are {}", name, neurons, rule.block, blocks, domains);
    }
    if (of.size() != neurons) fail("{}: {} has the domains of {} neurons, and there are {}", name, rule.file, of.size(), neurons);
    for (std::uint32_t n = 0; n < neurons; ++n)
        if (of[n] >= domains) fail("{}: {} puts neuron {} into domain {}, and there are {}, counted from 0", name, rule.file, n, of[n], domains);
    return of;
}

/// The neurons of each domain, ascending.
std::vector<std::vector<std::uint32_t>> members_of(const Mean& rule, const PairSpace& space) {
    const auto of = domains_of(rule, rule.name, space.sources, space.targets);
    std::vector<std::vector<std::uint32_t>> members(space.targets);
    for (std::uint32_t n = 0; n < space.sources; ++n) members[of[n]].push_back(n);
    const auto empty = std::ranges::find_if(members, &std::vector<std::uint32_t>::empty);
    if (empty != members.end()) fail("mean: no neuron of {} belongs to domain {}", rule.file, empty - members.begin());
    return members;
}

}  // namespace

std::vector<std::uint32_t> territories(const Territory& rule, const PairSpace& space) {
    if (!rule.nearest) return domains_of(rule, "astrocytes", space.targets, space.sources);
    if (rule.block > 0 || !rule.of.empty()) throw Error("astrocytes: give either nearest, or block, or a file with the astrocyte of each neuron");
    if (!space.source_positions || !space.target_positions) throw Error("astrocytes: the nearest one is known only where both populations have positions");
    std::vector<std::uint32_t> of(space.targets);
    for (std::uint32_t n = 0; n < space.targets; ++n) {
        double least = std::numeric_limits<double>::infinity();
        for (std::uint32_t a = 0; a < space.sources; ++a)
            if (const double distance = space.source_positions->distance(a, *space.target_positions, n); distance < least) least = distance, of[n] = a;
    }
    return of;
}

std::unique_ptr<Connector> connect(const Mean& rule, const PairSpace& space, const RandomStream&) {
    return connector_of(space.sources, [members = members_of(rule, space)](IndexRange targets, PairBatches& to) {
        for (std::uint32_t t = targets.begin; t < targets.end; ++t)
            for (const auto s : members[t]) to.add({s, t, s});
    });
}

std::unique_ptr<Connector> connect(const Broadcast& rule, const PairSpace& space, const RandomStream&) {
    return connector_of(space.targets, [of = domains_of(rule, rule.name, space.targets, space.sources)](IndexRange targets, PairBatches& to) {
        for (std::uint32_t t = targets.begin; t < targets.end; ++t) to.add({of[t], t, t});
    });
}

ValueRule weights_of(const ConnectionRule& rule, ValueRule weight, const PairSpace& space) {
    const auto* mean = std::get_if<Mean>(&rule);
    if (!mean) return weight;
    const auto* distribution = std::get_if<Distribution>(&weight);
    if (!distribution || !distribution->constant()) throw Error("mean: its weight must be one number, which the neurons of a domain share");
    std::vector<double> weights(space.sources);
    for (const auto& members : members_of(*mean, space))
        for (const auto n : members) weights[n] = distribution->mean() / double(members.size());
    if (std::ranges::all_of(weights, [&](double w) { return w == weights.front(); })) return Distribution(weights.front());
    return weights;
}

}  // namespace tripartite
