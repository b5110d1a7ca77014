#include "experiment/write_simulation.hpp"

namespace tripartite {
namespace {

/// A number, a distribution, or a function of the distance.
YamlNode value_node(const ValueRule& rule) {
    const auto* distribution = std::get_if<Distribution>(&rule);
    if (!distribution) return kind_writer(std::get<DistanceFunction>(rule)).node();
    const auto* number = std::get_if<ConstantValue>(&distribution->kind);
    return number ? list_node(number->value, "") : kind_writer(distribution->kind).node();
}

YamlNode value_node(const NeuronValue& value) {
    if (value.file.empty()) return value_node(ValueRule(value.value));
    YamlWriter file;
    file.add("path", value.file);
    if (!value.dataset.empty()) file.add("dataset", value.dataset);
    return YamlWriter().add("file", file).node();
}

/// Lists of times, as `times:` has them.
YamlNode times_node(const SpikeList& spikes, std::uint32_t size, double dt) {
    std::vector<std::vector<double>> times(size);
    for (std::size_t i = 0; i < spikes.steps.size(); ++i) times[spikes.neurons[i]].push_back(double(spikes.steps[i] + 1) * dt);
    return list_node(times, "");
}

YamlWriter presentation_writer(const SampleSpikes& samples, YamlWriter to = {}) {
    to.add_fields(samples, SampleSpikes::fields());
    return to.add("samples", list_node(std::array{samples.first, samples.end}, "")).add("between_samples", kind_writer(samples.between));
}

YamlWriter source_writer(const SimulatedPopulation& p, const Experiment& e) {
    if (const auto* poisson = std::get_if<PoissonTrains>(&*p.source))
        return YamlWriter().add(poisson->name, YamlWriter().add_fields(*poisson, PoissonTrains::fields()));
    const auto origin = e.simulation.origins.find(p.name);
    if (origin == e.simulation.origins.end())
        return YamlWriter().add(GivenSpikes::name, YamlWriter().add("times", times_node(std::get<SpikeList>(*p.source), p.size, e.dt)));
    if (const auto* samples = std::get_if<SampleSpikes>(&origin->second)) {
        YamlWriter to;
        to.add("dataset", kind_writer(samples->dataset)).add("encoder", kind_writer(samples->encoder));
        return presentation_writer(*samples, to);
    }
    if (const auto* labels = std::get_if<ClassSpikes>(&origin->second)) return YamlWriter().add(ClassSpikes::name, YamlWriter().add_fields(*labels, ClassSpikes::fields()));
    return YamlWriter().add(GivenSpikes::name, YamlWriter().add_fields(std::get<GivenSpikes>(origin->second), GivenSpikes::fields()));
}

YamlWriter population_writer(const SimulatedPopulation& p, const Experiment& e) {
    YamlWriter to, parameters, initial;
    to.add_fields(p, std::tuple{size_field});
    for (const auto& [key, text] : p.neuron.written) parameters.add(key, text);
    for (const auto& v : p.values) parameters.add(v.field, value_node(v));
    if (p.source) to.add("source", source_writer(p, e));
    else to.add("neuron", YamlWriter().add(p.neuron.model, parameters));
    for (const auto& v : p.initial) initial.add(v.field, value_node(v));
    if (!p.initial.empty()) to.add("initial", initial);
    if (p.positions) to.add("positions", kind_writer(*p.positions).add_fields(p, std::tuple{periodic_field}));
    return to;
}

YamlWriter rule_writer(const ConnectionRule& rule) {
    const auto* spatial = std::get_if<Spatial>(&rule);
    if (!spatial) return kind_writer(rule);
    YamlWriter to;
    const auto* function = std::get_if<DistanceFunction>(&spatial->probability);
    to.add("probability", value_node(function ? ValueRule(*function) : ValueRule(Distribution(std::get<double>(spatial->probability)))));
    return YamlWriter().add(Spatial::name, to.add("mask", kind_writer(spatial->mask)).add_fields(*spatial, Spatial::fields()));
}

YamlWriter projection_writer(const SimulatedProjection& p, const GivenDelays* delays) {
    YamlWriter to;
    to.add("name", p.name).add("from", p.from).add("to", p.to).add("rule", rule_writer(p.rule));
    for (const auto& [key, value] : {std::pair{"weight", &p.weight}, {"delay", &p.delay}})
        if (!std::holds_alternative<std::vector<double>>(*value)) to.add(key, value_node(*value));
    if (delays) to.add("delay", kind_writer(*delays));
    if (p.axonal_delay > 0) to.add("axonal_delay", quantity_text(p.axonal_delay, "ms"));
    if (!p.receptor.empty()) to.add("receptor", p.receptor);
    if (p.dopamine) to.add("dopamine", YamlWriter().add_fields(*p.dopamine, DopamineSource::fields()));
    if (p.astrocytes) to.add("astrocytes", YamlWriter().add_fields(*p.astrocytes, Territory::fields()));
    if (p.normalise) to.add("normalise", YamlWriter().add_fields(*p.normalise, IncomingTotal::fields()));
    if (p.scaling) to.add("scaling", YamlWriter().add_fields(*p.scaling, SynapticScaling::fields()));
    return to.add("synapse", kind_writer(p.synapse));
}

YamlWriter drive_writer(const Drive& d) {
    auto to = kind_writer(d.kind).add("to", d.to).add("name", d.name);
    return d.receptor.empty() ? to : to.add("receptor", d.receptor);
}

YamlWriter times_writer(const RecordingTimes& times, bool interval, YamlWriter to = {}) {
    if (interval) to.add_fields(times, std::tuple{RecordingTimes::interval_field()});
    return to.add_fields(times, RecordingTimes::fields());
}
YamlNode selection_node(const NeuronSelection& neurons) { return list_node(std::array{neurons.begin, neurons.end}, ""); }

YamlWriter record_writer(const RecordingSpec& record) {
    YamlWriter to, spikes, states, rates, weights;
    for (const auto& r : record.spikes) spikes.add(r.population, times_writer(r.times, false).add("neurons", selection_node(r.neurons)));
    for (const auto& r : record.states)
        states.add(r.population, times_writer(r.times, true, YamlWriter().add("fields", r.fields)).add("neurons", selection_node(r.neurons)));
    for (const auto& r : record.rates) rates.add(r.population, times_writer(r.times, true));
    for (const auto& r : record.weights) weights.add(r.projection, times_writer(r.times, true));
    to.add("spikes", spikes).add("states", states).add("rates", rates).add("weights", weights);
    return to.add("statistics", YamlWriter().add_fields(record.statistics, StatisticsSpec::fields()));
}

YamlWriter network_writer(const Experiment& e) {
    const auto& network = e.simulation.network;
    YamlWriter populations;
    std::vector<YamlWriter> projections;
    for (const auto& p : network.populations)
        if (!e.local || p.name != Network::input) populations.add(p.name, population_writer(p, e));
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
        const auto given = e.simulation.given_delays.find(i);
        projections.push_back(projection_writer(network.projections[i], given == e.simulation.given_delays.end() ? nullptr : &given->second));
    }
    return YamlWriter().add("populations", populations).add("projections", projections);
}

}  // namespace

