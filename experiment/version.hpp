#pragma once
#include <string>

namespace tripartite {

/// "0.1.0"
std::string version();

}  // namespace tripartite
