/// Decision 0004: can spike-timing dependent plasticity be event-driven when delays differ from synapse to synapse?
///
/// A presynaptic spike of time s reaches a synapse after its axonal delay a and is due at the soma after the dendritic
/// delay b >= 1 step as well; a postsynaptic spike of time p reaches the synapse at p + b. Seen from the soma, b later, the
/// one acts at s + a + b, the other at p + 2b, its echo. A weight is touched only when a spike is due, at time t:
///     for each echo after the previous spike was due and until t:   w += lambda (w_max - w) K_pre
///     then, for the spike itself, before it is delivered:           w -= alpha lambda w K_post
/// K_pre, K_post: traces of the spikes strictly before the echo, of the echoes strictly before t (NEST's `stdp_synapse`).
#include <immintrin.h>
#include <sys/mman.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <random>
#include <thread>
#include <utility>
#include <vector>

namespace {

constexpr double dt = 0.1, tau_plus = 20, tau_minus = 20, lambda = 0.01, alpha = 1, w_max = 100;  // times in ms
struct Synapse { uint32_t source, target; int axonal, dendritic; double weight; };  // delays in steps
using SpikeTrains = std::vector<std::vector<uint32_t>>;  // [step][spike] neurons

template <class T> struct TracedSpike { int step; T trace; };  // trace: of all spikes up to this one, right after it

/// The recent spikes of each neuron: the latest in one place (with floats, one cache line), the older ones in a list.
template <class T> struct SpikeHistory {
    SpikeHistory(size_t neurons, double tau) : recent_(neurons), older_(neurons) {
        for (Recent& recent : recent_) recent.fill({-(1 << 30), 0});
        for (int i = 0; i * dt / tau < 87; ++i) decay_.push_back(T(std::exp(-i * dt / tau)));
        decay_.push_back(0);
    }
    /// exp(-steps dt / tau), zero where a float would be.
    T decay(int steps) const { return decay_[std::min(size_t(unsigned(steps)), decay_.size() - 1)]; }
    /// The latest spike (back = 0) or an earlier one; before its first spike a neuron has fired long ago.
    TracedSpike<T> spike(size_t neuron, int back) const {
        return back < latest ? recent_[neuron][size_t(back)] : older_[neuron].end()[latest - 1 - back];
    }
    int count_after(size_t neuron, int step) const {
        int count = 0;
        while (spike(neuron, count).step > step) ++count;
        return count;
    }
    void add(size_t neuron, int step) {
        Recent& recent = recent_[neuron];
        const T trace = recent[0].trace * decay(step - recent[0].step) + 1;
        older_[neuron].push_back(recent.back());
        std::shift_right(recent.begin(), recent.end(), 1);
        recent[0] = {step, trace};
    }
    /// Drops the older spikes up to `step`, except the last of them.
    void forget(int step) {
        for (auto& spikes : older_) {
            const auto kept = std::ranges::partition_point(spikes, [=](const auto& spike) { return spike.step <= step; });
            if (kept != spikes.begin()) spikes.erase(spikes.begin(), kept - 1);
        }
    }
private:
    static constexpr int latest = 8;
    struct alignas(64) Recent : std::array<TracedSpike<T>, latest> {};
    std::vector<Recent> recent_;
    std::vector<std::vector<TracedSpike<T>>> older_;
    std::vector<T> decay_;
};

/// Plastic synapses, and the memory of their 
template <class T> struct LazyStdp {
    struct Plastic { T weight; uint16_t target, echo; };  // echo: twice the dendritic delay
    std::vector<Plastic> synapses;
    uint64_t events = 0;
    /// The given synapses are sorted by (source, delay).
    LazyStdp(size_t neurons, const std::vector<Synapse>& sorted) : pre_(neurons, tau_plus), post_(neurons, tau_minus) {
        for (const Synapse& s : sorted) delays_ = std::max(delays_, s.axonal + s.dendritic + 1);
        end_.resize(neurons * size_t(delays_) + 1);
        synapses.reserve(sorted.size());
        const uintptr_t page = reinterpret_cast<uintptr_t>(synapses.data()) & ~uintptr_t(4095);
        madvise(reinterpret_cast<void*>(page), sorted.size() * sizeof(Plastic), MADV_HUGEPAGE);
        for (const Synapse& s : sorted) {
            synapses.push_back({T(s.weight), uint16_t(s.target), uint16_t(2 * s.dendritic)});
            end_[run_of(s.source, s.axonal + s.dendritic)] = synapses.size();
        }
        for (size_t r = 1; r < end_.size(); ++r) end_[r] = std::max(end_[r], end_[r - 1]);
        fired_.resize(size_t(delays_));
    }
    /// Adds the weights of the synapses that are due in step t to the input row; then the given neurons fire.
    void step(int t, const std::vector<uint32_t>& fired, T* input) {
        collect_due(t);
        for (size_t r = 0; r < due_.size(); ++r) {
            const Run run = due_[r], later = due_[std::min(r + 12, due_.size() - 1)];
            for (auto s = later.begin; s < later.end + 8; s += 8) _mm_prefetch(s, _MM_HINT_T0);
            for (auto s = run.begin; s != run.end; ++s) s->weight = potentiated(*s, run.previous, t);
            for (auto s = run.begin; s != run.end; ++s) input[s->target] += s->weight = depressed(*s, t);
            events += uint64_t(run.end - run.begin);
        }
        fired_[size_t(t % delays_)] = fired;
        for (const uint32_t neuron : fired) pre_.add(neuron, t), post_.add(neuron, t);
    }
    /// Applies every echo until the end of step t, so that older spikes can be forgotten and the weights can be read.
    void bring_up_to_date(int t) {
        for (size_t run = 1; run < end_.size(); ++run) {
            const TracedSpike<T> previous = due_until((run - 1) / size_t(delays_), int((run - 1) % size_t(delays_)), t);
            for (size_t i = end_[run - 1]; i < end_[run]; ++i) synapses[i].weight = potentiated(synapses[i], previous, t);
        }
        up_to_date_ = t;
        pre_.forget(t - delays_), post_.forget(t - 2 * delays_);
    }
private:
    struct Run { Plastic *begin, *end; TracedSpike<T> previous; };
    size_t run_of(size_t source, int delay) const { return source * size_t(delays_) + size_t(delay) + 1; }
    /// The last spike of a source that was due by step t after a delay: its step is when it was due.
    TracedSpike<T> due_until(size_t source, int delay, int t) const {
        const TracedSpike<T> spike = pre_.spike(source, pre_.count_after(source, t - delay));
        return {spike.step + delay, spike.trace};
    }
    void collect_due(int t) {
        due_.clear();
        for (int d = 1; d < delays_; ++d)
            for (const uint32_t source : fired_[size_t((t - d + delays_) % delays_)]) {
                const size_t* end = &end_[run_of(source, d)];
                if (end[0] > end[-1]) due_.push_back({&synapses[0] + end[-1], &synapses[0] + end[0], due_until(source, d, t - 1)});
            }
    }

    /// The weight after the echoes until step t that the synapse has not seen, in their order. Their number is random: up
    /// to two are applied without a branch, since a mispredicted branch costs more than an idle update.
    T potentiated(const Plastic& s, const TracedSpike<T>& previous, int t) const {
        const int seen = std::max(previous.step, up_to_date_) - s.echo;
        const T scale = T(lambda) * previous.trace;
        T w = s.weight;
        const auto apply = [&](int step) {
            const int age = (step + s.echo - previous.step) | (int(step > seen) - 1);  // huge if seen before: adds nothing
            w = std::min(T(w_max), w + (T(w_max) - w) * (scale * pre_.decay(age)));
        };
        const int latest = post_.spike(s.target, 0).step, second = post_.spike(s.target, 1).step;
        if (latest > t - s.echo || post_.spike(s.target, 2).step > seen) [[unlikely]] {
            const int to_come = post_.count_after(s.target, t - s.echo);
            for (int unseen = post_.count_after(s.target, seen); unseen > to_come; --unseen) apply(post_.spike(s.target, unseen - 1).step);
        } else {
            apply(second), apply(latest);
        }
        return w;
    }

    /// The weight after the spike itself, due in step t; an echo of the same step is not yet counted.
    T depressed(const Plastic& s, int t) const {
        const int now = t - s.echo;
        TracedSpike<T> last = post_.spike(s.target, 0);
        if (last.step >= now) [[unlikely]] last = post_.spike(s.target, post_.count_after(s.target, now - 1));
        return std::max(T(0), s.weight - s.weight * T(alpha * lambda) * last.trace * post_.decay(now - last.step));
    }

    SpikeHistory<T> pre_, post_;
    int delays_ = 1, up_to_date_ = -1;
    std::vector<size_t> end_;  // [source][delay] where the run ends
    SpikeTrains fired_;        // of the steps from which spikes are in flight
    std::vector<Run> due_;
};

struct Outcome {
    std::vector<double> weights, input;  // [synapse], [step][target]
    bool operator==(const Outcome&) const = default;
};

/// Runs the trains; the store is brought up to date every `mark` steps and at the end.
template <class T>
Outcome simulate(uint32_t neurons, const std::vector<Synapse>& synapses, const SpikeTrains& trains, int mark) {
    LazyStdp<T> store(neurons, synapses);
    std::vector<T> input(trains.size() * neurons);
    for (int t = 0, steps = int(trains.size()); t < steps; ++t) {
        store.step(t, trains[size_t(t)], &input[size_t(t) * neurons]);
        if ((t + 1) % mark == 0 || t + 1 == steps) store.bring_up_to_date(t);
    }
    Outcome outcome{{}, {input.begin(), input.end()}};
    for (const auto& s : store.synapses) outcome.weights.push_back(double(s.weight));
    return outcome;
}

/// The rule as it is defined: each synapse on its own, at the times when spikes reach it, with sums over all spikes.
Outcome brute_force(uint32_t neurons, const std::vector<Synapse>& synapses, const SpikeTrains& trains) {
    std::vector<std::vector<int>> fired(neurons);
    for (size_t t = 0; t < trains.size(); ++t)
        for (const uint32_t neuron : trains[t]) fired[neuron].push_back(int(t));
    Outcome outcome{{}, std::vector<double>(trains.size() * neurons)};
    const auto trace = [&](const std::vector<int>& spikes, int delay, int time, double tau) {
        double sum = 0;
        for (const int spike : spikes) sum += spike + delay < time ? std::exp((spike + delay - time) * dt / tau) : 0;
        return sum;
    };
    for (const Synapse& s : synapses) {
        std::vector<std::pair<int, bool>> arrivals;  // in one step the postsynaptic spike (false) comes first
        for (const int p : fired[s.target]) arrivals.emplace_back(p + s.dendritic, false);
        for (const int p : fired[s.source]) arrivals.emplace_back(p + s.axonal, true);
        std::ranges::sort(arrivals);
        double w = s.weight;
        for (const auto& [time, presynaptic] : arrivals) {
            if (time + s.dendritic >= int(trains.size())) break;
            w = presynaptic ? std::max(0.0, w - alpha * lambda * w * trace(fired[s.target], s.dendritic, time, tau_minus))
                            : std::min(w_max, w + lambda * (w_max - w) * trace(fired[s.source], s.axonal, time, tau_plus));
            if (presynaptic) outcome.input[size_t(time + s.dendritic) * neurons + s.target] += w;
        }
        outcome.weights.push_back(w);
    }
    return outcome;
}

double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double difference = 0;
    for (size_t i = 0; i < a.size(); ++i) difference = std::max(difference, std::abs(a[i] - b[i]));
    return difference;
}

