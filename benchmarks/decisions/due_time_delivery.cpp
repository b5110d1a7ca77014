/// Decision 0003: what does one synaptic event cost when a spike is delivered at its due time?
///
/// The connectivity of the cortical microcircuit (Potjans and Diesmann 2014) with random spikes at the published rates.
/// A thread owns a slice of every population and stores all synapses onto it, sorted by (source, delay). In step t it
/// visits, for every delay d, the neurons that fired in step t-d, and adds that run of synapses to this step's input row.
/// There is no ring buffer over delays, and nothing is atomic.
///     due_time_delivery [--scale 1]      measures;  --scale shrinks the numbers of neurons and the in-degrees
///     due_time_delivery --check          compares with a plain sum, for one, two and three threads
#include <immintrin.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <barrier>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr double dt = 0.1;            // ms
constexpr size_t populations = 8;     // L2/3E, L2/3I, L4E, L4I, L5E, L5I, L6E, L6I
constexpr size_t ports = 2;           // even populations reach the excitatory port 0, odd ones the inhibitory port 1
constexpr size_t delay_limit = 64;    // delays are 1 to 63 steps
constexpr size_t prefetch_runs = 12;  // how many runs ahead the synapses are called into the cache
constexpr float current_decay = 0.98f;

constexpr std::array<uint32_t, populations> full_size = {20683, 5834, 21915, 5479, 4850, 1065, 14395, 2948};
constexpr std::array<double, populations> rate_hz = {0.903, 2.965, 4.414, 5.876, 7.569, 8.633, 1.105, 7.829};
constexpr double connection_probability[populations][populations] = {  // [target][source]
    {0.1009, 0.1689, 0.0437, 0.0818, 0.0323, 0.0000, 0.0076, 0.0000},
    {0.1346, 0.1371, 0.0316, 0.0515, 0.0755, 0.0000, 0.0042, 0.0000},
    {0.0077, 0.0059, 0.0497, 0.1350, 0.0067, 0.0003, 0.0453, 0.0000},
    {0.0691, 0.0029, 0.0794, 0.1597, 0.0033, 0.0000, 0.1057, 0.0000},
    {0.1004, 0.0622, 0.0505, 0.0057, 0.0831, 0.3726, 0.0204, 0.0000},
    {0.0548, 0.0269, 0.0257, 0.0022, 0.0600, 0.3158, 0.0086, 0.0000},
    {0.0156, 0.0066, 0.0211, 0.0166, 0.0572, 0.0197, 0.0396, 0.2252},
    {0.0364, 0.0010, 0.0034, 0.0005, 0.0277, 0.0080, 0.0658, 0.1443}};

/// A random word that depends on its counter only (finaliser of splitmix64): any thread can draw any synapse.
uint64_t random_word(uint64_t counter) {
    uint64_t z = counter * 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}
uint32_t below(uint32_t bound, uint64_t bits) { return uint32_t((bits & UINT32_MAX) * bound >> 32); }

/// 65536 quantiles of a normal distribution that is redrawn below `lowest`: 16 random bits choose a value.
std::vector<float> normal_quantiles(double mean, double sd, double lowest) {
    const auto cdf = [=](double x) { return 0.5 * std::erfc((mean - x) / (sd * std::sqrt(2.0))); };
    std::vector<float> quantiles(1 << 16);
    double x = std::max(lowest, mean - 5 * sd);
    for (size_t i = 0; i < quantiles.size(); ++i) {
        while (cdf(x) < std::lerp(cdf(lowest), 1.0, (double(i) + 0.5) / double(quantiles.size()))) x += 1e-4 * sd;
        quantiles[i] = float(x);
    }
    return quantiles;
}

struct Synapse { uint32_t target, delay; float weight; };  // global index, steps, pA

