#include "experiment/checks.hpp"

#include <algorithm>

#include "core/text.hpp"
#include "experiment/read_experiment.hpp"

namespace tripartite {
namespace {

class Checks {
public:
    Checks(const Experiment& e, const YamlNode& root, Problems& problems) : e_(e), root_(root), problems_(problems), network_(e.network.expanded()) {}

    void all() {
        if (const auto problem = wrong_classes(e_.dataset); !problem.empty())
            report(fmt::format("input.dataset.{}", std::visit([](const auto& d) { return d.name; }, e_.dataset)), problem);
        if (network_.populations.empty()) return report("network", "has no populations");
        graph();
        trainable();
        output();
        encoder();
        learned_time_constants();
        windows();
        validation();
        readout();
        record();
        if (e_.mode == Experiment::Mode::evaluate && e_.checkpoint.empty())
            report("experiment.checkpoint", "is required by mode: evaluate; give the checkpoint.h5 of a trained run");
        if (e_.mode == Experiment::Mode::train && e_.prune > 0) report("experiment.prune", "belongs to mode: evaluate");
        if (e_.regulariser.lower > e_.regulariser.upper)
            report("learning.bptt.regularisers.rate.lower", fmt::format("must be at most upper, {}, got {}", e_.regulariser.upper, e_.regulariser.lower));
    }

private:
    /// At the value that the path names, or at the nearest mapping above it that is there.
    void report(const std::string& path, const std::string& what) {
        const YamlNode* node = &root_;
        Place place = root_.place;
        for (std::size_t begin = 0; node && begin <= path.size();) {
            const std::size_t end = std::min(path.find('.', begin), path.size());
            node = node->find(path.substr(begin, end - begin));
            if (node) place = node->kind == YamlNode::Kind::scalar ? node->place : node->key_place;
            begin = end + 1;
        }
        problems_.at(place, path, what);
    }
    /// A key of a population, in the form in which the file has it.
    std::string path_of(std::size_t population, const std::string& key) const {
        if (e_.network.layers.empty()) return fmt::format("network.populations.{}.{}", network_.populations[population].name, key);
        return fmt::format("network.layers.{}.{}", population, key == "size" ? "dense" : key);
    }

    void graph() {
        try {
            make_network(e_, 1);
        } catch (const Error& error) {
            report("network", error.what());
        }
    }

    void trainable() {
        for (std::size_t i = 0; i < network_.populations.size(); ++i) {
            const auto& p = network_.populations[i];
            PopulationSpec spec{p.name, p.size, p.neuron};
            if (p.membrane) spec.membrane = std::get<MembraneNormOptions>(*p.membrane);
            for (const auto& problem : {not_trainable(spec, e_.dt), problem_of_step(p.neuron, e_.dt)})
                if (!problem.empty()) report(path_of(i, "neuron"), problem);
        }
    }

    void output() {
        const std::size_t last = network_.populations.size() - 1;
        const auto& output = network_.populations[last];
        if (const int classes = classes_of(e_.dataset); classes != output.size)
            report(path_of(last, "size"), fmt::format("the output '{}' has {} neurons, but the data set has {} classes", output.name, output.size, classes));
        if (reads_spikes(e_.loss) && !output.neuron.spiking)
            report("learning.bptt.loss", fmt::format("reads spikes, but the output '{}' is a {}, which never fires; "
                                                     "take a loss of membranes, or a neuron that fires",
                                                     output.name, output.neuron.model));
        if (!has_classes(e_.dataset) && !std::holds_alternative<BinaryCrossEntropySteps>(e_.loss)) report("learning.bptt.loss", "must be bce_steps: the samples of motifs have no label, but a target for each output in each step");
        const auto* temporal = std::get_if<SquaredErrorTemporal>(&e_.loss);
        for (const auto& [key, target] : {std::pair{"on_target", temporal ? temporal->on_target : 0}, {"off_target", temporal ? temporal->off_target : 0}})
            if (target >= e_.steps || target < -e_.steps)
                report(fmt::format("learning.bptt.loss.mse_temporal.{}", key), fmt::format("must be a step of the run, which has {}, got {}", e_.steps, target));
    }

    static int classes_of(const Dataset& dataset) {
        return std::visit([]<class Kind>(const Kind& kind) {
            if constexpr (makes_trains<Kind>) return kind.classes();
            else return kind.classes;
        }, dataset);
    }