/// NEST's values for one synapse with a dendritic delay of 10 steps: a pair of spikes at 10 ms, at -10 ms, and a train.
bool check_nest() {
    const auto run = [](const std::vector<size_t>& pre, const std::vector<size_t>& post) {
        SpikeTrains trains(1000);
        for (const size_t t : pre) trains[t].push_back(0);
        for (const size_t t : post) trains[t].push_back(1);
        return simulate<double>(2, {{0, 1, 0, 10, 50}}, trains, 10000);
    };
    const Outcome train = run({110, 310, 510, 910}, {130, 300, 510, 610});
    const auto delivered = [&](size_t t) { return train.input[(t + 10) * 2 + 1]; };
    const double error = largest_difference({run({100}, {190}).weights[0], run({210}, {100}).weights[0], delivered(110),
                                             delivered(310), delivered(510), delivered(910)},
                                            {50.30326533, 49.69673467, 50, 50.39638424270, 50.13174445947, 51.04147543739});
    std::printf("NEST's values: largest error %.1e\n", error);
    return error < 1e-8;
}

/// Every neuron fires at random, at most once in a step.
SpikeTrains random_trains(uint32_t neurons, int steps, double rate_hz) {
    std::mt19937_64 random(2);
    std::geometric_distribution<int> pause(rate_hz * dt * 1e-3);
    SpikeTrains trains(steps);
    for (uint32_t n = 0; n < neurons; ++n)
        for (int t = pause(random); t < steps; t += 1 + pause(random)) trains[size_t(t)].push_back(n);
    return trains;
}
/// From each neuron `number` synapses to random ones; axonal delays from 0 and dendritic ones from 1 step on.
std::vector<Synapse> random_synapses(uint32_t neurons, uint32_t number, uint32_t delays) {
    std::mt19937_64 random(3);
    const auto below = [&](uint32_t bound) { return uint32_t(random() % bound); };
    std::vector<Synapse> synapses;
    for (uint32_t k = 0; k < neurons * number; ++k)
        synapses.push_back({k / number, below(neurons), int(below(delays)), 1 + int(below(delays)), 1e-2 * below(10000)});
    std::ranges::stable_sort(synapses, {}, [](const Synapse& s) { return std::pair(s.source, s.axonal + s.dendritic); });
    return synapses;
}

