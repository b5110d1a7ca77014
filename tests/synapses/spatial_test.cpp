#include <algorithm>
#include <cmath>
#include <numbers>

#include "synapses/positions.hpp"
#include "tests/synapses/pairs.hpp"

namespace tripartite {
namespace {

const RandomStream places(3, "population", "positions");

Positions grid(std::uint32_t columns, std::uint32_t rows, Point extent, bool periodic) {
    return {GridPositions{{columns, rows}, extent, {0, 0}}, columns * rows, periodic, places};
}
Positions free_points(std::uint32_t neurons, bool periodic) { return {FreePositions{{2, 1}, {5, -3}}, neurons, periodic, places}; }

PairSpace space_of(const Positions& sources, const Positions& targets) {
    return {std::uint32_t(sources.points().size()), std::uint32_t(targets.points().size()), &sources == &targets, &sources, &targets};
}

TEST(Positions, AGridIsFilledColumnByColumnFromTheTop) {
    const Positions positions(GridPositions{{2, 3}, {4, 6}, {10, 20}}, 6, false, places);
    EXPECT_EQ(positions.points(), (std::vector<Point>{{9, 22}, {9, 20}, {9, 18}, {11, 22}, {11, 20}, {11, 18}}));
}

TEST(Positions, FreePointsFillTheirRectangleEvenly) {
    const auto positions = free_points(20'000, false);
    std::vector<int> cells(50);
    for (const auto& [x, y] : positions.points()) {
        ASSERT_TRUE(x >= 4 && x < 6 && y >= -3.5 && y < -2.5);
        ++cells[std::size_t(int((x - 4) * 5) * 5 + int((y + 3.5) * 5))];
    }
    EXPECT_LT(std::abs(deviation_from_uniform(cells)), 4);
}

TEST(Positions, PeriodicEdgesShortenTheWay) {
    const Positions open(ListedPositions{{{-0.4, 0}, {0.4, 0.3}}, {1, 1}}, 2, false, places);
    const Positions periodic(ListedPositions{{{-0.4, 0}, {0.4, 0.3}}, {1, 1}}, 2, true, places);
    EXPECT_DOUBLE_EQ(open.distance(0, 1), std::hypot(0.8, 0.3));
    EXPECT_DOUBLE_EQ(periodic.distance(0, 1), std::hypot(0.2, 0.3));
    EXPECT_DOUBLE_EQ(periodic.distance(1, 0), periodic.distance(0, 1));
    EXPECT_NEAR(periodic.displacement(0, periodic, 1)[0], -0.2, 1e-15);
}

TEST(Positions, WrongNumbersAreErrors) {
    const auto error = [](const PositionRule& rule, bool periodic = false, std::uint32_t neurons = 5) {
        return error_of([&] { Positions(rule, neurons, periodic, places); });
    };
    EXPECT_EQ(error(GridPositions{{2, 3}, {1, 1}, {0, 0}}), "grid: shape [2, 3] holds 6 neurons, not 5");
    EXPECT_EQ(error(FreePositions{{1, 0}, {0, 0}}), "free: extent [1, 0] must be positive");
    EXPECT_EQ(error(ListedPositions{{{0, 0}}, {1, 1}}), "list: 1 positions for 5 neurons");
    EXPECT_EQ(error(ListedPositions{{{0, 0}, {0, 3}}, {2, 2}}, true, 2), "list: positions 3 apart do not fit into the extent 2 of periodic edges");
}

TEST(Spatial, AMaskTakesExactlyThePairsWithin) {
    for (const bool periodic : {false, true})
        for (const double reach : {0.03, 0.11, 0.4, 0.7, 3.0}) {
            const auto sources = free_points(300, periodic);
            const Positions targets(FreePositions{{2, 1}, {5.2, -3.1}}, 200, periodic, {4, "b", "positions"});
            for (const SpatialMask& mask : {SpatialMask(Circular{reach}), SpatialMask(Rectangular{2 * reach, reach}), SpatialMask(NoMask{})}) {
                std::set<std::pair<std::uint32_t, std::uint32_t>> expected, found;
                for (std::uint32_t t = 0; t < 200; ++t)
                    for (std::uint32_t s = 0; s < 300; ++s) {
                        const Point &from = sources.points()[s], &to = targets.points()[t];
                        double dx = std::abs(from[0] - to[0]), dy = std::abs(from[1] - to[1]);
                        if (periodic) dx = std::min(dx, std::abs(2 - dx)), dy = std::min(dy, std::abs(1 - dy));
                        const bool within[]{true, std::hypot(dx, dy) <= reach, dx <= reach && dy <= reach / 2};
                        if (within[mask.index()]) expected.insert({s, t});
                    }
                const auto pairs = pairs_of(Spatial{1.0, mask}, space_of(sources, targets));
                for (const auto& pair : pairs) found.insert({pair.source, pair.target});
                EXPECT_EQ(found, expected) << "periodic " << periodic << ", reach " << reach << ", mask " << mask.index();
                EXPECT_EQ(found.size(), pairs.size());
            }
        }
}

TEST(Spatial, DegreesFollowTheKernel) {
    const auto sheet = grid(60, 60, {6, 6}, true);
    const GaussianDistance kernel{0, 0.8, 0, 0.5};
    const auto pairs = pairs_of(Spatial{DistanceFunction(kernel), Circular{1.5}}, space_of(sheet, sheet));
    // Sums over the lattice around one neuron: all neurons are alike.
    double mean = 0, variance = 0;
    for (int i = -29; i <= 30; ++i)
        for (int j = -29; j <= 30; ++j) {
            const double d = 0.1 * std::hypot(i, j), p = 0.8 * std::exp(-d * d / 0.5);
            if (d < 1.5001) mean += p, variance += p * (1 - p);
        }
    EXPECT_NEAR(double(pairs.size()) / 3600, mean, 4 * std::sqrt(variance / 3600));
    double chi2 = 0;
    for (const int degree : in_degrees(pairs, 3600)) chi2 += std::pow(degree - mean, 2) / variance;
    EXPECT_NEAR(chi2 / 3600, 1, 4 * std::sqrt(2.0 / 3600));
    const auto connector = make_connector(Spatial{DistanceFunction(kernel), Circular{1.5}}, space_of(sheet, sheet), test_random());
    EXPECT_NEAR(connector->expected(), 3600 * mean, 1e-6 * mean);
}

TEST(Spatial, ARangeGivesItsPartOfTheWholeInTheSameOrder) {
    const auto sheet = free_points(500, true);
    const Spatial rule{DistanceFunction(ExponentialDistance{0, 0.9, 0.2}), Circular{0.45}};
    const auto connector = make_connector(rule, space_of(sheet, sheet), test_random());
    const auto whole = pairs_of(*connector, {0, 500});
    std::vector<Pair> joined;
    for (std::uint32_t t = 0; t < 500; t += 125)  // target-major: the parts, one after the other, are the whole
        for (const auto& pair : pairs_of(*connector, {t, t + 125})) joined.push_back(pair);
    EXPECT_EQ(joined, whole);
}

TEST(Spatial, NoAutapsesWhereTheyAreForbidden) {
    const auto sheet = grid(10, 10, {1, 1}, false);
    EXPECT_EQ(autapses_of(pairs_of(Spatial{1.0, NoMask{}, false}, space_of(sheet, sheet))), 0);
    EXPECT_EQ(autapses_of(pairs_of(Spatial{1.0, NoMask{}, true}, space_of(sheet, sheet))), 100);
}

TEST(Spatial, ProbabilitiesAreCutOffAtZeroAndOne) {
    const auto sheet = grid(10, 1, {10, 1}, false);
    for (const auto& pair : pairs_of(Spatial{DistanceFunction(LinearDistance{3, -1}), NoMask{}}, space_of(sheet, sheet)))
        EXPECT_LT(std::abs(int(pair.source) - int(pair.target)), 3);
    EXPECT_EQ(pairs_of(Spatial{DistanceFunction(LinearDistance{3, -1}), NoMask{}}, space_of(sheet, sheet)).size(), 10u + 2 * 9 + 2 * 8);
}

TEST(Spatial, WhatIsMissingIsAnError) {
    const auto open = grid(2, 2, {1, 1}, false), periodic = grid(2, 2, {1, 1}, true);
    const auto error = [](const Spatial& rule, const PairSpace& space) { return error_of([&] { make_connector(rule, space, test_random()); }); };
    EXPECT_EQ(error({}, {.sources = 4, .targets = 4, .source_positions = &open}), "spatial: both populations need positions");
    EXPECT_EQ(error({}, space_of(open, periodic)), "spatial: both populations need the same edges: periodic with one extent, or not periodic");
    EXPECT_EQ(error({.probability = -0.5}, space_of(open, open)), "spatial: probability = -0.5 is not a probability; it must be within 0 and 1");
}

}  // namespace
}  // namespace tripartite