std::string resolved_local(const Experiment& e) {
    const auto& s = e.simulation;
    YamlWriter input, learning;
    input.add("dataset", kind_writer(e.dataset)).add("encoder", kind_writer(e.encoder)).add("between_samples", kind_writer(e.local->between));
    learning.add(LocalLearning::name, YamlWriter().add_fields(*e.local, LocalLearning::fields())).add_fields(e, std::tuple{Experiment::epochs_field()});
    if (e.readout) learning.add("readout", kind_writer(*e.readout));
    return YamlWriter()
        .add("experiment", YamlWriter().add_fields(e, Experiment::experiment_fields()).add_fields(e, std::tuple{Experiment::checkpoint_field()})
                               .add_fields(s.options, SimulationConfig::option_fields()))
        .add("time", YamlWriter().add_fields(e, Experiment::time_fields()))
        .add("network", network_writer(e))
        .add("input", input)
        .add("learning", learning)
        .add("output", YamlWriter().add_fields(e, std::tuple{Experiment::folder_field()}).add_fields(s, SimulationConfig::output_fields()))
        .text();
}

std::string resolved_simulation(const Experiment& e) {
    const auto& s = e.simulation;
    YamlWriter to, expected;
    std::vector<YamlWriter> drives;
    for (const auto& d : s.network.drives) drives.push_back(drive_writer(d));
    for (const auto& x : s.expected) expected.add(x.population, YamlWriter().add_fields(x, ExpectedValues::fields()));
    to.add("experiment", YamlWriter().add_fields(e, Experiment::experiment_fields()).add_fields(s.options, SimulationConfig::option_fields()));
    if (s.trained) to.add("network", YamlWriter().add("trained", s.trained->path)).add("input", presentation_writer(s.trained->samples));
    else
        to.add("time", YamlWriter().add_fields(e, std::tuple{Experiment::dt_field()}).add_fields(s, SimulationConfig::time_fields()))
            .add("network", network_writer(e))
            .add("input", drives);
    return to.add("record", record_writer(s.record))
        .add("expected", expected)
        .add("output", YamlWriter().add_fields(e, std::tuple{Experiment::folder_field()}).add_fields(s, SimulationConfig::output_fields()))
        .text();
}

}  // namespace tripartite
