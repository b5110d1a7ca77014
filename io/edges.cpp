#include "io/edges.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "io/csv.hpp"
#include "io/sonata.hpp"

namespace tripartite {
namespace {

EdgeList read_csv_edges(const std::string& path) {
    static constexpr std::array<std::string_view, 4> names{"source", "target", "weight", "delay"};
    CsvTable table = read_csv(path, names, 2);
    EdgeList edges{indices_of(table, 0, names[0], path), indices_of(table, 1, names[1], path), {}, {}};
    if (table.columns.size() > 2) edges.weight = std::move(table.columns[2]);
    if (table.columns.size() > 3) edges.delay = std::move(table.columns[3]);
    return edges;
}

/// A property of the synapses, from group 0: there, synapse i has row edge_group_index[i].
std::vector<double> read_property(const H5Reader& file, const std::string& path, const std::string& group, std::string_view name,
                                  std::size_t synapses) {
    const std::string dataset = fmt::format("{}/0/{}", group, name), index_name = group + "/edge_group_index";
    if (!file.has(dataset)) return {};
    auto rows = file.read<double>(dataset);
    for (std::size_t i = 0; i < rows.size(); ++i)
        if (!std::isfinite(rows[i])) fail("{}: '{}': value {} is not a finite number", path, dataset, i);
    if (!file.has(index_name)) return check_size(path, dataset, rows.size(), synapses), rows;
    const auto index = file.read<std::uint64_t>(index_name);
    check_size(path, index_name, index.size(), synapses);
    std::vector<double> values(synapses);
    for (std::size_t i = 0; i < synapses; ++i) {
        if (index[i] >= rows.size()) fail("{}: '{}': synapse {} has row {}, but '{}' has {}", path, index_name, i, index[i], dataset, rows.size());
        values[i] = rows[index[i]];
    }
    return values;
}

EdgeList read_sonata_edges(const std::string& path, const std::string& population) {
    const H5Reader file(path);
    const std::string group = population_group(file, path, "/edges", population);
    EdgeList edges{node_ids(file, path, group + "/source_node_id"), node_ids(file, path, group + "/target_node_id"), {}, {}};
    check_size(path, group + "/target_node_id", edges.target.size(), edges.source.size());
    if (file.has(group + "/edge_group_id")) {
        const auto groups = file.read<std::uint64_t>(group + "/edge_group_id");
        const auto other = std::ranges::find_if(groups, [](std::uint64_t g) { return g != 0; });
        if (other != groups.end()) fail("{}: '{}' has synapses of group {}; only files with the one group 0 are read", path, group, *other);
    }
    edges.weight = read_property(file, path, group, "syn_weight", edges.source.size());
    edges.delay = read_property(file, path, group, "delay", edges.source.size());
    return edges;
}

}  // namespace

EdgeList read_edges(const std::string& path, const std::string& population) {
    return is_hdf5_name(path) ? read_sonata_edges(path, population) : read_csv_edges(path);
}

}  // namespace tripartite
