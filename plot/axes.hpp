#pragma once
#include <string>
#include <vector>

#include "plot/canvas.hpp"

namespace tripartite {

/// At most `most` multiples of 1, 2 or 5 times a power of ten within [low, high], as many as that allows.
std::vector<double> nice_ticks(double low, double high, int most);
/// The least number 1, 2 or 5 times a power of ten that is at least x > 0.
double nice_above(double x);
/// Each tick with the digits that tell it from its neighbours.
std::vector<std::string> tick_labels(const std::vector<double>& ticks);

/// Three significant digits: "0.034", "3.96", "41.3", "1234".
std::string short_number(double x);
/// At most that many bytes of text, and an ellipsis if there were more.
std::string elided(const std::string& text, std::size_t most = 24);
/// Digits in groups of three: "77 169".
std::string count_text(std::uint64_t n);

/// A part of the canvas with the data's coordinates.
struct Panel {
    Box box;
    double x_low, x_high, y_low, y_high;
    bool counts = false;  ///< x takes whole numbers only

    double x(double value) const { return box.left + box.width * (value - x_low) / (x_high - x_low); }
    double y(double value) const { return box.bottom() - box.height * (value - y_low) / (y_high - y_low); }
    /// The ticks that fit beside the panel and below it.
    std::vector<double> x_ticks() const;
    std::vector<double> y_ticks() const;
};

/// The space that labels of the y axis take on the left.
double y_axis_width(const Panel& panel);
/// Grid lines and their labels on the left.
void draw_y_axis(Canvas& canvas, const Panel& panel);
/// The line below the panel with ticks; with a label also their numbers and, below them, the label. Returns the y below all that.
double draw_x_axis(Canvas& canvas, const Panel& panel, const std::string& label);

struct LegendEntry {
    std::string name;
    Colour colour;
};
/// Names with a stroke of their colours, in rows between `at` and `right`; returns the y of the last row.
double draw_legend(Canvas& canvas, CanvasPoint at, double right, const std::vector<LegendEntry>& entries);

}  // namespace tripartite
