#include "experiment/read_experiment.hpp"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiment/checks.hpp"
#include "experiment/read_local.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"

namespace tripartite {
namespace {

class ExperimentReader {
public:
    ExperimentReader(Experiment& to, const NeuronRegistry& neurons, Problems& problems) : e_(to), neurons_(neurons), problems_(problems) {}

    void read(const YamlNode& root) {
        Section top(root, problems_);
        const YamlNode* learning_node = root.find("learning");
        if (learning_node && learning_node->find(LocalLearning::name)) e_.local.emplace();
        if (const YamlNode* node = top.take("experiment")) experiment(*node);
        if (e_.mode == Experiment::Mode::simulate) return simulation(top, root);
        if (e_.local) return local(top);
        top.refuse({"expected"}, "belongs to mode: simulate");
        if (const YamlNode* node = top.need("time")) time(*node);
        if (const YamlNode* node = top.need("network")) e_.network = read_network(*node, e_.dt, neurons_, problems_);
        if (const YamlNode* node = top.need("input")) input(*node);
        if (const YamlNode* node = top.need("learning")) learning(*node);
        if (const YamlNode* node = top.take("record")) record(*node);
        if (const YamlNode* node = top.take("output")) output(*node);
        top.close();
    }

private:
    void output(const YamlNode& node) {
        Section section(node, problems_);
        section.read(e_, Experiment::output_fields());
        section.refuse({"checkpoint_every"}, "belongs to mode: simulate");
        section.close();
    }

    void experiment(const YamlNode& node) {
        Section section(node, problems_);
        section.read(e_, Experiment::experiment_fields());
        if (e_.mode == Experiment::Mode::simulate) {
            section.read(e_.simulation.options, SimulationConfig::option_fields());
            section.refuse({"checkpoint", "event_density"}, "belongs to mode: train");
        } else if (e_.local) {
            section.read(e_, std::tuple{Experiment::checkpoint_field()});
            section.read(e_.simulation.options, SimulationConfig::option_fields());
            section.refuse({"event_density"}, "belongs to learning by bptt");
        } else {
            section.read(e_, Experiment::training_fields());
            section.refuse({"window", "half_weights", "bit_matrices", "runaway_rate"}, "belongs to mode: simulate");
        }
        section.close();
    }

    void local(Section& top) {
        if (const YamlNode* node = top.need("time")) time(*node);
        read_local(top, e_, neurons_, problems_);
        if (const YamlNode* node = top.take("output")) simulation_output(*node);
        top.close();
    }

    void simulation_output(const YamlNode& node) {
        Section output(node, problems_);
        output.read(e_, std::tuple{Experiment::folder_field()});
        output.read(e_.simulation, SimulationConfig::output_fields());
        output.refuse({"tensorboard"}, e_.local ? "belongs to learning by bptt" : "belongs to mode: train");
        output.close();
    }

    void simulation(Section& top, const YamlNode& root) {
        auto& to = e_.simulation;
        e_.dt = to.options.dt;
        const YamlNode* network = top.need("network");
        const bool trained = network && network->find("trained");
        if (trained) {
            top.refuse({"time"}, "follows from the trained network and its samples");
            read_trained(*network, top.need("input"), root.find("experiment"), neurons_, problems_, e_);
        } else if (const YamlNode* node = top.need("time")) simulated_time(*node);
        const SimulationReading reading{e_.dt, e_.seed, e_.precision, neurons_, problems_, to};
        if (network && !trained) read_simulated_network(*network, reading);
        if (const YamlNode* node = trained ? nullptr : top.take("input")) read_drives(*node, reading);
        const bool known = !trained || !to.network.populations.empty();  // else what is recorded cannot be found, and the reason is told already
        if (const YamlNode* node = top.take("record"); node && known) read_recording(*node, reading);
        if (const YamlNode* node = top.take("expected"); node && known) read_expected(*node, reading);
        if (const YamlNode* node = top.take("output")) simulation_output(*node);
        top.refuse({"learning"}, "belongs to mode: train");
        top.close();
    }

    void simulated_time(const YamlNode& node) {
        auto& to = e_.simulation;
        Section section(node, problems_);
        section.read(e_, std::tuple{Experiment::dt_field()});
        section.need("duration");
        section.read(to, SimulationConfig::time_fields());
        for (const auto& [key, time] : {std::pair{"duration", to.duration}, {"transient", to.transient}})
            if (const YamlNode* value = section.take(key)) check_steps(*value, time, e_.dt, problems_);
        section.refuse({"steps"}, "belongs to mode: train; give a duration");
        if (const double steps = (to.duration + to.transient) / e_.dt; steps > most_steps)
            section.problem(fmt::format("{:.0f} steps are more than the {:.0f} that can be simulated in one run; take a shorter duration, or a longer dt", steps, most_steps));
        section.close();
    }

