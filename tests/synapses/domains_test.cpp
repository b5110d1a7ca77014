// Neurons and their domains: the pairs, the weights, and what trained networks deliver through them. Oracle: the matrix of weights.
#include "synapses/fixed.hpp"

#include "synapses/synapse_values.hpp"
#include "tests/synapses/pairs.hpp"

namespace tripartite {
namespace {

constexpr std::uint32_t neurons = 150, domains = 7;

/// Domain of neuron n, in domains of different sizes.
std::vector<std::uint32_t> scattered() {
    std::vector<std::uint32_t> of;
    for (std::uint32_t n = 0; n < neurons; ++n) of.push_back(n % 3 ? n * 5 % domains : 2);
    return of;
}
std::vector<Domains> some_domains() { return {{.block = 22}, {.of = scattered()}}; }
std::uint32_t domain_of(const Domains& d, std::uint32_t n) { return d.of.empty() ? n / d.block : d.of[n]; }

TEST(Domains, EveryNeuronIsConnectedWithItsOwn) {
    for (const auto& d : some_domains()) {
        const auto mean = counts_of(pairs_of(Mean{d}, {.sources = neurons, .targets = domains}));
        const auto broadcast = counts_of(pairs_of(Broadcast{d}, {.sources = domains, .targets = neurons}));
        EXPECT_EQ(mean.size(), neurons);
        EXPECT_EQ(broadcast.size(), neurons);
        for (std::uint32_t n = 0; n < neurons; ++n) {
            EXPECT_EQ(mean.at({n, domain_of(d, n)}), 1);
            EXPECT_EQ(broadcast.at({domain_of(d, n), n}), 1);
        }
    }
}

TEST(Domains, ARangeGivesItsPartOfTheWhole) {
    for (const auto& d : some_domains())
        for (const auto& [rule, space] : {std::pair{ConnectionRule(Mean{d}), PairSpace{neurons, domains}}, {ConnectionRule(Broadcast{d}), PairSpace{domains, neurons}}}) {
            const auto connector = make_connector(rule, space, test_random());
            const auto whole = pairs_of(*connector, {0, space.targets});
            auto parts = pairs_of(*connector, {0, 3});
            for (const auto& pair : pairs_of(*connector, {3, space.targets})) parts.push_back(pair);
            EXPECT_EQ(parts, whole);
            EXPECT_EQ(connector->expected(), double(whole.size()));
        }
}

/// The weights of `fixed` as a matrix [target][source].
std::vector<double> matrix(const DomainRule& rule, int sources, int targets, double weight) {
    std::vector<double> w(std::size_t(sources * targets));
    const bool mean = std::holds_alternative<Mean>(rule);
    const Domains& d = std::visit([](const auto& r) -> const Domains& { return r; }, rule);
    std::vector<int> size(domains);
    for (std::uint32_t n = 0; n < neurons; ++n) ++size[domain_of(d, n)];
    for (std::uint32_t n = 0; n < neurons; ++n) {
        const auto j = domain_of(d, n);
        if (mean) w[j * std::size_t(sources) + n] = weight / size[j];
        else w[n * std::size_t(sources) + j] = weight;
    }
    return w;
}

struct FixedCase {
    static constexpr int T = 9, B = 3, shortest = 2;
    int sources, targets, width;
    std::vector<double> weight;
    std::vector<int> delays;  ///< of each neuron that has a domain, beyond the shortest; or none
    Parameters<double> parameters;
    std::unique_ptr<Projection<double>> projection;
    Scratch<double> scratch;

