#include "core/text.hpp"
#include "experiment/read_network.hpp"
#include "experiment/read_simulation.hpp"

namespace tripartite {
namespace {

void check_changes(const YamlNode& node, const std::vector<double>& times, std::size_t values, std::string_view key, Problems& problems) {
    if (times.size() != values) problems.key(node, fmt::format("has {} times and {} {}; one for each", times.size(), values, key));
    if (!std::ranges::is_sorted(times, std::ranges::less_equal())) problems.key(node, "times must be ascending");
}

void check(const PoissonDrive& drive, const YamlNode& node, double, Problems& problems) {
    check_window(node, drive.start, drive.stop, problems);
    if (drive.weight == 0) problems.key(node, "needs a weight that is not 0");
    check_changes(node, drive.times, drive.rates.size(), "rates", problems);
    if (std::ranges::any_of(drive.rates, [](double rate) { return rate < 0; })) problems.key(node, "rates must be >= 0");
}
void check(const CurrentDrive& drive, const YamlNode& node, double, Problems& problems) {
    check_window(node, drive.start, drive.stop, problems);
    check_changes(node, drive.times, drive.values.size(), "values", problems);
}
void check(const NoiseDrive& drive, const YamlNode& node, double dt, Problems& problems) {
    check_window(node, drive.start, drive.stop, problems);
    if (!whole_steps(drive.interval, dt))
        problems.key(node, fmt::format("interval must be a whole number of steps of {} ms, got {} ms", dt, drive.interval));
}

/// A drive without a receptor acts by the sign of a Poisson weight, else on the port "current".
void check_port(const Drive& drive, const SimulatedPopulation& population, const YamlNode& node, Problems& problems) {
    const auto& ports = population.neuron.port_names;
    if (!drive.receptor.empty() || ports.empty() || std::holds_alternative<PoissonDrive>(drive.kind) || std::ranges::count(ports, "current")) return;
    const std::vector<std::string_view> known(ports.begin(), ports.end());
    problems.key(node, fmt::format("{} has no port 'current'; give a receptor: it has {}", population.neuron.model, listed(known)));
}

void read_entry(const YamlNode& node, const SimulationReading& reading) {
    auto& problems = reading.problems;
    Section targets(node, problems);
    targets.need("to");
    for (const auto& name : distinct_words(targets, "to")) {
        const auto* population = find_target(*node.find("to"), name, reading);
        if (!population) continue;
        Section section(node, problems);
        section.take("to");
        if (population->neuron.interval > 0)
            problems.value(*node.find("to"), fmt::format("'{}' takes a step every {} ms only, and drives act in each step; give its cells parameters or initial values instead", name, population->neuron.interval));
        Drive drive;
        drive.to = name;
        if (const YamlNode* word = section.take("name")) drive.name = read_word(*word, problems).value_or("");
        if (!drive.name.empty() && std::ranges::count(reading.to.network.drives, drive.name, &Drive::name))
            problems.value(*node.find("name"), fmt::format("there is a drive '{}' already", drive.name));
        drive.receptor = read_receptor(section, population->neuron);
        const std::size_t before = problems.count();
        read_kind(section, "drive", drive.kind, unit_of_port(*population, drive.receptor));
        section.close();
        if (problems.count() > before) continue;
        check_port(drive, *population, node, problems);
        if (const auto* poisson = std::get_if<PoissonDrive>(&drive.kind))
            check_conductance(node, *population, drive.receptor, {poisson->weight, poisson->weight}, problems);
        std::visit([&](const auto& kind) { check(kind, node, reading.dt, problems); }, drive.kind);
        reading.to.network.drives.push_back(std::move(drive));
    }
}

}  // namespace

void read_drives(const YamlNode& list, const SimulationReading& reading) {
    for (const auto& node : read_list(list, "a list of drives", -1, reading.problems)) read_entry(node, reading);
    complete_names(reading.to.network.drives, [](const Drive& d) {
        return std::visit([&]<class Kind>(const Kind&) { return fmt::format("{}_to_{}", Kind::name, d.to); }, d.kind);
    });
}

}  // namespace tripartite
