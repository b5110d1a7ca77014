#pragma once
#include "tests/simulation/network_cases.hpp"

/// A network whose synapses share weights that learn.
namespace tripartite::convolution_cases {

/// Two channels of 10 x 12 that fire by chance, onto channels of 5 x 6 neurons.
inline SimulationNetwork convolution_network(const SynapseKind& synapse, std::uint32_t channels = 5) {
    SimulationNetwork network;
    SimulatedPopulation source;
    source.name = "S", source.size = 240, source.source = PoissonTrains{.rate = 40};
    network.populations.push_back(source);
    network.populations.push_back(population_of("N", channels * 30, make_neuron<IafPscDelta>({.tau_m = 20, .t_ref = 0.5})));
    network.projections.push_back(projection_of("S", "N", Convolution{.kernel = 3, .channels = 2, .height = 10, .width = 12, .stride = 2, .padding = 1},
                                                Distribution(Uniform{.min = 1, .max = 5}), Distribution(0.7)));
    network.projections.back().name = "E_to_E", network.projections.back().synapse = synapse;
    return network;
}

/// Weights with delays of their own, of which half a millisecond is axonal.
inline void delay_each(SimulationNetwork& network) { network.projections[0].delay = Distribution(Uniform{.min = 0.7, .max = 2.4}), network.projections[0].axonal_delay = 0.5; }

const StdpPair power_law{.lambda = 0.002, .mu_plus = 0.4, .mu_minus = 0.6, .w_max = 6};
inline StdpPair paired(Pairing pairing) {
    auto rule = power_law;
    rule.pairing = pairing;
    return rule;
}
const Triplet triplet{.a2_plus = 2e-3, .a3_plus = 5e-3, .a2_minus = 4e-3, .a3_minus = 1e-3, .w_max = 6};

const TripletHomeostatic homeostatic{.tau_hom = 100, .a3_plus = 2e-3, .rate = 40, .w_max = 6};

const StdpDopamine dopamine{.tau_plus = 20, .tau_minus = 30, .tau_c = 60, .tau_n = 25, .a_plus = 5e-6, .a_minus = 5e-6, .b = 1, .w_max = 60};

inline SimulationNetwork network_of_dopamine(std::uint32_t channels = 5) {
    auto network = convolution_network(dopamine, channels);
    network.projections[0].dopamine = DopamineSource{"N", 1.2};
    network.projections[0].weight = Distribution(Uniform{.min = 3, .max = 5});  // far from a bound
    return network;
}

}  // namespace tripartite::convolution_cases
