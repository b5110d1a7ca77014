#include "io/sonata.hpp"

#include <algorithm>
#include <limits>
#include <string_view>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {

bool is_hdf5_name(const std::string& path) { return path.ends_with(".h5") || path.ends_with(".hdf5"); }

std::string population_group(const H5Reader& file, const std::string& path, const std::string& group, const std::string& population) {
    const auto names = file.children(group);
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (population.empty() && names.size() != 1) fail("{}: '{}' has {} populations; name one of: {}", path, group, names.size(), listed(known));
    if (!population.empty() && std::ranges::find(names, population) == names.end())
        fail("{}: '{}' has no population '{}'{}", path, group, population, did_you_mean(population, known));
    return group + "/" + (population.empty() ? names[0] : population);
}

std::vector<std::uint32_t> node_ids(const H5Reader& file, const std::string& path, const std::string& dataset) {
    const auto ids = file.read<std::uint64_t>(dataset);
    const auto largest = std::ranges::max_element(ids);
    if (largest != ids.end() && *largest > std::numeric_limits<std::uint32_t>::max())
        fail("{}: '{}': node id {} is too large", path, dataset, *largest);
    return {ids.begin(), ids.end()};
}

void check_size(const std::string& path, const std::string& dataset, std::size_t size, std::size_t expected) {
    if (size != expected) fail("{}: '{}' has {} values where {} are expected", path, dataset, size, expected);
}

}  // namespace tripartite
