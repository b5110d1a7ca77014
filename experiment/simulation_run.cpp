#include "experiment/simulation_run.hpp"

#include <chrono>
#include <cmath>
#include <filesystem>
#include <optional>

#include "core/error.hpp"
#include "experiment/predictions.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/same_experiment.hpp"
#include "experiment/simulation_results.hpp"
#include "io/atomic_file.hpp"
#include "simulation/estimate.hpp"
#include "simulation/recorder.hpp"

namespace tripartite {
namespace {

using Clock = std::chrono::steady_clock;
double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

Index steps_of(double time, double dt) { return Index(std::nearbyint(time / dt)); }

SpikeStatistics make_statistics(const Experiment& e) {
    std::vector<std::uint32_t> sizes;
    for (const auto& p : e.simulation.network.populations) sizes.push_back(p.size);
    const auto& s = e.simulation.record.statistics;
    return SpikeStatistics(sizes, steps_of(e.simulation.transient, e.dt), steps_of(s.fano_window, e.dt), steps_of(s.bin, e.dt), s.correlation_neurons);
}

/// One simulation from its building to its results.
class SimulationRun {
public:
    SimulationRun(const Experiment& e, const RunOptions& options, Observer& observer)
        : e_(e), config_(e.simulation), options_(options), observer_(observer), first_(steps_of(config_.transient, e.dt)),
          last_(first_ + steps_of(config_.duration, e.dt)) {
        if (options.resume) checkpoint_.emplace(*options.resume);
        if (checkpoint_ && !checkpoint_->has("/recordings")) fail("{} is not a checkpoint of a simulation", *options.resume);
    }

    SimulationSummary run() {
        build();
        auto saved = Clock::now();
        while (simulation_->steps_done() < last_) {
            advance();
            if (observer_.stop_wanted()) {
                save();
                summary_.stopped = true;
                return summary_;
            }
            if (config_.checkpoint_every > 0 && seconds_since(saved) > config_.checkpoint_every) save(), saved = Clock::now();
        }
        finish();
        return summary_;
    }

    /// Once all results are safe.
    void remove_spools() { recorder_->remove_spools(); }

private:
    void build() {
        const auto begin = Clock::now();
        const auto options = simulation_options(e_);
        simulation_ = e_.precision == Experiment::Precision::float32 ? Simulation::make<float>(config_.network, options) : Simulation::make<double>(config_.network, options);
        statistics_.emplace(make_statistics(e_));
        if (checkpoint_) load();
        recorder_.emplace(config_.network, config_.record, e_.dt, first_, last_, options_.folder, checkpoint_ ? &*checkpoint_ : nullptr);
        recorder_->attach(*simulation_);
        if (config_.trained && !std::holds_alternative<BinaryCrossEntropySteps>(config_.trained->loss))  // which asks for classes in steps that only the data set knows, if at all
            predictions_.emplace(*config_.trained, config_.network, e_.dt, checkpoint_ ? &*checkpoint_ : nullptr).attach(*simulation_);
        simulation_->on_spikes([this](Index step, const SpikeLists& fired) {
            statistics_->take(step, fired);
            if (predictions_) predictions_->take(step, fired);
            if (step >= first_) recorder_->take(step, fired);
        });
        if (!checkpoint_) recorder_->record_weights(*simulation_);
        summary_.threads = options.threads;
        summary_.build_seconds = seconds_since(begin);
        observer_.message(fmt::format("{} neurons, {} synapses, {} threads; built in {:.2f} s, {:.2f} GB", simulation_->neurons(), simulation_->synapses(), options.threads,
                                      summary_.build_seconds, double(simulation_->bytes()) * 1e-9));
    }
    void load() {
        check_same_experiment(checkpoint_->text_attribute("/recordings", "experiment"), what_must_stay(e_), *options_.resume);
        simulation_->load(*checkpoint_);
        statistics_->load(*checkpoint_, "/statistics");
        wall_seconds_ = checkpoint_->real_attribute("/recordings", "simulation_seconds");
        events_before_ = std::uint64_t(checkpoint_->integer_attribute("/recordings", "events_before"));
        if (simulation_->steps_done() > last_) fail("{}: goes on from {} ms, but the experiment ends at {} ms", *options_.resume, double(simulation_->steps_done()) * e_.dt, double(last_) * e_.dt);
    }

