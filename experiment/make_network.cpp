#include <algorithm>
#include <thread>

#include "experiment/read_experiment.hpp"
#include "experiment/read_network.hpp"
#include "io/hdf5.hpp"
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

namespace {

InitialWeights read_initial_weights(const WeightsFile& from, const ProjectionConfig& projection) {
    const H5Reader file(from.path);
    const auto group = "/projections/" + (from.projection.empty() ? projection.from + "_to_" + projection.to : from.projection);
    const auto shape = file.shape(group + "/weight");
    if (shape.size() != 2) fail("{}: {}/weight has {} dimensions, and weights have two, [target][source]", from.path, group, shape.size());
    auto weights = InitialWeights(int(shape[1]), int(shape[0]));
    weights.weight = file.read<double>(group + "/weight");
    if (projection.bias && file.has(group + "/bias")) {
        weights.bias = file.read<double>(group + "/bias");
        if (weights.bias.size() != shape[0]) fail("{}: {}/bias has {} values for {} targets", from.path, group, weights.bias.size(), shape[0]);
    }
    return weights;
}

DenseOptions dense_options(const ProjectionConfig& projection) {
    DenseOptions options;
    options.bias = projection.bias;
    std::visit([&]<class Init>(const Init& init) {
        if constexpr (std::is_same_v<Init, WeightsFile>) options.given = read_initial_weights(init, projection);
        else options.init = init;
    }, projection.init);
    return options;
}

NormaliserKind make_normaliser(const BatchNormOptions& o) { return batch_norm(o); }
NormaliserKind make_normaliser(const TdBatchNormOptions& o) { return td_batch_norm(o); }

}  // namespace

SimulationOptions simulation_options(const Experiment& experiment) {
    SimulationOptions options = experiment.simulation.options;
    options.dt = experiment.dt, options.seed = experiment.seed, options.threads = experiment.threads > 0 ? experiment.threads : int(std::max(1u, std::thread::hardware_concurrency()));
    return options;
}

Network make_network(const Experiment& experiment, int inputs) {
    Network network;
    network.inputs = inputs;
    const auto config = experiment.network.expanded();
    for (const auto& p : config.populations) {
        PopulationSpec spec{p.name, p.size, p.neuron, p.dropout};
        if (p.normalise) spec.normalise = std::visit([](const auto& o) { return make_normaliser(o); }, *p.normalise);
        if (p.membrane) spec.membrane = std::get<MembraneNormOptions>(*p.membrane);
        network.populations.push_back(std::move(spec));
    }
    for (const auto& p : config.projections) {
        const auto steps = whole_steps(p.delay, experiment.dt);
        if (!steps) fail("the delay from '{}' to '{}' is {} ms, which is not a whole number of steps of {} ms", p.from, p.to, p.delay, experiment.dt);
        network.projections.push_back({p.from, p.to, dense(dense_options(p)), *steps});
    }
    network.validate();
    return network;
}

}  // namespace tripartite
