#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>

#include "plot/groups.hpp"
#include "plot/pictures.hpp"

namespace tripartite {
namespace {

constexpr std::uint64_t most_neurons = 1200, most_spikes = 60000, least_of_a_population = 40;
constexpr double row_height = 9, least_raster = 80, most_raster = 330, least_band = 12, rate_height = 84, bar_width = 40;

/// What of a population is shown, and where.
struct Band {
    RecordedPopulation population;
    std::string label;
    Colour colour;
    std::uint64_t shown, spikes;  ///< neurons; spikes of all neurons
    Box box;
    std::vector<std::uint64_t> counts;  ///< spikes of all neurons, in bins

    double rate(const Window& window) const { return double(spikes) / (double(population.neurons) * window.length() / 1000); }
    /// The middle of a neuron's row; NaN if it is not among those shown.
    std::vector<double> rows() const {
        std::vector<double> y(population.neurons, NAN);
        const auto chosen = evenly(shown, population.neurons);
        for (std::size_t i = 0; i < chosen.size(); ++i) y[chosen[i]] = box.top + (double(i) + 0.5) * box.height / double(shown);
        return y;
    }
};

struct View {
    Window window, recorded;
    std::vector<Band> bands;
    std::uint64_t neurons = 0, shown = 0, spikes = 0, drawn = 0;
    bool any_cv = false, in_part = false;
};

/// Chooses neurons, then the time in which they make no more spikes than can be drawn.
View choose_view(const RunFolder& run, const PlotOptions& options) {
    View view{window_of(run, options), run.recorded(), {}};
    std::vector<std::uint64_t> sizes;
    std::vector<std::string> names;
    for (const auto& p : run.spiking()) sizes.push_back(p.neurons), names.push_back(p.name);
    const auto counts = shares(sizes, options.neurons.value_or(most_neurons), options.neurons ? 1 : least_of_a_population);
    double expected = 0;
    for (std::size_t i = 0; i < sizes.size(); ++i)
        expected += double(run.spike_count(names[i], view.window)) * double(counts[i]) / double(std::max<std::uint64_t>(sizes[i], 1));
    if (expected > most_spikes && !options.to) view.window.to = view.window.from + nice_above(view.window.length() * most_spikes / expected / 2.5);
    const auto colours = colours_of(names);
    for (std::size_t i = 0; i < sizes.size(); ++i) {
        view.bands.push_back({run.spiking()[i], elided(names[i]), colours[i], counts[i], run.spike_count(names[i], view.window), {}, {}});
        view.any_cv |= run.spiking()[i].cv_isi.has_value();
        view.in_part |= run.spiking()[i].in_part;
        view.neurons += sizes[i], view.shown += counts[i], view.spikes += view.bands.back().spikes;
    }
    return view;
}

/// Stacks the bands; their heights follow the neurons shown, but a name fits in each.
Box stack(View& view, double top) {
    double name_width = 0, y = top;
    for (const auto& b : view.bands) name_width = std::max(name_width, Canvas::text_width(b.label, heading_text));
    const double left = picture_margin + std::max(name_width + 6, 24.0);
    const double right = picture_width - picture_margin - bar_width - 36 - (view.any_cv ? 34 : 0);
    const double height = std::clamp(row_height * double(view.shown), least_raster, most_raster);
    for (auto& b : view.bands) {
        b.box = {left, y, right - left, std::max(least_band, height * double(b.shown) / double(view.shown))};
        y = b.box.bottom();
    }
    return {left, top, right - left, y - top};
}

/// The spikes of a band's neurons; counts those of all its population in bins.
Marks marks_of(const RunFolder& run, const Window& window, Band& band, const Panel& panel, const TimeUnit& unit, double bin) {
    const auto spikes = run.spikes(band.population.name, window);
    const auto rows = band.rows();
    const double pitch = band.box.height / double(std::max<std::uint64_t>(band.shown, 1));
    Marks marks{{}, 0.8, std::clamp(0.7 * pitch, 0.8, 7.0), band.colour};
    for (std::size_t i = 0; i < spikes.times.size(); ++i)
        if (const auto n = spikes.neurons[i] - band.population.first; n < rows.size() && !std::isnan(rows[n]))
            marks.points.push_back({panel.x(spikes.times[i] / unit.ms), rows[n]});
    band.counts = binned(spikes.times, window, bin);
    return marks;
}

/// Names on the left; mean rates as bars and the CV on the right.
void draw_sides(Canvas& canvas, const View& view, double heading) {
    const double bars = view.bands[0].box.right() + 12, cv = picture_width - picture_margin;
    canvas.text({bars, heading}, "Mean rate (Hz)", heading_text);
    if (view.any_cv) canvas.text({cv, heading}, "CV", {.align = Align::right, .bold = true});
    double highest = 1e-9;
    for (const auto& b : view.bands) highest = std::max(highest, b.rate(view.window));
    for (const auto& b : view.bands) {
        const double y = b.box.top + b.box.height / 2, length = bar_width * b.rate(view.window) / highest;
        canvas.text({b.box.left - 6, y}, b.label, {.colour = b.colour, .align = Align::right, .bold = true});
        canvas.fill({bars, y - 3.5, length, 7}, b.colour);
        canvas.text({bars + length + 4, y}, short_number(b.rate(view.window)));
        if (b.population.cv_isi) canvas.text({cv, y}, fmt::format("{:.2f}", *b.population.cv_isi), {.align = Align::right});
        if (b.box.top > view.bands[0].box.top) canvas.line(std::array{CanvasPoint{b.box.left, b.box.top}, CanvasPoint{b.box.right(), b.box.top}}, grid_grey, 0.5);
    }
}

/// The rates of groups of populations below the raster. Returns the y below them.
double draw_group_rates(Canvas& canvas, const View& view, Box box, const TimeUnit& unit, double bin) {
    std::vector<std::string> names;
    for (const auto& b : view.bands) names.push_back(b.population.name);
    std::vector<RateCurve> curves;
    std::vector<LegendEntry> legend;
    double highest = 0;
    for (const auto& group : grouped(names)) {
        std::vector<std::uint64_t> counts(view.bands[0].counts.size());
        std::uint64_t neurons = 0;
        for (const auto member : group.members) {
            std::ranges::transform(counts, view.bands[member].counts, counts.begin(), std::plus{});
            neurons += view.bands[member].population.neurons;
        }
        curves.push_back(rate_of(counts, neurons, view.window, bin));
        legend.push_back({elided(group.name), group.colour});
        highest = std::max(highest, std::ranges::max(curves.back().values));
    }
    canvas.text({box.left, box.top + 4}, "Population rate (Hz)", heading_text);
    const double beside = box.left + Canvas::text_width("Population rate (Hz)", heading_text) + 16;
    if (names.size() > 1) box.top = draw_legend(canvas, {beside, box.top + 4}, box.right(), legend) - 4;
    const Panel panel{{box.left, box.top + 14, box.width, rate_height}, view.window.from / unit.ms, view.window.to / unit.ms, 0,
                      highest > 0 ? 1.05 * highest : 1};
    draw_y_axis(canvas, panel);
    const double below = draw_x_axis(canvas, panel, unit.label());
    for (std::size_t i = 0; i < curves.size(); ++i) draw_rate(canvas, panel, curves[i], unit, legend[i].colour);
    return below;
}

std::string caption(const RunFolder& run, const View& view, double bin) {
    const char* neurons = view.in_part ? "recorded neurons" : "neurons";
    std::string text = fmt::format("All {} {} and their {} spikes. ", count_text(view.neurons), neurons, count_text(view.spikes));
    if (view.shown < view.neurons)
        text = fmt::format("{} of {} {}, at even distances within each population, with {} of {} spikes. ", count_text(view.shown), count_text(view.neurons),
                           neurons, count_text(view.drawn), count_text(view.spikes));
    if (view.window.length() < view.recorded.length())
        text += fmt::format("{} of the {} recorded. ", duration_text(view.window.length()), duration_text(view.recorded.length()));
    text += fmt::format("Rates are those of all {} in the time shown, in bins of {}.", neurons, duration_text(bin));
    if (view.any_cv) text += " CV: coefficient of variation of the intervals between spikes, over the whole run.";
    if (run.of_samples()) text += " Samples follow each other without a gap.";
    return text;
}

}  // namespace

Canvas draw_raster(const RunFolder& run, const PlotOptions& options) {
    View view = choose_view(run, options);
    Canvas canvas(picture_width);
    const double heading = draw_title(canvas, run.name()) + 10;
    const Box box = stack(view, heading + 8);
    const auto unit = time_unit(view.window);
    const Panel panel{box, view.window.from / unit.ms, view.window.to / unit.ms, 0, 1};
    const double bin = bin_width(view.window, view.spikes);
    canvas.text({box.left, heading}, "Spikes", heading_text);
    std::vector<Marks> marks;
    for (auto& band : view.bands) {
        marks.push_back(marks_of(run, view.window, band, panel, unit, bin));
        view.drawn += marks.back().points.size();
    }
    canvas.marks(marks);
    draw_sides(canvas, view, heading);
    const double below = draw_x_axis(canvas, panel, "") + 12;
    const double bottom = draw_group_rates(canvas, view, {box.left, below, box.width, 0}, unit, bin);
    canvas.paragraph({picture_margin, bottom + 12}, picture_width - 2 * picture_margin, caption(run, view, bin), small_text);
    return canvas;
}

}  // namespace tripartite
