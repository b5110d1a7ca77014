#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"
#include "synapses/connectors.hpp"

namespace tripartite {
namespace {

constexpr double infinity = std::numeric_limits<double>::infinity();

/// Distances that are equal but for rounding are all within, or none: the neurons of a grid have equal surroundings.
constexpr double rounding = 1 + 1e-9;

bool within(const NoMask&, const Point&) { return true; }
bool within(const Circular& mask, const Point& way) { return std::sqrt(way[0] * way[0] + way[1] * way[1]) <= mask.radius * rounding; }
bool within(const Rectangular& mask, const Point& way) {
    return std::abs(way[0]) <= mask.width / 2 * rounding && std::abs(way[1]) <= mask.height / 2 * rounding;
}

Point reach(const NoMask&) { return {infinity, infinity}; }
Point reach(const Circular& mask) { return {mask.radius, mask.radius}; }
Point reach(const Rectangular& mask) { return {mask.width / 2, mask.height / 2}; }

/// One axis of a grid of cells.
struct Axis {
    double low, cell, reach;
    int cells = 1;
    bool periodic;

    /// Cells no smaller than the reach, at most 1024.
    Axis(const std::vector<Point>& points, int axis, double period, double reach)
        : reach(reach * (2 * rounding - 1)), periodic(std::isfinite(period)) {
        const auto [least, most] = std::ranges::minmax(points, {}, [=](const Point& p) { return p[axis]; });
        low = least[axis];
        const double length = periodic ? period : most[axis] - low;
        if (length > 0) cells = int(std::clamp(length / reach, 1.0, 1024.0));
        cell = length > 0 ? length / cells : 1;
    }
    int at(double x) const { return std::clamp(int((x - low) / cell), 0, cells - 1); }
    /// Calls visit(cell) once for each cell that has points within reach of x.
    template <class Visit> void near(double x, Visit&& visit) const {
        double from = std::floor((x - reach - low) / cell), to = std::floor((x + reach - low) / cell);
        if (!periodic) from = std::fmax(from, 0), to = std::fmin(to, cells - 1);
        else if (to - from >= cells) from = 0, to = cells - 1;
        for (double i = from; i <= to; ++i) visit(int(i - cells * std::floor(i / cells)));
    }
};

/// The sources sorted into cells, so that a target visits those near it only.
class Cells {
public:
    Cells(const Positions& sources, const Point& reach)
        : x_(sources.points(), 0, sources.period()[0], reach[0]), y_(sources.points(), 1, sources.period()[1], reach[1]) {
        cells_.resize(std::size_t(x_.cells) * std::size_t(y_.cells));
        for (std::uint32_t i = 0; i < sources.points().size(); ++i) {
            const auto& [x, y] = sources.points()[i];
            cells_[cell(x_.at(x), y_.at(y))].push_back(i);
        }
    }
    template <class Visit> void near(const Point& at, Visit&& visit) const {
        x_.near(at[0], [&](int x) {
            y_.near(at[1], [&](int y) {
                for (const auto i : cells_[cell(x, y)]) visit(i);
            });
        });
    }

private:
    std::size_t cell(int x, int y) const { return std::size_t(x) * std::size_t(y_.cells) + std::size_t(y); }

    Axis x_, y_;
    std::vector<std::vector<std::uint32_t>> cells_;
};

/// The pairs that may be connected.
struct Candidates {
    Spatial rule;
    PairSpace space;
    Cells cells;

    /// Calls visit(source, probability) for the sources that can reach the target.
    template <class Visit> void of(std::uint32_t target, Visit&& visit) const {
        const Positions &from = *space.source_positions, &to = *space.target_positions;
        std::visit([&](const auto& mask, const auto& probability) {
            cells.near(to.points()[target], [&](std::uint32_t source) {
                if (space.same_population && !rule.autapses && source == target) return;
                const Point way = from.displacement(source, to, target);
                if (!within(mask, way)) return;
                if constexpr (std::is_same_v<decltype(probability), const double&>) visit(source, probability);
                else visit(source, value_at(probability, std::sqrt(way[0] * way[0] + way[1] * way[1])));
            });
        }, rule.mask, rule.probability);
    }
    /// From at most 256 targets, evenly spread.
    double expected() const {
        const std::uint32_t step = space.targets / 256 + 1;
        double sum = 0, targets = 0;
        for (std::uint32_t t = 0; t < space.targets; t += step, ++targets) of(t, [&](std::uint32_t, double p) { sum += std::clamp(p, 0.0, 1.0); });
        return targets > 0 ? sum / targets * space.targets : 0;
    }
};

}  // namespace

std::unique_ptr<Connector> connect(const Spatial& rule, const PairSpace& space, const RandomStream& random) {
    if (!space.source_positions || !space.target_positions) fail("spatial: both populations need positions");
    if (const auto* p = std::get_if<double>(&rule.probability); p && !(*p >= 0 && *p <= 1))
        fail("spatial: probability = {} is not a probability; it must be within 0 and 1", *p);
    if (space.source_positions->period() != space.target_positions->period())
        fail("spatial: both populations need the same edges: periodic with one extent, or not periodic");
    if (space.sources == 0) return connector_of(0, [](IndexRange, PairBatches&) {});
    Candidates candidates{rule, space, {*space.source_positions, std::visit([](const auto& mask) { return reach(mask); }, rule.mask)}};
    const double expected = candidates.expected();
    return connector_of(expected, [=, candidates = std::move(candidates)](IndexRange targets, PairBatches& to) {
        RandomSequence sequence(random);
        for (std::uint32_t t = targets.begin; t < targets.end; ++t)
            candidates.of(t, [&](std::uint32_t s, double p) {
                const std::uint64_t number = std::uint64_t(t) * space.sources + s;
                to.add({s, t, number}, sequence.bits(number) < probability_bound(p));
            });
    });
}

}  // namespace tripartite