    void encoder() {
        if (const auto problem = wrong_encoder(e_.dataset, e_.encoder); !problem.empty()) report("input.encoder", problem);
        if (const auto* mnist = std::get_if<Mnist>(&e_.dataset); mnist && mnist->folder.empty()) report("input.dataset.mnist.folder", "is required");
        const auto& t = e_.transform;
        if (is_spiking(e_.encoder) && (t.mean != 0 || t.sd < 1))
            report("input.transform", "mean and sd take pixels out of 0..1, in which spiking encoders need them; leave them out, or take the direct encoder");
    }

    void learned_time_constants() {
        for (std::size_t i = 0; i < network_.populations.size(); ++i)
            for (const auto& p : network_.populations[i].neuron.learned)
                if (p.how == Learned::by_sigmoid && p.initial <= e_.dt)
                    report(path_of(i, "neuron"), fmt::format("{} is learned, so it must be longer than a step of {} ms, got {} ms", p.name, e_.dt, p.initial));
    }

    void windows() {
        if (e_.truncate > 0 && e_.recompute > 0) report("learning.bptt.recompute", "cannot be used together with truncate; leave out one of them");
        if (e_.recompute == 0) return;
        for (const auto& p : network_.populations) {
            const bool varies = (p.normalise && std::holds_alternative<TeBatchNormOptions>(*p.normalise)) || std::ranges::any_of(network_.projections, [&](const ProjectionConfig& c) {
                return c.to == p.name && c.from != p.name && (c.from != Network::input || !is_constant(e_.encoder) || c.delay > 0 || c.delays);
            });
            if (p.normalise && varies)
                report("learning.bptt.recompute", fmt::format("needs all steps at once for the statistics of '{}', whose input changes in time; "
                                                              "leave out recompute, or normalise", p.name));
        }
    }

    void validation() {
        const int samples = std::visit([](const auto& d) { return d.train; }, e_.dataset);
        if (e_.validation >= samples)
            report("input.validation", fmt::format("must leave samples to train on, of which the data set has {}, got {}", samples, e_.validation));
        if (e_.validation == 0 && std::holds_alternative<Plateau>(e_.schedule.kind))
            report("learning.schedule", "plateau follows the validation accuracy; give input.validation a number of samples");
    }

    void readout() {
        if (!e_.readout) return;
        if (!has_classes(e_.dataset)) return report("learning.readout", "learns the classes of samples, and those of motifs have none; leave it out");
        const auto& name = std::get<ComplexityReadout>(*e_.readout).population;
        const auto read = name.empty() ? network_.populations.end() - 1 : std::ranges::find(network_.populations, name, &PopulationConfig::name);
        const std::string path = name.empty() ? "learning.readout" : "learning.readout.complexity.population";
        if (read == network_.populations.end()) {
            std::vector<std::string_view> names;
            for (const auto& p : network_.populations) names.push_back(p.name);
            report(path, fmt::format("there is no population '{}'{}", name, did_you_mean(name, names)));
        } else if (!read->neuron.spiking) {
            report(path, fmt::format("reads spikes, but '{}' is a {}, which never fires; name a population that does", read->name, read->neuron.model));
        }
    }

    void record() {
        std::vector<std::string_view> names;
        for (const auto& p : network_.populations) names.push_back(p.name);
        for (const auto& [key, wanted] : {std::pair{"record.spikes", &e_.record.spikes}, {"record.membrane", &e_.record.membrane}})
            for (const auto& name : *wanted)
                if (!std::ranges::count(names, name)) report(key, fmt::format("there is no population '{}'{}", name, did_you_mean(name, names)));
    }

    const Experiment& e_;
    const YamlNode& root_;
    Problems& problems_;
    NetworkConfig network_;
};

}  // namespace

std::string wrong_encoder(const Dataset& dataset, const Encoder& encoder) {
    if (has_trains(dataset) && !takes_trains(encoder)) return "the samples of this data set are spike trains already; take the encoder trains or potentials";
    if (!has_trains(dataset) && takes_trains(encoder)) return "needs spike trains, and the samples of this data set are images; take another encoder";
    const auto* potentials = std::get_if<Potentials>(&encoder);
    return potentials && potentials->tau_s >= potentials->tau_m ? "tau_s must be below tau_m" : "";
}

std::string wrong_classes(const Dataset& dataset) {
    return std::visit([]<class Kind>(const Kind& kind) -> std::string {
        if constexpr (makes_trains<Kind>) {
            if (const auto problem = kind.problem(); !problem.empty()) return problem;
            if (kind.classes() < 2) return fmt::format("needs at least two classes, got {}", kind.classes());
        }
        return "";
    }, dataset);
}

bool has_classes(const Dataset& dataset) { return !std::holds_alternative<Motifs>(dataset); }

void check_experiment(const Experiment& experiment, const YamlNode& root, Problems& problems) { Checks(experiment, root, problems).all(); }

}  // namespace tripartite
