#include "experiment/training_run.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "experiment/read_experiment.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {
namespace {

EngineOptions engine_options(const Experiment& e) {
    EngineOptions o;
    o.dt = e.dt, o.steps = e.steps, o.samples = e.batch, o.seed = e.seed, o.event_density = e.event_density;
    return o;
}

BpttOptions bptt_options(const Experiment& e) {
    BpttOptions o;
    o.surrogate = e.surrogate, o.loss = e.loss, o.regulariser = e.regulariser, o.truncate = e.truncate, o.recompute = e.recompute;
    o.rmp = e.rmp, o.epochs = e.epochs;
    return o;
}

double base_rate(const OptimiserSpec& spec) {
    return std::visit([](const auto& o) { return o.learning_rate; }, spec);
}

template <class Real> int population_read(const Experiment& e, Engine<Real>& engine) {
    const auto& name = std::get<ComplexityReadout>(*e.readout).population;
    int i = engine.populations() - 1;
    while (!name.empty() && engine.population(i).spec().name != name) --i;
    return i;
}

std::vector<int> all_of(const Images& images) {
    std::vector<int> samples(images.count);
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
}

double seconds_between(std::chrono::steady_clock::time_point a, std::chrono::steady_clock::time_point b) {
    return std::chrono::duration<double>(b - a).count();
}

}  // namespace

template <class Real>
TrainingRun<Real>::TrainingRun(const Experiment& experiment, const RunOptions& options, Observer& observer)
    : experiment_(experiment), options_(options), observer_(observer), images_(load(experiment.dataset, experiment.dt, experiment.steps)),
      split_(split(images_.train.count, experiment.validation, experiment.seed)), pool_(experiment.threads),
      bptt_(make_network(experiment, inputs_of(experiment.encoder, images_.train.size(), experiment.steps)), engine_options(experiment),
            bptt_options(experiment), pool_),
      engine_(bptt_.engine()),
      optimiser_(experiment.optimiser, engine_.parameters()),
      schedule_(experiment.schedule, base_rate(experiment.optimiser), experiment.epochs, (std::int64_t(split_.train.size()) + experiment.batch - 1) / experiment.batch),
      best_(Weights<Real>::of(engine_)) {
    const int outputs = engine_.population(engine_.populations() - 1).spec().size;
    if (outputs != images_.classes) fail("the last population has {} neurons and the data set {} classes", outputs, images_.classes);
    if (experiment.tensorboard) curves_.emplace(options.folder + "/tensorboard");
}

template <class Real> double TrainingRun<Real>::seconds_since_start() const { return seconds_between(start_, std::chrono::steady_clock::now()); }

template <class Real> RunSummary TrainingRun<Real>::train() {
    if (options_.resume) resume(*options_.resume);
    observer_.message(fmt::format("{} samples to train on, {} for validation, {} to test; {} parameters, {} threads", split_.train.size(),
                                  split_.validation.size(), images_.test.count, engine_.parameters().count(), pool_.threads()));
    while (state_.epoch < experiment_.epochs && run_epoch()) save();
    RunSummary summary;
    summary.mode = Experiment::Mode::train;
    summary.epochs = state_.history;
    if (stopped_) {
        save();
        summary.stopped = true;
        return summary;
    }
    summary.best_epoch = state_.best_epoch;
    summary.validation_accuracy = state_.best_accuracy;
    best_.restore(engine_);
    finish(summary, images_.test);
    return summary;
}

template <class Real> void TrainingRun<Real>::resume(const std::string& checkpoint) {
    state_ = read_checkpoint(checkpoint, experiment_.seed, engine_, best_, optimiser_, schedule_);
    if (state_.samples != std::min<std::ptrdiff_t>(std::ptrdiff_t(state_.batch) * experiment_.batch, std::ssize(split_.train)))
        fail("{}: was written within an epoch, after {} samples in {} batches; batches of {} cannot go on from there", checkpoint, state_.samples, state_.batch,
             experiment_.batch);
}