/// Each projection has a fixed total number of synapses between random pairs: their numbers per source are multinomial.
/// A synapse is drawn from its own counter: a thread keeps its own synapses, and a list of all never exists.
struct Network {
    std::array<uint32_t, populations + 1> begin = {};       // first neuron of each population; number of neurons
    std::vector<uint64_t> first[populations][populations];  // [source][target population][source] its first synapse
    std::vector<float> delay_ms[ports] = {normal_quantiles(1.5, 0.75, dt / 2), normal_quantiles(0.8, 0.4, dt / 2)};
    std::vector<float> relative_weight = normal_quantiles(1, 0.1, 0);
    uint64_t synapses = 0;
    explicit Network(double scale) {
        std::mt19937_64 random(1);
        for (size_t p = 0; p < populations; ++p) begin[p + 1] = begin[p] + uint32_t(std::lround(full_size[p] * scale));
        for (size_t s = 0; s < populations; ++s)
            for (size_t t = 0; t < populations; ++t) {
                const double pairs = double(full_size[s]) * full_size[t];
                const double full = std::log1p(-connection_probability[t][s]) / std::log1p(-1 / pairs);
                const auto total = uint64_t(std::lround(full * scale * scale));
                synapses += total;
                first[s][t] = {0};
                for (uint32_t sources = size(s); sources > 0; --sources) {
                    std::binomial_distribution<uint64_t> number(total - first[s][t].back(), 1.0 / sources);
                    first[s][t].push_back(first[s][t].back() + number(random));
                }
            }
    }
    uint32_t neurons() const { return begin.back(); }
    uint32_t size(size_t population) const { return begin[population + 1] - begin[population]; }
    size_t population_of(uint32_t n) const { return size_t(std::ranges::upper_bound(begin, n) - begin.begin() - 1); }

    /// Calls visit(synapse) for the synapses of a neuron, in the order of insertion.
    template <class Visit> void for_each_synapse(uint32_t source, Visit visit) const {
        const size_t s = population_of(source), n = source - begin[s];
        for (size_t t = 0; t < populations; ++t) {
            const float mean_weight = 87.8085f * (s % 2 ? -4 : s == 2 && t == 0 ? 2 : 1);
            for (uint64_t k = first[s][t][n]; k < first[s][t][n + 1]; ++k) {
                const uint64_t word = random_word(((s * populations + t) << 40) + k);
                const auto delay = uint32_t(delay_ms[s % ports][word >> 48] / dt + 0.5);
                const float weight = mean_weight * relative_weight[word >> 32 & 0xffff];
                visit(Synapse{begin[t] + below(size(t), word), delay, weight});
            }
        }
    }
};

/// Room in huge pages for an array that is read at random.
template <class T> void reserve_huge_pages(std::vector<T>& array, size_t size) {
    array.reserve(size);
    const uintptr_t page = reinterpret_cast<uintptr_t>(array.data()) & ~uintptr_t(4095);
    madvise(reinterpret_cast<void*>(page), size * sizeof(T), MADV_HUGEPAGE);
}

/// All synapses onto one thread's neurons (every `threads`-th of the network), sorted by (source, delay, insertion).
struct SynapseStore {
    struct [[gnu::packed]] Entry { uint16_t target; float weight; };  // local index, pA
    std::vector<Entry> entries;
    std::vector<uint64_t> first;  // [source] its first entry
    std::vector<uint16_t> end;    // [source][delay] where the run ends, counted from `first`; delay 0 is empty
    std::vector<uint8_t> port;    // [source]

    SynapseStore(const Network& network, uint32_t thread, uint32_t threads) {
        reserve_huge_pages(entries, size_t(double(network.synapses) / threads * 1.01) + 1000);
        reserve_huge_pages(end, network.neurons() * delay_limit);
        end.resize(network.neurons() * delay_limit);
        for (uint32_t source = 0; source < network.neurons(); ++source) {
            uint16_t* run_end = &end[source * delay_limit];
            network.for_each_synapse(source, [&](const Synapse& synapse) {
                if (synapse.target % threads == thread) ++run_end[synapse.delay];
            });
            uint16_t count = 0;  // each end becomes the begin of its run; filling the run moves it to the end
            for (size_t d = 0; d < delay_limit; ++d) count = uint16_t(count + std::exchange(run_end[d], count));
            first.push_back(entries.size());
            entries.resize(entries.size() + count);
            network.for_each_synapse(source, [&](const Synapse& synapse) {
                if (synapse.target % threads != thread) return;
                entries[first.back() + run_end[synapse.delay]++] = {uint16_t(synapse.target / threads), synapse.weight};
            });
            port.push_back(network.population_of(source) % ports);
        }
    }
    size_t bytes() const { return entries.size() * sizeof(Entry) + first.size() * 8 + end.size() * 2 + port.size(); }
};

