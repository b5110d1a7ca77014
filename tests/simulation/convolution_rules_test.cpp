// Each rule by which the shared weights of a convolution learn, against its definition.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <map>

#include "tests/simulation/convolution_cases.hpp"

namespace tripartite {
namespace convolution_cases::rules {

/// Where the kernel's row k, column l of target row y, column x looks, or -1.
int source_at(int y, int x, int k, int l) {
    const int row = 2 * y + k - 1, column = 2 * x + l - 1;
    return row < 0 || column < 0 || row >= 10 || column >= 12 ? -1 : row * 12 + column;
}

using Spikes = std::vector<Index>;

/// What all earlier spikes of a neuron leave in step `now`: the sum of exponentials, or that of the last one.
double trace_of(const std::vector<Index>& spikes, Index now, double tau, bool nearest = false) {
    double sum = 0;
    for (const Index s : spikes)
        if (s < now) sum = (nearest ? 0 : sum) + std::exp(-double(now - s) * 0.1 / tau);
    return sum;
}

/// In steps: of all synapses; of each weight.
struct Delays {
    int axonal = 0;
    std::vector<int> dendritic;
};

/// Spikes of each neuron, a delay later.
std::vector<Spikes> shifted(const std::vector<Fired>& train, std::size_t neurons, int delay) {
    std::vector<Spikes> spikes(neurons);
    for (const auto& s : train) spikes[s.neuron].push_back(s.step + delay);
    return spikes;
}

/// The kernels after `steps` steps, by the definition: changes of all synapses that share a weight add up, from spikes as they were. `now` is the time at the synapses.
template <class Potentiate, class Depress>
std::vector<double> expected_kernels(std::vector<double> w, const Delays& delays, const Trains& trains, int channels, Index steps, double w_max, Potentiate&& potentiate, Depress&& depress) {
    const auto before = shifted(trains[0], 240, delays.axonal);
    std::map<int, std::vector<Spikes>> after;
    for (const int b : delays.dendritic)
        if (!after.contains(b)) after[b] = shifted(trains[1], std::size_t(channels) * 30, b);
    for (Index now = 0; now < steps; ++now)
        for (const bool later : {false, true}) {
            std::vector<double> change(w.size());
            for (int o = 0; o < channels; ++o)
                for (int i = 0; i < 2; ++i)
                    for (int at = 0; at < 30 * 9; ++at) {
                        const int y = at / 9 / 6, x = at / 9 % 6, source = source_at(y, x, at % 9 / 3, at % 3);
                        if (source < 0) continue;
                        const std::size_t n = std::size_t((o * 2 + i) * 9 + at % 9);
                        if (now >= steps - delays.dendritic[n]) continue;
                        const auto &pre = before[std::size_t(i * 120 + source)], &post = after[delays.dendritic[n]][std::size_t(o * 30 + at / 9)];
                        if (!std::ranges::binary_search(later ? pre : post, now)) continue;
                        change[n] += later ? depress(w[n], post, pre, now) : potentiate(w[n], pre, post, now);
                    }
            for (std::size_t n = 0; n < w.size(); ++n)
                if (change[n] != 0) w[n] = std::clamp(w[n] + change[n], 0.0, w_max);
        }
    return w;
}

/// By number, from all synapses, which must agree.
template <class Value> auto by_number(Simulation& simulation, const SimulationNetwork& network, Value SynapseWeight::* value) {
    const PairSpace space{network.populations[0].size, network.populations[1].size};
    const auto connector = make_connector(network.projections[0].rule, space, RandomStream(1, "test", "unused"));
    std::map<std::pair<std::uint32_t, std::uint32_t>, std::uint64_t> number;
    connector->enumerate({0, space.targets}, [&](std::span<const Pair> pairs) { for (const auto& p : pairs) number[{p.source, p.target}] = p.number; });
    std::map<std::uint64_t, Value> found;
    for (const auto& synapse : simulation.weights("E_to_E")) {
        const auto [at, added] = found.emplace(number.at({synapse.source, synapse.target}), synapse.*value);
        EXPECT_EQ(at->second, synapse.*value);
    }
    std::vector<Value> values;
    for (const auto& [n, v] : found) values.push_back(v);
    return values;
}
std::vector<double> kernels_of(Simulation& simulation, const SimulationNetwork& network) { return by_number(simulation, network, &SynapseWeight::weight); }

template <class Potentiate, class Depress> void expect_definition(const SimulationNetwork& network, double w_max, Potentiate&& potentiate, Depress&& depress) {
    const auto simulation = Simulation::make<double>(network, {.threads = 2});
    const auto start = kernels_of(*simulation, network);
    ASSERT_EQ(start.size(), 5u * 18u);
    const Index steps = 3000;
    const auto trains = record(*simulation, network, steps);
    ASSERT_GT(trains[1].size(), 500u);
    Delays delays{int(std::lround(network.projections[0].axonal_delay / 0.1)), by_number(*simulation, network, &SynapseWeight::delay)};
    for (int& delay : delays.dendritic) delay -= delays.axonal;
    const auto kernels = kernels_of(*simulation, network), expected = expected_kernels(start, delays, trains, 5, steps, w_max, potentiate, depress);
    double moved = 0;
    for (std::size_t n = 0; n < kernels.size(); ++n) {
        EXPECT_NEAR(kernels[n], expected[n], 1e-9) << n;
        moved += std::fabs(kernels[n] - start[n]) / double(kernels.size());
    }
    EXPECT_GT(moved, 0.05);
}

template <class Potentiate, class Depress> void expect_definition(const SynapseKind& rule, double w_max, Potentiate&& potentiate, Depress&& depress) {
    auto network = convolution_network(rule);
    expect_definition(network, w_max, potentiate, depress);
    delay_each(network);
    expect_definition(network, w_max, potentiate, depress);
}

TEST(Convolution, SharedWeightsChangeByTheSumOfTheirSynapses) {
    for (const auto pairing : {Pairing::all, Pairing::symmetric}) {
        const auto r = paired(pairing);
        const bool nearest = pairing != Pairing::all;
        expect_definition(r, 6,
            [&](double w, const Spikes& pre, const Spikes&, Index now) { return std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * trace_of(pre, now, r.tau_plus, nearest)) - w; },
            [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, nearest)) - w; });
    }
}

