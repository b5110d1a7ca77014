#include <functional>

#include "core/text.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"

namespace tripartite {
namespace {

class RecordingReader {
public:
    explicit RecordingReader(const SimulationReading& reading) : reading_(reading), problems_(reading.problems), record_(reading.to.record) {}

    void read(const YamlNode& node) {
        Section section(node, problems_);
        section.refuse({"membrane", "samples"}, "belongs to mode: train; states of neurons are recorded by states");
        if (const YamlNode* spikes = section.take("spikes"))
            for_each(*spikes, [&](const YamlNode& place, const std::string& name, Section* keys) { add_spikes(place, name, keys); });
        if (const YamlNode* states = section.take("states"))
            for_each(*states, [&](const YamlNode& place, const std::string& name, Section* keys) { add_states(place, name, keys); });
        if (const YamlNode* rates = section.take("rates"))
            for_each(*rates, [&](const YamlNode& place, const std::string& name, Section* keys) { add_rates(place, name, keys); });
        if (const YamlNode* weights = section.take("weights")) read_weights(*weights);
        if (const YamlNode* statistics = section.take("statistics")) read_statistics(*statistics);
        section.close();
    }

private:
    using Add = std::function<void(const YamlNode& place, const std::string& name, Section* keys)>;

    /// `all`, a name, a list of names, or a mapping from names to more keys.
    void for_each(const YamlNode& node, const Add& add) {
        if (node.kind == YamlNode::Kind::scalar && node.scalar == "all")
            for (const auto& p : reading_.to.network.populations) add(node, p.name, nullptr);
        else if (node.kind == YamlNode::Kind::mapping)
            for (const auto& entry : node.entries) {
                YamlNode name = entry;
                name.place = entry.key_place;
                Section keys(entry, problems_, Section::Empty::allowed);
                add(name, entry.key, &keys);
                keys.close();
            }
        else if (node.kind == YamlNode::Kind::list)
            for (const auto& entry : node.entries) add(entry, read_word(entry, problems_).value_or(""), nullptr);
        else if (const auto name = read_word(node, problems_)) add(node, *name, nullptr);
    }

    void add_spikes(const YamlNode& place, const std::string& name, Section* keys) {
        const auto* population = reading_.find(place, name);
        if (!population) return take_all(keys);
        SpikeRecording recording{name, {0, population->size}, {}};
        if (!population->source && !population->neuron.spiking)
            problems_.value(place, fmt::format("'{}' is a {}, which never fires", name, population->neuron.model));
        if (std::ranges::count(record_.spikes, name, &SpikeRecording::population)) problems_.value(place, fmt::format("'{}' is named twice", name));
        if (keys) read_neurons(*keys, recording.neurons), read_window(*keys, recording.times);
        record_.spikes.push_back(recording);
    }

    void add_states(const YamlNode& place, const std::string& name, Section* keys) {
        const auto* population = reading_.find(place, name);
        if (!population) return take_all(keys);
        if (population->source) problems_.value(place, fmt::format("'{}' fires by itself and has no state", name));
        StateRecording recording{name, {}, {0, population->size}, {}};
        if (!keys) return problems_.value(place, "which fields? Write " + name + ": {fields: [V_m]}");
        if (keys->need("fields")) recording.fields = keys->words("fields");
        if (keys->has("fields") && recording.fields.empty()) problems_.value(place, "has no fields");
        const auto& states = population->neuron.state_names;
        for (const auto& field : recording.fields)
            if (std::ranges::count(recording.fields, field) > 1) problems_.value(*keys->node().find("fields"), fmt::format("'{}' is named twice", field));
            else if (!std::ranges::count(states, field) && !states.empty())
                problems_.value(*keys->node().find("fields"), no_such("state", field, states, population->neuron.model));
        read_neurons(*keys, recording.neurons);
        read_times(*keys, recording.times);
        record_.states.push_back(recording);
    }

