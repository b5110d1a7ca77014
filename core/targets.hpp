#pragma once
#include <cstdint>

namespace tripartite {

/// A target of a neuron in a step is 0, 1, or this: it does not matter what the neuron does then.
constexpr std::uint8_t not_asked = 2;

}  // namespace tripartite
