#include "experiment/read_local.hpp"

#include "core/text.hpp"
#include "experiment/checks.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"
#include "experiment/read_values.hpp"

namespace tripartite {
namespace {

class LocalReader {
public:
    LocalReader(Experiment& to, const NeuronRegistry& neurons, Problems& problems)
        : e_(to), problems_(problems), reading_{to.dt, to.seed, to.precision, neurons, problems, to.simulation, true} {}

    void input(const YamlNode& node) {
        Section section(node, problems_);
        section.refuse({"transform", "validation"}, "belongs to learning by bptt");
        if (const YamlNode* dataset = section.need("dataset")) read_only_kind(*dataset, "data set", e_.dataset, problems_);
        if (const YamlNode* encoder = section.need("encoder")) read_only_kind(*encoder, "encoder", e_.encoder, problems_), check_encoder(*encoder);
        if (const auto* mnist = std::get_if<Mnist>(&e_.dataset); mnist && mnist->folder.empty()) section.problem("dataset.mnist.folder is required");
        if (const auto problem = wrong_classes(e_.dataset); !problem.empty()) section.problem(problem);
        if (!has_classes(e_.dataset)) section.problem("the samples of motifs have no class, by which neurons could get labels; take another data set");
        if (const YamlNode* between = section.take("between_samples")) {
            const YamlNode mapping = with_first_parameter<decltype(e_.local->between)>(*between);
            read_only_kind(mapping, "way from one sample to the next", e_.local->between, problems_);
            if (const auto* rest = std::get_if<RestBetween>(&e_.local->between); rest && !whole_steps(rest->duration, e_.dt))
                problems_.value(*between, fmt::format("rest must be a whole number of steps of {} ms, got {} ms", e_.dt, rest->duration));
        }
        section.close();
    }

    void network(const YamlNode& node) {
        auto& populations = e_.simulation.network.populations;
        SimulatedPopulation samples;
        samples.name = Network::input, samples.source = SpikeList();
        samples.size = std::uint32_t(inputs_of(e_.encoder, features_of(e_), e_.steps));
        populations.push_back(samples);
        read_simulated_network(node, reading_);
        const auto learns = [](const SimulatedProjection& p) { return plastic_rule(p.synapse).has_value(); };
        if (problems_.count() == 0 && std::ranges::none_of(e_.simulation.network.projections, learns))
            problems_.key(node, "no synapse learns; give a projection a plastic one, such as synapse: {stdp_pair: {}}");
    }

    void learning(const YamlNode& node) {
        Section section(node, problems_);
        section.refuse({"bptt", "optimiser", "schedule", "batch"}, "belongs to learning by gradients; leave it out, or local");
        section.read(e_, std::tuple{Experiment::epochs_field()});
        if (const YamlNode* local = section.take(LocalLearning::name)) options(*local);
        if (const YamlNode* readout = section.take("readout")) read_readout(*readout);
        section.close();
    }

private:
    void options(const YamlNode& node) {
        Section section(node, problems_);
        section.need("population");
        section.read(*e_.local, LocalLearning::fields());
        if (const YamlNode* name = section.take("population"))
            if (const auto* population = reading_.find(*name, e_.local->population)) {
                if (!population->source && !population->neuron.spiking)
                    problems_.value(*name, fmt::format("reads spikes, but '{}' is a {}, which never fires; name a population that does", population->name, population->neuron.model));
                if (population->name == Network::input) problems_.value(*name, "'input' fires the samples themselves; name a population that responds to them");
            }
        const bool by_rate = std::holds_alternative<Poisson>(e_.encoder) || std::holds_alternative<Bernoulli>(e_.encoder);
        if (const YamlNode* least = section.take("least_spikes"); least && e_.local->least_spikes > 0 && !by_rate)
            problems_.value(*least, "shows samples again with more spikes, which only the encoders poisson and bernoulli can; leave it out");
        section.close();
    }

    void read_readout(const YamlNode& node) {
        read_only_kind(node, "read-out", e_.readout.emplace(), problems_);
        const auto& name = std::get<ComplexityReadout>(*e_.readout).population;
        if (!name.empty() && name != e_.local->population)
            problems_.value(node, fmt::format("reads the population of local, '{}', and not '{}'; leave its population out", e_.local->population, name));
    }

    void check_encoder(const YamlNode& node) {
        if (!is_spiking(e_.encoder)) return problems_.value(node, "gives currents, and plastic synapses need spikes; take bernoulli, poisson, latency or trains");
        if (const auto problem = wrong_encoder(e_.dataset, e_.encoder); !problem.empty()) problems_.value(node, problem);
    }

    Experiment& e_;
    Problems& problems_;
    SimulationReading reading_;
};

}  // namespace

int features_of(const Experiment& e) {
    return std::visit([&]<class Kind>(const Kind& set) {
        if constexpr (makes_trains<Kind>) return set.trains() * e.steps;
        else return set.pixels();
    }, e.dataset);
}

void read_local(Section& top, Experiment& e, const NeuronRegistry& neurons, Problems& problems) {
    LocalReader reader(e, neurons, problems);
    if (const YamlNode* node = top.need("input")) reader.input(*node);
    if (const YamlNode* node = top.need("network")) reader.network(*node);
    if (const YamlNode* node = top.need("learning")) reader.learning(*node);
    top.refuse({"record", "expected"}, "belongs to mode: simulate");
    if (const YamlNode* node = top.node().find("experiment"); node && e.mode == Experiment::Mode::evaluate && e.checkpoint.empty())
        problems.at(node->key_place, "experiment.checkpoint", "is required by mode: evaluate; give the checkpoint.h5 of a trained run");
}

}  // namespace tripartite
