#pragma once
#include "simulation/shared_network.hpp"
#include "simulation/store.hpp"

namespace tripartite {

/// Synapses whose weights are scaled, spike by spike, by the state of their source: short-term plasticity. The amplitude is
/// computed when the source fires and travels with the spike.
template <class Real> std::unique_ptr<Store<Real>> make_short_term_store(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built);

}  // namespace tripartite