/// One epoch, from where the last checkpoint left it. False if the run was stopped.
template <class Real> bool TrainingRun<Real>::run_epoch() {
    engine_.anneal(double(state_.epoch) / experiment_.epochs);
    auto samples = shuffled(split_.train, experiment_.seed, state_.epoch);
    const int batches = int((samples.size() + experiment_.batch - 1) / experiment_.batch);
    samples.erase(samples.begin(), samples.begin() + std::min<std::ptrdiff_t>(std::ptrdiff_t(state_.batch) * experiment_.batch, std::ssize(samples)));
    Loader<Real> loader(images_.train, samples, experiment_.batch, experiment_.transform, experiment_.seed, state_.epoch, true);
    Batch<Real> batch;
    while (loader.next(batch)) {
        const auto begin = std::chrono::steady_clock::now();
        train_batch(batch, batches);
        state_.seconds += seconds_between(begin, std::chrono::steady_clock::now());
        ++state_.batch;
        const double n = state_.samples;
        observer_.batch_done({state_.epoch, experiment_.epochs, state_.batch, batches, state_.samples, state_.loss / n, state_.correct / n, state_.rate / n, state_.seconds});
        if (observer_.stop_wanted()) {
            stopped_ = true;
            return false;
        }
    }
    finish_epoch();
    return true;
}

template <class Real> void TrainingRun<Real>::train_batch(Batch<Real>& batch, int batches) {
    const auto& e = experiment_;
    encode(e.encoder, batch.images, batch.samples, e.steps, e.dt, e.seed, state_.epoch, encoded_, &pool_);
    const double rate = schedule_.rate(std::int64_t(state_.epoch) * batches + state_.batch);
    bptt_.set_targets(batch.targets);
    engine_.clear_gradients();
    const bool each_window = e.truncate && e.update == Experiment::Update::window;
    const auto result = bptt_.gradient(encoded_.signal, batch.labels, state_.batch * e.batch, state_.epoch, [&] {
        if (!each_window) return;
        update(rate);
        engine_.clear_gradients();
    });
    if (!each_window) update(rate);
    const double n = double(batch.labels.size());
    state_.loss += result.loss * n, state_.correct += result.correct, state_.rate += result.spike_rate * n, state_.samples += int(n);
}

template <class Real> void TrainingRun<Real>::update(double learning_rate) {
    double scale = 1;
    if (experiment_.clip > 0) {
        const double norm = global_norm<Real>(engine_.parameters().gradients, pool_);
        if (norm > experiment_.clip) scale = experiment_.clip / norm;
    }
    optimiser_.step(engine_.parameters(), learning_rate, scale, pool_);
    engine_.parameters_changed();
}

/// Validates, remembers the weights if they are the best so far, and moves on to the next epoch.
template <class Real> void TrainingRun<Real>::finish_epoch() {
    EpochSummary epoch;
    const double n = state_.samples;
    epoch.train_loss = state_.loss / n, epoch.train_accuracy = state_.correct / n, epoch.spike_rate = state_.rate / n, epoch.seconds = state_.seconds;
    epoch.learning_rate = schedule_.rate(std::int64_t(state_.epoch + 1) * state_.batch - 1);
    if (!split_.validation.empty()) {
        epoch.validation_accuracy = evaluate_on(images_.train, split_.validation).accuracy;
        schedule_.epoch_ended(epoch.validation_accuracy);
    }
    if (split_.validation.empty() || epoch.validation_accuracy > state_.best_accuracy) {
        state_.best_accuracy = epoch.validation_accuracy, state_.best_epoch = state_.epoch;
        best_ = Weights<Real>::of(engine_);
    }
    state_.history.push_back(epoch);
    write_curves(epoch);
    observer_.epoch_done(state_.epoch, experiment_.epochs, epoch);
    ++state_.epoch;
    state_.batch = state_.samples = 0;
    state_.loss = state_.correct = state_.rate = state_.seconds = 0;
}

template <class Real> void TrainingRun<Real>::write_curves(const EpochSummary& epoch) {
    if (!curves_) return;
    const double now = std::chrono::duration<double>(std::chrono::system_clock::now().time_since_epoch()).count();
    const auto curve = [&](const char* name, double value) { curves_->scalar(name, state_.epoch + 1, value, now); };
    curve("train/loss", epoch.train_loss);
    curve("train/accuracy", epoch.train_accuracy);
    if (epoch.validation_accuracy >= 0) curve("validation/accuracy", epoch.validation_accuracy);
    curve("train/spike_rate", epoch.spike_rate);
    curve("train/learning_rate", epoch.learning_rate);
}

