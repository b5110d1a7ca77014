#include "synapses/synapse_values.hpp"

#include <optional>
#include <utility>

#include "core/error.hpp"

namespace tripartite {
namespace {

const Distribution& valid(const Distribution& distribution) {
    if (const auto problem = distribution.problem(); !problem.empty()) throw Error(problem);
    return distribution;
}

Quantile quantile_of(const ValueRule& rule) {
    const auto* distribution = std::get_if<Distribution>(&rule);
    return Quantile(distribution ? valid(*distribution) : Distribution());
}

/// How many numbers the pairs of a rule have, where they follow from source and target.
std::optional<std::uint64_t> numbers_of(const ConnectionRule& rule, const PairSpace& space) {
    return std::visit([&]<class Rule>(const Rule& r) -> std::optional<std::uint64_t> {
        constexpr bool matrix = std::is_same_v<Rule, AllToAll> || std::is_same_v<Rule, AllButOneToOne> || std::is_same_v<Rule, PairwiseBernoulli> || std::is_same_v<Rule, Spatial>;
        if constexpr (matrix) return std::uint64_t(space.sources) * space.targets;
        else if constexpr (std::is_same_v<Rule, OneToOne> || std::is_same_v<Rule, Broadcast>) return space.targets;
        else if constexpr (std::is_same_v<Rule, Mean>) return space.sources;
        else if constexpr (std::is_same_v<Rule, ListedPairs>) return r.source.size();
        else return std::nullopt;
    }, rule);
}

}  // namespace

void check_list(const ConnectionRule& rule, const ValueRule& values, const PairSpace& space) {
    const auto* list = std::get_if<std::vector<double>>(&values);
    if (!list) return;
    const auto name = std::visit([](const auto& r) { return r.name; }, rule);
    const auto needed = numbers_of(rule, space);
    if (!needed) fail("the pairs of {} have no place in a list of values; take all_to_all, one_to_one or edges", name);
    if (list->size() != *needed) fail("there are {} values, and {} needs {}{}", list->size(), name, *needed, *needed == std::uint64_t(space.sources) * space.targets ? ", [target][source]" : "");
}

SynapseValues::SynapseValues(ValueRule rule, const PairSpace& space, const RandomStream& random)
    : rule_(std::move(rule)), quantile_(quantile_of(rule_)), space_(space), random_(random) {
    if (std::holds_alternative<DistanceFunction>(rule_) && !(space.source_positions && space.target_positions))
        fail("a function of the distance needs positions of both populations");
}

bool SynapseValues::constant() const { return std::holds_alternative<Distribution>(rule_) && quantile_.constant(); }

double SynapseValues::constant_value() const {
    TRIPARTITE_CHECK(constant());
    return quantile_(0.5);
}

void SynapseValues::fill(std::span<const Pair> pairs, std::span<double> out) const {
    TRIPARTITE_CHECK(out.size() == pairs.size());
    if (const auto* list = std::get_if<std::vector<double>>(&rule_)) {
        for (std::size_t i = 0; i < pairs.size(); ++i) out[i] = (*list)[pairs[i].number];
    } else if (const auto* function = std::get_if<DistanceFunction>(&rule_)) {
        for (std::size_t i = 0; i < pairs.size(); ++i)
            out[i] = value_at(*function, space_.source_positions->distance(pairs[i].source, *space_.target_positions, pairs[i].target));
    } else {
        RandomSequence sequence(random_);
        for (std::size_t i = 0; i < pairs.size(); ++i) out[i] = sequence.uniform(pairs[i].number);
        quantile_(out);
    }
}

}  // namespace tripartite
