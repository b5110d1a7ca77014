#include "experiment/read_network.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>

#include "core/text.hpp"
#include "experiment/read_simulation.hpp"
#include "experiment/read_values.hpp"
#include "synapses/connectivity.hpp"

namespace tripartite {
namespace {

class NetworkReader {
public:
    NetworkReader(double dt, const NeuronRegistry& neurons, Problems& problems) : dt_(dt), neurons_(neurons), problems_(problems) {}

    LayerConfig layer(const YamlNode& node) {
        LayerConfig layer;
        Section section(node, problems_);
        if (const YamlNode* name = section.take("name")) layer.population.name = population_name(*name);
        section.need("dense");
        population(section, layer.population, "dense");
        feed(section, layer.feed, layer.population.normalise.has_value(), 0);
        if (of_distance(layer.feed)) section.problem("delays that depend on the distance need positions, which layers have not; write populations and projections");
        layer.feed.receptor = read_receptor(section, layer.population.neuron);
        if (const YamlNode* recurrent = section.take("recurrent")) layer.recurrent = loop(*recurrent);
        section.close();
        return layer;
    }

    PopulationConfig named_population(const YamlNode& node) {
        PopulationConfig config;
        check_name(node.key, node.key_place, node.path);
        config.name = node.key;
        Section section(node, problems_);
        section.refuse({"model", "params", "source", "initial"}, "belongs to mode: simulate");
        section.need("size");
        population(section, config, "size");
        if (const YamlNode* positions = section.take("positions")) read_positions(*positions, config, PopulationConfig::periodic_field(), problems_);
        section.close();
        return config;
    }

    ProjectionConfig projection(const YamlNode& node, std::span<const PopulationConfig> populations) {
        ProjectionConfig config;
        const std::size_t before = problems_.count();
        const YamlNode written_out = with_first_parameter<TrainedRule>(node);
        Section section(written_out, problems_);
        section.refuse({"rule", "synapse"}, "belongs to mode: simulate");
        if (const YamlNode* from = section.need("from")) config.from = end(*from, populations);
        if (const YamlNode* to = section.need("to")) config.to = end(*to, populations);
        const bool analog = config.from == Network::input;
        config.delay = analog ? 0 : dt_;
        const int least = analog ? 0 : 1;
        const auto target = std::ranges::find(populations, config.to, &PopulationConfig::name);
        feed(section, config, target != populations.end() && target->normalise && config.from != config.to, least);
        if (target != populations.end()) config.receptor = read_receptor(section, target->neuron);
        const YamlNode* weight = section.take("weight");
        read_kind(section, "connection rule", config.rule);
        if (weight && config.dense()) problems_.key(*weight, "belongs to mode: simulate");
        else if (weight) read_value(*weight, Demand::of(ProjectionConfig::weight_field()), config.weight, problems_);
        if (!config.dense()) domains(section, config);
        section.close();
        if (problems_.count() == before) check_domains(node, config, populations), check_positions(written_out, config, populations);
        return config;
    }

private:
    void population(Section& section, PopulationConfig& to, std::string_view size) {
        section.read(to, PopulationConfig::fields(size));
        if (const YamlNode* neuron = section.need("neuron")) to.neuron = neurons_.read(*neuron, problems_);
        if (const YamlNode* normalise = section.take("normalise")) read_only_kind(*normalise, "normaliser", to.normalise.emplace(), problems_);
        if (const YamlNode* membrane = section.take("membrane")) read_only_kind(*membrane, "membrane method", to.membrane.emplace(), problems_);
    }

    /// What mean and broadcast, which learn nothing, do not take.
    void domains(const Section& section, ProjectionConfig& to) {
        for (const auto key : {"init", "bias"})
            if (const YamlNode* given = section.node().find(key)) problems_.key(*given, "belongs to dense, whose weights are learned");
        read_domains(section.node(), to.rule, problems_);
        if (to.from == Network::input) problems_.value(*section.node().find("from"), "mean and broadcast connect populations; the input takes dense");
        if (to.delays && learns(*to.delays)) problems_.value(*section.node().find("delay"), "mean and broadcast learn nothing; draw the delays, or give a number or a list");
    }
    void check_domains(const YamlNode& node, const ProjectionConfig& config, std::span<const PopulationConfig> populations) {
        const auto population = [&](const std::string& name) { return std::ranges::find(populations, name, &PopulationConfig::name); };
        const auto from = population(config.from), to = population(config.to);
        if (from == populations.end() || to == populations.end()) return;
        const PairSpace space{std::uint32_t(from->size), std::uint32_t(to->size)};
        try {
            std::visit([&]<class Rule>(const Rule& rule) {
                if constexpr (!std::is_same_v<Rule, DenseRule>) make_connector(rule, space, RandomStream(0, "", ""));
            }, config.rule);
        } catch (const Error& error) {
            problems_.key(node, error.what());
        }
    }

