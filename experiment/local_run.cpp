#include "experiment/local_run.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "datasets/split.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/sample_spikes.hpp"
#include "experiment/same_experiment.hpp"

namespace tripartite {
namespace {

constexpr int most_tries = 20;  ///< presentations of a sample to which the population hardly responds

std::unique_ptr<Simulation> make_simulation(const Experiment& e) {
    const auto options = simulation_options(e);
    return e.precision == Experiment::Precision::float32 ? Simulation::make<float>(e.simulation.network, options) : Simulation::make<double>(e.simulation.network, options);
}

int at_most(int wanted, int there) { return wanted > 0 ? std::min(wanted, there) : there; }

/// The neuron of a class fires while one of its samples is shown.
SpikeList class_spikes(const ClassSpikes& labels, int label, Index first, int steps, double dt) {
    SpikeList list;
    for (int k = 1;; ++k) {
        const auto step = Index(std::lround((labels.start + k * 1000 / labels.rate) / dt)) - 1;
        if (step >= steps) return list;
        list.steps.push_back(first + step), list.neurons.push_back(std::uint32_t(label));
    }
}

/// The encoder for the n-th presentation of a sample: 1, 1.5, 2, … times the rate.
Encoder brighter(Encoder encoder, int tries) {
    const double factor = 1 + 0.5 * tries;
    if (auto* poisson = std::get_if<Poisson>(&encoder)) poisson->rate *= factor;
    if (auto* bernoulli = std::get_if<Bernoulli>(&encoder)) bernoulli->gain *= factor;
    return encoder;
}

}  // namespace

LocalRun::LocalRun(const Experiment& experiment, const RunOptions& options, Observer& observer)
    : e_(experiment), options_(options), observer_(observer), images_(tripartite::load(e_.dataset, e_.dt, e_.steps)), simulation_(make_simulation(e_)),
      neurons_(e_.simulation.network.populations[std::size_t(e_.simulation.network.find(e_.local->population))].size), labels_(images_.classes, neurons_), spikes_(neurons_) {
    const auto& network = e_.simulation.network;
    if (const auto& input = network.populations[std::size_t(network.find(Network::input))]; int(input.size) != inputs_of(e_.encoder, images_.train.size(), e_.steps))
        fail("the samples have {} values, and the data set should give {}", inputs_of(e_.encoder, images_.train.size(), e_.steps), input.size);
    for (const auto& [name, origin] : e_.simulation.origins)
        if (const auto& p = network.populations[std::size_t(network.find(name))]; std::holds_alternative<ClassSpikes>(origin) && int(p.size) != images_.classes)
            fail("'{}' has {} neurons, and fires for {} classes; give it size: {}", name, p.size, images_.classes, images_.classes);
    if (e_.readout) nearest_.emplace(images_.classes, neurons_), trains_.resize(neurons_);
    simulation_->on_spikes([this, population = network.find(e_.local->population)](Index step, const SpikeLists& fired) {
        if (step >= counted_until_) return;
        for (const auto n : fired(population, step)) {
            ++spikes_[n];
            if (nearest_) trains_[n].set(step - counted_until_ + e_.steps);
        }
    });
}

RunSummary LocalRun::run() {
    RunSummary summary;
    summary.mode = e_.mode;
    summary.threads = simulation_options(e_).threads;
    observer_.message(fmt::format("{} neurons, {} synapses, {} samples to train on, {} to test; {} threads", simulation_->neurons(), simulation_->synapses(),
                                  at_most(e_.local->samples, images_.train.count), at_most(e_.local->test_samples, images_.test.count), summary.threads));
    if (e_.mode == Experiment::Mode::evaluate) load(e_.checkpoint);
    else if (options_.resume) load(*options_.resume);
    bool done = e_.mode == Experiment::Mode::evaluate || train();
    if (done) {
        simulation_->set_learning(learning_ = false);
        done = label() && test(summary);
    }
    summary.stopped = !done;
    summary.epochs = state_.history;
    summary.best_epoch = int(state_.history.size()) - 1;
    summary.wall_seconds = seconds_since(start_);
    if (done) write_results(summary);
    return summary;
}

bool LocalRun::train() {
    while (state_.epoch < e_.epochs) {
        const bool done = train_epoch();
        save();
        if (!done) return false;
    }
    return true;
}

/// One epoch, from where it stands. False if the run was stopped.
bool LocalRun::train_epoch() {
    std::vector<int> all(std::size_t(images_.train.count));
    std::iota(all.begin(), all.end(), 0);
    const auto order = shuffled(all, e_.seed, state_.epoch);
    const int samples = at_most(e_.local->samples, images_.train.count);
    while (state_.sample < samples) {
        const auto begin = std::chrono::steady_clock::now();
        learn_from(order[std::size_t(state_.sample++)]);
        state_.seconds += seconds_since(begin);
        const double shown = state_.sample, possible = shown * double(neurons_) * e_.steps;
        observer_.batch_done({state_.epoch, e_.epochs, state_.sample, samples, state_.sample, NAN, state_.predicted > 0 ? state_.correct / state_.predicted : NAN,
                              state_.spikes / possible, state_.seconds});
        if (observer_.stop_wanted()) return false;
        if (e_.simulation.checkpoint_every > 0 && seconds_since(saved_) > e_.simulation.checkpoint_every) save();
    }
    finish_epoch();
    return true;
}

/// Guesses the class by the labels so far, for the accuracy that is shown; no synapse sees the guess.
void LocalRun::learn_from(int sample) {
    const auto spikes = show(images_.train, sample, state_.epoch);
    const int label = images_.train.labels[std::size_t(sample)];
    if (labels_.assigned()) ++state_.predicted, state_.correct += labels_.predict(spikes) == label;
    labels_.add(spikes, label);
    state_.spikes += std::accumulate(spikes.begin(), spikes.end(), 0.0);
    if (state_.sample % e_.local->window == 0) labels_.assign();
}

void LocalRun::finish_epoch() {
    EpochSummary epoch;
    epoch.train_loss = NAN;
    epoch.train_accuracy = state_.predicted > 0 ? state_.correct / state_.predicted : NAN;
    epoch.seconds = state_.seconds;
    epoch.spike_rate = state_.spikes / (double(state_.sample) * double(neurons_) * e_.steps);
    state_.history.push_back(epoch);
    observer_.epoch_done(state_.epoch, e_.epochs, epoch);
    ++state_.epoch;
    state_.sample = 0;
    state_.correct = state_.predicted = state_.spikes = state_.seconds = 0;
}

std::span<const std::uint32_t> LocalRun::show(const Images& images, int sample, int epoch) {
    for (int tries = 0; tries < most_tries; ++tries) {
        present(images, sample, epoch, tries);
        if (std::accumulate(spikes_.begin(), spikes_.end(), 0) >= e_.local->least_spikes) break;
    }
    return spikes_;
}

void LocalRun::present(const Images& images, int sample, int epoch, int tries) {
    for (const auto& p : e_.simulation.network.projections)
        if (learning_ && p.normalise && p.normalise->interval == 0) simulation_->normalise(p.name, p.normalise->total);
    SpikeList list;
    add_sample(brighter(e_.encoder, tries), images, sample, {simulation_->steps_done(), e_.steps, e_.dt, e_.seed, epoch}, list);
    simulation_->set_spikes(Network::input, std::move(list));
    for (const auto& [name, origin] : e_.simulation.origins)
        if (const auto* labels = std::get_if<ClassSpikes>(&origin))
            simulation_->set_spikes(name, learning_ ? class_spikes(*labels, images.labels[std::size_t(sample)], simulation_->steps_done(), e_.steps, e_.dt) : SpikeList());
    std::ranges::fill(spikes_, 0u);
    std::ranges::fill(trains_, BitTrain(e_.steps));
    counted_until_ = simulation_->steps_done() + e_.steps;
    simulation_->run(e_.steps);
    if (const auto* rest = std::get_if<RestBetween>(&e_.local->between)) simulation_->run(Index(std::lround(rest->duration / e_.dt)));
    if (std::holds_alternative<ResetBetween>(e_.local->between)) simulation_->rest();
}

/// Shows the first samples without learning. False if the run was stopped.
bool LocalRun::show_all(const char* phase, const Images& images, int wanted, const std::function<void(int, std::span<const std::uint32_t>)>& take) {
    const int samples = at_most(wanted, images.count);
    const auto begin = std::chrono::steady_clock::now();
    for (int sample = 0; sample < samples; ++sample) {
        take(sample, show(images, sample, -1));  // epoch -1: none of training's random numbers
        BatchProgress progress{0, 1, sample + 1, samples, sample + 1, NAN, NAN, 0, seconds_since(begin)};
        progress.phase = phase;
        observer_.batch_done(progress);
        if (observer_.stop_wanted()) return false;
    }
    return true;
}

std::vector<double> LocalRun::complexities() {
    std::vector<double> all;
    for (const auto& train : trains_) all.push_back(complexity_.complexity(train));
    return all;
}

bool LocalRun::label() {
    labels_ = ResponseLabels(images_.classes, neurons_);
    const auto take = [&](int sample, std::span<const std::uint32_t> spikes) {
        labels_.add(spikes, images_.train.labels[std::size_t(sample)]);
        if (nearest_) nearest_->learn(complexities(), images_.train.labels[std::size_t(sample)]);
    };
    if (!show_all("labels", images_.train, e_.local->label_samples, take)) return false;
    labels_.assign();
    return true;
}

bool LocalRun::test(RunSummary& summary) {
    const auto before = simulation_->synaptic_events();
    int by_complexity = 0;
    const auto take = [&](int sample, std::span<const std::uint32_t> spikes) {
        if (nearest_) by_complexity += nearest_->predict(complexities()) == images_.test.labels[std::size_t(sample)];
        predictions_.push_back(labels_.predict(spikes));
        truth_.push_back(images_.test.labels[std::size_t(sample)]);
    };
    if (!show_all("test", images_.test, e_.local->test_samples, take)) return false;
    int correct = 0;
    for (std::size_t i = 0; i < truth_.size(); ++i) correct += predictions_[i] == truth_[i];
    summary.test_accuracy = double(correct) / double(truth_.size());
    if (nearest_) summary.complexity_accuracy = double(by_complexity) / double(truth_.size());
    summary.synaptic_operations = double(simulation_->synaptic_events() - before) / double(truth_.size());
    for (const auto& p : e_.simulation.network.projections)
        if (plastic_rule(p.synapse)) summary.parameters += static_cast<long long>(simulation_->weights(p.name).size());
    return true;
}

double LocalRun::seconds_since(std::chrono::steady_clock::time_point begin) const {
    return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
}

}  // namespace tripartite
