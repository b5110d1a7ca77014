/// Decision 0004: can spike-timing dependent plasticity be event-driven when delays differ from synapse to synapse?
///
/// A synapse has an axonal delay a and a dendritic delay b >= 1 step. A presynaptic spike of time s reaches the synapse at
/// s + a and is due at the soma at s + a + b; a postsynaptic spike of time p reaches the synapse at p + b. Everything seen
/// from the soma, b later: presynaptic spikes act at s + a + b, postsynaptic ones at p + 2b, their echo. A weight is
/// touched only when a spike is due, at time t (`stdp_synapse` of NEST with mu = 1, where every delay is dendritic):
///     for each echo after the previous spike was due and until t:   w += lambda (w_max - w) K_pre
///     then, for the spike itself, before it is delivered:           w -= alpha lambda w K_post
/// K_pre: trace of the presynaptic spikes strictly before the echo; K_post: of the echoes strictly before t.
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

/// exp(-steps dt / tau), tabulated until it is below what a float can hold.
template <class T> class Decay {
public:
    Decay(double dt, double tau) {
        for (int i = 0; i * dt / tau < 87; ++i) table_.push_back(T(std::exp(-i * dt / tau)));
        table_.push_back(0);
    }
    T operator()(int steps) const { return table_[std::min(size_t(unsigned(steps)), table_.size() - 1)]; }

private:
    std::vector<T> table_;
};

template <class T> struct TracedSpike {
    int step;
    T trace;  // of the neuron's spikes up to this one, right after it
};

/// The recent spikes of each neuron. The eight latest are in one place (with floats, one cache line), so that counting
/// those after a given step takes one comparison and no branch; a list has the older ones.
template <class T> class SpikeHistory {
public:
    SpikeHistory(size_t neurons, double dt, double tau) : decay(dt, tau), recent_(neurons), older_(neurons) {}
    const Decay<T> decay;

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
            const auto kept = std::ranges::partition_point(spikes, [=](const auto& spike) { return spike.step <= step; });
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
            echo_limit_ = std::max(echo_limit_, 2 * s.dendritic);
        }
        end_.resize(neurons * size_t(delays_) + 1);
        for (const Synapse& s : synapses) {
            plastic_.push_back({T(s.weight), uint16_t(s.target), uint16_t(2 * s.dendritic)});
            end_[run_of(s.source, s.delay())] = plastic_.size();
        }
        for (size_t run = 1; run < end_.size(); ++run) end_[run] = std::max(end_[run], end_[run - 1]);
        in_flight_.resize(size_t(delays_));
    }

    /// Adds the weights of the synapses that are due in step t to the input row; then the given neurons fire.
    void step(int t, const std::vector<uint32_t>& fired, T* input) {
        collect_due(t);
        for (size_t r = 0; r < due_.size(); ++r) {
            const Run run = due_[r], later = due_[std::min(r + prefetch_runs, due_.size() - 1)];
            for (auto s = later.begin; s < later.end + 8; s += 8) _mm_prefetch(s, _MM_HINT_T0);
            for (auto s = run.begin; s != run.end; ++s) {
                const int back = apply_echoes(*s, run.previous, t);
                input[s->target] += depress(*s, back, t);
            }
            events += uint64_t(run.end - run.begin);
        }
        auto& in_flight = in_flight_[size_t(t % delays_)];
        in_flight.clear();
        for (const uint32_t neuron : fired) {
            in_flight.push_back({neuron, pre_.spike(neuron, 0)});
            pre_.add(neuron, t), post_.add(neuron, t);
        }
    }

    /// Applies every echo until the end of step t, so that older spikes can be forgotten and the weights can be read.
    void bring_up_to_date(int t) {
        for (size_t run = 1; run < end_.size(); ++run) {
            const size_t source = (run - 1) / size_t(delays_);
            const int delay = int((run - 1) % size_t(delays_));
            const TracedSpike<T> last = pre_.spike(source, pre_.count_after(source, t - delay));
            for (size_t i = end_[run - 1]; i < end_[run]; ++i) apply_echoes(plastic_[i], {last.step + delay, last.trace}, t);
        }
        up_to_date_ = t;
        pre_.forget(t - delays_), post_.forget(t - echo_limit_);
    }

    std::vector<double> weights() const {
        std::vector<double> weights;
        for (const Plastic& s : plastic_) weights.push_back(double(s.weight));
        return weights;
    }
    uint64_t events = 0;

private:
    static constexpr size_t prefetch_runs = 12;
    struct Plastic {
        T weight;
        uint16_t target, echo;  // echo: twice the dendritic delay
    };
    struct SpikeInFlight {
        uint32_t source;
        TracedSpike<T> previous;  // the spike of this source before it
    };
    struct Run {
        Plastic *begin, *end;
        TracedSpike<T> previous;  // its step is when the previous spike was due here
    };

    size_t run_of(size_t source, int delay) const { return source * size_t(delays_) + size_t(delay) + 1; }

    void collect_due(int t) {
        due_.clear();
        for (int d = 1; d < delays_; ++d)
            for (const auto& [source, previous] : in_flight_[size_t((t - d + delays_) % delays_)]) {
                const size_t run = run_of(source, d), begin = end_[run - 1], end = end_[run];
                if (begin != end) due_.push_back({&plastic_[begin], &plastic_[begin] + (end - begin), {previous.step + d, previous.trace}});
            }
    }

    /// Applies the echoes that came after the previous spike was due, and after the store was brought up to date, until
    /// step t. Returns how far back in the history the last of them is.
    int apply_echoes(Plastic& s, const TracedSpike<T>& previous, int t) const {
        const int waiting_until = post_.count_after(s.target, t - s.echo);
        int back = post_.count_after(s.target, std::max(previous.step, up_to_date_) - s.echo);
        const auto apply_next = [&](bool any) {
            back -= any;
            const T trace = previous.trace * pre_.decay(post_.spike(s.target, back).step + s.echo - previous.step);
            s.weight = std::min(w_max_, s.weight + (w_max_ - s.weight) * (potentiation_ * trace * T(any)));
        };
        apply_next(back > waiting_until);  // two without a branch: their number is random, and a
        apply_next(back > waiting_until);  // mispredicted branch costs more than an idle update
        while (back > waiting_until) apply_next(true);
        return waiting_until;
    }

    /// The spike itself, due in step t: `back` is the latest postsynaptic spike whose echo has arrived.
    T depress(Plastic& s, int back, int t) const {
        const int now = t - s.echo;  // an echo of this very step is too late
        const TracedSpike<T> last = post_.spike(s.target, back + (post_.spike(s.target, back).step == now));
        return s.weight = std::max(T(0), s.weight - depression_ * s.weight * last.trace * post_.decay(now - last.step));
    }

    T w_max_, potentiation_, depression_;
    SpikeHistory<T> pre_, post_;
    int delays_ = 1, echo_limit_ = 0, up_to_date_ = -1;
    std::vector<Plastic> plastic_;
    std::vector<size_t> end_;                            // [source][delay] where the run ends
    std::vector<std::vector<SpikeInFlight>> in_flight_;  // [step]
    std::vector<Run> due_;
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
