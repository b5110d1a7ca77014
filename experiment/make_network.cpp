#include <algorithm>
#include <cmath>
#include <thread>

#include "experiment/read_experiment.hpp"
#include "experiment/read_network.hpp"
#include "io/hdf5.hpp"
#include "learning/batch_norm.hpp"
#include "synapses/connectivity.hpp"
#include "synapses/dense.hpp"
#include "synapses/synapse_values.hpp"

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
NormaliserKind make_normaliser(const TeBatchNormOptions& o) { return te_batch_norm(o); }

/// The pairs of a projection; those of a dense one are all.
ConnectionRule pairs_of(const ProjectionConfig& p) {
    return std::visit([]<class Rule>(const Rule& rule) -> ConnectionRule {
        if constexpr (std::is_same_v<Rule, DenseRule>) return AllToAll{}; else return rule;
    }, p.rule);
}

/// The delay of each synapse in steps, in the order of their numbers: what a simulation of the same seed draws for these names.
std::vector<int> drawn_delays(const ValueRule& delays, const ConnectionRule& rule, const ProjectionSpec& projection, int sources, int targets, const Experiment& e) {
    const auto positions = [&](const std::string& name) {
        const auto p = std::ranges::find(e.network.populations, name, &PopulationConfig::name);
        std::optional<Positions> positions;
        if (p != e.network.populations.end() && p->positions)
            positions.emplace(*p->positions, std::uint32_t(p->size), p->periodic, RandomStream(e.seed, name, "positions"));
        return positions;
    };
    const auto from = positions(projection.from), to = positions(projection.to);
    const PairSpace space{std::uint32_t(sources), std::uint32_t(targets), projection.from == projection.to, from ? &*from : nullptr, to ? &*to : nullptr};
    const RandomStream random(e.seed, projection.name(), "delay");
    const SynapseValues values(delays, space, random);
    std::vector<int> steps;
    std::vector<double> times;
    make_connector(rule, space, random)->enumerate({0, space.targets}, [&](std::span<const Pair> pairs) {
        times.resize(pairs.size());
        values.fill(pairs, times);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            steps.resize(std::max<std::size_t>(steps.size(), pairs[i].number + 1));
            steps[pairs[i].number] = int(std::lround(times[i] / e.dt));
        }
    });
    const int least = projection.from == Network::input ? 0 : 1;
    if (const int shortest = std::ranges::min(steps); std::holds_alternative<DistanceFunction>(delays) && shortest < least)
        fail("the delays from '{}' to '{}' are {:.6g} ms at a distance that occurs, and at least {} step of {} ms is needed; raise c", projection.from, projection.to, shortest * e.dt, least, e.dt);
    if (std::ranges::min(steps) < 0) fail("the delays from '{}' to '{}' can be negative; give redraw: [0, .inf]", projection.from, projection.to);
    return steps;
}

/// The same of delays that are given. How many inputs there are only the data tell.
std::vector<int> given_delays(const GivenDelays& given, const ConnectionRule& rule, const ProjectionSpec& projection, int sources, int targets, double dt) {
    const auto times = times_of(given, projection.from, projection.to, targets, dt);
    const bool input = projection.from == Network::input;
    const std::size_t needed = std::holds_alternative<Mean>(rule) ? std::size_t(sources) : std::size_t(targets) * std::size_t(input || std::holds_alternative<Broadcast>(rule) ? 1 : sources);
    if (times.empty() || times.size() % needed != 0 || (!input && times.size() != needed))
        fail("{} has {} values, and needs {}{}", name_of(given, projection.from, projection.to), times.size(), needed, input ? " for each input" : "");
    std::vector<int> steps;
    for (const double time : times) steps.push_back(*whole_steps(time, dt));
    return steps;
}

/// Delays that differ between synapses: the shortest one is the projection's.
DelayRule delay_rule(const DelayConfig& config, const ConnectionRule& rule, ProjectionSpec& projection, int sources, int targets, const Experiment& e) {
    return std::visit([&]<class Kind>(const Kind& kind) -> DelayRule {
        constexpr bool of_distance = std::is_constructible_v<DistanceFunction, Kind>, given = std::is_constructible_v<GivenDelays, Kind>;
        if constexpr (std::is_constructible_v<Distribution::Kind, Kind> || of_distance || given) {
            std::vector<int> steps;
            if constexpr (given) steps = given_delays(kind, rule, projection, sources, targets, e.dt);
            else if constexpr (of_distance) steps = drawn_delays(DistanceFunction(kind), rule, projection, sources, targets, e);
            else steps = drawn_delays(Distribution(kind), rule, projection, sources, targets, e);
            projection.delay = std::ranges::min(steps);
            for (int& s : steps) s -= projection.delay;
            return FixedDelays{std::move(steps)};
        } else {
            projection.delay = std::isnan(kind.min) ? 0 : int(std::lround(kind.min / e.dt));
            const int spread = int(std::lround(kind.max / e.dt)) - projection.delay;
            if constexpr (std::is_same_v<Kind, LearnedDelayConfig>) return LearnedDelays{spread, kind.rate, kind.sharpen};
            else if constexpr (std::is_same_v<Kind, TemporalDelayConfig>) return TemporalKernel{spread};
            else return AxonalDelays{spread, kind.rate, kind.initial / e.dt};
        }
    }, config);
}

ProjectionSpec make_projection(const ProjectionConfig& p, const Network& network, const Experiment& e) {
    const auto steps = whole_steps(p.delay, e.dt), axonal = whole_steps(p.axonal_delay, e.dt);
    if (!steps) fail("the delay from '{}' to '{}' is {} ms, which is not a whole number of steps of {} ms", p.from, p.to, p.delay, e.dt);
    ProjectionSpec projection{p.from, p.to, {}, *steps, p.receptor};
    const auto size = [&](const std::string& name) { const int i = network.find(name); return i < 0 ? network.inputs : network.populations[i].size; };
    std::optional<DelayRule> delays;
    if (p.delays) delays = delay_rule(*p.delays, pairs_of(p), projection, size(p.from), size(p.to), e);
    if (!axonal || *axonal < 0 || *axonal > projection.delay)
        fail("the axonal delay from '{}' to '{}' is {} ms, and must be whole steps of {} ms and a part of the delay, which can be {:.6g} ms", p.from, p.to, p.axonal_delay, e.dt, projection.delay * e.dt);
    if (p.dense()) {
        auto options = dense_options(p);
        options.delays = std::move(delays);
        projection.kind = dense(options);
    } else {
        projection.kind = std::visit([&]<class Rule>(const Rule& rule) {
            if constexpr (std::is_same_v<Rule, DenseRule>) return dense();
            else return fixed(rule, p.weight, delays ? std::get<FixedDelays>(*delays).steps : std::vector<int>());
        }, p.rule);
    }
    return projection;
}

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
    for (const auto& p : config.projections) network.projections.push_back(make_projection(p, network, experiment));
    network.validate();
    return network;
}

}  // namespace tripartite