    void time(const YamlNode& node) {
        Section section(node, problems_);
        section.refuse({"transient"}, "belongs to mode: simulate");
        section.read(e_, Experiment::time_fields());
        const YamlNode* duration = section.take("duration");
        if (!duration && !section.has("steps")) section.problem("steps or duration is required");
        if (duration && section.has("steps")) problems_.key(*duration, "steps is given as well; leave out one of them");
        if (duration) e_.steps = steps(*duration);
        section.close();
    }
    int steps(const YamlNode& duration) {
        const auto time = read_number(duration, {"ms", 0, std::numeric_limits<double>::infinity(), true, false, {}}, problems_);
        const auto whole = time ? whole_steps(*time, e_.dt) : std::optional(1);
        if (!whole || *whole < 1) problems_.value(duration, fmt::format("must be a whole number of steps of {} ms, got {}", e_.dt, duration.scalar));
        return whole.value_or(1);
    }

    void input(const YamlNode& node) {
        Section section(node, problems_);
        if (const YamlNode* dataset = section.need("dataset")) read_only_kind(*dataset, "data set", e_.dataset, problems_);
        if (const YamlNode* encoder = section.take("encoder")) read_only_kind(*encoder, "encoder", e_.encoder, problems_);
        if (const YamlNode* transform = section.take("transform")) {
            Section keys(*transform, problems_);
            keys.read(e_.transform, Transform::fields());
            keys.close();
        }
        section.read(e_, Experiment::input_fields());
        section.close();
    }

    void learning(const YamlNode& node) {
        Section section(node, problems_);
        if (const YamlNode* how = section.need("bptt")) bptt(*how);
        const bool trains = e_.mode == Experiment::Mode::train;
        if (const YamlNode* optimiser = trains ? section.need("optimiser") : section.take("optimiser"))
            read_only_kind(*optimiser, "optimiser", e_.optimiser, problems_);
        if (const YamlNode* schedule = section.take("schedule"))
            with_kind(*schedule, "schedule", e_.schedule.kind, e_.schedule, std::tuple{warm_up_field});
        if (const YamlNode* readout = section.take("readout")) read_only_kind(*readout, "read-out", e_.readout.emplace(), problems_);
        section.read(e_, Experiment::learning_fields());
        section.close();
    }

    void bptt(const YamlNode& node) {
        Section section(node, problems_);
        if (const YamlNode* loss = section.need("loss")) read_only_kind(*loss, "loss", e_.loss, problems_);
        if (const YamlNode* surrogate = section.take("surrogate"))
            with_kind(*surrogate, "surrogate", e_.surrogate.shape, e_.surrogate, std::tuple{window_field});
        if (const YamlNode* regularisers = section.take("regularisers")) {
            const YamlNode mapping = as_kind(*regularisers);
            Section kinds(mapping, problems_);
            if (const YamlNode* rate = kinds.take(RateBounds::name)) parameters(*rate, e_.regulariser);
            if (const YamlNode* rmp = kinds.take(RmpLoss::name)) parameters(*rmp, e_.rmp.emplace());
            kinds.close();
        }
        if (const YamlNode* truncate = section.take("truncate")) {
            Section keys(*truncate, problems_);
            keys.need("steps");
            keys.read(e_, Experiment::truncate_fields());
            keys.close();
        }
        section.read(e_, Experiment::bptt_fields());
        section.close();
    }

    template <class Kind> void parameters(const YamlNode& node, Kind& to) {
        Section section(node, problems_, Section::Empty::allowed);
        section.read(to, Kind::fields());
        section.close();
    }

    /// A kind with keys of its own beside it: `{atan: {alpha: 2}, window: 1}`.
    template <class Variant, class Owner, class Fields>
    void with_kind(const YamlNode& node, std::string_view what, Variant& kind, Owner& owner, const Fields& fields) {
        const YamlNode mapping = as_kind(node);
        Section section(mapping, problems_);
        section.read(owner, fields);
        read_kind(section, what, kind);
        section.close();
    }

    void record(const YamlNode& node) {
        Section section(node, problems_);
        section.refuse({"states", "rates", "weights", "statistics"}, "belongs to mode: simulate");
        e_.record.spikes = section.words("spikes");
        e_.record.membrane = section.words("membrane");
        section.read(e_.record, Record::fields());
        section.close();
    }

    Experiment& e_;
    const NeuronRegistry& neurons_;
    Problems& problems_;
};

}  // namespace

Experiment parse_experiment(std::string_view text, const std::string& file, std::span<const std::string> overrides, const NeuronRegistry& neurons) {
    Problems problems(file);
    YamlNode root = parse_yaml(text, problems);
    for (const auto& assignment : overrides) override_yaml(root, assignment, problems);
    set_paths(root);
    Experiment experiment;
    ExperimentReader(experiment, neurons, problems).read(root);
    if (problems.count() == 0 && !experiment.simulates()) check_experiment(experiment, root, problems);
    problems.raise();
    return experiment;
}

Experiment read_experiment(const std::string& file, std::span<const std::string> overrides, const NeuronRegistry& neurons) {
    if (std::filesystem::is_directory(file)) throw ConfigError(file + " is a folder; give an experiment file");
    std::ifstream stream(file, std::ios::binary);
    std::ostringstream text;
    if (!stream) throw ConfigError(fmt::format("{} cannot be read: {}", file, std::strerror(errno)));
    text << stream.rdbuf();
    return parse_experiment(text.str(), file, overrides, neurons);
}

}  // namespace tripartite
