#pragma once
#include <cstdint>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

/// What the HDF5 files of the SONATA format have in common (Dai et al., PLoS Comput. Biol. 2020).
namespace tripartite {

/// Whether a file is read as HDF5: by the end of its name.
bool is_hdf5_name(const std::string& path);

/// "/edges/<population>": the population of this name, or for "" the only one. Errors name the populations that there are.
std::string population_group(const H5Reader& file, const std::string& path, const std::string& group, const std::string& population);

/// A data set of node ids. Error: one does not fit into 32 bits.
std::vector<std::uint32_t> node_ids(const H5Reader& file, const std::string& path, const std::string& dataset);

/// Fails unless a data set has as many values as there are synapses, or spikes.
void check_size(const std::string& path, const std::string& dataset, std::size_t size, std::size_t expected);

}  // namespace tripartite