bool check_brute_force() {
    const auto synapses = random_synapses(200, 200, 20);
    const auto trains = random_trains(200, 40000, 20);
    const auto lazily = [&]<class T>(T, int mark) { return simulate<T>(200, synapses, trains, mark); };
    const Outcome exact = brute_force(200, synapses, trains), lazy = lazily(0.0f, 10000);
    const double error = largest_difference(lazy.weights, exact.weights);
    const double in_double = largest_difference(lazily(0.0, 10000).weights, exact.weights);
    const bool same_bits = lazily(0.0f, 777) == lazy && lazily(0.0f, 40000) == lazy;
    std::printf("Brute force: largest error of a weight %.1e, computed in double %.1e, of an input %.1e; marks %s the bits\n",
                error, in_double, largest_difference(lazy.input, exact.input), same_bits ? "leave" : "CHANGE");
    return error < 1e-3 && in_double < 1e-10 && same_bits;
}

/// Prints the median over windows of steps of the time per plastic event, after a tenth of them to warm up.
void measure(uint32_t neurons, const std::vector<Synapse>& synapses, const SpikeTrains& trains, int window) {
    LazyStdp<float> network(neurons, synapses);
    std::vector<float> input(neurons);
    std::vector<double> times;
    for (int t = 0; t < int(trains.size());) {
        const auto events = network.events;
        timespec begin, end;
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &begin);
        for (int k = 0; k < window; ++k, ++t) {
            network.step(t, trains[t], input.data());
            if ((t + 1) % 10000 == 0) network.bring_up_to_date(t);
        }
        clock_gettime(CLOCK_THREAD_CPUTIME_ID, &end);
        times.push_back((1e9 * double(end.tv_sec - begin.tv_sec) + double(end.tv_nsec - begin.tv_nsec)) / double(network.events - events));
    }
    times.erase(times.begin(), times.begin() + times.size() / 10);
    std::ranges::sort(times);
    std::printf("%u neurons: %.1f ns per plastic event, median of windows (%.1f at the minimum)\n", neurons, times[times.size() / 2], times[0]);
}
}  // namespace

int main() {
    const bool right = check_nest() && check_brute_force();
    measure(200, random_synapses(200, 200, 20), random_trains(200, 40000, 20), 500);
    auto half = random_synapses(10000, 1000, 15);
    std::erase_if(half, [](const Synapse& s) { return s.target % 2; });  // what one of two threads owns
    measure(10000, half, random_trains(10000, 8000, 10), 50);
    return right ? 0 : 1;
}
