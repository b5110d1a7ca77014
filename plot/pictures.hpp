#pragma once
#include <optional>
#include <span>

#include "plot/axes.hpp"
#include "plot/rate_curve.hpp"
#include "plot/run_folder.hpp"

/// The pictures: each a function from what a run recorded to a canvas.
namespace tripartite {

constexpr double picture_width = 540, picture_margin = 12;

struct PlotOptions {
    std::optional<double> from, to;        ///< ms; the whole recording unless given
    std::optional<std::uint64_t> neurons;  ///< rows of a raster, images of weights
};

/// What the options leave of a recording. Errors: nothing.
Window window_of(const RunFolder& run, const PlotOptions& options);

/// The unit of a time axis: seconds from 2 s on.
struct TimeUnit {
    double ms;
    std::string name;
    std::string label() const { return "time (" + name + ")"; }
};
TimeUnit time_unit(const Window& window);
/// "250 ms", "1.5 s", with a space that does not break.
std::string duration_text(double ms);

/// The run's name at the top of a canvas. Returns the y below it.
double draw_title(Canvas& canvas, const std::string& name);
/// A rate as a line of steps.
void draw_rate(Canvas& canvas, const Panel& panel, const RateCurve& curve, const TimeUnit& unit, Colour colour);

/// Spikes of populations above each other, mean rates and coefficients of variation beside them, rates over time below.
/// Draws at most 1200 neurons and 60 000 spikes unless the options want others; the caption says what is shown.
Canvas draw_raster(const RunFolder& run, const PlotOptions& options);
/// A strip for each recorded field of up to five neurons, with their spikes where they are known.
Canvas draw_traces(const RunFolder& run, const std::string& population, const PlotOptions& options);
/// The rate of each population over time: as recorded, or else from its spikes.
Canvas draw_rates(const RunFolder& run, const PlotOptions& options);
/// Weights of a projection as images, those of neurons in the order of the classes they stand for; at most 400, or as many as the options want.
Canvas draw_weights(const RunFolder& run, const std::string& projection, const PlotOptions& options);
/// Loss (if there is any) and accuracy over the epochs of one run, or of several.
Canvas draw_learning_curves(std::span<const RunFolder> runs);

}  // namespace tripartite
