#include "synapses/connectivity.hpp"

#include <cmath>

#include "core/error.hpp"
#include "synapses/connectors.hpp"

namespace tripartite {

std::unique_ptr<Connector> connect(const OneToOne&, const PairSpace& space, const RandomStream&) {
    if (space.sources != space.targets) fail("one_to_one: {} sources cannot be paired with {} targets", space.sources, space.targets);
    return connector_of(space.targets, [](IndexRange targets, PairBatches& to) {
        for (std::uint32_t i = targets.begin; i < targets.end; ++i) to.add({i, i, i});
    });
}

namespace {

std::unique_ptr<Connector> every_pair(const PairSpace& space, bool skip, double expected) {
    return connector_of(expected, [=](IndexRange targets, PairBatches& to) {
        for (std::uint32_t t = targets.begin; t < targets.end; ++t)
            for (std::uint32_t s = 0; s < space.sources; ++s) to.add({s, t, std::uint64_t(t) * space.sources + s}, !(skip && s == t));
    });
}

}  // namespace

std::unique_ptr<Connector> connect(const AllToAll& rule, const PairSpace& space, const RandomStream&) {
    return every_pair(space, space.same_population && !rule.autapses, possible_pairs(space, rule.autapses));
}

std::unique_ptr<Connector> connect(const AllButOneToOne&, const PairSpace& space, const RandomStream&) {
    if (space.sources != space.targets) fail("all_but_one_to_one: {} sources cannot be paired with {} targets", space.sources, space.targets);
    return every_pair(space, true, double(space.sources) * (space.targets - 1.0));
}

/// From one connected source to the next, the number of those left out is geometric: floor(ln u / ln(1 - p)).
std::unique_ptr<Connector> connect(const PairwiseBernoulli& rule, const PairSpace& space, const RandomStream& random) {
    if (!(rule.p >= 0 && rule.p <= 1)) fail("pairwise_bernoulli: p = {} is not a probability; it must be within 0 and 1", rule.p);
    const bool skip = space.same_population && !rule.autapses;
    const double expected = rule.p * possible_pairs(space, rule.autapses);
    if (rule.p == 0) return connector_of(0, [](IndexRange, PairBatches&) {});
    return connector_of(expected, [=, scale = 1 / std::log1p(-rule.p)](IndexRange targets, PairBatches& to) {
        RandomSequence sequence(random);
        for (std::uint32_t t = targets.begin; t < targets.end; ++t) {
            std::uint64_t draw = std::uint64_t(t) << 32;
            for (std::uint32_t s = 0;; ++s) {
                const double gap = std::floor(std::log(sequence.uniform(draw++)) * scale);
                if (gap >= space.sources - s) break;
                s += std::uint32_t(gap);
                to.add({s, t, std::uint64_t(t) * space.sources + s}, !(skip && s == t));
            }
        }
    });
}

std::unique_ptr<Connector> connect(ListedPairs rule, const PairSpace& space, const RandomStream&) {
    TRIPARTITE_CHECK(rule.source.size() == rule.target.size());
    const auto check = [&](std::size_t i, std::uint32_t neuron, std::uint32_t neurons, std::string_view side) {
        if (neuron >= neurons) fail("{}: synapse {}: {} {} is not one of the {} {}s", rule.file, i + 1, side, neuron, neurons, side);
    };
    for (std::size_t i = 0; i < rule.source.size(); ++i) {
        check(i, rule.source[i], space.sources, "source");
        check(i, rule.target[i], space.targets, "target");
    }
    const auto expected = double(rule.source.size());
    return connector_of(expected, [rule = std::move(rule)](IndexRange targets, PairBatches& to) {
        for (std::size_t i = 0; i < rule.source.size(); ++i) to.add({rule.source[i], rule.target[i], i}, contains(targets, rule.target[i]));
    });
}

std::unique_ptr<Connector> make_connector(ConnectionRule rule, const PairSpace& space, const RandomStream& random) {
    TRIPARTITE_CHECK(!space.same_population || space.sources == space.targets);
    return std::visit([&](auto& r) { return connect(std::move(r), space, random); }, rule);
}

}  // namespace tripartite
