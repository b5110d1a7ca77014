#pragma once
#include <algorithm>
#include <string>
#include <string_view>
#include <vector>

#include "experiment/describe.hpp"
#include "experiment/section.hpp"
#include "experiment/spec.hpp"
#include "neurons/presets.hpp"
#include "simulation/network.hpp"

namespace tripartite {

/// A neuron model for a spec that is written in C++: make_neuron(), with what a resolved file says of it.
template <class M> NeuronSpec configure(const typename M::template Params<double>& params = {}, const std::vector<Learn>& learn = {},
                                        const std::vector<std::string>& per_neuron = {}) {
    auto spec = make_neuron<M>(params, learn, per_neuron);
    const auto fields = M::template fields<double>();
    bool beta = false;
    for_each_field(fields, [&](const auto& f) { beta = beta || (f.name == "beta" && !value_text(f, params).empty()); });
    for_each_field(fields, [&](const auto& f) {
        const std::string text = value_text(f, params);
        const bool replaced = (beta && f.name == "tau_m") || std::ranges::count(per_neuron, f.name);
        if (!text.empty() && !replaced) spec.written.emplace_back(f.name, text);
    });
    return spec;
}

/// Moves `key: {distribution}` or `key: {file: …}` of a neuron's parameters to `values` and leaves its mean, or the first value, in its place.
/// Returns whether there was one.
bool take_distribution(YamlNode& neuron, std::string_view key, const Demand& demand, std::vector<NeuronValue>& values, Problems& problems);

/// Which parameters are learned: `learn: {beta: shared, threshold: per_neuron}`.
std::vector<Learn> read_learn(Section& neuron, std::span<const ParameterDescription> parameters);

/// `like: norse` replaces the defaults; a time constant in the file then replaces the preset's beta.
void read_preset(Section& neuron, Lif::Params<double>& params);

/// With `values`, parameters may be distributions: these are collected there, and the model gets their means.
template <class M> NeuronSpec read_neuron(const YamlNode& node, Problems& problems, std::vector<NeuronValue>* values) {
    typename M::template Params<double> params;
    const auto fields = M::template fields<double>();
    const std::size_t before = problems.count();
    YamlNode plain = node;
    std::vector<std::string> per_neuron;
    if (values) for_each_field(fields, [&](const auto& f) {
        if constexpr (std::is_same_v<typename std::decay_t<decltype(f)>::type, double>)
            if (take_distribution(plain, f.name, Demand::of(f), *values, problems)) per_neuron.emplace_back(f.name);
    });
    Section neuron(plain, problems, Section::Empty::allowed);
    if (values) neuron.refuse({"learn"}, "belongs to mode: train");
    if constexpr (std::is_base_of_v<Lif::Params<double>, typename M::template Params<double>>) read_preset(neuron, params);
    neuron.read(params, fields);
    const auto learn = read_learn(neuron, describe_fields(params, fields));
    if (const YamlNode* tau = neuron.node().find("tau_m"); tau && neuron.has("beta"))
        neuron.problems().key(*tau, "beta is given in its place; leave out one of them");
    neuron.close();
    if (neuron.problems().count() > before) return {};
    if (const std::string_view problem = M::problem(params); !problem.empty()) return neuron.problem(std::string(problem)), NeuronSpec{};
    try {
        return configure<M>(params, learn, per_neuron);
    } catch (const Error& e) {
        const std::string text = e.what(), name = std::string(M::name) + ": ";
        return neuron.problem(text.starts_with(name) ? text.substr(name.size()) : text), NeuronSpec{};
    }
}

/// The neuron models that a file can name: those that ship, and a user's own.
class NeuronRegistry {
public:
    struct Entry {
        KindDescription (*describe)();
        NeuronSpec (*read)(const YamlNode& parameters, Problems& problems, std::vector<NeuronValue>* values);  ///< reports what is wrong
    };

    /// The models of neurons/all.hpp.
    static NeuronRegistry shipped();

    /// Adds a model that keeps the contract of engine/neuron_model.hpp.
    template <NeuronModel M> void add() {
        names_.push_back(M::name);
        entries_.push_back({[] {
            return KindDescription{M::name, M::doc, describe_fields(typename M::template Params<double>{}, M::template fields<double>())};
        }, &read_neuron<M>});
    }

    const std::vector<std::string_view>& names() const { return names_; }
    const std::vector<Entry>& entries() const { return entries_; }
    /// `neuron: {lif: {…}}`; where `values` is given, parameters may be distributions.
    NeuronSpec read(const YamlNode& node, Problems& problems, std::vector<NeuronValue>* values = nullptr) const;

private:
    std::vector<std::string_view> names_;
    std::vector<Entry> entries_;
};

/// The words that `tripartite list` takes: "neurons", "losses", …
std::span<const std::string_view> list_words();
/// Everything of that word: name, documentation, parameters. Throws Error for a word that is none.
std::vector<KindDescription> descriptions(std::string_view word, const NeuronRegistry& neurons = NeuronRegistry::shipped());
/// The same as text; for "yaml", the reference of experiment files.
std::string list_text(std::string_view word, const NeuronRegistry& neurons = NeuronRegistry::shipped());

/// docs/yaml.md: every key of an experiment file.
std::string yaml_reference();

}  // namespace tripartite
