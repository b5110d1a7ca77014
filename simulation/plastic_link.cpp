#include "simulation/plastic_link.hpp"

#include <bit>

#include "core/error.hpp"

namespace tripartite {

template <class Real> PlasticLink<Real>::PlasticLink(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition)
    : spec_(built.spec), from_(built.from), to_(built.to), port_(built.port), axonal_(built.axonal_delay), dopamine_from_(built.dopamine_from),
      dopamine_delay_(built.dopamine_delay), share_(partition.shares[std::size_t(built.to)]),
      store_(plastic_rule(built.spec->synapse).value(), shared.options.dt, shared.sizes[std::size_t(built.from)], share_.owned()) {}

template <class Real> void PlasticLink<Real>::targets_fired(Index step, std::span<const std::uint64_t> words) {
    for (std::size_t w = 0; w < words.size(); ++w)
        for (std::uint64_t word = words[w]; word; word &= word - 1) store_.target_fired(std::uint32_t(w * 64 + std::size_t(std::countr_zero(word))), step);
}

template class PlasticLink<float>;
template class PlasticLink<double>;

}  // namespace tripartite
