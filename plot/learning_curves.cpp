#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>

#include "plot/groups.hpp"
#include "plot/pictures.hpp"

namespace tripartite {
namespace {

constexpr double chart_height = 190, between = 30;

/// One curve over the epochs, from epoch 1 on, NaN where there is no value; a single value is drawn as a disc.
struct Curve {
    std::vector<double> values;
    Colour colour;
    double line_width;
};

template <class Value> std::vector<double> over_epochs(const RunFolder& run, Value value) {
    std::vector<double> values;
    for (const auto& epoch : run.training().epochs) values.push_back(value(epoch));
    return values;
}

/// A panel that holds the curves, within a box that the numbers of its y axis share.
Panel panel_for(const std::vector<Curve>& curves, Box box) {
    double epochs = 1, low = INFINITY, high = -INFINITY;
    for (const auto& c : curves) {
        epochs = std::max(epochs, double(c.values.size()));
        for (const double v : c.values)
            if (std::isfinite(v)) low = std::min(low, v), high = std::max(high, v);
    }
    if (!(low <= high)) low = 0, high = 1;
    const double space = high > low ? 0.04 * (high - low) : 0.5;
    Panel panel{box, 1, std::max(2.0, epochs), low - space, high + space, true};
    const double axis = y_axis_width(panel);
    panel.box.left += axis, panel.box.width -= axis;
    return panel;
}

double draw_panel(Canvas& canvas, const Panel& panel, const std::string& heading, const std::vector<Curve>& curves) {
    canvas.text({panel.box.left, panel.box.top - 11}, heading, heading_text);
    draw_y_axis(canvas, panel);
    for (const auto& c : curves) {
        std::vector<CanvasPoint> points;
        for (std::size_t i = 0; i < c.values.size(); ++i)
            if (std::isfinite(c.values[i])) points.push_back({panel.x(double(i + 1)), panel.y(c.values[i])});
        canvas.line(points, c.colour, c.line_width);
        if (points.size() == 1) canvas.disc(points[0], 2.4, c.colour);
    }
    return draw_x_axis(canvas, panel, "epoch");
}

/// Several runs of one experiment have the same name: `alone` tells whether it says enough.
std::string legend_text(const RunFolder& run, bool alone) {
    const auto& t = run.training();
    auto text = elided(alone ? run.name() : run.folder_name());
    if (t.test_accuracy) text += fmt::format(": test {:.2f} %", 100 * *t.test_accuracy);
    return text + (t.best_epoch ? fmt::format(", epoch {}", *t.best_epoch) : "");
}

}  // namespace

Canvas draw_learning_curves(std::span<const RunFolder> runs) {
    Canvas canvas(picture_width);
    std::vector<Curve> losses, accuracies;
    std::vector<LegendEntry> legend;
    bool validated = false, tested = false;
    for (std::size_t i = 0; i < runs.size(); ++i) {
        const Colour colour = palette(i);
        const auto& t = runs[i].training();
        const bool validates = std::ranges::any_of(t.epochs, [](const auto& e) { return e.validation_accuracy.has_value(); });
        validated |= validates;
        losses.push_back({over_epochs(runs[i], [](const Epoch& e) { return e.train_loss; }), colour, 1.2});
        accuracies.push_back({over_epochs(runs[i], [](const Epoch& e) { return 100 * e.train_accuracy; }), colour.faded(0.4), 0.9});
        if (validates) accuracies.push_back({over_epochs(runs[i], [](const Epoch& e) { return 100 * e.validation_accuracy.value_or(NAN); }), colour, 1.4});
        if (t.test_accuracy && t.best_epoch) {
            accuracies.push_back({std::vector<double>(std::size_t(*t.best_epoch), NAN), colour, 0});
            accuracies.back().values.back() = 100 * *t.test_accuracy;
            tested = true;
        }
        legend.push_back({legend_text(runs[i], runs.size() == 1), colour});
    }
    const double top = draw_title(canvas, runs.size() == 1 ? runs[0].name() : "Learning curves") + 22;
    const double width = (picture_width - 2 * picture_margin - between) / 2;
    const bool learned_by_loss = std::ranges::any_of(losses, [](const Curve& c) { return std::ranges::any_of(c.values, [](double v) { return std::isfinite(v); }); });
    const Box first{picture_margin, top, width, chart_height}, second{picture_margin + width + between, top, width, chart_height};
    const auto accuracy = panel_for(accuracies, learned_by_loss ? second : first);
    double y = draw_panel(canvas, accuracy, "Accuracy (%)", accuracies), left = accuracy.box.left;
    if (learned_by_loss) {
        const auto loss = panel_for(losses, first);
        y = draw_panel(canvas, loss, "Training loss", losses), left = loss.box.left;
    }
    const double rows = draw_legend(canvas, {left, y + 14}, picture_width - picture_margin, legend);
    std::string caption = "Training samples: ";
    caption += validated ? "pale lines (as trained, with dropout and augmentation if there are any). Validation samples: strong lines." : "pale lines.";
    if (tested) caption += " Disc: test samples, with the weights of that epoch.";
    canvas.paragraph({picture_margin, rows + 18}, picture_width - 2 * picture_margin, caption, small_text);
    return canvas;
}

}  // namespace tripartite
