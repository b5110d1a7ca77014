#include "core/text.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"
#include "experiment/read_values.hpp"

namespace tripartite {
namespace {

/// `model: m, params: {…}` as `neuron: {m: {…}}`.
YamlNode with_neuron(const YamlNode& node, Problems& problems) {
    YamlNode to = node;
    const YamlNode *model = node.find("model"), *params = node.find("params");
    if (!model) return to;
    if (node.find("neuron")) problems.key(*model, "neuron is given as well; leave out one of them");
    const auto word = read_word(*model, problems);
    std::erase_if(to.entries, [](const YamlNode& n) { return n.key == "model" || n.key == "params" || n.key == "neuron"; });
    YamlNode neuron = *model;
    neuron.key = "neuron";
    neuron.kind = YamlNode::Kind::mapping;
    YamlNode kind = params ? *params : YamlNode();
    kind.key = word.value_or("");
    kind.key_place = model->place;
    if (!params) kind.place = model->place, kind.path = model->path;
    if (word) neuron.entries.push_back(std::move(kind)), to.entries.push_back(std::move(neuron));
    return to;
}

void read_initial(const YamlNode& node, SimulatedPopulation& to, Problems& problems) {
    Section section(node, problems);
    if (to.neuron.model.empty()) return;  // it could not be read
    const auto& names = to.neuron.state_names;
    for (const auto& entry : node.entries) {
        const auto state = std::size_t(std::ranges::find(names, entry.key) - names.begin());
        if (state == names.size()) problems.key(entry, no_such("state", entry.key, names, to.neuron.model));
        else if (const YamlNode* value = section.take(entry.key))
            if (auto found = read_neuron_value(*value, {.unit = to.neuron.state_units[state]}, problems)) {
                found->field = entry.key;
                to.initial.push_back(std::move(*found));
            }
    }
}

}  // namespace

void read_simulated_population(const YamlNode& node, const SimulationReading& reading) {
    auto& problems = reading.problems;
    SimulatedPopulation population;
    population.name = node.key;
    check_population_name(node.key, node.key_place, node.path, problems);
    if (reading.shows_samples && node.key == Network::input) problems.key(node, "'input' is where samples come from; choose another name");
    if (node.key == "all") problems.key(node, "'all' means all populations; choose another name");
    const YamlNode written_out = with_neuron(node, problems);
    Section section(written_out, problems);
    section.refuse({"dropout", "normalise", "membrane"}, "belongs to mode: train");
    section.read(population, std::tuple{size_field});
    const std::size_t before = problems.count();
    if (const YamlNode* source = section.take("source")) {
        if (section.has("neuron")) problems.key(*source, "fires by itself; leave out neuron, or source");
        section.take("neuron");
        read_source(*source, population, reading);
    } else if (const YamlNode* neuron = section.need("neuron")) {
        population.neuron = reading.neurons.read(*neuron, problems, &population.values);
        if (const double interval = population.neuron.interval; !whole_steps(interval, reading.dt) || (interval > 0 && *whole_steps(interval, reading.dt) == 0))
            problems.value(*neuron, fmt::format("takes a step every {} ms, which is not a whole number of steps of {} ms", interval, reading.dt));
        if (const auto problem = problem_of_step(population.neuron, reading.dt); !problem.empty()) problems.value(*neuron, problem);
        if (reading.precision == Experiment::Precision::float32 && !population.neuron.model.empty() && !population.neuron.float32.step)
            problems.value(*neuron, "adaptive steps need experiment: {precision: float64}");
    }
    if (population.size == 0 && problems.count() == before) section.need("size");
    if (const YamlNode* positions = section.take("positions")) read_positions(*positions, population, periodic_field, problems);
    if (const YamlNode* initial = section.take("initial")) {
        if (population.source) problems.key(*initial, "fires by itself and has no state");
        else read_initial(*initial, population, problems);
    }
    section.close();
    for (const auto* list : {&population.values, &population.initial})
        for (const auto& v : *list)
            if (!v.each.empty() && v.each.size() != population.size)
                problems.key(node, fmt::format("{} has {} values of {} for {} neurons", v.file, v.each.size(), v.field, population.size));
    reading.to.network.populations.push_back(std::move(population));
}

void read_simulated_network(const YamlNode& node, const SimulationReading& reading) {
    auto& problems = reading.problems;
    Section section(node, problems);
    if (section.has("layers")) section.refuse({"layers"}, "belongs to mode: train; write populations and projections");
    else section.need("populations");
    if (const YamlNode* populations = section.take("populations")) {
        if (populations->kind != YamlNode::Kind::mapping) problems.value(*populations, "expected a mapping, got " + populations->description());
        else for (const auto& p : populations->entries) read_simulated_population(p, reading);
    }
    if (const YamlNode* projections = section.take("projections")) {
        read_simulated_projections(*projections, reading);
        for (const auto& p : reading.to.network.projections)
            if (reading.to.reset_every > 0 && !std::holds_alternative<StaticSynapse>(p.synapse))
                problems.key(*projections, fmt::format("the synapses of '{}' change, and between_samples: reset only resets neurons; take rest or continue", p.name));
    }
    section.close();
}

std::string no_such(std::string_view what, const std::string& word, const std::vector<std::string>& names, std::string_view model) {
    const std::vector<std::string_view> known(names.begin(), names.end());
    const std::string near = did_you_mean(word, known);
    return fmt::format("{} has no {} '{}'{}", model, what, word, near.empty() ? "; it has " + listed(known) : near);
}

const SimulatedPopulation* SimulationReading::find(const YamlNode& node, const std::string& population) const {
    std::vector<std::string_view> known;
    for (const auto& p : to.network.populations) {
        if (p.name == population) return &p;
        known.push_back(p.name);
    }
    problems.value(node, fmt::format("there is no population '{}'{}", population, did_you_mean(population, known)));
    return nullptr;
}

std::optional<double> SimulationReading::read_time(const YamlNode& node, const Demand& demand) const {
    const auto time = read_number(node, demand, problems);
    if (time) check_steps(node, *time, dt, problems);
    return time;
}

const SimulatedPopulation* find_target(const YamlNode& node, const std::string& name, const SimulationReading& reading) {
    const auto* population = reading.find(node, name);
    if (!population || !population->source) return population && population->neuron.model.empty() ? nullptr : population;  // it could not be read
    reading.problems.value(node, fmt::format("'{}' fires by itself and takes no input", name));
    return nullptr;
}

std::string read_receptor(Section& section, const NeuronSpec& neuron) {
    const YamlNode* node = section.take("receptor");
    const auto word = node ? read_word(*node, section.problems()) : std::nullopt;
    const auto& ports = neuron.port_names;
    if (!word || std::ranges::count(ports, *word) || ports.empty()) return word.value_or("");
    section.problems().value(*node, no_such("port", *word, ports, neuron.model));
    return "";
}

std::vector<std::string> distinct_words(Section& section, std::string_view key) {
    auto words = section.words(key);
    for (std::size_t i = 0; i < words.size(); ++i)
        if (std::count(words.begin(), words.begin() + std::ptrdiff_t(i), words[i]) > 0)
            section.problems().value(*section.node().find(key), fmt::format("'{}' is named twice", words[i]));
    return words;
}

void check_window(const YamlNode& place, double start, double stop, Problems& problems) {
    if (start >= stop) problems.value(place, fmt::format("ends at {} ms, before it starts at {} ms", stop, start));
}

void check_conductance(const YamlNode& place, const SimulatedPopulation& to, const std::string& receptor, const Interval& weights, Problems& problems) {
    if (unit_of_port(to, receptor) != "nS") return;
    if ((receptor == "excitatory" && weights.low < 0) || (receptor == "inhibitory" && weights.high > 0))
        problems.value(place, fmt::format("weights onto {} conductances are {}, and can be from {:.6g} to {:.6g}", receptor,
                                          receptor == "excitatory" ? "positive" : "negative", weights.low, weights.high));
}

std::string_view unit_of_port(const SimulatedPopulation& population, const std::string& receptor) {
    const auto& n = population.neuron;
    const auto port = std::ranges::find(n.port_names, receptor) - n.port_names.begin();
    if (n.port_units.empty()) return "";
    return n.port_units[receptor.empty() ? 0 : std::size_t(port)];
}

}  // namespace tripartite
