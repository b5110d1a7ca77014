#include <cmath>

#include "core/text.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"
#include "experiment/read_values.hpp"
#include "io/edges.hpp"

namespace tripartite {
namespace {

const SimulatedPopulation* find_source(const YamlNode& node, const std::string& name, const SimulationReading& reading) {
    const auto* population = reading.find(node, name);
    if (!population || population->source || population->neuron.spiking) return population;
    reading.problems.value(node, fmt::format("'{}' is a {}, which never fires", name, population->neuron.model));
    return nullptr;
}

/// Reads one entry of `projections:` for one pair of populations.
class ProjectionReader {
public:
    ProjectionReader(const YamlNode& node, const SimulatedPopulation& from, const SimulatedPopulation& to, const SimulationReading& reading)
        : reading_(reading), problems_(reading.problems), from_(from), to_(to), section_(node, problems_) {}

    SimulatedProjection read(bool only_one) {
        const std::size_t before = problems_.count();
        p_.from = from_.name, p_.to = to_.name;
        p_.weight = p_.delay = Distribution(1);
        section_.take("from"), section_.take("to");
        if (const YamlNode* name = section_.take("name")) read_name(*name, only_one);
        section_.refuse({"init", "bias", "dense"}, "belongs to mode: train");
        if (const YamlNode* rule = section_.need("rule")) read_rule(*rule);
        if (const YamlNode* synapse = section_.take("synapse")) read_synapse(*synapse);
        p_.receptor = read_receptor(section_, to_.neuron);
        read_weight();
        read_delay();
        if (const YamlNode* dopamine = section_.take("dopamine")) read_dopamine(*dopamine);
        if (const YamlNode* normalise = section_.take("normalise")) read_normalise(*normalise);
        if (const YamlNode* scaling = section_.take("scaling")) read_scaling(*scaling);
        if (const YamlNode* astrocytes = section_.take("astrocytes")) read_astrocytes(*astrocytes);
        else if (std::holds_alternative<Tripartite>(p_.synapse)) section_.problem("tripartite synapses need the astrocytes that surround them: astrocytes: {from: …, block: …}");
        if (std::holds_alternative<StdpDopamine>(p_.synapse) && !p_.dopamine)
            section_.problem("stdp_dopamine needs the population whose spikes release it: dopamine: {from: …}");
        section_.close();
        if (problems_.count() == before && from_.size > 0 && to_.size > 0) check_rule();
        return p_;
    }

private:
    void read_name(const YamlNode& node, bool only_one) {
        p_.name = read_word(node, problems_).value_or("");
        const auto letter = [](unsigned char c) { return std::isalnum(c) || c == '_'; };
        if (!std::ranges::all_of(p_.name, letter)) problems_.value(node, fmt::format("a projection's name has letters, digits and '_', got '{}'", p_.name));
        if (!only_one) return problems_.value(node, "this entry stands for several projections, which cannot have one name");
        for (const auto& other : reading_.to.network.projections)
            if (other.name == p_.name) problems_.value(node, fmt::format("there is a projection '{}' already", p_.name));
    }

    void read_synapse(const YamlNode& node) {
        read_only_kind(node, "synapse", p_.synapse, problems_);
        const auto* gap = std::get_if<GapJunction>(&p_.synapse);
        if (gap && from_.name != to_.name) problems_.value(node, "gap junctions connect cells of one population");
        else if (gap && !std::ranges::count(from_.neuron.state_names, gap->state)) problems_.value(node, no_such("state", gap->state, from_.neuron.state_names, from_.neuron.model));
        if (from_.sends_values() && !std::holds_alternative<StaticSynapse>(p_.synapse) && !gap)
            problems_.value(node, fmt::format("'{}' is a {}, which never fires; what it sends takes static synapses", from_.name, from_.neuron.model));
    }

