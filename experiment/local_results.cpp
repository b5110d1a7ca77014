// What a run that learns by plasticity writes: its checkpoint and its results.
#include <algorithm>

#include "core/error.hpp"
#include "experiment/local_run.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/same_experiment.hpp"
#include "experiment/version.hpp"
#include "synapses/convolution.hpp"

namespace tripartite {
namespace {

constexpr std::size_t local_history_columns = 3;

template <class T> void write(H5Writer& file, const std::string& name, const std::vector<T>& values) { file.write(name, std::span<const T>(values), {values.size()}); }

/// The kernels [channel of the targets][channel of the sources][row][column], from weights [post][pre].
void write_kernels(H5Writer& file, const std::string& dataset, const Convolution& rule, std::uint32_t sources, std::uint32_t targets, const std::vector<double>& weights) {
    const ConvolutionMap map(rule, sources, targets);
    std::vector<double> kernels(std::size_t(map.target_channels()) * map.kernel_size());
    for (std::uint32_t target = 0; target < targets; ++target)
        for (std::uint32_t channel = 0; channel < map.source_channels(); ++channel)
            for (const auto& tap : map.of_target(target % map.target_places()))
                kernels[target / map.target_places() * map.kernel_size() + channel * map.kernel_places() + tap.in_kernel] =
                    weights[std::size_t(target) * sources + channel * map.source_places() + tap.place];
    file.write(dataset, std::span<const double>(kernels), {map.target_channels(), map.source_channels(), rule.kernel, rule.kernel});
}

/// Kernels of a convolution; weights [post][pre] where every pair has one synapse; else lists.
void write_weights(H5Writer& file, const SimulatedProjection& p, std::uint32_t sources, std::uint32_t targets, const std::vector<SynapseWeight>& synapses) {
    const std::string group = "/projections/" + p.name;
    std::vector<double> weights(std::size_t(sources) * targets);
    std::vector<bool> there(weights.size());
    for (const auto& s : synapses) {
        const std::size_t at = std::size_t(s.target) * sources + s.source;
        weights[at] = s.weight, there[at] = true;
    }
    if (const auto* rule = std::get_if<Convolution>(&p.rule)) return write_kernels(file, group + "/weight", *rule, sources, targets, weights);
    if (synapses.size() == weights.size() && std::ranges::all_of(there, [](bool b) { return b; }))
        return file.write(group + "/weight", std::span<const double>(weights), {targets, sources});
    std::vector<std::uint64_t> source, target;
    std::vector<std::int64_t> delay;
    std::vector<double> weight;
    for (const auto& s : synapses) source.push_back(s.source), target.push_back(s.target), delay.push_back(s.delay), weight.push_back(s.weight);
    write(file, group + "/source", source), write(file, group + "/target", target), write(file, group + "/delay", delay), write(file, group + "/weight", weight);
}

}  // namespace

void write_local_results(H5Writer& file, const Experiment& e, const ImageSet& images, Simulation& simulation) {
    const auto& network = e.simulation.network;
    for (const auto& p : network.projections) {
        if (!plastic_rule(p.synapse)) continue;
        const auto size = [&](const std::string& name) { return network.populations[std::size_t(network.find(name))].size; };
        write_weights(file, p, size(p.from), size(p.to), simulation.weights(p.name));
        file.attribute("/projections/" + p.name, "to", p.to);
        if (p.from != Network::input || has_trains(e.dataset) || std::holds_alternative<Convolution>(p.rule)) continue;
        file.attribute("/projections/" + p.name, "height", images.train.height);
        file.attribute("/projections/" + p.name, "width", images.train.width);
    }
    for (const auto& p : network.populations)
        for (int i = p.neuron.states - p.neuron.lasting; i < p.neuron.states; ++i) {
            const auto& field = p.neuron.state_names[std::size_t(i)];
            write(file, "/populations/" + p.name + "/" + field, simulation.state(p.name, field));
        }
}

void LocalRun::write_results(const RunSummary& summary) {
    H5Writer file(options_.folder + "/results.h5");
    write_local_results(file, e_, images_, *simulation_);
    write(file, "/populations/" + e_.local->population + "/label", labels_.labels());
    write(file, "/test/predictions", predictions_), write(file, "/test/labels", truth_);
    std::vector<double> accuracy, rate, seconds;
    for (const auto& epoch : summary.epochs) accuracy.push_back(epoch.train_accuracy), rate.push_back(epoch.spike_rate), seconds.push_back(epoch.seconds);
    write(file, "/training/train_accuracy", accuracy), write(file, "/training/spike_rate", rate), write(file, "/training/seconds", seconds);
    file.attribute("/", "config", resolved_yaml(e_));
    file.attribute("/", "version", version());
    file.attribute("/", "host", host());
    file.attribute("/", "seed", std::int64_t(e_.seed));
    file.commit();
}

void LocalRun::save() {
    saved_ = std::chrono::steady_clock::now();
    H5Writer file(options_.folder + "/checkpoint.h5");
    simulation_->save(file);
    write_local_results(file, e_, images_, *simulation_);
    write(file, "/local/responses", labels_.save().responses), write(file, "/local/samples", labels_.save().samples), write(file, "/local/labels", labels_.save().labels);
    write(file, "/local/epoch", std::vector{state_.correct, state_.predicted, state_.spikes, state_.seconds});
    write(file, "/local/progress", std::vector<std::int64_t>{state_.epoch, state_.sample});
    std::vector<double> history;
    for (const auto& e : state_.history) history.insert(history.end(), {e.train_accuracy, e.spike_rate, e.seconds});
    write(file, "/local/history", history);
    file.attribute("/local", "experiment", what_must_stay(e_));
    file.attribute("/", "config", resolved_yaml(e_));
    file.attribute("/", "version", version());
    file.attribute("/", "precision", std::string(Experiment::precisions[int(e_.precision)]));
    file.attribute("/", "seed", std::int64_t(e_.seed));
    file.commit();
}

void LocalRun::load(const std::string& checkpoint) {
    const H5Reader file(checkpoint);
    if (!file.has("/local/progress")) fail("{} is not a checkpoint of a run that learns by plasticity from samples", checkpoint);
    if (e_.mode == Experiment::Mode::train) check_same_experiment(file.text_attribute("/local", "experiment"), what_must_stay(e_), checkpoint);
    simulation_->load(file);
    labels_.load({file.read<double>("/local/responses"), file.read<double>("/local/samples"), file.read<std::int64_t>("/local/labels")});
    const auto sums = file.read<double>("/local/epoch"), history = file.read<double>("/local/history");
    const auto progress = file.read<std::int64_t>("/local/progress");
    state_ = {int(progress.at(0)), int(progress.at(1)), sums.at(0), sums.at(1), sums.at(2), sums.at(3), {}};
    for (std::size_t i = 0; i + local_history_columns <= history.size(); i += local_history_columns) {
        EpochSummary epoch;
        epoch.train_loss = NAN, epoch.train_accuracy = history[i], epoch.spike_rate = history[i + 1], epoch.seconds = history[i + 2];
        state_.history.push_back(epoch);
    }
}

}  // namespace tripartite
