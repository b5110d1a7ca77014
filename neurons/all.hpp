#pragma once
#include "core/type_list.hpp"
#include "neurons/aeif_cond_exp.hpp"
#include "neurons/aeif_psc_exp.hpp"
#include "neurons/hh_psc_alpha.hpp"
#include "neurons/iaf_cond_exp.hpp"
#include "neurons/iaf_psc_alpha.hpp"
#include "neurons/iaf_psc_delta.hpp"
#include "neurons/iaf_psc_exp.hpp"
#include "neurons/izhikevich.hpp"
#include "neurons/leaky_integrator.hpp"
#include "neurons/lif.hpp"
#include "neurons/parrot.hpp"

namespace tripartite {

/// Every neuron model that ships. To add one: write its header, name it here. The build reads this list.
using NeuronModels =
    TypeList<LeakyIntegrator, Lif, IafPscExp, IafPscDelta, IafPscAlpha, IafCondExp, AeifCondExp, AeifPscExp, Izhikevich, HhPscAlpha, Parrot>;

}  // namespace tripartite
