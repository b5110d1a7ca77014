#pragma once
#include "simulation/plan.hpp"
#include "simulation/simulation.hpp"

namespace tripartite {

/// How each projection will be stored, with the expected number of synapses and the bytes they take, before anything is built.
/// Real: 4 or 8, the bytes of a number.
std::vector<StoreDescription> describe_plans(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t bytes_of_real);

/// Bytes of the whole network: synapses, states, inputs.
std::size_t estimated_bytes(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t bytes_of_real);

/// Bytes that this machine can still give, by the kernel's estimate.
std::size_t available_bytes();

/// Throws Error with the numbers if the network would not fit.
void check_memory(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t bytes_of_real, std::size_t available);

}  // namespace tripartite
