#pragma once
#include "simulation/store.hpp"

namespace tripartite {

/// A store for synapses of one weight and one delay between populations that are densely connected: a bit for each pair, one bit
/// matrix for each binary digit of the number of synapses between them (1, 2 and 4; the rest are a list, as are digits that are
/// rare). All spikes that are due are counted at once, 512 targets at a time.
template <class Real> std::unique_ptr<Store<Real>> make_bit_store(const StoreKind& kind, std::uint32_t sources);

}  // namespace tripartite
