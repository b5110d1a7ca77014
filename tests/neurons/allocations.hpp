#pragma once
#include <cstddef>

namespace tripartite {

/// How often this program has allocated memory.
std::size_t allocations();

}  // namespace tripartite
