#include "simulation/estimate.hpp"

#include <algorithm>
#include <fstream>
#include <optional>

#include "core/error.hpp"
#include "synapses/convolution.hpp"

namespace tripartite {
namespace {

constexpr double giga = 1e9;

double expected_synapses(const SharedNetwork& shared, const StorePlan& plan) {
    double sum = 0;
    for (const int i : plan.projections) sum += shared.projections[std::size_t(i)].connector->expected();
    return sum;
}

/// Each thread has the kernels, at most all of them, what changes them, and four spikes of every neuron on both sides.
double expected_of_kernels(const SharedNetwork& shared, const BuiltProjection& p, double real) {
    const std::uint32_t sources = shared.sizes[std::size_t(p.from)], targets = shared.sizes[std::size_t(p.to)];
    const ConvolutionMap map(std::get<Convolution>(p.spec->rule), sources, targets);
    const double weights = double(map.target_channels()) * map.kernel_size();
    const auto rule = plastic_rule(p.spec->synapse).value();
    const double unpaired = remembers_spikes(pairing_of(rule)) ? weights * map.target_places() : 0, eligibilities = std::holds_alternative<StdpDopamine>(rule) ? weights : 0;
    const double delays = p.delay->constant() ? 0 : 2 * weights;
    return shared.options.threads * (delays + (2 * weights + unpaired) * real + eligibilities * (real + 4) + (double(sources) + targets) * 4 * (4 + 2 * real) + double(map.bytes()));
}

/// A target of 16 bits, and what the weight takes; bit matrices: three bits for each pair while they are built.
double expected_bytes(const SharedNetwork& shared, const StorePlan& plan, std::size_t real) {
    const double synapses = expected_synapses(shared, plan), sources = shared.sizes[std::size_t(plan.population)];
    constexpr double target = 2;
    bool one_delay = true;
    for (const int i : plan.projections) one_delay = one_delay && shared.projections[std::size_t(i)].delay->constant();
    const double index_of_source = (8 + 4 * (one_delay ? 2 : 64)) * shared.options.threads;  // of different delays some tens are typical
    switch (plan.form) {
        case StorePlan::Form::counted: return synapses * target + sources * index_of_source;
        case StorePlan::Form::bits: {
            double neurons = 0;
            for (const auto size : shared.sizes) neurons += size;
            return sources * neurons / 8 * 3;
        }
        case StorePlan::Form::tripartite: return synapses * (target + double(real) * 3 + 4) + sources * index_of_source;
        case StorePlan::Form::convolution: return expected_of_kernels(shared, shared.projections[std::size_t(plan.projections.front())], double(real));
        case StorePlan::Form::gap_junctions:
        case StorePlan::Form::graded: return synapses * double(8 + real);
        case StorePlan::Form::runs: return synapses * (target + (shared.options.half_weights ? 2.0 : double(real))) + sources * index_of_source;
        default: {
            const auto rule = plastic_rule(shared.projections[std::size_t(plan.projections.front())].spec->synapse);
            const double step = rule && std::holds_alternative<StdpDopamine>(*rule) ? 4 : 0;  // and an eligibility
            return synapses * (target + double(real) * (step > 0 || (rule && remembers_spikes(pairing_of(*rule))) ? 2 : 1) + step) + sources * index_of_source;
        }
    }
}

}  // namespace

std::vector<StoreDescription> describe_plans(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t real) {
    std::vector<StoreDescription> all;
    for (const auto& plan : plans) {
        const auto& first = shared.projections[std::size_t(plan.projections.front())];
        const auto& names = shared.network.populations[std::size_t(first.to)].neuron.port_names;
        StoreDescription d{shared.network.populations[std::size_t(plan.population)].name, names[std::size_t(plan.port)], std::string(StorePlan::forms[int(plan.form)]), {},
                           std::uint64_t(expected_synapses(shared, plan)), std::size_t(expected_bytes(shared, plan, real))};
        for (const int i : plan.projections) d.projections.push_back(shared.projections[std::size_t(i)].spec->name);
        all.push_back(std::move(d));
    }
    return all;
}

std::size_t estimated_bytes(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t real) {
    std::size_t sum = 0;
    for (const auto& d : describe_plans(shared, plans, real)) sum += d.bytes;
    constexpr std::size_t statistics = 36;  // of each neuron: counts, first and last spike, squared intervals, place in the sample
    for (const auto& p : shared.network.populations)
        sum += p.size * statistics + std::size_t(p.size) * real * std::size_t(p.neuron.states + shared.ports + (p.values.empty() ? 0 : p.neuron.coefficients));
    return sum;
}

namespace {

/// A number in a file of one line; none where there is no such file, or it says "max".
std::optional<std::size_t> number_in(const char* path) {
    std::ifstream file(path);
    std::size_t number = 0;
    return file >> number ? std::optional(number) : std::nullopt;
}

/// What the control group of a container leaves.
std::size_t left_in_container() {
    const auto limit = number_in("/sys/fs/cgroup/memory.max"), used = number_in("/sys/fs/cgroup/memory.current");
    return !limit || !used ? SIZE_MAX : *limit - std::min(*limit, *used);
}

}  // namespace

std::size_t available_bytes() {
    std::ifstream file("/proc/meminfo");
    for (std::string line; std::getline(file, line);)
        if (line.starts_with("MemAvailable:")) return std::min<std::size_t>(std::stoull(line.substr(13)) * 1024, left_in_container());
    return left_in_container();
}

void check_memory(const SharedNetwork& shared, const std::vector<StorePlan>& plans, std::size_t real, std::size_t available) {
    const std::size_t needed = estimated_bytes(shared, plans, real);
    if (needed <= available) return;
    double synapses = 0;
    for (const auto& plan : plans) synapses += expected_synapses(shared, plan);
    fail("the network does not fit in memory: {:.4g} synapses and their neurons take about {:.2f} GB, and {:.2f} GB are free; "
         "make it smaller, take precision: float32, or half_weights: true",
         synapses, double(needed) / giga, double(available) / giga);
}

}  // namespace tripartite