    void add_rates(const YamlNode& place, const std::string& name, Section* keys) {
        if (!reading_.find(place, name)) return take_all(keys);
        if (std::ranges::count(record_.rates, name, &RateRecording::population)) problems_.value(place, fmt::format("'{}' is named twice", name));
        RateRecording recording{name, {}};
        if (keys) read_times(*keys, recording.times);
        record_.rates.push_back(recording);
    }

    void read_weights(const YamlNode& node) {
        const auto& projections = reading_.to.network.projections;
        std::vector<std::string_view> known;
        for (const auto& p : projections) known.push_back(p.name);
        for_each(node, [&](const YamlNode& place, const std::string& name, Section* keys) {
            const auto projection = std::ranges::find(projections, name, &SimulatedProjection::name);
            if (projection == projections.end()) problems_.value(place, fmt::format("there is no projection '{}'{}", name, did_you_mean(name, known)));
            else if (!plastic_rule(projection->synapse)) problems_.value(place, fmt::format("the weights of '{}' stay as they are; only those with plasticity change", name));
            WeightRecording recording{name, {.interval = 1000}};
            if (keys) read_times(*keys, recording.times);
            record_.weights.push_back(recording);
        });
    }

    void read_statistics(const YamlNode& node) {
        Section section(node, problems_);
        auto& statistics = record_.statistics;
        section.read(statistics, StatisticsSpec::fields());
        for (const auto& [key, time] : {std::pair{"bin", statistics.bin}, {"fano_window", statistics.fano_window}})
            if (const YamlNode* value = section.take(key)) check_steps(*value, time, reading_.dt, problems_);
        section.close();
    }

    void read_window(Section& keys, RecordingTimes& times) {
        keys.read(times, RecordingTimes::fields());
        check_window(keys.node(), times.start, times.stop, problems_);
        const double end = reading_.to.transient + reading_.to.duration;
        if (times.start >= end) problems_.value(keys.node(), fmt::format("starts at {} ms, and the simulation ends at {} ms", times.start, end));
    }

    void read_times(Section& keys, RecordingTimes& times) {
        read_window(keys, times);
        keys.read(times, std::tuple{RecordingTimes::interval_field()});
        if (const YamlNode* interval = keys.take("interval")) check_steps(*interval, times.interval, reading_.dt, problems_);
    }

    /// `neurons: 100`, the first hundred, or `[100, 200]`, up to the second number without it.
    void read_neurons(Section& keys, NeuronSelection& to) {
        const YamlNode* node = keys.take("neurons");
        if (!node) return;
        const std::uint32_t size = to.end;
        const Demand demand{.min = 0, .max = double(size)};
        if (node->kind == YamlNode::Kind::scalar) {
            read_value(*node, demand, to.end, problems_);
        } else {
            std::array<std::uint32_t, 2> range{0, size};
            read_value(*node, demand, range, problems_);
            to = {range[0], range[1]};
        }
        if (to.begin >= to.end) problems_.value(*node, "has no neurons");
    }

    /// Of something unknown, which is said already.
    static void take_all(Section* keys) {
        if (keys) for (const auto& entry : keys->node().entries) keys->take(entry.key, Section::Empty::allowed);
    }

    const SimulationReading& reading_;
    Problems& problems_;
    RecordingSpec& record_;
};

}  // namespace

void read_recording(const YamlNode& node, const SimulationReading& reading) { RecordingReader(reading).read(node); }

void read_expected(const YamlNode& node, const SimulationReading& reading) {
    if (node.kind != YamlNode::Kind::mapping) return reading.problems.value(node, "expected a mapping, got " + node.description());
    for (const auto& entry : node.entries) {
        YamlNode name = entry;
        name.place = entry.key_place;
        if (entry.key != "all") reading.find(name, entry.key);
        ExpectedValues expected;
        expected.population = entry.key;
        Section section(entry, reading.problems);
        section.read(expected, ExpectedValues::fields());
        section.close();
        reading.to.expected.push_back(expected);
    }
}

}  // namespace tripartite
