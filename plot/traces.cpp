#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "plot/groups.hpp"
#include "plot/pictures.hpp"

namespace tripartite {
namespace {

constexpr std::uint64_t most_traces = 5;
constexpr double strip_height = 40, lone_strip_height = 80, strip_gap = 9, spike_height = 5;

/// A field's strips share their range of values.
struct Strips {
    Series series;
    std::vector<Panel> panels;
};

/// The least and the greatest value, with a little space around them; constant values get space too.
std::pair<double, double> range_of(const RunFolder& run, const std::string& population, const Series& series) {
    for (const double v : series.values)
        if (!std::isfinite(v)) fail("{}: '{}' of '{}' has values that are not finite", run.folder(), series.name, population);
    const auto [low, high] = std::ranges::minmax(series.values);
    const double space = high > low ? 0.06 * (high - low) : std::max(1e-3, 0.1 * std::abs(high));
    return {low - space, high + space};
}

std::vector<Strips> strips_of(const RunFolder& run, const std::string& population, const Window& window, const TimeUnit& unit, double& y) {
    std::vector<Strips> all;
    for (const auto& field : run.fields(population)) {
        Strips strips{run.states(population, field, window, most_traces), {}};
        if (strips.series.values.empty()) continue;
        const auto [low, high] = range_of(run, population, strips.series);
        y += 12;
        const double height = strips.series.neurons.size() == 1 ? lone_strip_height : strip_height;
        for (std::size_t i = 0; i < strips.series.neurons.size(); ++i, y += height + strip_gap)
            strips.panels.push_back({{0, y, 0, height}, window.from / unit.ms, window.to / unit.ms, low, high});
        y += 8;
        all.push_back(std::move(strips));
    }
    return all;
}

std::string neuron_name(std::uint64_t id) { return "neuron " + std::to_string(id); }

void draw_strip(Canvas& canvas, const Panel& panel, const Series& series, std::size_t column, const TimeUnit& unit, const Spikes& spikes, Colour colour) {
    draw_y_axis(canvas, panel);
    std::vector<CanvasPoint> points;
    Marks marks{{}, 0.8, spike_height, ink};
    for (std::size_t step = 0; step < series.steps(); ++step)
        points.push_back({panel.x((series.start + double(step) * series.interval) / unit.ms), panel.y(series.at(step, column))});
    canvas.line(points, colour, 0.7);
    for (std::size_t i = 0; i < spikes.times.size(); ++i)
        if (spikes.neurons[i] == series.neurons[column]) marks.points.push_back({panel.x(spikes.times[i] / unit.ms), panel.box.top - spike_height / 2 + 1});
    canvas.marks({&marks, 1});
}

bool has_spikes(const RunFolder& run, const std::string& population) {
    return std::ranges::count(run.spiking(), population, &RecordedPopulation::name) > 0;
}

}  // namespace

Canvas draw_traces(const RunFolder& run, const std::string& population, const PlotOptions& options) {
    const auto asked = window_of(run, options), there = run.states_recorded(population);
    const Window window{std::max(asked.from, there.from), std::min(asked.to, there.to)};
    if (window.length() <= 0) fail("{}: no state of '{}' is recorded from {} to {} ms", run.folder(), population, asked.from, asked.to);
    const auto unit = time_unit(window);
    Canvas canvas(picture_width);
    double y = draw_title(canvas, run.name() + ": " + population) + 6, names = 0, axis = 0;
    const auto all = strips_of(run, population, window, unit, y);
    if (all.empty()) fail("{}: no state of '{}' is recorded from {} to {} ms", run.folder(), population, asked.from, asked.to);
    for (const auto& strips : all) {
        for (const auto id : strips.series.neurons) names = std::max(names, Canvas::text_width(neuron_name(id)));
        axis = std::max(axis, y_axis_width(strips.panels[0]));
    }
    const double left = picture_margin + names + 8 + axis;
    const auto spikes = has_spikes(run, population) ? run.spikes(population, window) : Spikes();
    const Colour colour = colours_of(std::vector{population})[0];
    for (const auto& strips : all) {
        const auto& [series, panels] = strips;
        canvas.text({picture_margin, panels[0].box.top - 10}, series.units.empty() ? series.name : series.name + " (" + series.units + ")", heading_text);
        for (std::size_t i = 0; i < panels.size(); ++i) {
            auto panel = panels[i];
            panel.box.left = left, panel.box.width = picture_width - picture_margin - left;
            canvas.text({picture_margin, panel.box.top + panel.box.height / 2}, neuron_name(series.neurons[i]));
            draw_strip(canvas, panel, series, i, unit, spikes, colour);
            if (i + 1 == panels.size()) y = draw_x_axis(canvas, panel, &strips == &all.back() ? unit.label() : "");
        }
    }
    std::string caption = fmt::format("States every {}.", duration_text(all[0].series.interval));
    if (has_spikes(run, population)) caption += " Marks above a strip are spikes.";
    if (run.of_samples()) caption += " Samples follow each other without a gap.";
    canvas.paragraph({picture_margin, y + 12}, picture_width - 2 * picture_margin, caption, small_text);
    return canvas;
}

}  // namespace tripartite
