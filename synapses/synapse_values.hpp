#pragma once
#include <span>
#include <variant>
#include <vector>

#include "core/random.hpp"
#include "synapses/connectivity.hpp"
#include "synapses/distance_function.hpp"
#include "synapses/distribution.hpp"

namespace tripartite {

/// A number or distribution, a function of the distance, or one value per pair of a list.
using ValueRule = std::variant<Distribution, DistanceFunction, std::vector<double>>;

/// What the synapses of a projection weigh: `mean` divides the weight, which must be a number, by the neurons of each domain.
ValueRule weights_of(const ConnectionRule& rule, ValueRule weight, const PairSpace& space);

/// Throws Error unless a list has a value for each number that a pair of the rule can have: [target][source] of all_to_all, all_but_one_to_one,
/// pairwise_bernoulli and spatial, whether or not they connect the two; [target] of one_to_one and broadcast; [source] of mean; [pair] of edges. Other
/// rules take no list.
void check_list(const ConnectionRule& rule, const ValueRule& values, const PairSpace& space);

/// Weights or delays of pairs: functions of pair.number (32 random bits each) and, if the rule says so, of the distance.
class SynapseValues {
public:
    /// Errors: a distribution with a problem, a function of the distance without positions. Positions must outlive it.
    SynapseValues(ValueRule rule, const PairSpace& space, const RandomStream& random);

    bool constant() const;
    /// The value of all pairs. Requires constant().
    double constant_value() const;
    /// The value of each pair. Thread-safe.
    void fill(std::span<const Pair> pairs, std::span<double> out) const;

private:
    ValueRule rule_;
    Quantile quantile_;
    PairSpace space_;
    RandomStream random_;
};

}  // namespace tripartite