/// Random spikes of the whole network, drawn before the clock starts: [step][spike], ascending.
using SpikeTrains = std::vector<std::vector<uint32_t>>;
SpikeTrains draw_spikes(const Network& network, size_t steps) {
    std::mt19937_64 random(1);
    SpikeTrains trains(steps);
    for (auto& step : trains) {
        for (size_t p = 0; p < populations; ++p) {
            std::poisson_distribution<int> number(network.size(p) * rate_hz[p] * dt * 1e-3);
            for (int i = number(random); i > 0; --i) step.push_back(network.begin[p] + below(network.size(p), random()));
        }
        std::ranges::sort(step);
    }
    return trains;
}

/// Seconds of a clock; CLOCK_THREAD_CPUTIME_ID leaves out what other programs took from the core.
double seconds(clockid_t clock) {
    timespec t;
    clock_gettime(clock, &t);
    return double(t.tv_sec) + 1e-9 * double(t.tv_nsec);
}

/// One thread's share of the network and of the work.
struct Worker {
    struct Run { const SynapseStore::Entry *begin, *end; float* row; };
    const uint32_t thread, threads;
    const SynapseStore store;
    const size_t neurons;
    std::vector<float> input, current, potential;       // [port][neuron]; one port for the potential
    std::vector<Run> due;                               // in this step
    std::vector<std::pair<size_t, uint32_t>> recorder;  // step, neuron
    double events, runs, delivery_seconds, wall_seconds;

    Worker(const Network& network, uint32_t thread, uint32_t threads)
        : thread(thread), threads(threads), store(network, thread, threads),
          neurons((network.neurons() - 1) / threads + 1), input(ports * neurons), current(input), potential(neurons) {}

    /// Finds the runs of synapses that are due in step t: by delay, then source.
    void collect_due(const SpikeTrains& fired, size_t t) {
        due.clear();
        for (size_t d = 1; d < std::min(delay_limit, t + 1); ++d)
            for (const size_t source : fired[t - d]) {
                const uint16_t* end = &store.end[source * delay_limit + d];
                const auto* entries = store.entries.data() + store.first[source];
                float* row = &input[store.port[source] * neurons];
                if (end[0] > end[-1]) due.push_back({entries + end[-1], entries + end[0], row});
            }
    }
    void deliver() {
        for (size_t r = 0; r < due.size(); ++r) {
            const Run run = due[r], later = due[std::min(r + prefetch_runs, due.size() - 1)];
            for (auto entry = later.begin; entry < later.end + 10; entry += 10) _mm_prefetch(entry, _MM_HINT_T0);
            for (auto entry = run.begin; entry != run.end; ++entry) run.row[entry->target] += entry->weight;
            events += double(run.end - run.begin);
        }
        runs += double(due.size());
    }
    /// Stands for the neurons (`iaf_psc_exp`): reads and writes the memory they would, and empties the input rows.
    void integrate() {
        for (size_t i = 0; i < neurons; ++i) potential[i] = 0.99f * potential[i] + current[i] + current[neurons + i];
        for (size_t i = 0; i < current.size(); ++i) current[i] = current_decay * current[i] + std::exchange(input[i], 0);
    }
    void run(const SpikeTrains& fired, std::barrier<>& barrier) {
        events = runs = delivery_seconds = 0, recorder.clear();
        const double begin = seconds(CLOCK_MONOTONIC);
        for (size_t t = 0; t < fired.size(); ++t) {
            const double step_begin = seconds(CLOCK_THREAD_CPUTIME_ID);
            collect_due(fired, t);
            deliver();
            delivery_seconds += seconds(CLOCK_THREAD_CPUTIME_ID) - step_begin;
            integrate();
            for (const uint32_t neuron : fired[t])
                if (neuron % threads == thread) recorder.emplace_back(t, neuron);
            barrier.arrive_and_wait();
        }
        wall_seconds = seconds(CLOCK_MONOTONIC) - begin;
    }
};
using Workers = std::vector<std::unique_ptr<Worker>>;
void report(const Workers& workers) {
    double events = 0, runs = 0, spikes = 0, delivery = 0, wall = workers[0]->wall_seconds;
    for (const auto& w : workers)
        events += w->events, runs += w->runs, spikes += double(w->recorder.size()), delivery += w->delivery_seconds;
    std::printf("%.0f spikes, %.4g events in runs of %.1f: delivery %.2f core-ns per event; wall time with stand-in neurons, "
                "recorder and barrier %.3f s, %.2f ns per event\n",
                spikes, events, events / runs, delivery / events * 1e9, wall, wall / events * 1e9);
}