    explicit FixedCase(const DomainRule& rule, bool many_delays = false) {
        const bool mean = std::holds_alternative<Mean>(rule);
        sources = mean ? neurons : domains, targets = mean ? domains : neurons, width = tile_width(targets);
        weight = matrix(rule, sources, targets, 1.7);
        for (std::uint32_t n = 0; many_delays && n < neurons; ++n) delays.push_back(int(n * 7 % 5));
        const auto kind = fixed(rule, 1.7, delays);
        EXPECT_EQ(kind.spread, many_delays ? 4 : 0);
        projection = kind.make<double>()({"a_to_b", sources, targets, width, shortest, 0.4, 1, &parameters});
    }
    int delay(int source, int target) const { return shortest + (delays.empty() ? 0 : delays[std::size_t(sources > targets ? source : target)]); }
    /// What arrives at a target from x(source).
    template <class X> double expected(int target, X&& x) const {
        double sum = 0;
        for (int s = 0; s < sources; ++s) sum += weight[std::size_t(target * sources + s)] * x(s);
        return sum;
    }
};

/// Each with one delay, and with many.
std::vector<std::pair<DomainRule, bool>> fixed_rules() {
    std::vector<std::pair<DomainRule, bool>> all;
    for (const auto& d : some_domains())
        for (const bool many_delays : {false, true}) all.emplace_back(Mean{d}, many_delays), all.emplace_back(Broadcast{d}, many_delays);
    return all;
}

TEST(Fixed, DeliversTheProductWithItsMatrixAfterTheDelayOfEachSynapse) {
    for (const auto& [rule, many_delays] : fixed_rules()) {
        FixedCase c(rule, many_delays);
        constexpr int T = FixedCase::T, B = FixedCase::B;
        SpikeFrame spikes(T, B, c.sources);
        RealFrame<double> values(T, B, c.sources);
        const RandomStream random(1, "test", "signals");
        for (int t = 0; t < T; ++t)
            for (int b = 0; b < B; ++b)
                for (int s = 0; s < c.sources; ++s) {
                    values.row(t, b)[s] = random.normal(std::uint32_t(s), std::uint32_t(t), std::uint32_t(b));
                    if (values.row(t, b)[s] > 0.5) spikes.set(t, b, s);
                }
        for (const bool real : {false, true}) {
            Signal<double> signal{.scale = 2};
            if (real) signal.values = &values; else signal.spikes = &spikes;
            for (Index block = 0; block * c.width < c.targets; ++block) {
                std::vector<double> rows(std::size_t(T * B * c.width));
                c.projection->deliver(signal, {block, {0, B}, 0, T}, rows.data(), c.scratch);
                for (int t = 0; t < T; ++t)
                    for (int b = 0; b < B; ++b)
                        for (int n = 0; n < std::min(c.width, c.targets - int(block) * c.width); ++n) {
                            const int target = int(block) * c.width + n;
                            const double x = c.expected(target, [&](int s) {
                                const int then = t - c.delay(s, target);
                                return then < 0 ? 0 : real ? values.row(then, b)[s] : double(spikes(then, b, s));
                            });
                            ASSERT_NEAR(rows[std::size_t((t * B + b) * c.width + n)], 2 * x, 1e-12) << t << " " << b << " " << n;
                        }
            }
        }
    }
}

TEST(Fixed, DeliveryTransposeIsItsAdjoint) {
    for (const auto& [rule, many_delays] : fixed_rules()) {
        FixedCase c(rule, many_delays);
        constexpr int T = FixedCase::T, B = FixedCase::B;
        TileArray<double> bar;
        bar.shape(T, B, (c.targets + c.width - 1) / c.width, c.width);
        const RandomStream random(2, "test", "adjoints");
        for (Index i = 0; i < bar.values.size(); ++i) bar.values[i] = random.normal(std::uint32_t(i), 0);
        const int width = tile_width(c.sources);
        for (Index block = 0; block * width < c.sources; ++block) {
            std::vector<double> rows(std::size_t(T * B * width));
            c.projection->deliver_back({&bar, 0, T}, {block, {0, B}, 0, T}, rows.data());
            for (int t = 0; t < T; ++t)
                for (int b = 0; b < B; ++b)
                    for (int s = 0; s < std::min(width, c.sources - int(block) * width); ++s) {
                        double expected = 0;
                        for (int n = 0; n < c.targets; ++n) {
                            const int source = int(block) * width + s, arrival = t + c.delay(source, n);
                            if (arrival < T) expected += c.weight[std::size_t(n * c.sources + source)] * bar.tile(n / c.width, {0, B}, arrival)[b * c.width + n % c.width];
                        }
                        ASSERT_NEAR(rows[std::size_t((t * B + b) * width + s)], expected, 1e-12);
                    }
        }
    }
}

TEST(Fixed, NeedsADelayForEachSynapse) {
    Parameters<float> parameters;
    const auto kind = fixed(Mean{{.block = 22}}, 1, {1, 2, 3});
    try {
        kind.make<float>()({"a_to_b", neurons, domains, tile_width(domains), 1, 0.4, 1, &parameters});
        FAIL();
    } catch (const Error& e) {
        EXPECT_STREQ(e.what(), "there are 3 values, and mean needs 150");
    }
}

TEST(Fixed, TakesANormaliserIn) {
    FixedCase c(Mean{some_domains()[1]});
    std::vector<double> scale, shift;
    for (int n = 0; n < c.targets; ++n) scale.push_back(1 + n), shift.push_back(0.5 * n);
    c.projection->fold(scale, shift);
    RealFrame<double> values(1, 1, c.sources);
    for (int s = 0; s < c.sources; ++s) values.row(0)[s] = 0.1 * s;
    std::vector<double> rows(std::size_t(3 * c.width));
    const Span span{0, {0, 1}, 0, 3};
    c.projection->deliver({.values = &values}, span, rows.data(), c.scratch);
    c.projection->add_bias(span, rows.data());
    for (int n = 0; n < c.targets; ++n)
        EXPECT_NEAR(rows[std::size_t(2 * c.width + n)], scale[std::size_t(n)] * c.expected(n, [](int s) { return 0.1 * s; }) + shift[std::size_t(n)], 1e-12);
}

}  // namespace
}  // namespace tripartite
