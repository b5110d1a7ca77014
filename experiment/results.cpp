#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "engine/kernels.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/training_run.hpp"
#include "experiment/version.hpp"
#include "experiment/weights_file.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {
namespace {

nlohmann::ordered_json or_null(double x) { return x < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(x); }

void write_curves(H5Writer& file, const RunSummary& summary) {
    const auto curve = [&](const char* name, double EpochSummary::*member) {
        std::vector<double> values;
        for (const auto& e : summary.epochs) values.push_back(e.*member);
        file.write(std::string("/training/") + name, std::span<const double>(values), {values.size()});
    };
    curve("train_loss", &EpochSummary::train_loss);
    curve("train_accuracy", &EpochSummary::train_accuracy);
    curve("validation_accuracy", &EpochSummary::validation_accuracy);
    curve("seconds", &EpochSummary::seconds);
    curve("spike_rate", &EpochSummary::spike_rate);
    curve("learning_rate", &EpochSummary::learning_rate);
}

template <class T> void write_integers(H5Writer& file, const std::string& name, const std::vector<T>& values) {
    const std::vector<std::int64_t> wide(values.begin(), values.end());
    file.write(name, std::span<const std::int64_t>(wide), {wide.size()});
}

/// The delays of trained projections where they differ, in ms: [target][source] of dense ones, else a list, of mean by source, of broadcast by target.
template <class Real> void write_delays(H5Writer& file, Engine<Real>& engine, double dt) {
    for (const auto& link : engine.links()) {
        const auto steps = link.projection->delays();
        if (steps.empty()) continue;
        std::vector<double> times;
        for (const int s : steps) times.push_back(s * dt);
        const auto& to = engine.population(link.to).spec();
        const bool dense = link.from < 0 || times.size() == std::size_t(to.size) * std::size_t(engine.population(link.from).spec().size);
        const auto name = fmt::format("/projections/{}_to_{}/delay", link.from < 0 ? Network::input : engine.population(link.from).spec().name, to.name);
        const std::vector<std::uint64_t> matrix{std::uint64_t(to.size), times.size() / to.size}, list{times.size()};
        file.write(name, std::span<const double>(times), dense ? matrix : list);
        file.attribute(name, "units", std::string("ms"));
    }
}

/// Runs the first test samples one after the other and keeps what `record:` names. Sample i begins at i T dt; a spike of
/// step k is stamped (k + 1) dt, as everywhere.
template <class Real> class Recording {
public:
    Recording(const Experiment& e, Engine<Real>& engine) : e_(e), engine_(engine) {
        for (const auto& name : e.record.membrane) engine_.record_membrane(index(name));
    }

    void run(const Images& images, Bptt<Real>& bptt) {
        samples_ = std::min(e_.record.samples, images.count);
        std::vector<int> samples(static_cast<std::size_t>(samples_));
        std::iota(samples.begin(), samples.end(), 0);
        Loader<Real> loader(images, samples, 1, e_.transform, e_.seed, 0, false);
        Batch<Real> batch;
        for (int i = 0; loader.next(batch); ++i) {
            encode(e_.encoder, batch.images, batch.samples, e_.steps, e_.dt, e_.seed, -1, encoded_);
            bptt.set_targets(batch.targets);
            bptt.evaluate(encoded_.signal, batch.labels, i);
            keep(i);
        }
    }

    void write(H5Writer& file) const {
        for (const auto& [name, spikes] : spikes_) {
            const auto group = "/spikes/" + name;
            file.write(group + "/timestamps", std::span<const double>(spikes.times), {spikes.times.size()});
            file.attribute(group + "/timestamps", "units", std::string("ms"));
            write_integers(file, group + "/node_ids", spikes.neurons);
            file.attribute(group, "begin", 0);
            file.attribute(group, "end", engine_.population(index(name)).spec().size);
            file.attribute(group, "dt", e_.dt);
            file.attribute(group, "first_step", 0);
            file.attribute(group, "steps", e_.steps);
            file.attribute(group, "samples", samples_);
        }
        for (const auto& [name, values] : membrane_) {
            const auto neurons = std::uint64_t(engine_.population(index(name)).spec().size);
            file.write("/states/" + name + "/membrane", std::span<const double>(values), {values.size() / neurons, neurons});
            file.attribute("/states/" + name + "/membrane", "dt", e_.dt);
        }
    }

private:
    struct Spikes {
        std::vector<double> times;
        std::vector<std::int64_t> neurons;
    };

    int index(const std::string& name) const {
        for (int i = 0; i < engine_.populations(); ++i)
            if (engine_.population(i).spec().name == name) return i;
        fail("record: there is no population '{}'", name);
    }

    void keep(int sample) {
        for (const auto& name : e_.record.spikes) {
            const auto& p = engine_.population(index(name));
            auto& to = spikes_[name];
            for (int t = 0; t < e_.steps; ++t)
                for (int n = 0; n < p.spec().size; ++n)
                    if (p.spikes(t, 0, n)) to.times.push_back((sample * e_.steps + t + 1) * e_.dt), to.neurons.push_back(n);
        }
        for (const auto& name : e_.record.membrane) {
            const auto& p = engine_.population(index(name));
            for (int t = 0; t < e_.steps; ++t)
                for (int n = 0; n < p.spec().size; ++n)
                    membrane_[name].push_back(double(p.membrane.tile(n / p.width(), {0, 1}, t)[n % p.width()]));
        }
    }

    const Experiment& e_;
    Engine<Real>& engine_;
    Encoded<Real> encoded_;
    int samples_ = 0;
    std::map<std::string, Spikes> spikes_;
    std::map<std::string, std::vector<double>> membrane_;
};

}  // namespace