    /// Some steps: until about 50 ms later, the end of the transient, or the next recording of weights; of a trained network, a sample.
    void advance() {
        const Index done = simulation_->steps_done(), reset = config_.reset_every;
        const Index some = config_.trained ? config_.trained->samples.period(e_.dt) : std::max<Index>(1, steps_of(50, e_.dt));
        Index end = std::min({last_, done + some, recorder_->next_weights(done)});
        if (done < first_) end = std::min(end, first_);
        if (reset > 0) end = std::min(end, (done / reset + 1) * reset);
        if (reset > 0 && done > 0 && done % reset == 0) simulation_->rest();
        const auto begin = Clock::now();
        simulation_->run(end - done);
        if (done >= first_) wall_seconds_ += seconds_since(begin);
        if (end == first_) events_before_ = simulation_->synaptic_events();
        if (predictions_) predictions_->predict();
        recorder_->record_weights(*simulation_);
        SimulationProgress p;
        p.time = double(end) * e_.dt, p.end = double(last_) * e_.dt;
        observer_.simulated(p);
    }

    void save() {
        H5Writer file(options_.folder + "/checkpoint.h5");
        simulation_->save(file);
        recorder_->save(file);
        statistics_->save(file, "/statistics");
        if (predictions_) predictions_->write(file);
        file.attribute("/recordings", "simulation_seconds", wall_seconds_);
        file.attribute("/recordings", "events_before", std::int64_t(events_before_));
        file.attribute("/recordings", "experiment", what_must_stay(e_));
        file.attribute("/", "config", resolved_yaml(e_));
        file.commit();
    }

    void finish() {
        save();
        summary_.biological_seconds = double(last_ - first_) * e_.dt * 1e-3;
        summary_.simulation_seconds = wall_seconds_;
        summary_.neurons = simulation_->neurons(), summary_.synapses = simulation_->synapses();
        summary_.synaptic_events = simulation_->synaptic_events() - events_before_;
        for (int p = 0; p < int(config_.network.populations.size()); ++p) {
            const auto& spec = config_.network.populations[std::size_t(p)];
            summary_.populations.push_back({spec.name, spec.size, statistics_->activity(p, last_, e_.dt)});
        }
        if (predictions_) summary_.accuracy = predictions_->accuracy();
        summary_.missed = missed_expectations(e_, summary_);
        H5Writer file(options_.folder + "/results.h5");
        recorder_->write(file, *simulation_);
        if (predictions_) predictions_->write(file);
        write_attributes(file, e_);
        file.commit();
    }

    const Experiment& e_;
    const SimulationConfig& config_;
    const RunOptions& options_;
    Observer& observer_;
    Index first_, last_;  ///< steps: end of the transient, end of all
    std::optional<SpikeStatistics> statistics_;  ///< after the network, which says first whether all fits in memory
    std::optional<H5Reader> checkpoint_;
    std::unique_ptr<Simulation> simulation_;
    std::optional<Recorder> recorder_;
    std::optional<Predictions> predictions_;  ///< of a trained network
    double wall_seconds_ = 0;
    std::uint64_t events_before_ = 0;
    SimulationSummary summary_;
};

}  // namespace

SimulationSummary run_simulation(const Experiment& experiment, const RunOptions& options, Observer& observer) {
    make_output_folder(options.folder);
    write_atomically(options.folder + "/config.yaml", resolved_yaml(experiment));
    SimulationRun run(experiment, options, observer);
    SimulationSummary summary = run.run();
    summary.peak_memory_mb = peak_memory_mb();
    if (summary.stopped) return summary;
    write_simulation_summary(options.folder + "/summary.json", experiment, summary);
    run.remove_spools();
    return summary;
}

std::string describe_simulation(const Experiment& e) {
    constexpr double quickly_built = 3e6;  // synapses
    const SharedNetwork shared(e.simulation.network, simulation_options(e));
    const auto plans = plan_stores(shared);
    const std::size_t real = e.precision == Experiment::Precision::float32 ? 4 : 8;
    check_memory(shared, plans, real, available_bytes());
    double neurons = 0, synapses = 0;
    std::string text;
    for (const auto size : shared.sizes) neurons += size;
    for (const auto& d : describe_plans(shared, plans, real)) {
        std::string names;
        for (const auto& name : d.projections) names += (names.empty() ? "" : ", ") + name;
        text += fmt::format("#   {} onto {}: {}; about {} synapses, {:.1f} MB ({})\n", d.from, d.receptor, d.form, d.synapses, double(d.bytes) * 1e-6, names);
        synapses += double(d.synapses);
    }
    if (synapses <= quickly_built) Simulation::make<double>(e.simulation.network, simulation_options(e));  // says all that run would say
    return fmt::format("# {:.0f} neurons, about {:.0f} synapses; memory about {:.1f} MB, of which {:.0f} MB are free\n# Synapses are stored as:\n{}", neurons, synapses,
                       double(estimated_bytes(shared, plans, real)) * 1e-6, double(available_bytes()) * 1e-6, text);
}

}  // namespace tripartite
