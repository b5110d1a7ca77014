#pragma once
#include "datasets/spike_trains.hpp"

namespace tripartite {

/// What an event camera sees of a texture that moves: the setting of Grimaldi and Perrinet (Biological Cybernetics 2023). A class is a direction
/// and a speed, class d speeds + s for direction d and speed s: the texture of its sample moves by speed[s] pixels a step at the angle
/// 2 pi d / directions. A pixel has an ON and an OFF train, train (on ? 0 : size^2) + size y + x: an event where the logarithm of the intensity has
/// moved by `threshold` from where it was at the pixel's last event, at most one in a step.
///
/// The targets are 1 for the class and 0 for the others in steps in which the pixel in the middle has an event; in other steps nothing is asked: a
/// regression on all steps, whose events have the same mean for all directions, would learn none (in the paper the label is that of all positions,
/// and "the error ends up on active locations").
///
/// Ours: the texture, a sum of 16 gratings of random phase and orientation and of wavelengths around `wavelength` (in the paper natural images), whose logarithm
/// of intensity has the standard deviation 1; one motion in a sample (there it changes after 24 ms on average); a patch of size x size pixels, the field of one
/// of their kernels (there 128 x 128, with the same kernels everywhere).
struct Motion : SpikeTrainSet {
    static constexpr std::string_view name = "motion", doc = "events of a camera before a moving texture; a class is a direction and a speed (Grimaldi and Perrinet 2023)";
    int directions = 12, size = 17;
    std::vector<double> speed{0.25, 0.5, 1};
    double wavelength = 6, threshold = 1;
    static constexpr auto fields() {
        using M = Motion;
        return std::tuple_cat(std::tuple{field("directions", &M::directions, "", "number of directions, evenly around the circle").within(1, 360),
                                         field("speed", &M::speed, "", "pixels in a step, one for each speed").positive(),
                                         field("size", &M::size, "", "pixels per side").within(1, 1024),
                                         field("wavelength", &M::wavelength, "", "of the texture, in pixels").positive(),
                                         field("threshold", &M::threshold, "", "change of the intensity's logarithm that makes an event").positive()},
                              sample_fields<Motion>());
    }
    int trains() const { return 2 * size * size; }
    int classes() const { return directions * int(speed.size()); }
    std::string problem() const { return ""; }
    ImageSet load(double dt, int steps) const;
};

}  // namespace tripartite
