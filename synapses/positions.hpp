#pragma once
#include <array>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/random.hpp"

/// Where the neurons of a population are, in a plane; any one unit of length.
namespace tripartite {

using Point = std::array<double, 2>;

/// Neurons at the centres of the cells of a grid: from left to right in columns, each column from top to bottom (NEST's order).
struct GridPositions {
    static constexpr std::string_view name = "grid", doc = "the centres of a grid's cells, column by column, each from top to bottom";
    std::array<std::uint32_t, 2> shape{1, 1};  ///< columns and rows; their product is the size of the population
    Point extent{1, 1}, centre{0, 0};
    static constexpr auto fields() {
        return std::tuple{field("shape", &GridPositions::shape, "", "columns and rows; their product is the size of the population"),
                          field("extent", &GridPositions::extent, "", "width and height"), field("centre", &GridPositions::centre, "", "of the grid")};
    }
};

/// Uniform in a rectangle.
struct FreePositions {
    static constexpr std::string_view name = "free", doc = "uniform in a rectangle";
    Point extent{1, 1}, centre{0, 0};
    static constexpr auto fields() {
        return std::tuple{field("extent", &FreePositions::extent, "", "width and height"), field("centre", &FreePositions::centre, "", "of the rectangle")};
    }
};

/// One point per neuron.
struct ListedPositions {
    static constexpr std::string_view name = "list", doc = "one point per neuron";
    std::vector<Point> points;
    Point extent{1, 1};  ///< matters only for periodic edges
    static constexpr auto fields() {
        return std::tuple{field("points", &ListedPositions::points, "", "[x, y] of each neuron"),
                          field("extent", &ListedPositions::extent, "", "width and height, for periodic edges")};
    }
};

using PositionRule = std::variant<GridPositions, FreePositions, ListedPositions>;

/// The points of a population; with periodic edges the shortest way between two points may cross them.
class Positions {
public:
    /// Errors: not as many points as neurons, extents that are not positive, periodic edges that do not hold the points.
    Positions(const PositionRule& rule, std::uint32_t neurons, bool periodic, const RandomStream& random);

    const std::vector<Point>& points() const { return points_; }
    /// The shortest vector from neuron i of this population to neuron j of the other, which has the same edges.
    Point displacement(std::uint32_t i, const Positions& other, std::uint32_t j) const;
    double distance(std::uint32_t i, const Positions& other, std::uint32_t j) const;
    double distance(std::uint32_t i, std::uint32_t j) const { return distance(i, *this, j); }

    /// The period along each axis; infinite if the edges are not periodic.
    const Point& period() const { return period_; }

private:
    std::vector<Point> points_;
    Point period_;
};

}  // namespace tripartite
