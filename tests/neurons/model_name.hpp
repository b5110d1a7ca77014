#pragma once
#include <string>

namespace tripartite {

/// Names the instances of a typed test after their model.
struct ModelName {
    template <class M> static std::string GetName(int) { return std::string(M::name); }
};

}  // namespace tripartite
