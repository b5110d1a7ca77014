#pragma once
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "neurons/compiled.hpp"
#include "simulation/simulation.hpp"
#include "tests/io/temporary_folder.hpp"

/// Networks to be simulated in tests.
namespace tripartite {

struct Fired {
    Index step;
    std::uint32_t neuron;
    bool operator==(const Fired&) const = default;
};
using Trains = std::vector<std::vector<Fired>>;  ///< [population]

/// The spikes of each population while it runs so many steps.
inline Trains record(Simulation& simulation, const SimulationNetwork& network, Index steps) {
    Trains trains(network.populations.size());
    simulation.on_spikes([&](Index step, const SpikeLists& fired) {
        for (std::size_t p = 0; p < trains.size(); ++p)
            for (const auto n : fired(int(p), step)) trains[p].push_back({step, n});
    });
    simulation.run(steps);
    simulation.on_spikes({});
    return trains;
}

/// All that a simulation leaves: spikes, states, weights.
struct Outcome {
    Trains trains;
    std::vector<std::vector<double>> states;
    std::vector<double> weights;
    bool operator==(const Outcome&) const = default;
};

inline Outcome outcome_of(Simulation& simulation, const SimulationNetwork& network, Trains trains) {
    Outcome o{std::move(trains), {}, {}};
    for (const auto& p : network.populations)
        for (const auto& field : p.neuron.state_names) o.states.push_back(simulation.state(p.name, field));
    for (const auto& w : simulation.weights("E_to_E")) o.weights.push_back(w.weight);
    return o;
}

template <class Real> Outcome run(const SimulationNetwork& network, const SimulationOptions& options, Index steps = 1500) {
    const auto simulation = Simulation::make<Real>(network, options);
    auto trains = record(*simulation, network, steps);
    return outcome_of(*simulation, network, std::move(trains));
}

/// The same run, saved after `first` steps, with `before` threads, and gone on with by another simulation, with `after` threads.
template <class Real> Outcome run_with_a_break(const SimulationNetwork& network, int before, int after, Index first, Index rest) {
    const TemporaryFolder folder;
    const auto simulation = Simulation::make<Real>(network, {.threads = before});
    auto trains = record(*simulation, network, first);
    H5Writer writer(folder / "state.h5");
    simulation->save(writer);
    writer.commit();
    const auto second = Simulation::make<Real>(network, {.threads = after, .window = after == 1 ? 1 : 0});
    second->run(50);  // leaves nothing behind
    second->load(H5Reader(folder / "state.h5"));
    EXPECT_EQ(second->steps_done(), first);
    const auto later = record(*second, network, rest);
    for (std::size_t p = 0; p < trains.size(); ++p) trains[p].insert(trains[p].end(), later[p].begin(), later[p].end());
    return outcome_of(*second, network, std::move(trains));
}

inline SimulatedPopulation population_of(const std::string& name, std::uint32_t size, const NeuronSpec& neuron) {
    SimulatedPopulation p;
    p.name = name, p.size = size, p.neuron = neuron;
    return p;
}

/// A population that fires at given steps.
inline SimulatedPopulation spike_list(const std::string& name, std::uint32_t size, const std::vector<Fired>& spikes) {
    SimulatedPopulation p;
    p.name = name, p.size = size;
    SpikeList list;
    for (const auto& s : spikes) list.steps.push_back(s.step), list.neurons.push_back(s.neuron);
    p.source = list;
    return p;
}

inline SimulatedProjection projection_of(const std::string& from, const std::string& to, const ConnectionRule& rule, const ValueRule& weight, const ValueRule& delay) {
    SimulatedProjection p;
    p.name = from + "_to_" + to, p.from = from, p.to = to, p.rule = rule, p.weight = weight, p.delay = delay;
    return p;
}

/// Excitatory and inhibitory neurons with everything that is drawn: weights, delays, initial potentials, Poisson input.
inline SimulationNetwork random_network(const SynapseKind& synapse = StaticSynapse{}) {
    SimulationNetwork network;
    const auto neuron = make_neuron<IafPscExp>({}, {}, {"I_e"});
    for (const auto& [name, size] : {std::pair{"E", 320u}, {"I", 90u}}) {
        auto& p = network.populations.emplace_back(population_of(name, size, neuron));
        p.initial = {{"V_m", Distribution(Normal{.mean = -65, .sd = 5})}};
        p.values = {{"I_e", Distribution(Uniform{.min = 200, .max = 400})}};
        network.drives.push_back({name, "", PoissonDrive{.rate = 8000, .weight = 30}, std::string("drive_") + name});
    }
    const Interval positive{0, 1e9}, negative{-1e9, 0}, a_step{0.1, 1e9};
    const ValueRule delay = Distribution(Normal{.mean = 1.5, .sd = 0.7, .redraw = a_step});
    network.projections.push_back(projection_of("E", "E", FixedInDegree{.n = 30}, Distribution(Normal{.mean = 60, .sd = 10, .redraw = positive}), delay));
    network.projections.back().synapse = synapse;
    network.projections.push_back(projection_of("E", "I", PairwiseBernoulli{.p = 0.1}, Distribution(Normal{.mean = 60, .sd = 10, .redraw = positive}), delay));
    network.projections.push_back(projection_of("I", "E", FixedTotalNumber{.n = 3000}, Distribution(Normal{.mean = -250, .sd = 30, .redraw = negative}), delay));
    network.projections.push_back(projection_of("I", "I", FixedOutDegree{.n = 10}, Distribution(-250.0), Distribution(0.7)));
    return network;
}

}  // namespace tripartite
