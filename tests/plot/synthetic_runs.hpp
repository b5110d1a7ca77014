#pragma once
#include <cmath>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include "io/hdf5.hpp"

/// Result folders as runs leave them, with spikes from Poisson processes. The random numbers of std are fine here: no test
/// depends on their values.
namespace tripartite {

struct SyntheticPopulation {
    std::string name;
    std::uint64_t neurons;
    double rate, cv;  ///< Hz
};

/// The cortical microcircuit of Potjans and Diesmann (2014), table 5 and figure 6.
inline const std::vector<SyntheticPopulation> microcircuit{{"L23E", 20683, 0.86, 0.82}, {"L23I", 5834, 2.9, 0.83}, {"L4E", 21915, 4.45, 0.81},
                                                           {"L4I", 5479, 5.85, 0.79},   {"L5E", 4850, 7.6, 0.77},  {"L5I", 1065, 8.6, 0.78},
                                                           {"L6E", 14395, 1.1, 0.83},   {"L6I", 2948, 7.8, 0.78}};
inline const std::vector<SyntheticPopulation> ten_neurons{{"E", 8, 12, 0.9}, {"I", 2, 25, 0.8}};

inline void write_spikes(H5Writer& file, const SyntheticPopulation& p, double start, double duration, double dt) {
    std::mt19937_64 random(p.neurons);
    std::exponential_distribution<double> interval(double(p.neurons) * p.rate / 1000);
    std::vector<double> times;
    std::vector<std::uint64_t> ids;
    for (double t = interval(random); t < duration; t += interval(random)) {
        if (p.neurons > 100 && random() % 100 < std::uint64_t(20 * (1 + std::sin(t / 40)))) continue;  // something to see in the rates
        times.push_back(start + std::ceil(t / dt) * dt), ids.push_back(random() % p.neurons);
    }
    file.write("/spikes/" + p.name + "/timestamps", times, {times.size()});
    file.attribute("/spikes/" + p.name + "/timestamps", "units", std::string("milliseconds"));
    file.write("/spikes/" + p.name + "/node_ids", ids, {ids.size()});
}

/// A leaky membrane driven by noise, with a slow second variable.
inline void write_states(H5Writer& file, const SyntheticPopulation& p, std::uint64_t recorded, double start, double duration) {
    const auto steps = std::uint64_t(duration / 0.1);
    std::mt19937_64 random(7);
    std::normal_distribution<double> noise(0, 0.35);
    std::vector<double> v, w, now(recorded, -62), slow(recorded, 0);
    std::vector<std::uint64_t> ids;
    for (std::uint64_t i = 0; i < recorded; ++i) ids.push_back(i * p.neurons / recorded);
    for (std::uint64_t step = 0; step < steps; ++step)
        for (std::uint64_t i = 0; i < recorded; ++i) {
            now[i] += 0.01 * (-57 + double(i % 3) - now[i]) + noise(random);
            slow[i] += 0.0005 * (10 * (now[i] + 62) - slow[i]);
            if (now[i] > -50) now[i] = -65, slow[i] += 12;
            v.push_back(now[i]), w.push_back(slow[i]);
        }
    const auto write = [&](const std::string& field, const std::vector<double>& values, const char* units) {
        const auto name = "/states/" + p.name + "/" + field;
        file.write(name, values, {steps, recorded});
        file.attribute(name, "units", std::string(units));
        file.attribute(name, "interval", 0.1);
        file.attribute(name, "start", start + 0.1);
        file.attribute(name, "neurons", ids);
    };
    write("V_m", v, "mV");
    write("w", w, "pA");
}

/// A folder as `mode: simulate` leaves it. `states`: the neurons of the first population whose states are recorded.
inline void write_simulation(const std::string& folder, const std::vector<SyntheticPopulation>& populations, double start, double duration, std::uint64_t states = 0) {
    H5Writer file(folder + "/results.h5");
    std::ofstream summary(folder + "/summary.json");
    summary << R"({"mode": "simulate", "name": "synthetic", "biological_seconds": )" << duration / 1000 << R"(, "populations": {)";
    const char* separator = "";
    for (const auto& p : populations) {
        write_spikes(file, p, start, duration, 0.1);
        summary << separator << '"' << p.name << R"(": {"neurons": )" << p.neurons << R"(, "mean_rate_hz": )" << p.rate << R"(, "cv_isi": )" << p.cv << "}";
        separator = ", ";
    }
    summary << "}}";
    if (states > 0) write_states(file, populations[0], states, start, duration);
    file.attribute("/", "start_ms", start);
    file.attribute("/", "duration_ms", duration);
    file.commit();
}

/// A folder as `mode: train` leaves it, with as many epochs.
inline void write_training(const std::string& folder, const std::string& name, int epochs, double accuracy) {
    std::ofstream summary(folder + "/summary.json");
    summary << R"({"mode": "train", "name": ")" << name << R"(", "test_accuracy": )" << accuracy << R"(, "best_epoch": )" << epochs << R"(, "epochs": [)";
    for (int i = 1; i <= epochs; ++i)
        summary << (i > 1 ? ", " : "") << R"({"train_loss": )" << 0.3 + 1.0 / i << R"(, "train_accuracy": )" << accuracy - 0.1 / i << R"(, "validation_accuracy": )"
                << (i % 2 ? "null" : std::to_string(accuracy - 0.05 / i)) << "}";
    summary << "]}";
}

}  // namespace tripartite