    void read_rule(const YamlNode& node) {
        const YamlNode mapping = with_first_parameter<ConnectionRule>(node);
        Section rule(mapping, problems_);
        const YamlNode* spatial = rule.has(Spatial::name) ? mapping.find(Spatial::name) : nullptr;
        if (spatial && spatial->kind == YamlNode::Kind::mapping) p_.rule = read_spatial(*spatial), rule.take(Spatial::name);
        else read_kind(rule, "connection rule", p_.rule);
        rule.close();
        if (auto* list = std::get_if<ListedPairs>(&p_.rule)) read_list_of_pairs(node, *list);
        read_domains(node, p_.rule, problems_);
    }

    /// Weights and delays of the file stand where the entry gives none.
    void read_list_of_pairs(const YamlNode& node, ListedPairs& list) {
        try {
            auto edges = read_edges(list.file, list.population);
            list.source = std::move(edges.source), list.target = std::move(edges.target);
            if (!edges.weight.empty()) p_.weight = std::move(edges.weight);
            if (!edges.delay.empty()) p_.delay = std::move(edges.delay);
        } catch (const Error& error) {
            problems_.value(node, error.what());
        }
    }

    Spatial read_spatial(const YamlNode& node) {
        Spatial spatial;
        Section section(node, problems_);
        if (const YamlNode* probability = section.take("probability"))
            if (const auto value = read_value_rule(*probability, {.min = 0, .max = 1}, problems_)) {
                const auto* function = std::get_if<DistanceFunction>(&*value);
                const auto* number = std::get_if<Distribution>(&*value);
                if (function) spatial.probability = *function;
                else if (number->constant()) spatial.probability = number->mean();
                else problems_.value(*probability, "must be a number, or a function of the distance");
            }
        if (const YamlNode* mask = section.take("mask")) {
            const YamlNode mapping = with_first_parameter<SpatialMask>(*mask);
            read_only_kind(mapping, "mask", spatial.mask, problems_);
        }
        section.read(spatial, Spatial::fields());
        section.close();
        return spatial;
    }

    void read_weight() {
        const YamlNode* node = section_.take("weight");
        if (const auto* list = std::get_if<ListedPairs>(&p_.rule); list && !node && std::holds_alternative<Distribution>(p_.weight) && !list->source.empty())
            return problems_.value(*section_.node().find("rule"), fmt::format("{} has no weights; give the projection a weight", list->file));
        if (node)
            if (auto rule = read_value_rule(*node, {.unit = unit_of_port(to_, p_.receptor)}, problems_)) p_.weight = *rule;
        if (!std::holds_alternative<DistanceFunction>(p_.weight)) check_weights(node ? *node : section_.node(), smallest_and_largest(p_.weight));
    }

    static Interval smallest_and_largest(const ValueRule& values) {
        const auto* list = std::get_if<std::vector<double>>(&values);
        if (!list) return range_of(std::get<Distribution>(values));
        const auto [low, high] = std::ranges::minmax(*list);
        return {low, high};
    }

    void check_weights(const YamlNode& place, const Interval& range) {
        const auto [low, high] = range;
        if (low == 0 && high == 0) problems_.value(place, "must not be 0: such synapses would do nothing");
        check_conductance(place, to_, p_.receptor, range, problems_);
        const auto has = [&](std::string_view port) { return std::ranges::count(to_.neuron.port_names, port) > 0; };
        if (low < 0 && high > 0 && p_.receptor.empty() && has("excitatory") && has("inhibitory"))
            problems_.value(place, fmt::format("weights can be from {:.6g} to {:.6g}, and their sign chooses the port; give bounds "
                                               "(redraw: [0, .inf]), or receptor", low, high));
        const auto check_sign = [&](const auto& rule) {
            if constexpr (requires { rule.w_max; })
                if (rule.w_max == 0) return problems_.value(place, fmt::format("w_max of {} is 0, so that every weight would stay 0: set it above 0, or below for inhibitory synapses", rule.name));
            if (rule.sign() < 0 ? high <= 0 : low >= 0) return;
            if constexpr (requires { rule.w_max; }) problems_.value(place, fmt::format("weights and w_max, {}, must have the same sign", rule.w_max));
            else problems_.value(place, fmt::format("weights of {} must not be negative", rule.name));
        };
        if (const auto rule = plastic_rule(p_.synapse)) std::visit(check_sign, *rule);
    }

