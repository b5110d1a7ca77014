#include "synapses/synapse_values.hpp"

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

}  // namespace

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
