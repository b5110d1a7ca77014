#include "experiment/run.hpp"

#include <CLI/CLI.hpp>
#include <filesystem>
#include <memory>

#include "cli/commands.hpp"
#include "cli/progress.hpp"
#include "core/error.hpp"
#include "experiment/memory.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/simulation_run.hpp"

namespace tripartite {
namespace {

struct RunArguments {
    std::string file, out, resume;
    std::vector<std::string> overrides;
    int threads = -1;
};

Experiment experiment_of(const RunArguments& a) {
    auto overrides = a.overrides;
    if (a.threads >= 0) overrides.push_back("experiment.threads=" + std::to_string(a.threads));
    return read_experiment(a.file, overrides);
}

std::string folder_of(const RunArguments& a, const Experiment& e) { return !a.out.empty() ? a.out : !e.folder.empty() ? e.folder : "results/" + e.name; }

int stopped(const RunArguments& a, const std::string& folder, const char* after, Progress& progress) {
    progress.message(fmt::format("stopped after this {}; go on with\n  tripartite run {} --resume {}/checkpoint.h5 --out {}", after, a.file, folder, folder));
    return 1;
}

int simulate(const RunArguments& a, const Experiment& experiment, const RunOptions& options, Progress& progress) {
    const auto summary = run_simulation(experiment, options, progress);
    if (summary.stopped) return stopped(a, options.folder, "part", progress);
    for (const auto& p : summary.populations)
        progress.message(fmt::format("{:<12} {:8.3f} Hz  CV {:.2f}", p.name, p.activity.mean_rate_hz, p.activity.cv_isi));
    if (summary.accuracy >= 0) progress.message(fmt::format("accuracy {:.2f} % of {} samples", 100 * summary.accuracy, experiment.simulation.trained->samples.samples()));
    progress.message(fmt::format("{:.3f} s simulated in {:.2f} s, real-time factor {:.3f}; {:.0f} MiB; results are in {}", summary.biological_seconds, summary.simulation_seconds,
                                 summary.real_time_factor(), summary.peak_memory_mb, options.folder));
    for (const auto& missed : summary.missed) progress.message("not as expected: " + missed);
    return summary.missed.empty() ? 0 : 1;
}

int run(const RunArguments& a) {
    const auto experiment = experiment_of(a);
    RunOptions options{folder_of(a, experiment), std::nullopt};
    if (!a.resume.empty()) options.resume = a.resume;
    std::error_code error;
    std::filesystem::create_directories(options.folder, error);
    if (error) fail("{}: the output folder cannot be made: {}; choose another with --out", options.folder, error.message());
    Progress progress(options.folder + "/log.txt", options.resume.has_value());
    if (experiment.mode == Experiment::Mode::simulate) return simulate(a, experiment, options, progress);
    const auto summary = run_experiment(experiment, options, progress);
    if (summary.stopped) return stopped(a, options.folder, experiment.local ? "sample" : "batch", progress);
    if (summary.best_epoch >= 0 && summary.validation_accuracy >= 0)
        progress.message(fmt::format("test accuracy {:.2f} %, with the weights of epoch {} (validation {:.2f} %)", 100 * summary.test_accuracy, summary.best_epoch + 1, 100 * summary.validation_accuracy));
    else progress.message(fmt::format("test accuracy {:.2f} %", 100 * summary.test_accuracy));
    if (summary.complexity_accuracy >= 0) progress.message(fmt::format("by the complexity of the spikes {:.2f} %", 100 * summary.complexity_accuracy));
    progress.message(fmt::format("{:.1f} s, {:.0f} MiB; results are in {}", summary.wall_seconds, summary.peak_memory_mb, options.folder));
    return 0;
}

void add_file(CLI::App& command, RunArguments& a) {
    command.add_option("FILE", a.file, "the experiment, a YAML file")->required();
    command.add_option("--set", a.overrides, "path=value: replaces what the file says, as in learning.epochs=3")->take_all()->type_name("PATH=VALUE");
    command.add_option("--threads", a.threads, "number of threads; 0 takes all cores. Results do not depend on it")->check(CLI::Range(0, 1024));
}

}  // namespace

void add_run(CLI::App& app, int& status) {
    auto a = std::make_shared<RunArguments>();  // outlives this function, in the callback
    auto* command = app.add_subcommand("run", "run an experiment and write its results");
    add_file(*command, *a);
    command->add_option("--out", a->out, "folder for the results, in place of output.folder");
    command->add_option("--resume", a->resume, "go on from a checkpoint")->type_name("CHECKPOINT");
    command->callback([a, &status] { status = run(*a); });
}

void add_check(CLI::App& app) {
    auto a = std::make_shared<RunArguments>();
    auto* command = app.add_subcommand("check", "check an experiment and print it with every default, and the memory it needs");
    add_file(*command, *a);
    command->callback([a] {
        const auto experiment = experiment_of(*a);
        std::printf("%s\n%s", resolved_yaml(experiment).c_str(), (experiment.simulates() ? describe_simulation(experiment) : describe_memory(experiment)).c_str());
    });
}

}  // namespace tripartite
