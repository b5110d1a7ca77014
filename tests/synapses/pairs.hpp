#pragma once
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <set>
#include <utility>
#include <vector>

#include "synapses/connectivity.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {

inline bool operator==(const Pair& a, const Pair& b) { return a.source == b.source && a.target == b.target && a.number == b.number; }

inline RandomStream test_random(std::uint64_t seed = 1) { return {seed, "projection", "connections"}; }

inline std::vector<Pair> pairs_of(const Connector& connector, IndexRange targets) {
    std::vector<Pair> all;
    connector.enumerate(targets, [&](std::span<const Pair> batch) { all.insert(all.end(), batch.begin(), batch.end()); });
    return all;
}
inline std::vector<Pair> pairs_of(const ConnectionRule& rule, const PairSpace& space, std::uint64_t seed = 1) {
    return pairs_of(*make_connector(rule, space, test_random(seed)), {0, space.targets});
}

/// How often each index occurs.
inline std::vector<int> in_degrees(const std::vector<Pair>& pairs, std::uint32_t targets) {
    std::vector<int> degrees(targets);
    for (const auto& pair : pairs) ++degrees.at(pair.target);
    return degrees;
}
inline std::vector<int> out_degrees(const std::vector<Pair>& pairs, std::uint32_t sources) {
    std::vector<int> degrees(sources);
    for (const auto& pair : pairs) ++degrees.at(pair.source);
    return degrees;
}
inline int autapses_of(const std::vector<Pair>& pairs) {
    return int(std::ranges::count_if(pairs, [](const Pair& pair) { return pair.source == pair.target; }));
}
/// How often each pair of neurons occurs.
inline std::map<std::pair<std::uint32_t, std::uint32_t>, int> counts_of(const std::vector<Pair>& pairs) {
    std::map<std::pair<std::uint32_t, std::uint32_t>, int> counts;
    for (const auto& pair : pairs) ++counts[{pair.source, pair.target}];
    return counts;
}

/// Pearson's chi-square against equal expectations, in standard deviations: (chi2 - degrees) / sqrt(2 degrees).
template <class Counts> double deviation_from_uniform(const Counts& counts) {
    double sum = 0, chi2 = 0;
    for (const auto count : counts) sum += count;
    const double expected = sum / double(counts.size()), degrees = double(counts.size()) - 1;
    for (const auto count : counts) chi2 += (count - expected) * (count - expected) / expected;
    return (chi2 - degrees) / std::sqrt(2 * degrees);
}

}  // namespace tripartite
