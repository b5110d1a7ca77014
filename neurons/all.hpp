#pragma once
#include "core/type_list.hpp"
#include "neurons/adex.hpp"
#include "neurons/adlif.hpp"
#include "neurons/aeif_cond_exp.hpp"
#include "neurons/aeif_psc_exp.hpp"
#include "neurons/alif.hpp"
#include "neurons/astro_lif.hpp"
#include "neurons/astrocyte.hpp"
#include "neurons/astrocyte_gchi.hpp"
#include "neurons/cuba_lif.hpp"
#include "neurons/diehl_cook.hpp"
#include "neurons/hh_psc_alpha.hpp"
#include "neurons/iaf_cond_exp.hpp"
#include "neurons/iaf_psc_alpha.hpp"
#include "neurons/iaf_psc_delta.hpp"
#include "neurons/iaf_psc_exp.hpp"
#include "neurons/izhikevich.hpp"
#include "neurons/leaky_integrator.hpp"
#include "neurons/levy_baxter.hpp"
#include "neurons/lif.hpp"
#include "neurons/meta.hpp"
#include "neurons/parrot.hpp"
#include "neurons/quadratic_meta.hpp"
#include "neurons/resonate_and_fire.hpp"
#include "neurons/synaptic_terminal.hpp"

namespace tripartite {

/// Every neuron model that ships. To add one: write its header, name it here. The build reads this list.
using NeuronModels =
    TypeList<LeakyIntegrator, Lif, CubaLif, Alif, AdLif, ResonateAndFire, Adex, Meta, QuadraticMeta, LevyBaxter, AstroLif, Astrocyte, SynapticTerminal,
             IafPscExp, IafPscDelta, IafPscAlpha, IafCondExp, AeifCondExp, AeifPscExp, Izhikevich, HhPscAlpha, Parrot, DiehlCook, AstrocyteGchi>;

}  // namespace tripartite
