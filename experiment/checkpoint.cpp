#include "experiment/checkpoint.hpp"

#include "core/error.hpp"
#include "core/precision.hpp"
#include "experiment/version.hpp"
#include "experiment/weights_file.hpp"

namespace tripartite {
namespace {

constexpr int history_columns = 6;

std::vector<double> flattened(const std::vector<EpochSummary>& history) {
    std::vector<double> values;
    for (const auto& e : history)
        values.insert(values.end(), {e.train_loss, e.train_accuracy, e.validation_accuracy, e.seconds, e.spike_rate, e.learning_rate});
    return values;
}

}  // namespace

template <class Real>
void write_checkpoint(const std::string& path, const std::string& config, std::uint64_t seed, const TrainingState& state, Engine<Real>& engine,
                      const Weights<Real>& best, Optimiser<Real>& optimiser, const Schedule& schedule) {
    H5Writer file(path);
    write_weights(file, "", engine, Weights<Real>::of(engine));
    if (state.best_epoch >= 0) write_weights(file, "/best", engine, best);
    for (const auto& [name, moment] : optimiser.state()) write_parameters<Real>(file, "/optimiser/" + name, engine.parameters(), moment.data());
    const auto scheduled = schedule.state();
    file.write("/schedule", std::span<const double>(scheduled), {scheduled.size()});
    const auto history = flattened(state.history);
    file.write("/history", std::span<const double>(history), {state.history.size(), history_columns});
    const double sums[] = {state.loss, state.correct, state.rate, state.seconds, state.best_accuracy};
    file.write("/epoch", std::span<const double>(sums), {std::size(sums)});
    const std::int64_t counts[] = {state.epoch, state.batch, state.samples, state.best_epoch, optimiser.steps()};
    file.write("/progress", std::span<const std::int64_t>(counts), {std::size(counts)});
    file.attribute("/", "config", config);
    file.attribute("/", "version", version());
    file.attribute("/", "precision", std::string(precision_name<Real>()));
    file.attribute("/", "seed", std::int64_t(seed));
    file.attribute("/", "optimiser", optimiser.name());
    file.commit();
}

template <class Real>
TrainingState read_checkpoint(const std::string& path, std::uint64_t seed, Engine<Real>& engine, Weights<Real>& best, Optimiser<Real>& optimiser,
                              Schedule& schedule) {
    const H5Reader file(path);
    if (!file.has("/progress")) fail("{} is not a checkpoint of a training run", path);
    if (const auto precision = file.text_attribute("/", "precision"); precision != precision_name<Real>())
        fail("{}: was written in {} and this experiment runs in {}", path, precision, precision_name<Real>());
    if (const auto other = std::uint64_t(file.integer_attribute("/", "seed")); other != seed)
        fail("{}: was written with seed {} and this experiment has seed {}", path, other, seed);
    if (const auto other = file.text_attribute("/", "optimiser"); other != optimiser.name())
        fail("{}: was written with the optimiser {} and this experiment has {}", path, other, optimiser.name());
    TrainingState state;
    const auto counts = file.read<std::int64_t>("/progress");
    const auto sums = file.read<double>("/epoch"), history = file.read<double>("/history");
    state.epoch = int(counts[0]), state.batch = int(counts[1]), state.samples = int(counts[2]), state.best_epoch = int(counts[3]);
    state.loss = sums[0], state.correct = sums[1], state.rate = sums[2], state.seconds = sums[3], state.best_accuracy = sums[4];
    for (std::size_t i = 0; i < history.size(); i += history_columns)
        state.history.push_back({history[i], history[i + 1], history[i + 2], history[i + 3], history[i + 4], history[i + 5]});
    read_weights<Real>(file, "", path, engine).restore(engine);
    if (state.best_epoch >= 0) best = read_weights<Real>(file, "/best", path, engine);
    for (const auto& [name, moment] : optimiser.state()) read_parameters<Real>(file, "/optimiser/" + name, engine.parameters(), moment.data());
    optimiser.set_steps(counts[4]);
    schedule.restore(file.read<double>("/schedule"));
    return state;
}

template <class Real> void read_weights(const std::string& path, Engine<Real>& engine) {
    const H5Reader file(path);
    read_weights<Real>(file, file.has("/best") ? "/best" : "", path, engine).restore(engine);
}

#define INSTANTIATE(Real)                                                                                                               \
    template void write_checkpoint(const std::string&, const std::string&, std::uint64_t, const TrainingState&, Engine<Real>&,           \
                                   const Weights<Real>&, Optimiser<Real>&, const Schedule&);                                            \
    template TrainingState read_checkpoint(const std::string&, std::uint64_t, Engine<Real>&, Weights<Real>&, Optimiser<Real>&, Schedule&); \
    template void read_weights(const std::string&, Engine<Real>&);
INSTANTIATE(float)
INSTANTIATE(double)
#undef INSTANTIATE

}  // namespace tripartite