TEST(Convolution, SharedWeightsFollowTheTripletRule) {
    const auto r = triplet;
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) { return std::min(r.w_max, w + trace_of(pre, now, r.tau_plus) * (r.a2_plus + r.a3_plus * trace_of(post, now, r.tau_y))) - w; },
        [&](double w, const Spikes& post, const Spikes& pre, Index now) { return std::max(0.0, w - trace_of(post, now, r.tau_minus) * (r.a2_minus + r.a3_minus * trace_of(pre, now, r.tau_x))) - w; });
}

TEST(Convolution, SharedWeightsFollowTheHomeostaticTripletRule) {
    const auto r = homeostatic;
    const double h = r.a3_plus * r.tau_plus * r.tau_y / (r.tau_minus * r.rate / 1000 * r.tau_hom * r.tau_hom);
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) { return std::min(r.w_max, w + r.a3_plus * trace_of(pre, now, r.tau_plus) * trace_of(post, now, r.tau_y)) - w; },
        [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - h * trace_of(post, now, r.tau_minus) * std::pow(trace_of(post, now, r.tau_hom), 2)) - w; });
}

/// The last spike before `now`, or one that is long ago.
Index last_before(const Spikes& spikes, Index now) {
    Index last = -1'000'000;
    for (const Index s : spikes)
        if (s < now) last = s;
    return last;
}

/// Neighbours in the common order; in a step postsynaptic spikes come first.
TEST(Convolution, SharedWeightsLearnByRestrictedNeighbours) {
    const auto r = paired(Pairing::restricted);
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) {
            const bool met = last_before(pre, now) < last_before(post, now);
            return met ? 0 : std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * trace_of(pre, now, r.tau_plus, true)) - w;
        },
        [&](double w, const Spikes& post, const Spikes& pre, Index now) {
            const bool met = last_before(pre, now) >= last_before(post, now + 1) && last_before(pre, now) >= 0;
            return met ? 0 : std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, true)) - w;
        });
}

