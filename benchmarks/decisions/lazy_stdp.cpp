/// Decision 0004: can spike-timing dependent plasticity be event-driven when delays differ from synapse to synapse?
///
/// A synapse has an axonal delay a and a dendritic delay b (b of at least one step). A presynaptic spike of time s
/// reaches the synapse at s + a and the soma, where it is due, at s + a + b; a postsynaptic spike of time p reaches the
/// synapse at p + b. Both shifted by b, the synapse's history reads as if it happened at the soma: presynaptic spikes at
/// s + a + b, postsynaptic ones at p + 2b. A weight is touched only when a presynaptic spike is due (time t):
///     every postsynaptic spike with last < p + 2b <= t:   w += lambda (w_max - w) K_pre,   in the order of p
///     then the presynaptic spike:                         w -= alpha lambda w K_post       and w is delivered
/// K_pre is the trace of the presynaptic spikes strictly before p + 2b, K_post that of the postsynaptic ones strictly
/// before t: `stdp_synapse` of NEST with mu = 1, whose delays are all dendritic (Morrison et al. 2007).
///
///     lazy_stdp      checks against a brute-force sum over all spikes and NEST's values, then measures
#include <immintrin.h>

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <cstdio>
#include <ctime>
#include <memory>
#include <random>
#include <thread>
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
/// Neurons that fire: [step][spike].
using SpikeTrains = std::vector<std::vector<uint32_t>>;

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

/// The recent spikes of each neuron. The oldest that is kept precedes everything that will be asked for.
template <class T> class SpikeHistory {
public:
    SpikeHistory(size_t neurons, Decay<T> decay) : decay(std::move(decay)), spikes_(neurons * capacity_), size_(neurons, 1) {
        for (size_t n = 0; n < neurons; ++n) spikes_[n * capacity_] = {-(1 << 30), 0};  // long ago: its trace is zero
    }
    const TracedSpike<T>* last(size_t neuron) const { return &spikes_[neuron * capacity_ + size_[neuron] - 1]; }

    void add(size_t neuron, int step) {
        if (size_[neuron] == capacity_) grow();
        const TracedSpike<T> before = *last(neuron);
        spikes_[neuron * capacity_ + size_[neuron]++] = {step, before.trace * decay(step - before.step) + 1};
    }
    /// Drops the spikes up to `step`, except the last of them.
    void forget(int step) {
        for (size_t n = 0; n < size_.size(); ++n) {
            TracedSpike<T>*begin = &spikes_[n * capacity_], *end = begin + size_[n], *first = end - 1;
            while (first->step > step) --first;
            size_[n] = uint32_t(std::move(first, end, begin) - begin);
        }
    }
    Decay<T> decay;

private:
    void grow() {
        std::vector<TracedSpike<T>> wider(2 * spikes_.size());
        for (size_t n = 0; n < size_.size(); ++n) std::copy_n(&spikes_[n * capacity_], size_[n], &wider[2 * n * capacity_]);
        spikes_.swap(wider), capacity_ *= 2;
    }
    size_t capacity_ = 16;
    std::vector<TracedSpike<T>> spikes_;  // [neuron][capacity]
    std::vector<uint32_t> size_;
};

/// Plastic synapses sorted by (source, delay), and what their rule remembers.
template <class T> class LazyStdp {
public:
    LazyStdp(const Rule& rule, size_t neurons, std::vector<Synapse> synapses);

    /// Delivers what is due in step t to the input row; then the neurons fire.
    void step(int t, const std::vector<uint32_t>& fired, T* input);
    /// Applies every postsynaptic spike that has come back by step t, and drops the history that is no longer needed.
    void bring_up_to_date(int t);

    std::vector<double> weights() const {  // in (source, delay, insertion) order
        std::vector<double> w;
        for (const Plastic& synapse : synapses_) w.push_back(double(synapse.weight));
        return w;
    }
    uint64_t events = 0;

private:
    struct Plastic {
        T weight;
        uint16_t target;
        uint8_t dendritic;
    };
    struct SpikeInFlight {
        uint32_t source;
        TracedSpike<T> previous;  // the spike of this source before
    };
};
}  // namespace
