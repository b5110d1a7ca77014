#include "synapses/positions.hpp"

#include <algorithm>
#include <cmath>
#include <limits>

#include "core/error.hpp"

namespace tripartite {
namespace {

std::vector<Point> points_of(const GridPositions& grid, std::uint32_t neurons, const RandomStream&) {
    const auto [columns, rows] = grid.shape;
    const std::uint64_t cells = std::uint64_t(columns) * rows;
    if (cells != neurons) fail("grid: shape [{}, {}] holds {} neurons, not {}", columns, rows, cells, neurons);
    std::vector<Point> points(neurons);
    for (std::uint32_t i = 0; i < neurons; ++i)
        points[i] = {grid.centre[0] + grid.extent[0] * ((i / rows + 0.5) / columns - 0.5),
                     grid.centre[1] - grid.extent[1] * ((i % rows + 0.5) / rows - 0.5)};
    return points;
}

std::vector<Point> points_of(const FreePositions& free, std::uint32_t neurons, const RandomStream& random) {
    std::vector<Point> points(neurons);
    for (std::uint32_t i = 0; i < neurons; ++i)
        for (std::uint32_t axis = 0; axis < 2; ++axis) points[i][axis] = free.centre[axis] + free.extent[axis] * (random.uniform(i, axis) - 0.5);
    return points;
}

std::vector<Point> points_of(const ListedPositions& list, std::uint32_t neurons, const RandomStream&) {
    if (list.points.size() != neurons) fail("list: {} positions for {} neurons", list.points.size(), neurons);
    return list.points;
}

/// From the least to the greatest coordinate.
double width(const std::vector<Point>& points, int axis) {
    if (points.empty()) return 0;
    const auto [least, most] = std::ranges::minmax(points, {}, [=](const Point& p) { return p[axis]; });
    return most[axis] - least[axis];
}

}  // namespace

Positions::Positions(const PositionRule& rule, std::uint32_t neurons, bool periodic, const RandomStream& random) {
    constexpr double infinity = std::numeric_limits<double>::infinity();
    std::visit([&](const auto& r) {
        if (!(r.extent[0] > 0 && r.extent[1] > 0)) fail("{}: extent [{}, {}] must be positive", r.name, r.extent[0], r.extent[1]);
        points_ = points_of(r, neurons, random);
        period_ = periodic ? r.extent : Point{infinity, infinity};
        for (int axis = 0; axis < 2; ++axis)
            if (width(points_, axis) > period_[axis] * (1 + 1e-9))
                fail("{}: positions {} apart do not fit into the extent {} of periodic edges", r.name, width(points_, axis), period_[axis]);
    }, rule);
}

Point Positions::displacement(std::uint32_t i, const Positions& other, std::uint32_t j) const {
    Point way;
    for (int axis = 0; axis < 2; ++axis) {
        way[axis] = other.points_[j][axis] - points_[i][axis];
        if (std::isfinite(period_[axis])) way[axis] -= period_[axis] * std::round(way[axis] / period_[axis]);
    }
    return way;
}

double Positions::distance(std::uint32_t i, const Positions& other, std::uint32_t j) const {
    const auto [x, y] = displacement(i, other, j);
    return std::sqrt(x * x + y * y);
}

}  // namespace tripartite
