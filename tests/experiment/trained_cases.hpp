#pragma once
#include <gtest/gtest.h>

#include "engine/engine.hpp"
#include "experiment/read_experiment.hpp"
#include "simulation/simulation.hpp"

/// A trained network is the network that is simulated: every spike, sample by sample.
namespace tripartite {

/// A network that has run on spikes, and the spikes that it answered with.
struct Trained {
    static constexpr int T = 40, B = 5, inputs = 30;
    using Trains = std::vector<std::vector<std::pair<Index, std::uint32_t>>>;  ///< [population]: step and neuron

    Experiment experiment;
    ThreadPool pool{2};
    SpikeFrame spikes{T, B, inputs};
    std::unique_ptr<Engine<float>> engine;

    /// `network`: the lines below `network:`; dense projections have no bias, delays are at least a step.
    explicit Trained(const std::string& network) {
        experiment = parse_experiment("time: {dt: 1 ms, steps: 40}\nexperiment: {seed: 3}\nnetwork:\n" + network +
                                      "input: {dataset: generated}\nlearning:\n  bptt: {loss: ce_membrane}\n  optimiser: adam\n", "TEST");
        const RandomStream random(3, "test", "spikes");
        for (int t = 0; t < T; ++t)
            for (int b = 0; b < B; ++b)
                for (int n = 0; n < inputs; ++n)
                    if (random.uniform(n, t, b) < 0.1) spikes.set(t, b, n);
        engine = std::make_unique<Engine<float>>(make_network(experiment, inputs), EngineOptions{.dt = 1, .steps = T, .samples = B, .seed = 3}, pool);
        engine->anneal(1);
        engine->begin({.spikes = &spikes, .density = 0.1}, Phase::inference);
        engine->forward(0, T, Phase::inference);
    }

    /// The answer to one sample.
    Trains answer(int sample) const {
        Trains trains(std::size_t(engine->populations()));
        for (int i = 0; i < engine->populations(); ++i)
            for (int t = 0; t < T; ++t)
                for (int n = 0; n < engine->population(i).spec().size; ++n)
                    if (engine->population(i).spikes(t, sample, n)) trains[std::size_t(i)].push_back({t, std::uint32_t(n)});
        return trains;
    }

    SimulatedProjection simulated(const ProjectionConfig& p, const Engine<float>::Link& link, const std::optional<Distribution>& drawn) const {
        SimulatedProjection to{p.from + "_to_" + p.to, p.from, p.to, AllToAll{}, Distribution(p.weight), Distribution(p.delay), 0, p.receptor, {}};
        if (const auto* mean = std::get_if<Mean>(&p.rule)) to.rule = *mean;
        if (const auto* broadcast = std::get_if<Broadcast>(&p.rule)) to.rule = *broadcast;
        if (!p.dense()) return to;
        const auto& parameters = engine->parameters();
        const auto block = std::ranges::find_if(parameters.blocks, [&](const auto& b) { return b.owner == "projections/" + to.name && b.name == "weight"; });
        to.weight = block->read(parameters.values.data());
        if (const auto steps = link.projection->delays(); !steps.empty()) to.delay = std::vector<double>(steps.begin(), steps.end());
        if (drawn) to.delay = *drawn;
        return to;
    }
    /// The network as a simulation of one sample. Delays are those of the engine, or drawn again.
    SimulationNetwork simulated(int sample, const std::optional<Distribution>& drawn = std::nullopt) const {
        SpikeList list;
        for (int t = 0; t < T; ++t)
            for (int n = 0; n < inputs; ++n)
                if (spikes(t, sample, n)) list.steps.push_back(t), list.neurons.push_back(std::uint32_t(n));
        SimulationNetwork network;
        network.populations.push_back({.name = "input", .size = inputs, .neuron = {}, .source = list, .initial = {}, .values = {}, .positions = {}});
        for (int i = 0; i < engine->populations(); ++i) {
            const auto& spec = engine->population(i).spec();
            network.populations.push_back({spec.name, std::uint32_t(spec.size), spec.neuron, {}, {}, {}, {}});
        }
        for (const auto& link : engine->links()) {
            const auto from = network.populations[std::size_t(link.from + 1)].name, to = network.populations[std::size_t(link.to + 1)].name;
            const auto config = std::ranges::find_if(experiment.network.projections, [&](const auto& p) { return p.from == from && p.to == to; });
            network.projections.push_back(simulated(*config, link, drawn));
        }
        return network;
    }

    static Trains simulate(const SimulationNetwork& network, int threads = 1) {
        const auto simulation = Simulation::make<float>(network, {.dt = 1, .seed = 3, .threads = threads, .runaway_rate = 0});
        Trains found(network.populations.size() - 1);
        simulation->on_spikes([&](Index step, const SpikeLists& fired) {
            for (std::size_t i = 0; i < found.size(); ++i)
                for (const auto neuron : fired(int(i) + 1, step)) found[i].push_back({step, neuron});
        });
        simulation->run(T);
        for (auto& train : found) std::ranges::sort(train);
        return found;
    }

    void expect_same(const std::optional<Distribution>& drawn = std::nullopt) const {
        for (int sample = 0; sample < B; ++sample) {
            const auto expected = answer(sample);
            for (int i = 0; i < engine->populations(); ++i)
                EXPECT_TRUE(expected[std::size_t(i)].size() > 5 || !engine->population(i).spec().neuron.spiking);
            for (const int threads : {1, 3}) EXPECT_EQ(simulate(simulated(sample, drawn), threads), expected) << sample;
        }
    }
    void expect_written_as_read() const {
        const auto resolved = resolved_yaml(experiment);
        EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
    }
};

}  // namespace tripartite
