#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <memory>
#include <nlohmann/json.hpp>

#include "cli/commands.hpp"
#include "core/error.hpp"
#include "core/text.hpp"
#include "engine/kernels.hpp"
#include "experiment/recorded_complexity.hpp"
#include "experiment/registry.hpp"
#include "experiment/version.hpp"
#include "io/hdf5.hpp"

namespace tripartite {
namespace {

std::string percent(const nlohmann::json& x) { return x.is_number() ? fmt::format("{:.2f} %", 100 * x.get<double>()) : "-"; }

std::string number_text(const nlohmann::json& x) { return x.is_number() ? fmt::format("{:.4f}", x.get<double>()) : "-"; }

void print_made_by(const nlohmann::json& json) {
    std::printf("%-22s %.0f MiB\n", "peak memory", json.value("peak_memory_mb", 0.0));
    std::printf("%-22s %s, %s, %s, %d threads, seed %llu\n", "made by", json.value("version", "").c_str(), json.value("instruction_set", "").c_str(),
                json.value("precision", "").c_str(), json.value("threads", 0), json.value("seed", 0ULL));
}

void print_simulation(const nlohmann::json& json) {
    std::printf("%-22s %.3f s, in %.2f s after %.2f s of building\n", "simulated", json.value("biological_seconds", 0.0), json.value("simulation_seconds", 0.0), json.value("build_seconds", 0.0));
    std::printf("%-22s %.4f\n", "real-time factor", json.value("real_time_factor", 0.0));
    std::printf("%-22s %llu neurons, %llu synapses\n", "network", json.value("neurons", 0ULL), json.value("synapses", 0ULL));
    std::printf("%-22s %llu, %.2f ns each\n", "synaptic events", json.value("synaptic_events", 0ULL), json.value("ns_per_synaptic_event", 0.0));
    print_made_by(json);
    std::printf("\n%-20s %9s %10s %10s %7s %7s %12s %16s\n", "population", "neurons", "spikes", "rate [Hz]", "CV", "Fano", "correlation", "oscillation [Hz]");
    for (const auto& [name, p] : json.at("populations").items())
        std::printf("%-20s %9lld %10lld %10.3f %7.3f %7.2f %12.5f %16.1f\n", name.c_str(), p.value("neurons", 0LL), p.value("spikes", 0LL), p.value("mean_rate_hz", 0.0), p.value("cv_isi", 0.0),
                    p.value("fano_factor", 0.0), p.value("correlation", 0.0), p.value("frequency_hz", 0.0));
    for (const auto& missed : json.at("missed")) std::printf("not as expected: %s\n", missed.get<std::string>().c_str());
}

void print_summary(const nlohmann::json& json) {
    std::printf("%-22s %s\n", "mode", json.value("mode", "").c_str());
    if (json.value("mode", "") == "simulate") return print_simulation(json);
    std::printf("%-22s %s\n", "test accuracy", percent(json.at("test_accuracy")).c_str());
    std::printf("%-22s %s\n", "validation accuracy", percent(json.at("validation_accuracy")).c_str());
    if (json.contains("complexity_accuracy")) std::printf("%-22s %s\n", "complexity accuracy", percent(json["complexity_accuracy"]).c_str());
    std::printf("%-22s %lld\n", "parameters", json.value("parameters", 0LL));
    std::printf("%-22s %.0f per sample\n", "synaptic operations", json.value("synaptic_operations", 0.0));
    std::printf("%-22s %.1f s\n", "time", json.value("wall_seconds", 0.0));
    print_made_by(json);
    if (json.at("epochs").empty()) return;
    std::printf("\n%5s %11s %11s %11s %11s %9s\n", "epoch", "train loss", "train", "validation", "spike rate", "seconds");
    int number = 0;
    for (const auto& e : json.at("epochs"))
        std::printf("%5d %11s %11s %11s %11.4f %9.2f\n", ++number, number_text(e.at("train_loss")).c_str(), percent(e.at("train_accuracy")).c_str(),
                    percent(e.at("validation_accuracy")).c_str(), e.at("spike_rate").get<double>(), e.at("seconds").get<double>());
}

void print_summary(const std::string& file) {
    std::ifstream stream(file);
    if (!stream) fail("{}: there is no such file; give the folder of a run, or one of its .h5 files", file);
    const auto json = nlohmann::json::parse(stream, nullptr, false);
    if (json.is_discarded()) fail("{} is not the summary of a run: it is not valid JSON", file);
    try {
        print_summary(json);
    } catch (const nlohmann::json::exception& e) {
        fail("{} is not the summary of a run: {}", file, e.what());
    }
}

void print_group(const H5Reader& file, const std::string& group) {
    for (const auto& name : file.children(group)) {
        const auto path = group == "/" ? "/" + name : group + "/" + name;
        if (file.is_group(path)) {
            print_group(file, path);
            continue;
        }
        std::string shape;
        for (const auto n : file.shape(path)) shape += fmt::format("{}{}", shape.empty() ? "" : " x ", n);
        std::printf("%-52s %s\n", path.c_str(), shape.c_str());
    }
}

/// Nothing if no spikes were recorded.
void print_complexities(const std::string& results) {
    if (!std::filesystem::exists(results)) return;
    const auto all = recorded_complexities(H5Reader(results));
    if (!all.empty()) std::printf("\n%-20s %22s %18s %10s\n", "recorded spikes", "Lempel-Ziv complexity", "trains", "steps");
    for (const auto& c : all)
        std::printf("%-20s %22.4f %18s %10lld\n", c.population.c_str(), c.complexity, fmt::format("{} of {}", c.read, c.trains).c_str(), static_cast<long long>(c.steps));
}

void print_info(const std::string& path) {
    if (std::filesystem::is_directory(path)) {
        print_summary(path + "/summary.json");
        return print_complexities(path + "/results.h5");
    }
    if (!path.ends_with(".h5")) return print_summary(path);
    const H5Reader file(path);
    for (const char* name : {"version", "precision", "host"})
        if (file.has_attribute("/", name)) std::printf("%-52s %s\n", name, file.text_attribute("/", name).c_str());
    if (file.has_attribute("/", "seed")) std::printf("%-52s %lld\n", "seed", static_cast<long long>(file.integer_attribute("/", "seed")));
    print_group(file, "/");
    print_complexities(path);
}

}  // namespace

void add_list(CLI::App& app) {
    auto kind = std::make_shared<std::string>();
    auto* command = app.add_subcommand("list", "list what an experiment can name, with its parameters");
    command->add_option("KIND", *kind, fmt::format("{}; yaml is the whole reference", listed(list_words())))->required();
    command->callback([kind] { std::printf("%s", (*kind == "yaml" ? yaml_reference() : list_text(*kind)).c_str()); });
}

void add_info(CLI::App& app) {
    auto path = std::make_shared<std::string>();
    auto* command = app.add_subcommand("info", "describe the results of a run");
    command->add_option("PATH", *path, "folder of a run, or its results.h5 or checkpoint.h5")->required();
    command->callback([path] { print_info(*path); });
}

void add_version(CLI::App& app) {
    app.add_subcommand("version", "print the version")->callback([] {
        std::printf("tripartite %s, kernels for %s\n", version().c_str(), std::string(instruction_set()).c_str());
    });
}

}  // namespace tripartite
