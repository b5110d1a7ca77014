/// Core time per plastic event: the synapses that one of two threads owns in NEST's hpc_benchmark (9000 excitatory neurons
/// with 9000 plastic inputs each, power-law rule, 1.5 ms), fired at random.
///     plastic_store [rate in Hz] [steps] [different dendritic delays]
#include <ctime>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <vector>

#include "core/random.hpp"
#include "simulation/plastic_store.hpp"

namespace {

using namespace tripartite;

constexpr std::uint32_t neurons = 9000, owned = 4500, degree = 4500;

PlasticStore<float> make_store(std::uint32_t delays) {
    const RandomStream random(1, "synapses", "targets");
    PlasticStore<float> store(StdpPowerLaw{.tau_plus = 15, .tau_minus = 30, .lambda = 0.1, .alpha = 0.0513, .mu = 0.4}, 0.1, neurons, owned);
    const auto each = [&](auto&& f) {
        std::vector<std::uint32_t> targets(degree);
        for (std::uint32_t source = 0; source < neurons; ++source) {
            for (std::uint32_t k = 0; k < degree; ++k) targets[k] = random.below(owned, k, source);
            std::ranges::sort(targets);
            for (std::uint32_t k = 0; k < degree; ++k) f(source, targets[k], 15 - int(k % delays));
        }
    };
    each([&](std::uint32_t source, std::uint32_t, int delay) { store.count(source, 0, delay); });
    store.finish_counts();
    each([&](std::uint32_t source, std::uint32_t target, int delay) { store.add(source, target, 0, delay, 45.61f); });
    return store;
}

double cpu_seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return double(now.tv_sec) + 1e-9 * double(now.tv_nsec);
}

}  // namespace

int main(int argc, char** argv) {
    const double rate = argc > 1 ? std::atof(argv[1]) : 15;
    const Index steps = argc > 2 ? std::atol(argv[2]) : 3000, window = 100;
    const RandomStream random(1, "neurons", "spikes");
    const std::uint64_t bound = probability_bound(rate * 1e-4);
    std::vector<std::vector<std::uint32_t>> trains(static_cast<std::size_t>(steps));
    for (std::uint32_t t = 0; t < std::uint32_t(steps); ++t)
        for (std::uint32_t n = 0; n < neurons; ++n)
            if (random.bits(n, t)[0] < bound) trains[t].push_back(n);

    PlasticStore<float> store = make_store(argc > 3 ? std::uint32_t(std::atoi(argv[3])) : 1);
    std::vector<float> row(owned);
    std::vector<double> times;
    for (Index t = 0; t < steps; t += window) {
        const double begin = cpu_seconds();
        std::uint64_t events = 0;
        for (Index s = t; s < t + window; ++s) {
            events += store.deliver(s, [&](Index step) { return std::span<const std::uint32_t>(trains[std::size_t(step)]); }, row.data());
            for (const std::uint32_t n : trains[std::size_t(s)]) {
                store.source_fired(n, s);
                if (n < owned) store.target_fired(n, s);
            }
        }
        if (t >= steps / 3) times.push_back(1e9 * (cpu_seconds() - begin) / double(events));
    }
    std::ranges::sort(times);
    const double before = cpu_seconds();
    store.bring_up_to_date(steps - 1);
    const double mark = 1e9 * (cpu_seconds() - before) / double(store.runs().size());
    double sum = 0;
    for (std::uint64_t i = 0; i < store.runs().size(); ++i) sum += double(store.weight(i));
    std::printf("%.1f ns per plastic event, median of windows (%.1f to %.1f); a mark takes %.1f ns per synapse; mean weight %.3f\n", times[times.size() / 2], times.front(),
                times.back(), mark, sum / double(store.runs().size()));
    return 0;
}