    /// Delays that depend on the distance need places at both ends, where the input and layers have none.
    void check_positions(const YamlNode& node, const ProjectionConfig& config, std::span<const PopulationConfig> populations) {
        if (!of_distance(config)) return;
        for (const auto& name : {config.from, config.to}) {
            const auto p = std::ranges::find(populations, name, &PopulationConfig::name);
            if (p == populations.end() || !p->positions)
                return problems_.value(*node.find("delay"), fmt::format("depends on the distance, and '{}' has no positions{}", name, name == Network::input ? "; take another delay" : ""));
        }
    }
    static bool of_distance(const ProjectionConfig& config) {
        return config.delays && std::visit([]<class Kind>(const Kind&) { return std::is_constructible_v<DistanceFunction, Kind>; }, *config.delays);
    }

    /// Its delays are at least `least` steps.
    void feed(Section& section, ProjectionConfig& to, bool normalised, int least) {
        section.read(to, ProjectionConfig::fields());
        if (const YamlNode* init = section.take("init")) read_only_kind(*init, "initialiser", to.init, problems_);
        delay(section, to, least);
        if (const YamlNode* bias = section.take("bias"); bias && normalised && !to.bias)
            problems_.value(*bias, "normalise needs the bias, into which it is folded for inference");
    }

    ProjectionConfig loop(const YamlNode& node) {
        ProjectionConfig config{.from = {}, .to = {}, .delay = dt_, .init = UniformFanIn{}, .bias = false};
        Section section(node, problems_);
        if (const YamlNode* init = section.take("init")) read_only_kind(*init, "initialiser", config.init, problems_);
        delay(section, config, 1);
        if (of_distance(config)) section.problem("delays that depend on the distance need positions, which layers have not; write populations and projections");
        section.close();
        return config;
    }

    /// Where a projection begins or ends.
    std::string end(const YamlNode& node, std::span<const PopulationConfig> populations) {
        std::vector<std::string_view> known{Network::input};
        for (const auto& p : populations) known.push_back(p.name);
        const std::string name = read_word(node, problems_).value_or(Network::input);
        if (!std::ranges::count(known, name)) problems_.value(node, fmt::format("there is no population '{}'{}", name, did_you_mean(name, known)));
        return name;
    }

    void delay(Section& section, ProjectionConfig& to, int least) {
        const std::size_t before = problems_.count();
        const YamlNode *node = section.take("delay"), *axonal = section.take("axonal_delay");
        if (node && node->kind == YamlNode::Kind::mapping) delays(*node, to, least);
        else if (node && node->kind == YamlNode::Kind::list) to.delays = listed(*node);
        else if (node) one_delay(*node, to, least);
        if (!axonal) return;
        read_value(*axonal, Demand::of(ProjectionConfig::axonal_delay_field()), to.axonal_delay, problems_);
        check_steps(*axonal, to.axonal_delay, dt_, problems_);
        if (problems_.count() > before) return;
        if (const double shortest = shortest_delay(to); std::round(shortest / dt_) < std::round(to.axonal_delay / dt_))
            problems_.value(*axonal, fmt::format("is a part of the delay, which can be {:.6g} ms; got {} ms", shortest, to.axonal_delay));
    }

    ListedDelays listed(const YamlNode& node) {
        ListedDelays list;
        read_value(node, Demand::of(std::get<0>(ListedDelays::fields())), list.times, problems_);
        return list;
    }

    void one_delay(const YamlNode& node, ProjectionConfig& to, int least) {
        read_value(node, Demand::of(ProjectionConfig::delay_field()), to.delay, problems_);
        check_steps(node, to.delay, dt_, problems_);
        if (least > 0 && whole_steps(to.delay, dt_) == 0) problems_.value(node, fmt::format("must be at least one step of {} ms, got {}", dt_, node.scalar));
    }

    /// Infinite where only make_network() finds it.
    static double shortest_delay(const ProjectionConfig& config) {
        if (!config.delays) return config.delay;
        return std::visit([]<class Kind>(const Kind& kind) {
            if constexpr (std::is_constructible_v<Distribution::Kind, Kind>) return range_of(kind).low;
            else if constexpr (requires { kind.min; }) return kind.min;
            else if constexpr (requires { kind.times; }) return kind.times.empty() ? 0 : std::ranges::min(kind.times);
            else return std::numeric_limits<double>::infinity();
        }, *config.delays);
    }

