#pragma once
#include <string_view>

#include "neurons/lif.hpp"

namespace tripartite {

/// The default neuron of another framework, in our parameters. Forms: the frameworks' source code.
enum class LifPreset { snntorch, spikingjelly, norse };
inline constexpr std::string_view lif_presets[] = {"snntorch", "spikingjelly", "norse"};

/// snnTorch Leaky(beta=0.9); SpikingJelly LIFNode(), whose tau of 2 steps is 2 ms for a step of 1 ms; Norse LIFBoxCell().
inline Lif::Params<double> like(LifPreset preset) {
    using L = Lif;
    L::Params<double> p;
    if (preset == LifPreset::snntorch) {
        p.beta = 0.9, p.reset = L::Reset::subtract, p.reset_delay = true, p.compare = L::Compare::gt, p.detach_reset = true;
        return p;
    }
    p.tau_m = preset == LifPreset::spikingjelly ? 2 : 10;
    p.decay = L::Decay::euler, p.input_scale = L::InputScale::dt_over_tau, p.reset = L::Reset::zero;
    p.compare = preset == LifPreset::spikingjelly ? L::Compare::ge : L::Compare::gt;
    p.detach_reset = false;
    return p;
}

}  // namespace tripartite
