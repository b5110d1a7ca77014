#include "experiment/registry.hpp"

#include <algorithm>
#include <array>

#include "core/text.hpp"
#include "experiment/read_values.hpp"

namespace tripartite {
namespace {

constexpr std::string_view sharing[] = {"shared", "per_neuron"};

template <class Variant> std::vector<KindDescription> kinds_of() {
    std::vector<KindDescription> kinds;
    alternatives_of<Variant>::for_each([&]<class Kind>() { kinds.push_back(describe_kind<Kind>()); });
    return kinds;
}

struct Listed {
    std::string_view word;
    std::vector<KindDescription> (*describe)();  ///< null: the neurons, which a user can add to
};

constexpr Listed lists[] = {
    {"neurons", nullptr},
    {"surrogates", kinds_of<SurrogateShape>},
    {"losses", kinds_of<Loss>},
    {"readouts", kinds_of<ReadoutKind>},
    {"regularisers", kinds_of<std::variant<RateBounds, RmpLoss>>},
    {"optimisers", kinds_of<OptimiserSpec>},
    {"schedules", kinds_of<ScheduleKind>},
    {"encoders", kinds_of<Encoder>},
    {"datasets", kinds_of<Dataset>},
    {"initialisers", kinds_of<InitialiserConfig>},
    {"normalisers", kinds_of<Normalisation>},
    {"membrane_methods", kinds_of<MembraneMethod>},
    {"delays", kinds_of<DelayConfig>},
    {"connections", kinds_of<TrainedRule>},
    {"rules", kinds_of<ConnectionRule>},
    {"distributions", kinds_of<AnyValue>},
    {"synapses", kinds_of<SynapseKind>},
    {"drives", kinds_of<DriveKind>},
    {"sources", kinds_of<std::variant<PoissonTrains, GivenSpikes, ClassSpikes>>},
    {"positions", kinds_of<PositionRule>},
};

std::string row_text(const ParameterDescription& p) {
    std::string notes = p.initial.empty() ? "" : "default " + p.initial;
    if (!p.allowed.empty()) notes += (notes.empty() ? "" : "; ") + p.allowed;
    if (p.learnable) notes += notes.empty() ? "can be learned" : "; can be learned";
    return fmt::format("    {:<16} {}{}{}\n", p.name, p.doc, p.unit.empty() ? "" : fmt::format(" [{}]", p.unit), notes.empty() ? "" : " (" + notes + ")");
}

}  // namespace

std::vector<Learn> read_learn(Section& neuron, std::span<const ParameterDescription> parameters) {
    const YamlNode* node = neuron.take("learn");
    if (!node) return {};
    std::vector<Learn> learn;
    Section section(*node, neuron.problems());
    for (const auto& p : parameters)
        if (const YamlNode* how = p.learnable ? section.take(p.name) : nullptr)
            if (const auto choice = read_choice(*how, sharing, neuron.problems())) learn.push_back({std::string(p.name), *choice == 1});
    section.close();
    return learn;
}

void read_preset(Section& neuron, Lif::Params<double>& params) {
    const YamlNode* node = neuron.take("like");
    if (!node) return;
    if (const auto preset = read_choice(*node, lif_presets, neuron.problems())) params = like(LifPreset(*preset));
    if (neuron.has("tau_m") && !neuron.has("beta")) params.beta = std::numeric_limits<double>::quiet_NaN();
}

bool take_distribution(YamlNode& neuron, std::string_view key, const Demand& demand, std::vector<NeuronValue>& values, Problems& problems) {
    YamlNode* node = neuron.find(key);
    if (!node || node->kind != YamlNode::Kind::mapping) return false;
    auto value = read_neuron_value(*node, demand, problems);
    if (!value) {
        std::erase_if(neuron.entries, [&](const YamlNode& n) { return n.key == key; });
        return false;
    }
    value->field = key;
    node->kind = YamlNode::Kind::scalar;
    node->entries.clear();
    node->scalar = fmt::format("{}", value->each.empty() ? value->value.mean() : value->each[0]);
    values.push_back(std::move(*value));
    return true;
}

NeuronRegistry NeuronRegistry::shipped() {
    NeuronRegistry registry;
    NeuronModels::for_each([&]<class M>() { registry.add<M>(); });
    return registry;
}

NeuronSpec NeuronRegistry::read(const YamlNode& node, Problems& problems, std::vector<NeuronValue>* values) const {
    const YamlNode mapping = as_kind(node);
    Section section(mapping, problems);
    const YamlNode* chosen = section.take_kind("neuron", names_);
    section.close();
    if (!chosen) return {};
    const auto named = std::ranges::find_if(names_, [&](auto name) { return mapping.find(name) == chosen; });
    return entries_[std::size_t(named - names_.begin())].read(*chosen, problems, values);
}

std::span<const std::string_view> list_words() {
    static constexpr auto words = [] {
        std::array<std::string_view, std::size(lists) + 1> all;
        std::ranges::transform(lists, all.begin(), &Listed::word);
        all.back() = "yaml";
        return all;
    }();
    return words;
}

std::vector<KindDescription> descriptions(std::string_view word, const NeuronRegistry& neurons) {
    const auto list = std::ranges::find(lists, word, &Listed::word);
    if (list == std::end(lists)) {
        const std::string near = did_you_mean(word, list_words());
        throw ConfigError(fmt::format("there is no list of '{}'{}", word, near.empty() ? "; known: " + listed(list_words()) : near));
    }
    if (list->describe) return list->describe();
    std::vector<KindDescription> kinds;
    for (const auto& entry : neurons.entries()) kinds.push_back(entry.describe());
    return kinds;
}

std::string list_text(std::string_view word, const NeuronRegistry& neurons) {
    if (word == "yaml") return yaml_reference();
    std::string text;
    for (const auto& kind : descriptions(word, neurons)) {
        text += fmt::format("{}\n  {}\n", kind.name, kind.doc);
        for (const auto& p : kind.parameters) text += row_text(p);
    }
    return text;
}

}  // namespace tripartite
