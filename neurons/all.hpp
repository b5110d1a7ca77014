#pragma once
#include "core/type_list.hpp"
#include "neurons/leaky_integrator.hpp"
#include "neurons/lif.hpp"

namespace tripartite {

/// Every neuron model that ships. To add one: write its header, name it here.
using NeuronModels = TypeList<LeakyIntegrator, Lif>;

}  // namespace tripartite