    /// Delays of single synapses, as training takes them.
    void read_given_delays(const YamlNode& node) {
        GivenDelays given;
        const std::size_t before = problems_.count();
        if (node.kind == YamlNode::Kind::list) read_value(node, Demand::of(std::get<0>(ListedDelays::fields())), given.emplace<ListedDelays>().times, problems_);
        else read_only_kind(node, "delay", given, problems_, "ms");
        if (problems_.count() > before) return;
        try {
            p_.delay = times_of(given, p_.from, p_.to, int(to_.size), reading_.dt);
            check_list(p_.rule, p_.delay, {from_.size, to_.size});
            reading_.to.given_delays[reading_.to.network.projections.size()] = given;
        } catch (const Error& error) {
            p_.delay = Distribution(1);
            problems_.value(node, error.what());
        }
    }

    void read_delay() {
        const YamlNode *node = section_.take("delay"), *axonal = section_.take("axonal_delay");
        if (node && (node->kind == YamlNode::Kind::list || node->find(DelaysFile::name) || node->find(ListedDelays::name))) read_given_delays(*node);
        else if (const auto rule = node ? read_value_rule(*node, {.unit = "ms"}, problems_) : std::nullopt) p_.delay = *rule;
        if (axonal) p_.axonal_delay = reading_.read_time(*axonal, {.unit = "ms", .min = 0}).value_or(0);
        if (std::holds_alternative<DistanceFunction>(p_.delay)) return;
        const auto* delay = std::get_if<Distribution>(&p_.delay);
        const auto shortest = smallest_and_largest(p_.delay).low;
        const YamlNode& place = node ? *node : section_.node();
        const double dt = reading_.dt;
        const bool constant = delay && delay->constant();
        if (std::round(shortest / dt) < 1)
            return problems_.value(place, fmt::format("delays must be at least one step of {} ms, and can be {:.6g} ms{}", dt, shortest,
                                                      constant || !delay ? "" : fmt::format("; give redraw: [{}, .inf]", dt / 2)));
        if (constant && !whole_steps(shortest, dt))
            return problems_.value(place, fmt::format("delays must be whole steps of {} ms, got {} ms", dt, shortest));
        if (const double longest = smallest_and_largest(p_.delay).high; std::isfinite(longest) && std::round(longest / dt) > longest_delay)
            return problems_.value(place, fmt::format("delays can have {} steps of {} ms at most, and can be {:.6g} ms", longest_delay, dt, longest));
        const bool plastic = plastic_rule(p_.synapse).has_value();
        if (std::round(shortest / dt) - std::round(p_.axonal_delay / dt) < (plastic ? 1 : 0))
            problems_.value(axonal ? *axonal : place,
                            fmt::format("is a part of the delay, which can be {:.6g} ms{}; got {} ms", shortest,
                                        plastic ? fmt::format(", and must leave a step of {} ms to the dendrite", dt) : "", p_.axonal_delay));
    }

    void read_dopamine(const YamlNode& node) {
        if (!std::holds_alternative<StdpDopamine>(p_.synapse)) problems_.key(node, "only synapses with stdp_dopamine learn by it");
        Section section(node, problems_);
        section.need("from");
        section.read(p_.dopamine.emplace(), DopamineSource::fields());
        if (const YamlNode* from = section.take("from")) find_source(*from, p_.dopamine->from, reading_);
        if (const YamlNode* delay = section.take("delay")) check_steps(*delay, p_.dopamine->delay, reading_.dt, problems_);
        section.close();
    }

    void read_normalise(const YamlNode& node) {
        read_upkeep(node, "total", p_.normalise.emplace());
        if (!reading_.shows_samples && p_.normalise->interval == 0) problems_.key(node, "needs an interval, above 0");
    }

    void read_scaling(const YamlNode& node) {
        if (p_.normalise) problems_.key(node, "normalise fixes the sums of weights that scaling changes; give one of them");
        if (to_.sends_values()) problems_.key(node, fmt::format("'{}' is a {}, which never fires, and scaling follows the rate; take normalise", to_.name, to_.neuron.model));
        read_upkeep(node, "rate", p_.scaling.emplace());
    }

