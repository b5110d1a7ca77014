#pragma once
#include <memory>
#include <vector>

#include "simulation/partition.hpp"
#include "simulation/plan.hpp"

namespace tripartite {

/// The stores of one worker, in the order in which they deliver.
template <class Real> struct Stores {
    std::vector<std::unique_ptr<Store<Real>>> all;
    std::vector<const StorePlan*> plans;  ///< of each; a plan may need several stores
    std::uint64_t hash = 0;               ///< the sum over synapses of a hash of projection, source, target, delay and weight
    int smallest_delay = 0, largest_delay = 0;  ///< steps; 0: no synapses
};

/// Enumerates all synapses onto the worker's neurons twice, to count them and to put them in their places. Errors: delays below a step.
template <class Real> Stores<Real> build_stores(const SharedNetwork& shared, const std::vector<StorePlan>& plans, const Partition& partition);

}  // namespace tripartite