/// Each presynaptic spike with the next and with the last postsynaptic one.
TEST(Convolution, SharedWeightsLearnByCentredNeighbours) {
    const auto r = paired(Pairing::centred);
    expect_definition(r, 6,
        [&](double w, const Spikes& pre, const Spikes& post, Index now) {
            double sum = 0;
            for (const Index s : pre)
                if (s < now && s >= last_before(post, now)) sum += std::exp(-double(now - s) * 0.1 / r.tau_plus);
            return std::min(r.w_max, w + r.lambda * r.w_max * std::pow(1 - w / r.w_max, r.mu_plus) * sum) - w;
        },
        [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.alpha * r.lambda * r.w_max * std::pow(w / r.w_max, r.mu_minus) * trace_of(post, now, r.tau_minus, true)) - w; });
}

/// Morrison et al. 2007: potentiation by a power of the weight.
TEST(Convolution, SharedWeightsFollowThePowerLaw) {
    const StdpPowerLaw r{.lambda = 0.004, .alpha = 0.8, .mu = 0.4};
    expect_definition(r, 1e9,
        [&](double w, const Spikes& pre, const Spikes&, Index now) { return r.lambda * std::pow(w, r.mu) * trace_of(pre, now, r.tau_plus); },
        [&](double w, const Spikes& post, const Spikes&, Index now) { return std::max(0.0, w - r.lambda * r.alpha * w * trace_of(post, now, r.tau_minus)) - w; });
}

/// The differential equations in small steps: the eligibility of a weight is the sum of those of its synapses.
TEST(Convolution, SharedWeightsLearnByDopamine) {
    constexpr Index delay = 7, reward_delay = 12, steps = 3000, end = steps - 1 - delay;
    constexpr double dt = 0.1, h = dt / 4;
    const auto network = network_of_dopamine();
    const auto simulation = Simulation::make<double>(network, {.threads = 2});
    auto w = kernels_of(*simulation, network);
    const auto start = w;
    const auto trains = record(*simulation, network, steps);
    std::vector<double> c(w.size()), pre(240), post(150), rewards(std::size_t(steps) + reward_delay);
    std::map<Index, std::vector<std::uint32_t>> before, after;
    for (const auto& s : trains[0]) before[s.step].push_back(s.neuron);
    for (const auto& s : trains[1]) after[s.step + delay].push_back(s.neuron), rewards[std::size_t(s.step + reward_delay)] += 1 / dopamine.tau_n;
    double n = 0, moved = 0;
    for (Index now = 0; now <= end; ++now) {
        const auto each_synapse = [&](auto&& f) {
            for (std::size_t k = 0; k < w.size(); ++k)
                for (int at = 0; at < 30; ++at)
                    if (const int source = source_at(at / 6, at % 6, int(k % 9) / 3, int(k % 9) % 3); source >= 0) f(k, std::uint32_t(int(k / 9 % 2) * 120 + source), std::uint32_t(k / 18 * 30 + std::size_t(at)));
        };
        if (after.contains(now)) each_synapse([&](std::size_t k, std::uint32_t s, std::uint32_t t) { c[k] += double(std::ranges::count(after[now], t)) * dopamine.a_plus * pre[s]; });
        if (before.contains(now)) each_synapse([&](std::size_t k, std::uint32_t s, std::uint32_t t) { c[k] -= double(std::ranges::count(before[now], s)) * dopamine.a_minus * post[t]; });
        for (const auto t : after[now]) ++post[t];
        for (const auto s : before[now]) ++pre[s];
        n += rewards[std::size_t(now)];
        for (int part = 0; part < 4 && now < end; ++part) {
            for (std::size_t k = 0; k < w.size(); ++k) w[k] += h * c[k] * std::exp(-h / 2 / dopamine.tau_c) * (n * std::exp(-h / 2 / dopamine.tau_n) - dopamine.b), c[k] *= std::exp(-h / dopamine.tau_c);
            n *= std::exp(-h / dopamine.tau_n);
        }
        for (double& x : pre) x *= std::exp(-dt / dopamine.tau_plus);
        for (double& x : post) x *= std::exp(-dt / dopamine.tau_minus);
    }
    const auto found = kernels_of(*simulation, network);
    for (std::size_t k = 0; k < w.size(); ++k) {
        ASSERT_TRUE(w[k] > 0.5 && w[k] < 59) << w[k] << " from " << start[k] << " at a bound, which holds at events only";
        EXPECT_NEAR(found[k], w[k], 1e-5) << k;
        moved += std::fabs(w[k] - start[k]) / double(w.size());
    }
    EXPECT_GT(moved, 0.05);
}

}  // namespace convolution_cases::rules
}  // namespace tripartite
