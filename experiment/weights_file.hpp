#pragma once
#include <string>

#include "experiment/checkpoint.hpp"
#include "io/hdf5.hpp"

namespace tripartite {

/// Writes numbers laid out as the parameters below `root`: <root>/projections/<name>/weight, <root>/populations/<name>/gain, …
template <class Real> void write_parameters(H5Writer& file, const std::string& root, const Parameters<Real>& layout, const Real* vector);
template <class Real> void read_parameters(const H5Reader& file, const std::string& root, const Parameters<Real>& layout, Real* vector);

/// Parameters and running statistics.
template <class Real> void write_weights(H5Writer& file, const std::string& root, Engine<Real>& engine, const Weights<Real>& weights);
template <class Real> Weights<Real> read_weights(const H5Reader& file, const std::string& root, const std::string& path, Engine<Real>& engine);

}  // namespace tripartite
