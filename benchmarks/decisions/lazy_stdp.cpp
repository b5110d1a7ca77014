/// Decision 0004: can spike-timing dependent plasticity be event-driven when delays differ from synapse to synapse?
///
/// A synapse has an axonal delay a and a dendritic delay b >= 1 step. A presynaptic spike of time s reaches the synapse at
/// s + a and the soma, where it is due, at s + a + b; a postsynaptic spike of time p reaches the synapse at p + b. Seen
/// from the soma, both b later, presynaptic spikes count at s + a + b and postsynaptic ones at p + 2b, their echo. A
/// weight is touched only when a spike is due, at time t:
///     for each echo after the previous presynaptic spike was due and until t:   w += lambda (w_max - w) K_pre
///     then, for the spike itself:                                               w -= alpha lambda w K_post
/// K_pre is the trace of the presynaptic spikes strictly before the echo, K_post that of the echoes strictly before t:
/// `stdp_synapse` of NEST with mu = 1, where every delay is dendritic (Morrison, Aertsen, Diesmann 2007).
#include <immintrin.h>

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

struct Rule {
    double dt = 0.1, tau_plus = 20, tau_minus = 20;  // ms
    double lambda = 0.01, alpha = 1, w_max = 100;
};
struct Synapse {
    uint32_t source, target;
    int axonal, dendritic;  // delays in steps
    double weight;
    int delay() const { return axonal + dendritic; }
};
using SpikeTrains = std::vector<std::vector<uint32_t>>;  // [step][spike] neurons

/// exp(-steps dt / tau) as a product of two small tables; zero where a float would be.
template <class T> class Decay {
public:
    Decay(double dt, double tau) {
        for (int i = 0; i < 256; ++i) fine_.push_back(T(std::exp(-i * dt / tau)));
        for (int i = 0; i * 256 * dt / tau < 87; ++i) coarse_.push_back(T(std::exp(-i * 256 * dt / tau)));
        coarse_.push_back(0);
    }
    T operator()(int steps) const {
        return coarse_[std::min(size_t(steps) >> 8, coarse_.size() - 1)] * fine_[size_t(steps) & 255];
    }

private:
    std::vector<T> fine_, coarse_;
};

template <class T> struct TracedSpike {
    int step;
    T trace;  // of the neuron's spikes up to this one, right after it
};

/// The recent spikes of each neuron. The eight latest are in one place (with floats one cache line), so that counting
/// those after a given step takes one comparison and no branch; a list has the older ones.
template <class T> class SpikeHistory {
public:
    SpikeHistory(size_t neurons, double dt, double tau) : decay(dt, tau), recent_(neurons), older_(neurons) {}
    Decay<T> decay;

    /// The latest spike (back = 0) or an earlier one; before its first spike a neuron has fired long ago.
    TracedSpike<T> spike(size_t neuron, int back) const {
        if (back < latest) [[likely]] return {recent_[neuron].step[back], recent_[neuron].trace[back]};
        return older_[neuron].end()[latest - 1 - back];
    }
    int count_after(size_t neuron, int step) const {
        const auto steps = _mm256_load_si256(reinterpret_cast<const __m256i*>(recent_[neuron].step));
        const auto after = _mm256_castsi256_ps(_mm256_cmpgt_epi32(steps, _mm256_set1_epi32(step)));
        int count = __builtin_popcount(unsigned(_mm256_movemask_ps(after)));
        if (count == latest) [[unlikely]]
            while (spike(neuron, count).step > step) ++count;
        return count;
    }
    void add(size_t neuron, int step) {
        Recent& recent = recent_[neuron];
        older_[neuron].push_back(spike(neuron, latest - 1));
        const T trace = recent.trace[0] * decay(step - recent.step[0]) + 1;
        std::shift_right(recent.step, recent.step + latest, 1);
        std::shift_right(recent.trace, recent.trace + latest, 1);
        recent.step[0] = step, recent.trace[0] = trace;
    }
    /// Drops the older spikes up to `step`, except the last of them.
    void forget(int step) {
        for (auto& spikes : older_) {
            auto kept = std::ranges::partition_point(spikes, [=](const auto& spike) { return spike.step <= step; });
            if (kept != spikes.begin()) spikes.erase(spikes.begin(), kept - 1);
        }
    }

private:
    static constexpr int latest = 8, long_ago = -(1 << 30);
    struct alignas(64) Recent {
        int step[latest] = {long_ago, long_ago, long_ago, long_ago, long_ago, long_ago, long_ago, long_ago};
        T trace[latest] = {};
    };
    std::vector<Recent> recent_;
    std::vector<std::vector<TracedSpike<T>>> older_;
};

