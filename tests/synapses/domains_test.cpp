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
    static constexpr int T = 6, B = 3, delay = 2;
    int sources, targets, width;
    std::vector<double> weight;
    Parameters<double> parameters;
    std::unique_ptr<Projection<double>> projection;
    Scratch<double> scratch;

    explicit FixedCase(const DomainRule& rule) {
        const bool mean = std::holds_alternative<Mean>(rule);
        sources = mean ? neurons : domains, targets = mean ? domains : neurons, width = tile_width(targets);
        weight = matrix(rule, sources, targets, 1.7);
        projection = fixed(rule, 1.7).make<double>()({"a_to_b", sources, targets, width, delay, 0.4, 1, &parameters});
    }
    /// What arrives at a target from x(source).
    template <class X> double expected(int target, X&& x) const {
        double sum = 0;
        for (int s = 0; s < sources; ++s) sum += weight[std::size_t(target * sources + s)] * x(s);
        return sum;
    }
};

std::vector<DomainRule> rules() {
    std::vector<DomainRule> all;
    for (const auto& d : some_domains()) all.push_back(Mean{d}), all.push_back(Broadcast{d});
    return all;
}

TEST(Fixed, DeliversTheProductWithItsMatrix) {
    for (const auto& rule : rules()) {
        FixedCase c(rule);
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
                            const double x = c.expected(int(block) * c.width + n, [&](int s) {
                                return t < c.delay ? 0 : real ? values.row(t - c.delay, b)[s] : double(spikes(t - c.delay, b, s));
                            });
                            ASSERT_NEAR(rows[std::size_t((t * B + b) * c.width + n)], 2 * x, 1e-12) << t << " " << b << " " << n;
                        }
            }
        }
    }
}

TEST(Fixed, DeliveryTransposeIsItsAdjoint) {
    for (const auto& rule : rules()) {
        FixedCase c(rule);
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
                        for (int n = 0; n < c.targets && t + c.delay < T; ++n)
                            expected += c.weight[std::size_t(n * c.sources + int(block) * width + s)] * bar.tile(n / c.width, {0, B}, t + c.delay)[b * c.width + n % c.width];
                        ASSERT_NEAR(rows[std::size_t((t * B + b) * width + s)], expected, 1e-12);
                    }
        }
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
