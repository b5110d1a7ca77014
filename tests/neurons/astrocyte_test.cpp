// The astrocyte's trace and gate, and lif under its gain, against closed forms and against lif itself.
#include <gtest/gtest.h>

#include <cmath>

#include "tests/neurons/tile_buffers.hpp"
#include "tests/neurons/trace.hpp"

namespace tripartite {
namespace {

TEST(Astrocyte, TraceAndGateHaveTheirClosedForm) {
    constexpr double tau = 12, kappa = 7, a0 = 0.15, x = 0.3, dt = 0.5;
    std::vector<double> input(60, x);
    std::fill(input.begin() + 40, input.end(), 0.0);
    const auto trace = run<Astrocyte>({.tau = tau, .kappa = kappa, .a0 = a0}, input, dt);
    for (int t = 0; t < 60; ++t) {
        const double after = std::max(0, t - 39);
        const double a = x * (1 - std::exp(-(t + 1 - after) * dt / tau)) * std::exp(-after * dt / tau);
        EXPECT_NEAR(trace.membrane[t], 1 / (1 + std::exp(-kappa * (a - a0))), 1e-12) << t;
    }
}

TEST(Astrocyte, GateStaysBetweenZeroAndOne) {
    for (const double kappa : {-1e4, 1e4})
        for (const double g : run<Astrocyte>({.tau = 2, .kappa = kappa, .a0 = 0.5}, std::vector<double>{0, 0, 1, 1, 1, 1, 1}).membrane) {
            EXPECT_GE(g, 0);
            EXPECT_LE(g, 1);
        }
}

/// A tile of each, which get the same input; at the gain of astro_lif arrives `gate`.
template <class Real> struct Both {
    TileBuffers<Real> astro, plain;
    Both(const AstroLif::Params<double>& p, double gate)
        : astro(make_neuron<AstroLif>(p), 50, 2, 64), plain(make_neuron<Lif>(p), 50, 2, 64) {
        const std::size_t half = plain.input.size();
        std::copy_n(astro.input.begin(), half, plain.input.begin());
        std::fill(astro.input.begin() + Index(half), astro.input.end(), Real(gate));
        plain.state = astro.state;
    }
    void run() { astro.run(), plain.run(); }
};

TEST(AstroLif, WithoutGateOrStrengthIsLifToTheBit) {
    for_each_option<AstroLif>([](auto p) {
        for (const auto& [c, gate] : {std::pair{0.0, 0.7}, {3.0, 0.0}}) {
            p.c = c;
            Both<float> both(p, gate);
            both.run();
            ASSERT_EQ(both.astro.spikes, both.plain.spikes);
            ASSERT_EQ(both.astro.membrane, both.plain.membrane);
        }
    });
}

TEST(AstroLif, AGateMultipliesTheInput) {
    for_each_option<AstroLif>([](auto p) {
        p.c = 3;
        Both<double> both(p, 0.5);
        for (double& x : both.plain.input) x *= 1 + 3 * 0.5;
        both.run();
        ASSERT_EQ(both.astro.spikes, both.plain.spikes);
        for (std::size_t i = 0; i < both.plain.membrane.size(); ++i) ASSERT_NEAR(both.astro.membrane[i], both.plain.membrane[i], 1e-12 * (1 + std::fabs(both.plain.membrane[i])));
    });
}

}  // namespace
}  // namespace tripartite
