#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "plot/groups.hpp"
#include "plot/pictures.hpp"

namespace tripartite {
namespace {

constexpr double panel_height = 44, panel_gap = 22;

struct NamedCurve {
    std::string name;
    RateCurve curve;
};

/// A rate as recorded, averaged over some intervals if there are more than 500. A value is stamped at the end of its interval.
RateCurve recorded_rate(const RunFolder& run, const std::string& population, const Window& window) {
    const auto series = run.rate(population, window);
    const auto together = std::size_t(nice_above(std::max(1.0, double(series.steps()) / 500)));
    const double begin = series.start - series.interval;
    RateCurve curve{begin, series.interval * double(together), begin + double(series.steps()) * series.interval, {}};
    for (std::size_t i = 0; i < series.steps(); i += together) {
        const auto end = std::min(i + together, series.steps());
        curve.values.push_back(std::accumulate(series.values.begin() + std::ptrdiff_t(i), series.values.begin() + std::ptrdiff_t(end), 0.0) / double(end - i));
    }
    return curve;
}

std::vector<NamedCurve> curves_of(const RunFolder& run, const Window& window) {
    std::vector<NamedCurve> curves;
    for (const auto& name : run.with_rates()) curves.push_back({name, recorded_rate(run, name, window)});
    if (!curves.empty()) return curves;
    std::uint64_t fewest = 0;
    for (const auto& p : run.spiking()) {
        const auto spikes = run.spike_count(p.name, window);
        if (spikes > 0 && (fewest == 0 || spikes < fewest)) fewest = spikes;
    }
    const double width = bin_width(window, fewest);
    for (const auto& p : run.spiking()) curves.push_back({p.name, rate_of(binned(run.spikes(p.name, window).times, window, width), p.neurons, window, width)});
    return curves;
}

}  // namespace

Canvas draw_rates(const RunFolder& run, const PlotOptions& options) {
    const auto window = window_of(run, options);
    const auto unit = time_unit(window);
    const auto curves = curves_of(run, window);
    std::vector<std::string> names;
    std::vector<Panel> panels;
    Canvas canvas(picture_width);
    double y = draw_title(canvas, run.name()) + 8, left = 0;
    for (const auto& [name, curve] : curves) {
        const double highest = curve.values.empty() ? 0 : std::ranges::max(curve.values);
        panels.push_back({{0, y + 12, 0, panel_height}, window.from / unit.ms, window.to / unit.ms, 0, highest > 0 ? 1.05 * highest : 1});
        left = std::max(left, picture_margin + y_axis_width(panels.back()));
        names.push_back(name);
        y += panel_height + panel_gap;
    }
    const auto colours = colours_of(names);
    for (std::size_t i = 0; i < panels.size(); ++i) {
        auto& panel = panels[i];
        panel.box.left = left, panel.box.width = picture_width - picture_margin - left;
        canvas.text({left, panel.box.top - 8}, elided(names[i], 60) + " (Hz)", {.colour = colours[i], .bold = true});
        draw_y_axis(canvas, panel);
        y = draw_x_axis(canvas, panel, i + 1 == panels.size() ? unit.label() : "");
        draw_rate(canvas, panel, curves[i].curve, unit, colours[i]);
    }
    canvas.paragraph({picture_margin, y + 12}, picture_width - 2 * picture_margin,
                     fmt::format("Mean rate per neuron, in intervals of {}.", duration_text(curves[0].curve.width)), small_text);
    return canvas;
}

}  // namespace tripartite
