#include "plot/axes.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "core/error.hpp"

namespace tripartite {
namespace {

constexpr TextStyle tick_text{.size = 7.5, .colour = quiet_ink};
constexpr double tick_length = 3, label_gap = 3;

}  // namespace

double nice_above(double x) {
    TRIPARTITE_CHECK(x > 0 && std::isfinite(x));
    for (int exponent = int(std::floor(std::log10(x))) - 1;; ++exponent)
        for (const int digit : {1, 2, 5}) {
            // Powers of ten below 1 are not exact, their reciprocals are: 3 * 0.1 would not be 0.3.
            const double nice = exponent < 0 ? digit / std::pow(10, -exponent) : digit * std::pow(10, exponent);
            if (nice >= x * (1 - 1e-12)) return nice;
        }
}

std::vector<double> nice_ticks(double low, double high, int most) {
    TRIPARTITE_CHECK(low < high && most >= 1);
    for (double step = nice_above((high - low) / (most + 1));; step = nice_above(step * 1.5)) {
        const double first = std::ceil(low / step - 1e-9), last = std::floor(high / step + 1e-9);
        if (last - first + 1 > most) continue;
        std::vector<double> ticks;
        const double per_unit = std::round(1 / step);
        for (double i = first; i <= last; ++i) ticks.push_back((step < 1 ? i / per_unit : i * step) + 0.0);
        return ticks;
    }
}

std::vector<std::string> tick_labels(const std::vector<double>& ticks) {
    double largest = 0, step = ticks.size() > 1 ? ticks[1] - ticks[0] : 0;
    for (const double t : ticks) largest = std::max(largest, std::abs(t));
    if (step <= 0) step = largest > 0 ? largest : 1;
    const int decimals = std::max(0, -int(std::floor(std::log10(step) + 1e-9)));
    std::vector<std::string> labels;
    for (const double t : ticks) {
        const auto size = largest >= 1e6 || decimals > 5 ? fmt::format("{:.6g}", std::abs(t)) : fmt::format("{:.{}f}", std::abs(t), decimals);
        labels.push_back(t < 0 ? "\u2212" + size : size);  // a minus sign, not a hyphen
    }
    return labels;
}

std::string short_number(double x) {
    const int digits_before = x == 0 ? 1 : int(std::floor(std::log10(std::abs(x)))) + 1;
    return fmt::format("{:.{}f}", x, x == 0 ? 0 : std::clamp(3 - digits_before, 0, 6));
}

std::string elided(const std::string& text, std::size_t most) {
    if (text.size() <= most) return text;
    while (most > 0 && (text[most] & 0xC0) == 0x80) --most;  // not within a character of UTF-8
    return text.substr(0, most) + "\u2026";
}

std::string count_text(std::uint64_t n) {
    std::string digits = std::to_string(n);
    for (auto at = int(digits.size()) - 3; at > 0; at -= 3) digits.insert(std::size_t(at), "\u202f");
    return digits;
}

std::vector<double> Panel::x_ticks() const {
    const int fit = std::clamp(int(box.width / 40), 1, 12);
    return nice_ticks(x_low, x_high, counts ? std::min(fit, int(x_high - x_low) + 1) : fit);
}
std::vector<double> Panel::y_ticks() const { return nice_ticks(y_low, y_high, std::clamp(int(box.height / 11), 1, 8)); }

double y_axis_width(const Panel& panel) {
    double width = 0;
    for (const auto& label : tick_labels(panel.y_ticks())) width = std::max(width, Canvas::text_width(label, tick_text));
    return width + label_gap;
}

void draw_y_axis(Canvas& canvas, const Panel& panel) {
    const auto ticks = panel.y_ticks();
    const auto labels = tick_labels(ticks);
    auto style = tick_text;
    style.align = Align::right;
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const double y = panel.y(ticks[i]);
        canvas.line(std::array{CanvasPoint{panel.box.left, y}, CanvasPoint{panel.box.right(), y}}, grid_grey, 0.5);
        canvas.text({panel.box.left - label_gap, y}, labels[i], style);
    }
}

double draw_x_axis(Canvas& canvas, const Panel& panel, const std::string& label) {
    const double y = panel.box.bottom();
    const auto ticks = panel.x_ticks();
    const auto labels = tick_labels(ticks);
    auto style = tick_text;
    style.align = Align::centre;
    canvas.line(std::array{CanvasPoint{panel.box.left, y}, CanvasPoint{panel.box.right(), y}}, axis_grey, 0.6);
    for (std::size_t i = 0; i < ticks.size(); ++i) {
        const double x = panel.x(ticks[i]);
        canvas.line(std::array{CanvasPoint{x, y}, CanvasPoint{x, y + tick_length}}, axis_grey, 0.6);
        if (!label.empty()) canvas.text({x, y + tick_length + 6}, labels[i], style);
    }
    if (label.empty()) return y + tick_length;
    canvas.text({panel.box.left + panel.box.width / 2, y + tick_length + 17}, label, {.align = Align::centre});
    return y + tick_length + 24;
}

double draw_legend(Canvas& canvas, CanvasPoint at, double right, const std::vector<LegendEntry>& entries) {
    constexpr double stroke = 14, gap = 4, between = 12, row = 12;
    double x = at.x;
    for (const auto& e : entries) {
        const double length = stroke + gap + Canvas::text_width(e.name);
        if (x > at.x && x + length > right) x = at.x, at.y += row;
        canvas.line(std::array{CanvasPoint{x, at.y}, CanvasPoint{x + stroke, at.y}}, e.colour, 1.6);
        canvas.text({x + stroke + gap, at.y}, e.name);
        x += length + between;
    }
    return at.y;
}

}  // namespace tripartite
