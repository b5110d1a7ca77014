#include "experiment/run.hpp"

#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "core/error.hpp"
#include "experiment/local_run.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/training_run.hpp"
#include "io/atomic_file.hpp"

namespace tripartite {

double peak_memory_mb() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) return std::stod(line.substr(6)) / 1024;
    return 0;
}

void make_output_folder(const std::string& folder) {
    std::error_code error;
    std::filesystem::create_directories(folder, error);
    if (error) fail("{}: the output folder cannot be made: {}; choose another with --out", folder, error.message());
}

std::string host() {
    char name[256] = {};
    return gethostname(name, sizeof name - 1) == 0 ? name : "";
}

namespace {

template <class Real> RunSummary run_in(const Experiment& experiment, const RunOptions& options, Observer& observer) {
    TrainingRun<Real> run(experiment, options, observer);
    return experiment.mode == Experiment::Mode::train ? run.train() : run.evaluate();
}

}  // namespace

RunSummary run_experiment(const Experiment& experiment, const RunOptions& options, Observer& observer) {
    make_output_folder(options.folder);
    write_atomically(options.folder + "/config.yaml", resolved_yaml(experiment));
    auto summary = experiment.local ? LocalRun(experiment, options, observer).run()
                   : experiment.precision == Experiment::Precision::float32 ? run_in<float>(experiment, options, observer)
                                                                         : run_in<double>(experiment, options, observer);
    summary.peak_memory_mb = peak_memory_mb();
    if (!summary.stopped) write_summary(options.folder + "/summary.json", experiment, summary);
    return summary;
}

}  // namespace tripartite
