#pragma once

namespace tripartite {

/// The name of a precision in files.
template <class Real> constexpr const char* precision_name() { return sizeof(Real) == 4 ? "float32" : "float64"; }

}  // namespace tripartite