    /// What is done to plastic weights from time to time, whatever the spikes.
    template <class Upkeep> void read_upkeep(const YamlNode& node, const char* needed, Upkeep& upkeep) {
        if (!plastic_rule(p_.synapse)) problems_.key(node, "these weights stay as they are; give the synapse a rule by which they change");
        Section section(node, problems_);
        section.need(needed);
        section.read(upkeep, Upkeep::fields(), unit_of_port(to_, p_.receptor));
        if (const YamlNode* interval = section.take("interval")) check_steps(*interval, upkeep.interval, reading_.dt, problems_);
        section.close();
    }

    void read_astrocytes(const YamlNode& node) {
        if (!std::holds_alternative<Tripartite>(p_.synapse)) problems_.key(node, "only tripartite synapses are surrounded by them");
        Section section(node, problems_);
        auto& territory = p_.astrocytes.emplace();
        section.need("from");
        section.read(territory, Territory::fields());
        const YamlNode* from = section.take("from");
        const auto* population = from ? reading_.find(*from, territory.from) : nullptr;
        if (population && !std::ranges::count(population->neuron.state_names, "Gamma_S"))
            problems_.value(*from, fmt::format("'{}' is no population of astrocyte_gchi, whose gliotransmitter tripartite synapses feel", territory.from));
        if (const YamlNode* delay = section.take("delay")) check_steps(*delay, territory.delay, reading_.dt, problems_);
        section.close();
        read_domains(node, territory, problems_);
        if (population && to_.size > 0) check_in_space(node, *population, [&](const PairSpace& space) { territories(territory, space); });
    }

    /// What only the rule itself knows: whether the populations suit it.
    void check_rule() {
        const YamlNode* place = section_.node().find("rule");
        if (const auto problem = problem_of_kernels(p_); !problem.empty()) return problems_.value(place ? *place : section_.node(), problem);
        check_in_space(place ? *place : section_.node(), from_, [&](const PairSpace& space) {
            const RandomStream random(reading_.seed, p_.name, "check");
            make_connector(p_.rule, space, random);
            weights_of(p_.rule, p_.weight, space);
            for (const auto* value : {&p_.weight, &p_.delay})
                if (std::holds_alternative<DistanceFunction>(*value)) SynapseValues(*value, space, random);
        });
    }

    /// Calls check(space) with the pairs of a population's neurons and the targets; its error is told at `place`.
    template <class Check> void check_in_space(const YamlNode& place, const SimulatedPopulation& from, Check&& check) {
        const auto positions = [&](const SimulatedPopulation& p) {
            std::optional<Positions> positions;
            if (p.positions) positions.emplace(*p.positions, p.size, p.periodic, RandomStream(reading_.seed, p.name, "positions"));
            return positions;
        };
        try {
            const auto sources = positions(from), targets = positions(to_);
            check(PairSpace{from.size, to_.size, from.name == to_.name, sources ? &*sources : nullptr, targets ? &*targets : nullptr});
        } catch (const Error& error) {
            problems_.value(place, error.what());
        }
    }

    const SimulationReading& reading_;
    Problems& problems_;
    const SimulatedPopulation &from_, &to_;
    Section section_;
    SimulatedProjection p_;
};

void read_pairs_entry(const YamlNode& node, const SimulationReading& reading) {
    Section section(node, reading.problems);
    section.need("from"), section.need("to");
    const auto from = distinct_words(section, "from"), to = distinct_words(section, "to");
    for (const auto& source : from)
        for (const auto& target : to) {
            const auto *a = reading.find(*node.find("from"), source), *b = find_target(*node.find("to"), target, reading);
            if (a && b) reading.to.network.projections.push_back(ProjectionReader(node, *a, *b, reading).read(from.size() * to.size() == 1));
        }
}

}  // namespace

void read_simulated_projections(const YamlNode& list, const SimulationReading& reading) {
    for (const auto& node : read_list(list, "a list of projections", -1, reading.problems)) read_pairs_entry(node, reading);
    complete_names(reading.to.network.projections, [](const SimulatedProjection& p) { return p.from + "_to_" + p.to; });
}

}  // namespace tripartite