template <class Real> void TrainingRun<Real>::save() {
    write_checkpoint(options_.folder + "/checkpoint.h5", resolved_yaml(experiment_), experiment_.seed, state_, engine_, best_, optimiser_, schedule_);
}

template <class Real> Evaluation TrainingRun<Real>::evaluate_on(const Images& images, const std::vector<int>& samples) {
    Evaluation all;
    engine_.anneal(1);
    Loader<Real> loader(images, samples, experiment_.batch, experiment_.transform, experiment_.seed, 0, false);
    Batch<Real> batch;
    while (loader.next(batch)) {
        // Epoch -1: the random numbers of an encoder are the same at every evaluation, and none of training's.
        encode(experiment_.encoder, batch.images, batch.samples, experiment_.steps, experiment_.dt, experiment_.seed, -1, encoded_, &pool_);
        bptt_.set_targets(batch.targets);
        const auto result = bptt_.evaluate(encoded_.signal, batch.labels, int(all.labels.size()));
        const double n = double(batch.labels.size());
        all.loss += result.loss * n, all.accuracy += result.correct, all.spike_rate += result.spike_rate * n;
        all.synaptic_operations += engine_.synaptic_operations();
        all.predictions.insert(all.predictions.end(), bptt_.predictions().begin(), bptt_.predictions().end());
        all.labels.insert(all.labels.end(), batch.labels.begin(), batch.labels.end());
        if (experiment_.readout) append_complexities(engine_.population(population_read(experiment_, engine_)).spikes, pool_, all.complexities);
    }
    const double n = double(samples.size());
    all.loss /= n, all.accuracy /= n, all.spike_rate /= n, all.synaptic_operations /= n;
    return all;
}

/// Sets the smallest weights of each projection to 0, so many as experiment.prune says.
template <class Real> void TrainingRun<Real>::prune() {
    auto& parameters = engine_.parameters();
    for (const auto& block : parameters.blocks) {
        if (block.name != "weight") continue;
        auto weights = block.read(parameters.values.data());
        std::vector<std::size_t> order(weights.size());
        std::iota(order.begin(), order.end(), std::size_t(0));
        std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::fabs(weights[i]); });
        for (std::size_t i = 0; i < std::size_t(experiment_.prune * double(weights.size())); ++i) weights[order[i]] = 0;
        block.write(weights, parameters.values.data());
    }
    engine_.parameters_changed();
}

template <class Real> RunSummary TrainingRun<Real>::evaluate() {
    read_weights(experiment_.checkpoint, engine_);
    if (experiment_.prune > 0) prune();
    RunSummary summary;
    summary.mode = Experiment::Mode::evaluate;
    finish(summary, images_.test);
    return summary;
}

/// The class means are learned on the training samples.
template <class Real> double TrainingRun<Real>::accuracy_by_complexity(const Evaluation& test) {
    const auto train = evaluate_on(images_.train, split_.train);
    const auto features = test.complexities.size() / test.labels.size();
    NearestMean nearest(images_.classes, features);
    for (std::size_t i = 0; i < train.labels.size(); ++i) nearest.learn({&train.complexities[i * features], features}, train.labels[i]);
    int correct = 0;
    for (std::size_t i = 0; i < test.labels.size(); ++i) correct += nearest.predict({&test.complexities[i * features], features}) == test.labels[i];
    return double(correct) / double(test.labels.size());
}

/// Folds the normalisers, reads the test set once, and writes the results.
template <class Real> void TrainingRun<Real>::finish(RunSummary& summary, const Images& test) {
    const auto weights = Weights<Real>::of(engine_);  // as trained, before they are folded
    engine_.fold_normalisers();
    const auto evaluation = evaluate_on(test, all_of(test));
    summary.test_accuracy = evaluation.accuracy;
    if (experiment_.readout) summary.complexity_accuracy = accuracy_by_complexity(evaluation);
    summary.synaptic_operations = evaluation.synaptic_operations;
    summary.parameters = engine_.parameters().count();
    summary.threads = pool_.threads();
    summary.wall_seconds = seconds_since_start();
    write_results(options_.folder + "/results.h5", experiment_, summary, weights, evaluation, test, bptt_);
}

template class TrainingRun<float>;
template class TrainingRun<double>;

}  // namespace tripartite
