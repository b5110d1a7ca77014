#include <algorithm>

#include "experiment/checks.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"
#include "experiment/read_values.hpp"
#include "experiment/sample_spikes.hpp"
#include "io/spike_file.hpp"

namespace tripartite {
namespace {

/// The spikes are those of the sample that is being shown.
void read_class_spikes(const YamlNode& node, SimulatedPopulation& to, const SimulationReading& reading) {
    if (!reading.shows_samples) return reading.problems.value(node, "needs samples that are learned from one by one, by learning: {local: …}");
    ClassSpikes labels;
    Section section(node, reading.problems, Section::Empty::allowed);
    section.read(labels, ClassSpikes::fields());
    section.close();
    if (labels.rate * reading.dt > 1000) {
        const auto* rate = node.find("rate");
        reading.problems.value(rate ? *rate : node, fmt::format("{:.6g} Hz are more than one spike in a step of {} ms; the most are {:.6g} Hz", labels.rate, reading.dt, 1000 / reading.dt));
    }
    if (to.size == 0) section.problem("the population needs a size, the number of classes");
    to.source = SpikeList();
    reading.to.origins[to.name] = labels;
}

/// The spikes of a list in the order of their steps, then of their neurons.
void sort_spikes(SpikeList& spikes) {
    std::vector<std::pair<std::int64_t, std::uint32_t>> order;
    for (std::size_t i = 0; i < spikes.steps.size(); ++i) order.emplace_back(spikes.steps[i], spikes.neurons[i]);
    std::ranges::sort(order);
    for (std::size_t i = 0; i < order.size(); ++i) std::tie(spikes.steps[i], spikes.neurons[i]) = order[i];
}

/// A list of times for each neuron. The spike at time t belongs to the step that ends at t.
SpikeList read_times(const YamlNode& node, const SimulationReading& reading) {
    SpikeList spikes;
    std::uint32_t neuron = 0;
    for (const auto& list : read_list(node, "a list of times for each neuron", -1, reading.problems)) {
        for (const auto& entry : read_list(list, "a list of times", -1, reading.problems))
            if (const auto time = reading.read_time(entry, {.unit = "ms", .min = 0, .open_min = true})) {
                spikes.steps.push_back(std::int64_t(std::round(*time / reading.dt)) - 1);
                spikes.neurons.push_back(neuron);
            }
        ++neuron;
    }
    sort_spikes(spikes);
    for (std::size_t i = 1; i < spikes.steps.size(); ++i)
        if (spikes.steps[i] == spikes.steps[i - 1] && spikes.neurons[i] == spikes.neurons[i - 1])
            reading.problems.value(node, fmt::format("neuron {} fires twice at {} ms", spikes.neurons[i], double(spikes.steps[i] + 1) * reading.dt));
    return spikes;
}

void read_given_spikes(const YamlNode& node, SimulatedPopulation& to, const SimulationReading& reading) {
    Section section(node, reading.problems, Section::Empty::allowed);
    const YamlNode* times = section.take("times");
    if (times) {
        if (section.has("file")) section.problem("has times and a file; leave out one of them");
        to.source = read_times(*times, reading);
        if (to.size == 0) to.size = std::uint32_t(std::max<std::size_t>(times->entries.size(), 1));
        if (times->entries.size() > to.size)
            section.problem(fmt::format("has times for {} neurons, and the population has {}", times->entries.size(), to.size));
    }
    GivenSpikes given;
    section.read(given, GivenSpikes::fields());
    section.close();
    if (times) return;
    if (given.file.empty()) return section.problem("file or times is required");
    to.source = SpikeList();
    if (to.size == 0) return section.problem("the population needs a size");
    try {
        const auto spikes = read_spikes({given.file, given.population, to.size, reading.dt, given.round});
        to.source = SpikeList{{spikes.step.begin(), spikes.step.end()}, spikes.neuron};
        reading.to.origins[to.name] = given;
    } catch (const Error& error) {
        section.problem(error.what());
    }
}

void read_samples(Section& section, SampleSpikes& to) {
    const YamlNode* node = section.take("samples");
    if (!node) return;
    std::array<int, 2> range{0, 1};
    if (node->kind == YamlNode::Kind::scalar) read_value(*node, {.min = 1, .max = 1e9}, range[1], section.problems());
    else read_value(*node, {.min = 0, .max = 1e9}, range, section.problems());
    if (range[0] >= range[1]) section.problems().value(*node, "has no samples");
    to.first = range[0], to.end = range[1];
}

/// Samples one after the other: in each, the encoder's spikes of as many steps as it is presented, then silence.
SpikeList encode_samples(const SampleSpikes& from, const Images& images, double dt, std::uint64_t seed) {
    const auto present = from.present_steps(dt), period = from.period(dt);
    SpikeList spikes;
    for (int sample = from.first; sample < from.end; ++sample)
        add_sample(from.encoder, images, sample, {(sample - from.first) * period, int(present), dt, seed, 0}, spikes);
    return spikes;
}

/// All neurons are reset together: samples of several sources must end together.
void reset_every(std::int64_t steps, Section& section, const SimulationReading& reading) {
    auto& to = reading.to.reset_every;
    if (to != 0 && to != steps) section.problem(fmt::format("resets the neurons every {} ms, and another source every {} ms", double(steps) * reading.dt, double(to) * reading.dt));
    to = steps;
}

void read_sample_spikes(Section& section, SimulatedPopulation& to, const SimulationReading& reading) {
    auto& problems = section.problems();
    const std::size_t before = problems.count();
    SampleSpikes from;
    if (const YamlNode* dataset = section.need("dataset")) read_only_kind(*dataset, "data set", from.dataset, problems);
    if (const YamlNode* encoder = section.take("encoder")) read_only_kind(*encoder, "encoder", from.encoder, problems);
    if (!is_spiking(from.encoder))
        problems.key(*section.node().find("encoder"), "gives currents, and a source needs spikes; take bernoulli, poisson, latency or trains");
    read_presentation(section, from, reading.dt);
    section.close();
    to.source = SpikeList();
    for (const auto& problem : {wrong_classes(from.dataset), wrong_encoder(from.dataset, from.encoder)})
        if (!problem.empty()) section.problem(problem);
    if (problems.count() > before) return;
    try {
        const int steps = int(from.present_steps(reading.dt));
        const auto data = load(from.dataset, reading.dt, steps);
        const auto& images = from.set == SampleSpikes::Set::test ? data.test : data.train;
        if (from.end > images.count) return section.problem(fmt::format("has samples up to {}, and the data set has {}", from.end, images.count));
        const auto neurons = std::uint32_t(inputs_of(from.encoder, images.size(), steps));
        if (to.size == 0) to.size = neurons;
        if (to.size != neurons) section.problem(fmt::format("gives {} neurons, one for each pixel or train, and the population has {}", neurons, to.size));
        to.source = encode_samples(from, images, reading.dt, reading.seed);
        reading.to.origins[to.name] = from;
        if (std::holds_alternative<ResetBetween>(from.between)) reset_every(from.period(reading.dt), section, reading);
    } catch (const Error& error) {
        section.problem(error.what());
    }
}

}  // namespace

void read_presentation(Section& section, SampleSpikes& to, double dt) {
    auto& problems = section.problems();
    section.read(to, SampleSpikes::fields());
    if (const YamlNode* present = section.take("present")) check_steps(*present, to.present, dt, problems);
    if (const YamlNode* between = section.take("between_samples")) {
        const YamlNode mapping = with_first_parameter<decltype(to.between)>(*between);
        read_only_kind(mapping, "way from one sample to the next", to.between, problems);
        const YamlNode* rest = mapping.find(RestBetween::name);
        if (const YamlNode* duration = rest ? rest->find("duration") : nullptr) check_steps(*duration, std::get<RestBetween>(to.between).duration, dt, problems);
    }
    read_samples(section, to);
}

void read_source(const YamlNode& node, SimulatedPopulation& population, const SimulationReading& reading) {
    static constexpr std::string_view kinds[] = {PoissonTrains::name, GivenSpikes::name, ClassSpikes::name};
    const YamlNode mapping = as_kind(node);
    Section section(mapping, reading.problems);
    if (section.has("dataset")) return read_sample_spikes(section, population, reading);
    population.source = PoissonTrains();
    const YamlNode* kind = section.take_kind("source", kinds);
    section.close();
    if (!kind) return;
    if (kind->key == GivenSpikes::name) return read_given_spikes(*kind, population, reading);
    if (kind->key == ClassSpikes::name) return read_class_spikes(*kind, population, reading);
    PoissonTrains trains;
    Section keys(*kind, reading.problems, Section::Empty::allowed);
    keys.read(trains, PoissonTrains::fields());
    keys.close();
    population.source = trains;
}

}  // namespace tripartite
