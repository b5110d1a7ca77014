// Delays of a trained network that depend on the distance are the function of the shortest way between two points, rounded to steps.
#include <gtest/gtest.h>

#include <cmath>
#include <functional>
#include <set>

#include "core/random.hpp"
#include "engine/engine.hpp"
#include "experiment/read_experiment.hpp"

namespace tripartite {
namespace {

using Points = std::vector<std::array<double, 2>>;
constexpr double dt = 0.1;

/// `a` has 12 neurons, projects to itself and to `b` with 4. No period: edges that are not neighbours.
struct Placed {
    std::string positions_a, positions_b, delay;
    Points a, b;
    std::array<double, 2> period;
    std::function<double(double)> time;  ///< ms, of a distance

    /// The shortest way to any image of the other point.
    static double distance(const std::array<double, 2>& p, const std::array<double, 2>& q, const std::array<double, 2>& period) {
        double shortest = INFINITY;
        for (const int column : {-1, 0, 1})
            for (const int row : {-1, 0, 1}) shortest = std::min(shortest, std::hypot(q[0] - p[0] + column * period[0], q[1] - p[1] + row * period[1]));
        return shortest;
    }
    /// [target][source]
    std::vector<int> steps(const Points& targets, const std::array<double, 2>& edges) const {
        std::vector<int> steps;
        for (const auto& target : targets)
            for (const auto& source : a) steps.push_back(int(std::lround(time(distance(source, target, edges)) / dt)));
        return steps;
    }

    void expect_delays() const {
        const auto experiment = parse_experiment("experiment: {seed: 3}\ntime: {dt: 0.1 ms, steps: 4}\nnetwork:\n  populations:\n"
                                                 "    a: {size: 12, neuron: lif, positions: " + positions_a + "}\n    b: {size: 4, neuron: lif, positions: " + positions_b + "}\n"
                                                 "  projections:\n    - {from: input, to: a, dense: {}}\n"
                                                 "    - {from: a, to: a, dense: {}, delay: " + delay + "}\n    - {from: a, to: b, dense: {}, delay: " + delay + "}\n"
                                                 "input: {dataset: generated}\nlearning: {bptt: {loss: ce_membrane}, optimiser: adam}\n", "TEST");
        ThreadPool pool(1);
        Engine<float> engine(make_network(experiment, 2), {.dt = dt, .steps = 4, .seed = 3}, pool);
        int seen = 0;
        for (const auto& link : engine.links()) {
            if (link.from < 0) continue;
            const auto expected = steps(engine.population(link.to).spec().name == "a" ? a : b, period);
            EXPECT_EQ(link.projection->delays(), expected);
            EXPECT_GT(std::set(expected.begin(), expected.end()).size(), 3u);
            ++seen;
        }
        EXPECT_EQ(seen, 2);
        EXPECT_EQ(steps(a, period) != steps(a, {0, 0}), period[0] > 0) << "some way crosses an edge";
    }
};

/// Uniform in a rectangle: the random numbers of the population's positions, one for each axis.
Points free_points(const std::string& population, int size, std::array<double, 2> extent, std::array<double, 2> centre = {0, 0}) {
    const RandomStream random(3, population, "positions");
    Points points;
    for (int i = 0; i < size; ++i)
        points.push_back({centre[0] + extent[0] * (random.uniform(std::uint32_t(i), 0) - 0.5), centre[1] + extent[1] * (random.uniform(std::uint32_t(i), 1) - 0.5)});
    return points;
}

/// The centres of cells of size 1: columns from left to right, each from top to bottom.
Points grid_points(int columns, int rows) {
    Points points;
    for (int i = 0; i < columns * rows; ++i) points.push_back({i / rows - (columns - 1) / 2.0, (rows - 1) / 2.0 - i % rows});
    return points;
}

TEST(TrainedDistances, OfFreePositionsGiveTheDelays) {
    Placed{"{free: {extent: [2, 1]}}", "{free: {extent: [1, 3], centre: [0.5, 2]}}", "{linear: {c: 1 ms, a: 2 ms}}", free_points("a", 12, {2, 1}), free_points("b", 4, {1, 3}, {0.5, 2}), {0, 0},
           [](double d) { return 1 + 2 * d; }}.expect_delays();
}

TEST(TrainedDistances, OfFreePositionsCrossPeriodicEdges) {
    Placed{"{free: {extent: [2, 1]}, periodic: true}", "{free: {extent: [2, 1]}, periodic: true}", "{exponential_distance: {c: 0.5 ms, a: 4 ms, beta: 0.4}}", free_points("a", 12, {2, 1}),
           free_points("b", 4, {2, 1}), {2, 1}, [](double d) { return 0.5 + 4 * std::exp(-d / 0.4); }}.expect_delays();
}

TEST(TrainedDistances, OfAGridCrossPeriodicEdges) {
    Placed{"{grid: {shape: [4, 3], extent: [4, 3]}, periodic: true}", "{list: {points: [[-2, -1.5], [0.2, 1.4], [1.9, 0], [1, -1]], extent: [4, 3]}, periodic: true}",
           "{gaussian_distance: {c: 1 ms, a: 5 ms, mean: 0.7, sd: 0.9}}", grid_points(4, 3), {{-2, -1.5}, {0.2, 1.4}, {1.9, 0}, {1, -1}}, {4, 3},
           [](double d) { return 1 + 5 * std::exp(-(d - 0.7) * (d - 0.7) / (2 * 0.9 * 0.9)); }}.expect_delays();
}

TEST(TrainedDistances, OfAGridGiveTheDelays) {
    Placed{"{grid: {shape: [3, 4], extent: [3, 4]}}", "{grid: {shape: [2, 2], extent: [2, 2]}}", "{exponential_distance: {c: 6 ms, a: -5 ms, beta: 1.3}}", grid_points(3, 4), grid_points(2, 2), {0, 0},
           [](double d) { return 6 - 5 * std::exp(-d / 1.3); }}.expect_delays();
}

}  // namespace
}  // namespace tripartite
