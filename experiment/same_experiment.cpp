#include "experiment/same_experiment.hpp"

#include <sstream>

#include "core/error.hpp"
#include "experiment/read_experiment.hpp"
#include "io/tensorboard.hpp"

namespace tripartite {
namespace {

/// A line for what was read from a file besides the experiment's own.
template <class T> std::string fingerprint(const std::string& what, const std::vector<T>& values) {
    const auto sum = crc32c({reinterpret_cast<const char*>(values.data()), values.size() * sizeof(T)});
    return fmt::format("# {}: {} values with the checksum {:08x}\n", what, values.size(), sum);
}

std::string fingerprints(const SimulationNetwork& network) {
    std::string text;
    for (const auto& p : network.populations) {
        if (const auto* list = p.source ? std::get_if<SpikeList>(&*p.source) : nullptr)
            text += fingerprint("steps of the spikes of " + p.name, list->steps) + fingerprint("neurons of the spikes of " + p.name, list->neurons);
        for (const auto* values : {&p.values, &p.initial})
            for (const auto& v : *values)
                if (!v.each.empty()) text += fingerprint(v.field + " of " + p.name, v.each);
    }
    for (const auto& c : network.currents) text += fingerprint("currents of " + c.to, c.values);
    return text;
}

}  // namespace

std::string what_must_stay(const Experiment& experiment) {
    Experiment e = experiment;
    e.threads = 0, e.folder = "", e.epochs = 0, e.simulation.duration = 0, e.simulation.checkpoint_every = 0, e.simulation.options.window = 0;
    e.simulation.options.runaway_rate = 0, e.simulation.expected.clear();
    return resolved_yaml(e) + fingerprints(e.simulation.network);
}

void check_same_experiment(const std::string& written, const std::string& now, const std::string& file) {
    std::istringstream before(written), after(now);
    for (std::string a, b; bool(std::getline(before, a)) | bool(std::getline(after, b));)
        if (a != b) fail("{}: was written by another experiment: it had\n  {}\nand this one has\n  {}", file, a, b);
}

}  // namespace tripartite