    void delays(const YamlNode& node, ProjectionConfig& to, int least) {
        const std::size_t before = problems_.count();
        read_only_kind(node, "delay", to.delays.emplace(), problems_, "ms");
        if (problems_.count() > before) return;
        std::visit([&]<class Kind>([[maybe_unused]] Kind& kind) {
            if constexpr (std::is_constructible_v<Distribution::Kind, Kind>) check_drawn(node, kind, least);
            else if constexpr (requires { kind.max; }) check_learned(node, kind, least);
        }, *to.delays);
    }

    static bool learns(const DelayConfig& delays) {
        return std::visit([]<class Kind>(const Kind&) {
            return !std::is_constructible_v<Distribution::Kind, Kind> && !std::is_constructible_v<DistanceFunction, Kind> && !std::is_constructible_v<GivenDelays, Kind>;
        }, delays);
    }

    /// Draws are rounded to steps.
    void check_drawn(const YamlNode& node, const Distribution& delays, int least) {
        if (const auto problem = delays.problem(); !problem.empty()) return problems_.value(node, problem);
        const double shortest = range_of(delays).low;
        if (std::round(shortest / dt_) < least)
            problems_.value(node, fmt::format("delays must be at least {} of {} ms, and can be {:.6g} ms; give redraw: [{}, .inf]",
                                              least ? "one step" : "0 steps", dt_, shortest, least ? dt_ / 2 : 0));
    }

    void check_learned(const YamlNode& node, auto& delays, int least) {
        if (std::isnan(delays.min)) delays.min = least * dt_;
        for (const auto& [key, value] : {std::pair{"min", delays.min}, {"max", delays.max}})
            if (!whole_steps(value, dt_)) problems_.value(node, fmt::format("{} must be a whole number of steps of {} ms, got {} ms", key, dt_, value));
        if (delays.min < least * dt_) problems_.value(node, fmt::format("min must be at least one step of {} ms, got {} ms", dt_, delays.min));
        if (delays.max <= delays.min) problems_.value(node, fmt::format("max must be longer than min, {} ms, got {} ms", delays.min, delays.max));
    }

    std::string population_name(const YamlNode& node) {
        const auto name = read_word(node, problems_);
        if (name) check_name(*name, node.place, node.path);
        return name.value_or("");
    }
    void check_name(const std::string& name, const Place& place, const std::string& path) {
        check_population_name(name, place, path, problems_);
        if (name == Network::input) problems_.at(place, path, "'input' is where samples come from; choose another name");
    }

    double dt_;
    const NeuronRegistry& neurons_;
    Problems& problems_;
};

}  // namespace

void check_population_name(const std::string& name, const Place& place, const std::string& path, Problems& problems) {
    const auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
    if (name.empty() || std::isdigit(static_cast<unsigned char>(name[0])) || !std::ranges::all_of(name, letter))
        problems.at(place, path, fmt::format("a population's name has letters, digits and '_', got '{}'", name));
}

void check_steps(const YamlNode& node, double time, double dt, Problems& problems) {
    const auto steps = whole_steps(time, dt);
    if (!steps || (*steps == 0 && time > 0)) problems.value(node, fmt::format("must be a whole number of steps of {} ms, got {}", dt, node.scalar));
}

std::optional<int> whole_steps(double time, double dt) {
    const double steps = time / dt, whole = std::round(steps);
    return std::fabs(steps - whole) < 1e-9 * std::fmax(1, whole) && whole < 1e9 ? std::optional(int(whole)) : std::nullopt;
}

NetworkConfig read_network(const YamlNode& node, double dt, const NeuronRegistry& neurons, Problems& problems) {
    NetworkConfig network;
    NetworkReader reader(dt, neurons, problems);
    Section section(node, problems);
    if (const YamlNode* layers = section.take("layers")) {
        if (section.has("populations") || section.has("projections")) section.problem("has layers, and populations or projections; choose one form");
        if (layers->kind != YamlNode::Kind::list) problems.value(*layers, "expected a list, got " + layers->description());
        else for (const auto& layer : layers->entries) network.layers.push_back(reader.layer(layer));
        section.take("populations"), section.take("projections");
    } else {
        const YamlNode *populations = section.need("populations"), *projections = section.need("projections");
        if (populations && populations->kind != YamlNode::Kind::mapping) problems.value(*populations, "expected a mapping, got " + populations->description());
        else if (populations) for (const auto& p : populations->entries) network.populations.push_back(reader.named_population(p));
        if (projections && projections->kind != YamlNode::Kind::list) problems.value(*projections, "expected a list, got " + projections->description());
        else if (projections) for (const auto& p : projections->entries) network.projections.push_back(reader.projection(p, network.populations));
    }
    section.close();
    return network;
}

}  // namespace tripartite
