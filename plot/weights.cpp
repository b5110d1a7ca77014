#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <numeric>

#include "plot/groups.hpp"
#include "plot/pictures.hpp"

namespace tripartite {
namespace {

constexpr std::uint64_t most_images = 400;
constexpr double between_images = 5, label_height = 10, pitch = 0.25;  ///< a pixel of a PNG is 0.25 points
constexpr int shades = 64;

double on_pixels(double length) { return std::floor(length / pitch) * pitch; }

/// Where images lie: rows of equal columns, at most as wide as the picture.
struct Grid {
    std::size_t columns;
    double pixel, column_width, row_height, label_height;

    /// The upper left corner of an image, below its label, in a grid that begins at `top`.
    CanvasPoint corner(std::size_t i, double top) const {
        return {picture_margin + double(i % columns) * column_width, top + label_height + double(i / columns) * row_height};
    }
};

Grid grid_for(const WeightImages& images, std::size_t count) {
    const double width = picture_width - 2 * picture_margin, label = images.labels.empty() ? 0 : label_height;
    const auto fit = std::size_t(std::max(1.0, width / (double(images.width) * pitch + between_images)));
    const auto columns = std::min({std::max<std::size_t>(10, std::size_t(std::ceil(std::sqrt(double(count))))), fit, std::max<std::size_t>(count, 4)});
    const double column = on_pixels(width / double(columns)), pixel = std::max(pitch, on_pixels((column - between_images) / double(images.width)));
    return {columns, pixel, column, pixel * double(images.height) + between_images + label, label};
}

/// Which images are drawn: at even distances, those of one class together.
std::vector<std::size_t> order_of(const WeightImages& images, std::uint64_t wanted) {
    std::vector<std::size_t> order(images.count());
    std::iota(order.begin(), order.end(), std::size_t(0));
    if (!images.labels.empty()) std::ranges::stable_sort(order, {}, [&](std::size_t i) { return std::uint64_t(images.labels[i]); });  // -1: last
    std::vector<std::size_t> chosen;
    for (const auto i : evenly(std::min<std::uint64_t>(wanted, order.size()), order.size())) chosen.push_back(order[i]);
    return chosen;
}

Colour shade(int level) {
    const double grey = 1 - double(level) / (shades - 1);
    return {ink.red + grey * (1 - ink.red), ink.green + grey * (1 - ink.green), ink.blue + grey * (1 - ink.blue)};
}

/// The pixels of an image whose corner is given, each among those of its shade: white for the smallest weight, dark for the largest.
void add_pixels(std::vector<Marks>& marks, std::span<const double> weights, std::uint64_t width, CanvasPoint corner, double pixel) {
    const auto [low, high] = std::ranges::minmax(weights);
    for (std::size_t i = 0; i < weights.size(); ++i) {
        const double part = high > low ? (weights[i] - low) / (high - low) : 0;
        marks[std::size_t(std::lround(part * (shades - 1)))].points.push_back({corner.x + (double(i % width) + 0.5) * pixel, corner.y + (double(i / width) + 0.5) * pixel});
    }
}

std::string caption(const WeightImages& images, std::size_t drawn) {
    std::string text = images.kernels ? "Kernels" : "Weights from each pixel onto a neuron";
    text += ", white the smallest and dark the largest of each. ";
    if (!images.labels.empty()) text += "Numbers: the class that a neuron stands for (-: it never fired). ";
    text += drawn < images.count() ? fmt::format("{} of {}, at even distances.", drawn, count_text(images.count())) : fmt::format("All {}.", count_text(drawn));
    return text;
}

}  // namespace

Canvas draw_weights(const RunFolder& run, const std::string& projection, const PlotOptions& options) {
    const auto images = run.weight_images(projection);
    const auto order = order_of(images, options.neurons.value_or(most_images));
    const auto grid = grid_for(images, order.size());
    Canvas canvas(picture_width);
    double y = draw_title(canvas, run.name()) + 10;
    canvas.text({picture_margin, y}, elided("Weights of " + projection, 60), heading_text);
    y += 14;
    std::vector<Marks> marks;
    for (int level = 0; level < shades; ++level) marks.push_back({{}, grid.pixel, grid.pixel, shade(level)});
    for (std::size_t i = 0; i < order.size(); ++i)
        add_pixels(marks, std::span(images.values).subspan(order[i] * images.pixels(), images.pixels()), images.width, grid.corner(i, y), grid.pixel);
    canvas.marks(marks);
    for (std::size_t i = 0; i < order.size() && !images.labels.empty(); ++i) {  // after the pixels, whose image is opaque
        const auto [left, top] = grid.corner(i, y);
        canvas.text({left, top - label_height + 4}, images.labels[order[i]] < 0 ? "-" : std::to_string(images.labels[order[i]]), small_text);
    }
    canvas.paragraph({picture_margin, grid.corner(order.size() + grid.columns - 1, y).y + 8}, picture_width - 2 * picture_margin, caption(images, order.size()), small_text);
    return canvas;
}

}  // namespace tripartite
