#include "experiment/read_experiment.hpp"
#include "experiment/read_network.hpp"
#include "learning/batch_norm.hpp"
#include "synapses/dense.hpp"

namespace tripartite {

NetworkConfig NetworkConfig::expanded() const {
    NetworkConfig flat{{}, populations, projections};
    std::string before = Network::input;
    for (std::size_t i = 0; i < layers.size(); ++i) {
        auto population = layers[i].population;
        if (population.name.empty()) population.name = fmt::format("layer{}", i + 1);
        const auto connect = [&](ProjectionConfig projection, const std::string& from) {
            projection.from = from, projection.to = population.name;
            flat.projections.push_back(projection);
        };
        connect(layers[i].feed, before);
        if (layers[i].recurrent) connect(*layers[i].recurrent, population.name);
        before = population.name;
        flat.populations.push_back(std::move(population));
    }
    return flat;
}

Network make_network(const Experiment& experiment, int inputs) {
    Network network;
    network.inputs = inputs;
    const auto config = experiment.network.expanded();
    for (const auto& p : config.populations) {
        PopulationSpec spec{p.name, p.size, p.neuron.spec, p.dropout, std::nullopt};
        if (p.normalise) spec.normalise = std::visit([](const BatchNormOptions& o) { return batch_norm(o); }, *p.normalise);
        network.populations.push_back(std::move(spec));
    }
    for (const auto& p : config.projections) {
        const auto steps = whole_steps(p.delay, experiment.dt);
        if (!steps) fail("the delay from '{}' to '{}' is {} ms, which is not a whole number of steps of {} ms", p.from, p.to, p.delay, experiment.dt);
        network.projections.push_back({p.from, p.to, dense({.bias = p.bias, .init = p.init}), *steps});
    }
    network.validate();
    return network;
}

}  // namespace tripartite
