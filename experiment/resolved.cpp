#include "experiment/read_experiment.hpp"
#include "experiment/write_simulation.hpp"

namespace tripartite {
namespace {

void add_population(YamlWriter& to, const PopulationConfig& p, std::string_view size) {
    to.add_fields(p, PopulationConfig::fields(size));
    YamlWriter parameters, learn;
    for (const auto& [key, value] : p.neuron.written) parameters.add(key, value);
    for (const auto& l : p.neuron.learned) learn.add(l.name, l.per_neuron ? "per_neuron" : "shared");
    if (!p.neuron.learned.empty()) parameters.add("learn", learn);
    to.add("neuron", YamlWriter().add(p.neuron.model, parameters));
    if (p.normalise) to.add("normalise", kind_writer(*p.normalise));
    if (p.membrane) to.add("membrane", kind_writer(*p.membrane));
    if (p.positions) to.add("positions", kind_writer(*p.positions).add_fields(p, std::tuple{PopulationConfig::periodic_field()}));
}

void add_delay(YamlWriter& to, const ProjectionConfig& p) {
    if (p.delays) to.add("delay", kind_writer(*p.delays));
    else to.add_fields(p, std::tuple{ProjectionConfig::delay_field()});
    if (p.axonal_delay > 0) to.add_fields(p, std::tuple{ProjectionConfig::axonal_delay_field()});
}

void add_projection(YamlWriter& to, const ProjectionConfig& p) {
    add_delay(to, p);
    if (!p.receptor.empty()) to.add("receptor", p.receptor);
    if (!p.dense()) return void(to.add_fields(p, std::tuple{ProjectionConfig::weight_field()}));
    to.add_fields(p, ProjectionConfig::fields()).add("init", kind_writer(p.init));
}

YamlWriter layer_writer(const LayerConfig& layer, std::size_t index) {
    YamlWriter to;
    to.add("name", layer.population.name.empty() ? fmt::format("layer{}", index + 1) : layer.population.name);
    add_population(to, layer.population, "dense");
    add_projection(to, layer.feed);
    if (layer.recurrent) {
        YamlWriter loop;
        add_delay(loop, *layer.recurrent);
        loop.add("init", kind_writer(layer.recurrent->init));
        to.add("recurrent", loop);
    }
    return to;
}

YamlWriter network_writer(const NetworkConfig& network) {
    YamlWriter to;
    if (!network.layers.empty()) {
        std::vector<YamlWriter> layers;
        for (const auto& layer : network.layers) layers.push_back(layer_writer(layer, layers.size()));
        return to.add("layers", layers);
    }
    YamlWriter populations;
    for (const auto& p : network.populations) {
        YamlWriter population;
        add_population(population, p, "size");
        populations.add(p.name, population);
    }
    std::vector<YamlWriter> projections;
    for (const auto& p : network.projections) {
        auto& projection = projections.emplace_back();
        projection.add("from", p.from).add("to", p.to).add_kind(p.rule);
        add_projection(projection, p);
    }
    return to.add("populations", populations).add("projections", projections);
}

YamlWriter learning_writer(const Experiment& e) {
    YamlWriter bptt, learning;
    bptt.add("loss", kind_writer(e.loss));
    bptt.add("surrogate", kind_writer(e.surrogate.shape).add_fields(e.surrogate, std::tuple{window_field}));
    auto regularisers = kind_writer(std::variant<RateBounds>(e.regulariser));
    if (e.rmp) regularisers.add_kind(std::variant<RmpLoss>(*e.rmp));
    bptt.add("regularisers", regularisers);
    if (e.truncate > 0) bptt.add("truncate", YamlWriter().add_fields(e, Experiment::truncate_fields()));
    bptt.add_fields(e, Experiment::bptt_fields());
    learning.add("bptt", bptt).add("optimiser", kind_writer(e.optimiser));
    learning.add("schedule", kind_writer(e.schedule.kind).add_fields(e.schedule, std::tuple{warm_up_field}));
    if (e.readout) learning.add("readout", kind_writer(*e.readout));
    return learning.add_fields(e, Experiment::learning_fields());
}

}  // namespace

std::string resolved_yaml(const Experiment& e) {
    if (e.mode == Experiment::Mode::simulate) return resolved_simulation(e);
    if (e.local) return resolved_local(e);
    YamlWriter input, record;
    input.add("dataset", kind_writer(e.dataset)).add("encoder", kind_writer(e.encoder));
    input.add("transform", YamlWriter().add_fields(e.transform, Transform::fields())).add_fields(e, Experiment::input_fields());
    record.add("spikes", e.record.spikes).add("membrane", e.record.membrane).add_fields(e.record, Record::fields());
    return YamlWriter()
        .add("experiment", YamlWriter().add_fields(e, Experiment::experiment_fields()).add_fields(e, Experiment::training_fields()))
        .add("time", YamlWriter().add_fields(e, Experiment::time_fields()))
        .add("network", network_writer(e.network))
        .add("input", input)
        .add("learning", learning_writer(e))
        .add("record", record)
        .add("output", YamlWriter().add_fields(e, Experiment::output_fields()))
        .text();
}

}  // namespace tripartite
