#pragma once
#include "experiment/registry.hpp"

namespace tripartite {

/// What the readers of mode: simulate share. Each reports what is wrong and goes on.
struct SimulationReading {
    double dt;            ///< ms
    std::uint64_t seed;
    Experiment::Precision precision;
    const NeuronRegistry& neurons;
    Problems& problems;
    SimulationConfig& to;
    bool shows_samples = false;  ///< learning: {local: …}

    /// Null if there is no such population, which is reported.
    const SimulatedPopulation* find(const YamlNode& node, const std::string& population) const;
    /// A time, which must be whole steps.
    std::optional<double> read_time(const YamlNode& node, const Demand& demand) const;
};

/// `network:`
void read_simulated_network(const YamlNode& node, const SimulationReading& reading);
void read_simulated_population(const YamlNode& node, const SimulationReading& reading);
void read_simulated_projections(const YamlNode& list, const SimulationReading& reading);
/// `samples`, `set`, `present` and `between_samples`, into what stands there as their defaults.
void read_presentation(Section& section, SampleSpikes& to, double dt);
/// `network: {trained: …}` and `input:` of an experiment: loads the network, and encodes the samples. `experiment` is the section of
/// that name, or null: seed and precision are those of the training run unless it has them.
void read_trained(const YamlNode& network, const YamlNode* input, const YamlNode* experiment, const NeuronRegistry& neurons, Problems& problems, Experiment& to);
/// `source:` of a population; gives it a size if the spikes do.
void read_source(const YamlNode& node, SimulatedPopulation& population, const SimulationReading& reading);
/// `input:`, a list of drives.
void read_drives(const YamlNode& list, const SimulationReading& reading);
/// `record:` and `expected:`
void read_recording(const YamlNode& node, const SimulationReading& reading);
void read_expected(const YamlNode& node, const SimulationReading& reading);

/// "iaf_psc_exp has no state 'V'; it has V_m and I_syn_ex".
std::string no_such(std::string_view what, const std::string& word, const std::vector<std::string>& names, std::string_view model);

/// Which port of the neurons a key `receptor` names; "" if there is none or it is wrong, which is reported.
std::string read_receptor(Section& section, const NeuronSpec& neuron);
/// The unit of what arrives at a port, or at the first one.
std::string_view unit_of_port(const SimulatedPopulation& population, const std::string& receptor);

/// The words of a key, each of which may stand there once.
std::vector<std::string> distinct_words(Section& section, std::string_view key);
/// Reports an interval [start, stop) without any time.
void check_window(const YamlNode& place, double start, double stop, Problems& problems);
/// Reports weights that would make a conductance negative: a port in nS takes weights of the sign of its name.
void check_conductance(const YamlNode& place, const SimulatedPopulation& to, const std::string& receptor, const Interval& weights, Problems& problems);

/// A population that can be a target.
const SimulatedPopulation* find_target(const YamlNode& node, const std::string& name, const SimulationReading& reading);

/// Gives a name to each that has none: that of `stem`, with _2, _3, … where it is taken.
template <class T, class Stem> void complete_names(std::vector<T>& all, Stem stem) {
    for (auto& one : all) {
        if (!one.name.empty()) continue;
        std::string name = stem(one);
        for (int i = 2; std::ranges::count(all, name, &T::name); ++i) name = fmt::format("{}_{}", stem(one), i);
        one.name = name;
    }
}

}  // namespace tripartite
