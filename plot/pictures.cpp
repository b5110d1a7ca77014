#include "plot/pictures.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tripartite {

Window window_of(const RunFolder& run, const PlotOptions& options) {
    const auto all = run.recorded();
    const Window window{std::max(all.from, options.from.value_or(all.from)), std::min(all.to, options.to.value_or(all.to))};
    if (window.length() <= 0)
        fail("{}: there is nothing from {} to {} ms; the recording goes from {} to {} ms", run.folder(), options.from.value_or(all.from),
             options.to.value_or(all.to), all.from, all.to);
    return window;
}

TimeUnit time_unit(const Window& window) { return window.length() < 2000 ? TimeUnit{1, "ms"} : TimeUnit{1000, "s"}; }

std::string duration_text(double ms) { return ms < 2000 ? fmt::format("{:.6g}\u00a0ms", ms) : fmt::format("{:.6g}\u00a0s", ms / 1000); }

double draw_title(Canvas& canvas, const std::string& name) {
    canvas.text({picture_margin, 18}, elided(name, 70), title_text);
    return 28;
}

void draw_rate(Canvas& canvas, const Panel& panel, const RateCurve& curve, const TimeUnit& unit, Colour colour) {
    std::vector<CanvasPoint> steps;
    for (std::size_t i = 0; i < curve.values.size(); ++i) {
        const double y = panel.y(curve.values[i]), begin = curve.start + double(i) * curve.width;
        steps.push_back({panel.x(begin / unit.ms), y});
        steps.push_back({panel.x(std::min(begin + curve.width, curve.end) / unit.ms), y});
    }
    canvas.line(steps, colour, 0.9);
}

}  // namespace tripartite
