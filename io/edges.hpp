#pragma once
#include <cstdint>
#include <string>
#include <vector>

namespace tripartite {

/// Synapses from a file, in its order.
struct EdgeList {
    std::vector<std::uint32_t> source, target;  ///< indices within the populations
    std::vector<double> weight, delay;          ///< delays in ms; empty if the file has none
};

/// Reads synapses from
///   CSV: rows `source,target[,weight[,delay]]`, after an optional line with these names; or, if the name ends in .h5 or .hdf5,
///   SONATA edges: /edges/<population>/{source_node_id, target_node_id} and, in the only group 0, {syn_weight, delay}.
/// `population`: of a SONATA file, or "" for its only one. Errors name the file and its line or data set.
EdgeList read_edges(const std::string& path, const std::string& population = "");

}  // namespace tripartite
