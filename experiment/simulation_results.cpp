#include "experiment/simulation_results.hpp"

#include <nlohmann/json.hpp>

#include "engine/kernels.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/version.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {
namespace {

/// The activity of a population, or of all neurons together: the mean over populations, weighted by their neurons.
Activity activity_of(const SimulationSummary& summary, const std::string& population) {
    Activity all;
    double neurons = 0;
    for (const auto& p : summary.populations) {
        if (p.name == population) return p.activity;
        const double n = p.neurons;
        neurons += n;
        all.spikes += p.activity.spikes;
        all.mean_rate_hz += n * p.activity.mean_rate_hz, all.cv_isi += n * p.activity.cv_isi;
        all.correlation += n * p.activity.correlation, all.fano_factor += n * p.activity.fano_factor;
        all.frequency_hz += n * p.activity.frequency_hz;
    }
    for (double* x : {&all.mean_rate_hz, &all.cv_isi, &all.correlation, &all.fano_factor, &all.frequency_hz}) *x /= neurons;
    return all;
}

}  // namespace

std::vector<std::string> missed_expectations(const Experiment& e, const SimulationSummary& summary) {
    std::vector<std::string> missed;
    for (const auto& expected : e.simulation.expected) {
        const Activity found = activity_of(summary, expected.population);
        const auto check = [&](const char* what, double value, const Interval& range) {
            if (value < range.low || value > range.high)
                missed.push_back(fmt::format("{}: {} is {:.4g}, expected {:.4g} to {:.4g}", expected.population, what, value, range.low, range.high));
        };
        check("mean_rate_hz", found.mean_rate_hz, expected.mean_rate_hz);
        check("cv_isi", found.cv_isi, expected.cv_isi);
        check("correlation", found.correlation, expected.correlation);
        check("fano_factor", found.fano_factor, expected.fano_factor);
        check("frequency_hz", found.frequency_hz, expected.frequency_hz);
    }
    return missed;
}

void write_attributes(H5Writer& file, const Experiment& e) {
    file.attribute("/", "config", resolved_yaml(e));
    file.attribute("/", "version", version());
    file.attribute("/", "host", host());
    file.attribute("/", "seed", std::int64_t(e.seed));
    file.attribute("/", "dt_ms", e.dt);
    file.attribute("/", "start_ms", e.simulation.transient);
    file.attribute("/", "duration_ms", e.simulation.duration);
}

void write_simulation_summary(const std::string& path, const Experiment& e, const SimulationSummary& s) {
    nlohmann::ordered_json json;
    json["mode"] = Experiment::modes[int(e.mode)];
    json["name"] = e.name;
    json["biological_seconds"] = s.biological_seconds;
    json["build_seconds"] = s.build_seconds;
    json["simulation_seconds"] = s.simulation_seconds;
    json["real_time_factor"] = s.real_time_factor();
    json["neurons"] = s.neurons;
    json["synapses"] = s.synapses;
    json["synaptic_events"] = s.synaptic_events;
    json["ns_per_synaptic_event"] = s.synaptic_events ? s.simulation_seconds * 1e9 / double(s.synaptic_events) : 0;
    json["peak_memory_mb"] = s.peak_memory_mb;
    for (const auto& p : s.populations)
        json["populations"][p.name] = {{"neurons", p.neurons}, {"spikes", p.activity.spikes}, {"mean_rate_hz", p.activity.mean_rate_hz}, {"cv_isi", p.activity.cv_isi},
                                       {"fano_factor", p.activity.fano_factor}, {"correlation", p.activity.correlation}, {"frequency_hz", p.activity.frequency_hz}};
    if (s.accuracy >= 0) json["accuracy"] = s.accuracy;
    json["missed"] = s.missed;
    json["version"] = version();
    json["instruction_set"] = instruction_set();
    json["threads"] = s.threads;
    json["seed"] = e.seed;
    json["precision"] = Experiment::precisions[int(e.precision)];
    write_atomically(path, json.dump(2) + "\n");
}

}  // namespace tripartite
