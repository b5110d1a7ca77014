#pragma once
#include <algorithm>
#include <cmath>
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
template <class Real> Outcome simulate(const Case& c, Index mark = 10000, Index restore = -1) {
    PlasticStore<Real> store = make_store<Real>(c);
    std::vector<Real> input(c.trains.size() * c.neurons);
    for (Index t = 0, steps = Index(c.trains.size()); t < steps; ++t) {
        store.deliver(t, [&](Index step) { return std::span<const std::uint32_t>(c.trains[std::size_t(step)]); }, input.data() + t * c.neurons);
        for (const std::uint32_t neuron : c.trains[std::size_t(t)]) store.source_fired(neuron, t), store.target_fired(neuron, t);
        if ((t + 1) % mark == 0 || t + 1 == steps || t == restore) store.bring_up_to_date(t);
        if (t != restore) continue;
        PlasticStore<Real> restored = make_store<Real>(c);
        for (std::uint64_t i = 0; i < c.synapses.size(); ++i) restored.set_weight(i, store.weight(i));
        restored.load(store.save());
        store = std::move(restored);
    }
    Outcome outcome{{}, {input.begin(), input.end()}};
    for (std::uint64_t i = 0; i < c.synapses.size(); ++i) outcome.weights.push_back(double(store.weight(i)));
    return outcome;
}

inline double potentiated(const StdpPair& r, double w, double trace) {
    return std::min(1.0, w / r.w_max + r.lambda * std::pow(1 - w / r.w_max, r.mu_plus) * trace) * r.w_max;
}
inline double depressed(const StdpPair& r, double w, double trace) {
    return std::max(0.0, w / r.w_max - r.alpha * r.lambda * std::pow(w / r.w_max, r.mu_minus) * trace) * r.w_max;
}
inline double potentiated(const StdpPowerLaw& r, double w, double trace) { return w + r.lambda * std::pow(w, r.mu) * trace; }
inline double depressed(const StdpPowerLaw& r, double w, double trace) { return std::max(0.0, w - r.lambda * r.alpha * w * trace); }

/// The rule as it is defined: each synapse on its own, at the times when spikes reach it, with sums over all spikes.
template <class Rule> Outcome brute_force(const Case& c, const Rule& rule) {
    std::vector<std::vector<int>> fired(c.neurons);
    for (std::size_t t = 0; t < c.trains.size(); ++t)
        for (const std::uint32_t neuron : c.trains[t]) fired[neuron].push_back(int(t));
    Outcome outcome{{}, std::vector<double>(c.trains.size() * c.neurons)};
    const auto trace = [&](const std::vector<int>& spikes, int delay, int time, double tau) {
        double sum = 0;
        for (const int spike : spikes) sum += spike + delay < time ? std::exp((spike + delay - time) * dt / tau) : 0;
        return sum;
    };
    for (const Synapse& s : c.synapses) {
        std::vector<std::pair<int, bool>> arrivals;  // in one step the postsynaptic spike (false) comes first
        for (const int p : fired[s.target]) arrivals.emplace_back(p + s.dendritic, false);
        for (const int p : fired[s.source]) arrivals.emplace_back(p + s.axonal, true);
        std::ranges::sort(arrivals);
        double w = s.weight;
        for (const auto& [time, presynaptic] : arrivals) {
            if (time + s.dendritic >= int(c.trains.size())) break;
            w = presynaptic ? depressed(rule, w, trace(fired[s.target], s.dendritic, time, rule.tau_minus))
                            : potentiated(rule, w, trace(fired[s.source], s.axonal, time, rule.tau_plus));
            if (presynaptic) outcome.input[std::size_t(time + s.dendritic) * c.neurons + s.target] += w;
        }
        outcome.weights.push_back(w);
    }
    return outcome;
}
inline Outcome brute_force(const Case& c) {
    return std::visit([&](const auto& rule) { return brute_force(c, rule); }, c.rule);
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

inline double largest_difference(const std::vector<double>& a, const std::vector<double>& b) {
    double difference = 0;
    for (std::size_t i = 0; i < a.size(); ++i) difference = std::max(difference, std::abs(a[i] - b[i]));
    return a.size() == b.size() ? difference : 1e300;
}

}  // namespace tripartite::plastic_cases
