#pragma once
#include <vector>

#include "simulation/shared_network.hpp"
#include "simulation/store.hpp"

namespace tripartite {

/// Which projections share a store, and how it keeps them. All static projections of one source population onto one port of one level are one
/// store, so that a spike's synapses stand side by side; other projections have one of their own.
struct StorePlan {
    enum class Form { runs, counted, bits, short_term, plastic, convolution, graded, gap_junctions, tripartite };
    static constexpr std::string_view forms[] = {"runs of targets and weights", "runs of targets, one weight", "bit matrix", "runs, short-term plasticity", "plastic runs", "plastic kernels",
                                                 "real numbers in each step", "gap junctions", "runs, astrocytes"};
    Form form = Form::runs;
    int population = 0, port = 0, level = 0;  ///< level: of the targets
    int channel = -1, every = 1;              ///< what is read in place of spikes, and only in so many steps: where the targets are slow
    double weight = 0;                ///< of all, unless they differ
    std::vector<int> projections;     ///< in the order of the network
};

/// The stores in the order in which they deliver: by source population, those shared by projections first.
std::vector<StorePlan> plan_stores(const SharedNetwork& shared);

}  // namespace tripartite