void write_summary(const std::string& path, const Experiment& e, const RunSummary& s) {
    nlohmann::ordered_json json;
    json["mode"] = Experiment::modes[int(s.mode)];
    json["name"] = e.name;
    json["test_accuracy"] = or_null(s.test_accuracy);
    json["validation_accuracy"] = or_null(s.validation_accuracy);
    if (s.complexity_accuracy >= 0) json["complexity_accuracy"] = s.complexity_accuracy;
    json["best_epoch"] = s.best_epoch < 0 ? nlohmann::ordered_json() : nlohmann::ordered_json(s.best_epoch + 1);
    json["epochs"] = nlohmann::ordered_json::array();
    for (const auto& epoch : s.epochs)
        json["epochs"].push_back({{"train_loss", epoch.train_loss}, {"train_accuracy", epoch.train_accuracy},
                                  {"validation_accuracy", or_null(epoch.validation_accuracy)}, {"seconds", epoch.seconds}, {"spike_rate", epoch.spike_rate}});
    json["parameters"] = s.parameters;
    json["synaptic_operations"] = s.synaptic_operations;
    json["wall_seconds"] = s.wall_seconds;
    json["peak_memory_mb"] = s.peak_memory_mb;
    json["version"] = version();
    json["instruction_set"] = instruction_set();
    json["threads"] = s.threads;
    json["seed"] = e.seed;
    json["precision"] = Experiment::precisions[int(e.precision)];
    write_atomically(path, json.dump(2) + "\n");
}

template <class Real>
void write_results(const std::string& path, const Experiment& e, const RunSummary& summary, const Weights<Real>& weights, const Evaluation& test,
                   const Images& images, Bptt<Real>& bptt) {
    H5Writer file(path);
    write_weights(file, "", bptt.engine(), weights);
    write_delays(file, bptt.engine(), e.dt);
    write_curves(file, summary);
    write_integers(file, "/test/predictions", test.predictions);
    write_integers(file, "/test/labels", test.labels);
    Recording<Real> recording(e, bptt.engine());
    if (!e.record.spikes.empty() || !e.record.membrane.empty()) recording.run(images, bptt);
    recording.write(file);
    file.attribute("/", "config", resolved_yaml(e));
    file.attribute("/", "version", version());
    file.attribute("/", "host", host());
    file.attribute("/", "seed", std::int64_t(e.seed));
    file.commit();
}

template void write_results(const std::string&, const Experiment&, const RunSummary&, const Weights<float>&, const Evaluation&, const Images&, Bptt<float>&);
template void write_results(const std::string&, const Experiment&, const RunSummary&, const Weights<double>&, const Evaluation&, const Images&, Bptt<double>&);

}  // namespace tripartite
