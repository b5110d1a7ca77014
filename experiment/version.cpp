#include "experiment/version.hpp"

namespace tripartite {

std::string version() { return TRIPARTITE_VERSION; }

}  // namespace tripartite