/// Builds the stores and runs the spike trains `repeats` times, each worker on a thread of its own.
Workers simulate(const Network& network, const SpikeTrains& trains, uint32_t threads, int repeats) {
    Workers workers(threads);
    std::barrier barrier(threads);
    const auto work = [&](uint32_t thread) {
        _mm_setcsr(_mm_getcsr() | 0x8040);  // flush denormals to zero
        const double begin = seconds(CLOCK_THREAD_CPUTIME_ID);
        workers[thread] = std::make_unique<Worker>(network, thread, threads);
        std::printf("thread %u: store of %.2f GB built in %.2f s\n", thread, double(workers[thread]->store.bytes()) * 1e-9,
                    seconds(CLOCK_THREAD_CPUTIME_ID) - begin);
        for (int r = 0; r < repeats; ++r) {
            barrier.arrive_and_wait();
            workers[thread]->run(trains, barrier);
            if (thread == 0) report(workers);
        }
    };
    std::vector<std::jthread> running;
    for (uint32_t thread = 0; thread < threads; ++thread) running.emplace_back(work, thread);
    running.clear();  // waits for all
    return workers;
}

/// The currents after the last step, [port][neuron], as a plain sum over all synapses and spikes.
std::vector<double> plain_currents(const Network& network, const SpikeTrains& trains) {
    std::vector<double> currents(ports * network.neurons());
    for (size_t t = 0; t < trains.size(); ++t)
        for (const uint32_t source : trains[t])
            network.for_each_synapse(source, [&](const Synapse& synapse) {
                const double steps_left = double(trains.size()) - 1 - double(t + synapse.delay);
                double& current = currents[network.population_of(source) % ports * network.neurons() + synapse.target];
                if (steps_left >= 0) current += synapse.weight * std::pow(double(current_decay), steps_left);
            });
    return currents;
}

/// One, two and three threads must give the same bits, and the plain sum up to rounding.
bool check() {
    const Network network(0.05);
    const SpikeTrains trains = draw_spikes(network, 2000);
    const std::vector<double> expected = plain_currents(network, trains);
    std::vector<float> currents[4];  // [threads]
    double error = 0, largest = 0;
    for (const uint32_t threads : {1, 2, 3}) {
        const Workers workers = simulate(network, trains, threads, 1);
        for (size_t i = 0; i < expected.size(); ++i) {
            const size_t port = i / network.neurons(), neuron = i % network.neurons();
            const Worker& owner = *workers[neuron % threads];
            currents[threads].push_back(owner.current[port * owner.neurons + neuron / threads]);
            error = std::max(error, std::abs(currents[threads][i] - expected[i]));
            largest = std::max(largest, std::abs(expected[i]));
        }
    }
    std::printf("largest current %.1f pA, largest error %.1e pA\n", largest, error);
    return currents[1] == currents[2] && currents[1] == currents[3] && error < 1e-5 * largest;
}
}  // namespace
int main(int argc, char** argv) {
    if (argc == 2 && std::string(argv[1]) == "--check") return check() ? 0 : 1;
    const Network network(argc == 3 && std::string(argv[1]) == "--scale" ? std::min(1.0, std::stod(argv[2])) : 1);
    std::printf("%u neurons, %.0f synapses\n", network.neurons(), double(network.synapses));
    simulate(network, draw_spikes(network, 10000), 2, 7);
}