/// Plastic synapses sorted by (source, delay, insertion), and the memory of their rule.
template <class T> class LazyStdp {
public:
    /// Sorts the given synapses: `weights` has them in that order.
    LazyStdp(const Rule& rule, size_t neurons, std::vector<Synapse>& synapses)
        : w_max_(T(rule.w_max)), potentiation_(T(rule.lambda)), depression_(T(rule.alpha * rule.lambda)),
          pre_(neurons, rule.dt, rule.tau_plus), post_(neurons, rule.dt, rule.tau_minus) {
        std::ranges::stable_sort(synapses, {}, [](const Synapse& s) { return std::pair(s.source, s.delay()); });
        for (const Synapse& s : synapses) {
            delays_ = std::max(delays_, s.delay() + 1);
            dendritic_limit_ = std::max(dendritic_limit_, s.dendritic);
        }
        end_.resize(neurons * size_t(delays_) + 1);
        for (const Synapse& s : synapses) {
            plastic_.push_back({T(s.weight), uint16_t(s.target), uint8_t(s.dendritic)});
            end_[run_of(s.source, s.delay())] = plastic_.size();
        }
        for (size_t run = 1; run < end_.size(); ++run) end_[run] = std::max(end_[run], end_[run - 1]);
        in_flight_.resize(size_t(delays_));
    }

    /// Adds the weights of the synapses that are due in step t to the input row; then the given neurons fire.
    void step(int t, const std::vector<uint32_t>& fired, T* input) {
        collect_due(t);
        for (size_t r = 0; r < due_.size(); ++r) {
            const Run later = due_[std::min(r + prefetch_runs, due_.size() - 1)];
            for (auto s = later.begin; s < later.end + 8; s += 8) _mm_prefetch(s, _MM_HINT_T0);
            for (auto s = due_[r].begin; s != due_[r].end; ++s) {
                look_up(*s, due_[r].previous, t);
                if (batch_size_ == batch_limit) facilitate(), depress_and_deliver(t, input);
            }
            events += uint64_t(due_[r].end - due_[r].begin);
        }
        facilitate(), depress_and_deliver(t, input);
        auto& in_flight = in_flight_[size_t(t % delays_)];
        in_flight.clear();
        for (const uint32_t neuron : fired) {
            in_flight.push_back({neuron, pre_.spike(neuron, 0)});
            pre_.add(neuron, t), post_.add(neuron, t);
        }
    }

    /// Applies every echo until the end of step t, to bound the history and to let the weights be read.
    void bring_up_to_date(int t) {
        for (size_t run = 1; run < end_.size(); ++run) {
            const size_t source = (run - 1) / size_t(delays_);
            const int delay = int((run - 1) % size_t(delays_));
            const TracedSpike<T> last = pre_.spike(source, pre_.count_after(source, t - delay));
            for (size_t i = end_[run - 1]; i < end_[run]; ++i) {
                look_up(plastic_[i], {last.step + delay, last.trace}, t);
                if (batch_size_ == batch_limit) facilitate(), batch_size_ = 0;
            }
        }
        facilitate(), batch_size_ = 0;
        up_to_date_ = t;
        pre_.forget(t - delays_), post_.forget(t - 2 * dendritic_limit_);
    }

    std::vector<double> weights() const {
        std::vector<double> weights;
        for (const Plastic& s : plastic_) weights.push_back(double(s.weight));
        return weights;
    }
    uint64_t events = 0;

private:
    static constexpr size_t prefetch_runs = 12, batch_limit = 64;
    struct Plastic {
        T weight;
        uint16_t target;
        uint8_t dendritic;
    };
    struct SpikeInFlight {
        uint32_t source;
        TracedSpike<T> previous;  // the spike of this source before it
    };
    struct Run {
        Plastic *begin, *end;
        TracedSpike<T> previous;  // when the previous spike was due here, and its trace
    };
    /// A synapse with the echoes to be applied: those of the postsynaptic spikes `echoes` - 1 down to `applied`.
    struct Pending {
        Plastic* synapse;
        TracedSpike<T> previous;
        int echoes, applied;
    };

    size_t run_of(size_t source, int delay) const { return source * size_t(delays_) + size_t(delay) + 1; }

    void collect_due(int t) {
        due_.clear();
        for (int d = 1; d < delays_; ++d)
            for (const SpikeInFlight& spike : in_flight_[size_t((t - d + delays_) % delays_)]) {
                const size_t run = run_of(spike.source, d);
                if (end_[run] == end_[run - 1]) continue;
                due_.push_back({&plastic_[end_[run - 1]], plastic_.data() + end_[run], {spike.previous.step + d, spike.previous.trace}});
            }
    }

    void look_up(Plastic& synapse, const TracedSpike<T>& previous, int t) {
        const int shift = 2 * synapse.dendritic, from = std::max(previous.step, up_to_date_);
        batch_[batch_size_++] = {&synapse, previous, post_.count_after(synapse.target, from - shift),
                                 post_.count_after(synapse.target, t - shift)};
    }

    /// Applies the echoes of the batch, each synapse's in their order. One echo of every synapse at a time: the number of
    /// echoes per synapse is random, and a loop over it would be mispredicted for every event.
    void facilitate() {
        std::array<uint8_t, batch_limit + 1> active;
        size_t actives = 0;
        for (size_t i = 0; i < batch_size_; ++i) {
            active[actives] = uint8_t(i);
            actives += batch_[i].echoes > batch_[i].applied;
        }
        while (actives > 0) {
            size_t left = 0;
            for (size_t k = 0; k < actives; ++k) {
                Pending& p = batch_[active[k]];
                const int echo = post_.spike(p.synapse->target, --p.echoes).step + 2 * p.synapse->dendritic;
                const T w = p.synapse->weight, trace = p.previous.trace * pre_.decay(echo - p.previous.step);
                p.synapse->weight = std::min(w_max_, w + potentiation_ * (w_max_ - w) * trace);
                active[left] = active[k];
                left += p.echoes > p.applied;
            }
            actives = left;
        }
    }

    /// The spike itself, due in step t, for every synapse of the batch.
    void depress_and_deliver(int t, T* input) {
        for (size_t i = 0; i < batch_size_; ++i) {
            Plastic& s = *batch_[i].synapse;
            const int now = t - 2 * s.dendritic;  // echoes of this step come too late to depress
            const TracedSpike<T> last = post_.spike(s.target, post_.count_after(s.target, now - 1));
            s.weight = std::max(T(0), s.weight - depression_ * s.weight * last.trace * post_.decay(now - last.step));
            input[s.target] += s.weight;
        }
        batch_size_ = 0;
    }

    T w_max_, potentiation_, depression_;
    SpikeHistory<T> pre_, post_;
    int delays_ = 1, dendritic_limit_ = 1, up_to_date_ = -1;
    std::vector<Plastic> plastic_;
    std::vector<size_t> end_;                            // [source][delay] where the run ends
    std::vector<std::vector<SpikeInFlight>> in_flight_;  // [step]
    std::vector<Run> due_;
    std::array<Pending, batch_limit> batch_;
    size_t batch_size_ = 0;
};

/// Every neuron fires at random, at most once in a step.
SpikeTrains random_trains(uint32_t neurons, int steps, double rate_hz) {
    std::mt19937_64 random(2);
    std::geometric_distribution<int> pause(rate_hz * Rule{}.dt * 1e-3);
    SpikeTrains trains(steps);
    for (uint32_t n = 0; n < neurons; ++n)
        for (int t = pause(random); t < steps; t += 1 + pause(random)) trains[size_t(t)].push_back(n);
    return trains;
}
std::vector<Synapse> random_synapses(uint32_t neurons, uint32_t per_source, int axonal_limit, int dendritic_limit) {
    std::mt19937_64 random(3);
    std::vector<Synapse> synapses;
    for (uint32_t source = 0; source < neurons; ++source)
        for (uint32_t k = 0; k < per_source; ++k)
            synapses.push_back({source, per_source < neurons ? uint32_t(random() % neurons) : k, int(random() % axonal_limit),
                                1 + int(random() % dendritic_limit), double(random() % 10000) / 100});
    return synapses;
}
