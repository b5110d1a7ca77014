#pragma once
#include <algorithm>
#include <cmath>
#include <iterator>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "simulation/plastic_store.hpp"

/// Networks of plastic synapses between neurons that fire when they are told, and what the rules say becomes of them.
namespace tripartite::plastic_cases {

constexpr double dt = 0.1;
struct Synapse {
    std::uint32_t source, target;
    int axonal, dendritic;
    double weight;
};
using Trains = std::vector<std::vector<std::uint32_t>>;  ///< [step] neurons
struct Case {
    PlasticRule rule;
    std::uint32_t neurons;
    std::vector<Synapse> synapses;  ///< sorted by (source, delay)
    Trains trains;
    std::vector<int> rewards = {};  ///< steps in which dopamine arrives, ascending
};
struct Outcome {
    std::vector<double> weights, input;  ///< [synapse], [step][target]
    bool operator==(const Outcome&) const = default;
};

template <class Real> PlasticStore<Real> make_store(const Case& c) {
    PlasticStore<Real> store(c.rule, dt, c.neurons, c.neurons);
    for (const Synapse& s : c.synapses) store.count(s.source, s.axonal, s.dendritic);
    store.finish_counts();
    for (const Synapse& s : c.synapses) store.add(s.source, s.target, s.axonal, s.dendritic, Real(s.weight));
    return store;
}

/// Runs the trains, brings the store up to date every `mark` steps, and if told so goes on with a restored store in step `restore`.
template <class Real> Outcome simulate(const Case& c, Index mark = 4000, Index restore = -1) {
    PlasticStore<Real> store = make_store<Real>(c);
    std::vector<Real> input(c.trains.size() * c.neurons);
    auto reward = c.rewards.begin();
    for (Index t = 0, steps = Index(c.trains.size()); t < steps; ++t) {
        for (; reward != c.rewards.end() && *reward <= t; ++reward) store.reward(*reward, 1);
        store.deliver(t, [&](Index step) { return std::span<const std::uint32_t>(c.trains[std::size_t(step)]); }, input.data() + t * c.neurons);
        for (const std::uint32_t neuron : c.trains[std::size_t(t)]) store.source_fired(neuron, t), store.target_fired(neuron, t);
        if ((t + 1) % mark == 0 || t + 1 == steps || t == restore) store.bring_up_to_date(t);
        if (t != restore) continue;
        PlasticStore<Real> restored = make_store<Real>(c);
        for (std::uint64_t i = 0; i < c.synapses.size(); ++i) {
            restored.set_weight(i, store.stored_weight(i));
            if (store.remembers()) restored.set_unpaired(i, store.unpaired(i));
            if (auto* eligibility = restored.eligibility())
                eligibility->set(Index(i), store.eligibility()->value(Index(i))), eligibility->set_step(Index(i), store.eligibility()->step(Index(i)));
        }
        restored.load(store.save());
        store = std::move(restored);
    }
    Outcome outcome{{}, {input.begin(), input.end()}};
    for (std::uint64_t i = 0; i < c.synapses.size(); ++i) outcome.weights.push_back(double(store.weight(i)));
    return outcome;
}

inline double potentiated(const StdpPair& r, double w, double trace, double) {
    return std::min(1.0, w / r.w_max + r.lambda * std::pow(1 - w / r.w_max, r.mu_plus) * trace) * r.w_max;
}
inline double depressed(const StdpPair& r, double w, double trace, double) {
    return std::max(0.0, w / r.w_max - r.alpha * r.lambda * std::pow(w / r.w_max, r.mu_minus) * trace) * r.w_max;
}
inline double potentiated(const StdpPowerLaw& r, double w, double trace, double) { return w + r.lambda * std::pow(w, r.mu) * trace; }
inline double depressed(const StdpPowerLaw& r, double w, double trace, double) { return std::max(0.0, w - r.lambda * r.alpha * w * trace); }
inline double potentiated(const Triplet& r, double w, double trace, double slow) { return std::min(r.w_max, w + trace * (r.a2_plus + r.a3_plus * slow)); }
inline double depressed(const Triplet& r, double w, double trace, double slow) { return std::max(0.0, w - trace * (r.a2_minus + r.a3_minus * slow)); }
inline double potentiated(const TripletHomeostatic& r, double w, double trace, double slow) { return std::min(r.w_max, w + r.a3_plus * trace * slow); }
inline double depressed(const TripletHomeostatic& r, double w, double trace_and_rate, double) {
    const double kappa = r.rate / 1000;  // per ms
    return std::max(0.0, w - r.a3_plus * r.tau_plus * r.tau_y / r.tau_minus / kappa / r.tau_hom / r.tau_hom * trace_and_rate);
}
inline double potentiated(const VogelsInhibitory& r, double w, double trace, double) { return std::min(r.w_max, w + r.eta * trace); }
inline double depressed(const VogelsInhibitory& r, double w, double trace, double) {
    return std::max(0.0, std::min(r.w_max, w + r.eta * trace) - r.alpha * r.eta);
}

inline double potentiated(const SpikeHomeostasis& r, double w, double, double) { return std::max(0.0, w - r.dw_minus); }
inline double depressed(const SpikeHomeostasis& r, double w, double, double) { return std::min(r.w_max, w + r.dw_plus); }

/// Which spikes of the other side count for a spike that comes now (times when they are at the synapse, ascending): those of `others`
/// before it, or the nearest that `own` has left.
inline std::vector<int> partners(Pairing pairing, bool presynaptic, const std::vector<int>& own, const std::vector<int>& others, int now) {
    std::vector<int> earlier;
    std::ranges::copy_if(others, std::back_inserter(earlier), [=](int t) { return t < now; });
    if (pairing == Pairing::all || earlier.empty()) return earlier;
    const auto own_between = [&](int begin, int end) { return std::ranges::any_of(own, [=](int t) { return t > begin && t < end; }); };
    if (pairing == Pairing::centred && !presynaptic) {
        std::erase_if(earlier, [&](int t) { return own_between(t, now); });
        return earlier;
    }
    const int nearest = earlier.back();
    if (pairing != Pairing::restricted) return {nearest};
    if (!presynaptic) return own_between(nearest, now) ? std::vector<int>{} : std::vector{nearest};
    // A presynaptic spike counts unless no postsynaptic one came since the last, now included (as NEST has it).
    int last = -1000000;
    for (const int t : own) last = t < now ? t : last;
    const bool since = std::ranges::any_of(others, [=](int t) { return t > last && t <= now; });
    return since ? std::vector{nearest} : std::vector<int>{};
}

/// Those of its own earlier spikes that a neuron's slow trace counts.
template <class Rule> std::vector<int> nearest_of(const std::vector<int>& own, int now, const Rule& rule) {
    std::vector<int> earlier;
    std::ranges::copy_if(own, std::back_inserter(earlier), [=](int t) { return t < now; });
    return pairing_of(rule) == Pairing::all || earlier.empty() ? earlier : std::vector{earlier.back()};
}

/// The rule as it is defined: each synapse on its own, at the times when spikes reach it, with sums over all spikes.
template <class Rule> Outcome brute_force(const Case& c, const Rule& rule) {
    std::vector<std::vector<int>> fired(c.neurons);
    for (std::size_t t = 0; t < c.trains.size(); ++t)
        for (const std::uint32_t neuron : c.trains[t]) fired[neuron].push_back(int(t));
    Outcome outcome{{}, std::vector<double>(c.trains.size() * c.neurons)};
    const auto trace = [](const std::vector<int>& spikes, int now, double tau) {
        double sum = 0;
        for (const int t : spikes) sum += t < now ? std::exp((t - now) * dt / tau) : 0;
        return sum;
    };
    for (const Synapse& s : c.synapses) {
        std::vector<std::pair<int, bool>> arrivals;  // in one step the postsynaptic spike (false) comes first
        std::vector<int> pre, post;
        for (const int p : fired[s.target]) post.push_back(p + s.dendritic), arrivals.emplace_back(post.back(), false);
        for (const int p : fired[s.source]) pre.push_back(p + s.axonal), arrivals.emplace_back(pre.back(), true);
        std::ranges::sort(arrivals);
        double w = s.weight;
        for (const auto& [time, presynaptic] : arrivals) {
            if (time + s.dendritic >= int(c.trains.size())) break;
            const auto &own = presynaptic ? pre : post, &others = presynaptic ? post : pre;
            double fast = trace(partners(pairing_of(rule), presynaptic, own, others, time), time, (presynaptic ? rule.post() : rule.pre()).tau);
            if constexpr (requires { rule.tau_hom; })
                if (presynaptic) fast *= std::pow(trace(post, time, rule.tau_hom), 2);
            const double slow_tau = (presynaptic ? rule.pre() : rule.post()).slow_tau, slow = slow_tau > 0 ? trace(nearest_of(own, time, rule), time, slow_tau) : 0;
            w = presynaptic ? depressed(rule, w, fast, slow) : potentiated(rule, w, fast, slow);
            if (presynaptic) outcome.input[std::size_t(time + s.dendritic) * c.neurons + s.target] += w;
        }
        outcome.weights.push_back(w);
    }
    return outcome;
}
inline Outcome brute_force(const Case& c) {
    return std::visit([&]<class Rule>(const Rule& rule) {
        if constexpr (std::is_same_v<Rule, StdpDopamine>) return Outcome{};  // tests/simulation/eligibility_test.cpp
        else return brute_force(c, rule);
    }, c.rule);
}

/// Every neuron fires at random, at most once in a step.
inline Trains random_trains(std::uint32_t neurons, std::size_t steps, double rate_hz) {
    std::mt19937_64 random(2);
    std::geometric_distribution<std::size_t> pause(rate_hz * dt * 1e-3);
    Trains trains(steps);
    for (std::uint32_t n = 0; n < neurons; ++n)
        for (std::size_t t = pause(random); t < steps; t += 1 + pause(random)) trains[t].push_back(n);
    return trains;
}

/// From each neuron `number` synapses to random ones (some twice), delays from (0, 1) to (axonal, dendritic) steps.
inline std::vector<Synapse> random_synapses(std::uint32_t neurons, std::uint32_t number, std::uint32_t axonal, std::uint32_t dendritic) {
    std::mt19937_64 random(3);
    const auto below = [&](std::uint32_t bound) { return std::uint32_t(random() % bound); };
    std::vector<Synapse> synapses;
    for (std::uint32_t k = 0; k < neurons * number; ++k)
        synapses.push_back({k / number, below(neurons), int(below(axonal + 1)), 1 + int(below(dendritic)), 1e-2 * below(10000)});
    std::ranges::stable_sort(synapses, {}, [](const Synapse& s) { return std::pair(s.source, s.axonal + s.dendritic); });
    return synapses;
}

/// One synapse, from neuron 0 to neuron 1, whose whole delay is dendritic.
inline Case one_synapse(const PlasticRule& rule, double weight, int delay, const std::vector<std::size_t>& pre, const std::vector<std::size_t>& post) {
    Case c{rule, 2, {{0, 1, 0, delay, weight}}, Trains(1300)};
    for (const std::size_t t : pre) c.trains[t].push_back(0);
    for (const std::size_t t : post) c.trains[t].push_back(1);
    return c;
}

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference = std::max(difference, std::abs(a[i] - b[i]));
    return a.size() == b.size() ? difference : 1e300;
}

}  // namespace tripartite::plastic_cases
