/// A network built and simulated in C++, without YAML: two populations that inhibit each other compete. From outside, a loop feeds a
/// current to one and then to the other, step by step, and reads who fires.
///     embed_simulation
#include <cstdio>

#include "neurons/compiled.hpp"
#include "simulation/simulation.hpp"

using namespace tripartite;

namespace {

constexpr double dt = 0.1;  // ms
constexpr int per_population = 100;

SimulationNetwork competing_populations() {
    IafPscExp::Params<double> params;
    params.tau_syn_in = 10;
    params.I_e = 200;
    // What differs from neuron to neuron is named when the model is made, and drawn when the network is built.
    const NeuronSpec neuron = make_neuron<IafPscExp>(params, {}, {"C_m"});
    SimulationNetwork network;
    for (const char* name : {"left", "right"}) {
        SimulatedPopulation population;
        population.name = name, population.size = per_population, population.neuron = neuron;
        population.initial = {{"V_m", Uniform{-70, -56}}};
        population.values = {{"C_m", Normal{250, 20, {200, 300}, {}}}};
        network.populations.push_back(population);
        network.drives.push_back({name, "excitatory", PoissonDrive{.rate = 4000, .weight = 20}, std::string("noise of ") + name});
    }
    for (const auto& [from, to] : {std::pair{"left", "right"}, {"right", "left"}}) {
        SimulatedProjection inhibition;
        inhibition.name = std::string(from) + "_to_" + to, inhibition.from = from, inhibition.to = to;
        inhibition.rule = FixedInDegree{.n = 50};
        inhibition.weight = Distribution(-8.0), inhibition.delay = Distribution(Uniform{0.5, 2});
        network.projections.push_back(inhibition);
    }
    return network;
}

/// Spikes per neuron and second in 300 ms, during which `favoured` gets a current, in pA.
void compete(Simulation& simulation, const char* favoured) {
    constexpr int steps = int(300 / dt);
    const std::vector<double> current(per_population, 200);
    std::size_t left = 0, right = 0;
    for (int i = 0; i < steps; ++i) {
        simulation.add_input(favoured, "current", current);
        simulation.run(1);
        left += simulation.spikes("left", simulation.steps_done() - 1).size();
        right += simulation.spikes("right", simulation.steps_done() - 1).size();
    }
    constexpr double seconds = steps * dt * 1e-3;
    std::printf("%5.0f ms: current into %-5s  left %5.1f Hz, right %5.1f Hz, membrane of left[0] %.1f mV\n", double(simulation.steps_done()) * dt, favoured,
                double(left) / per_population / seconds, double(right) / per_population / seconds, simulation.state("left", "V_m")[0]);
}

}  // namespace

int main() {
    const auto simulation = Simulation::make<float>(competing_populations(), {.dt = dt, .seed = 1, .threads = 1});
    std::printf("%llu neurons, %llu synapses\n", static_cast<unsigned long long>(simulation->neurons()), static_cast<unsigned long long>(simulation->synapses()));
    for (const char* favoured : {"left", "right", "left"}) compete(*simulation, favoured);
}
