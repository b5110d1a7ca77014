#include "datasets/motion.hpp"

#include <cmath>
#include <complex>
#include <numbers>

#include "core/random.hpp"
#include "core/targets.hpp"

namespace tripartite {
namespace {

constexpr int gratings = 16;
constexpr double octaves = 0.5;  ///< standard deviation of the logarithm of their frequency

/// The logarithm of the intensity of each pixel, step by step: each grating is a phasor per pixel that turns by the same angle in each step.
class Texture {
public:
    Texture(const Motion& m, int label, std::uint32_t sample, std::uint32_t part) : phasors_(gratings * std::size_t(m.size) * std::size_t(m.size)) {
        const RandomStream random(m.seed, "motion", "gratings"), frequencies(m.seed, "motion", "frequencies");
        const int speeds = int(m.speed.size());
        const double speed = m.speed[std::size_t(label % speeds)], direction = 2 * std::numbers::pi * (label / speeds) / m.directions;
        auto phasor = phasors_.begin();
        for (std::uint32_t g = 0; g < gratings; ++g) {
            const double frequency = 2 * std::numbers::pi / m.wavelength * std::exp2(octaves * frequencies.normal(g, part, sample));
            const double angle = 2 * std::numbers::pi * random.uniform(g, 0, sample, part), phase = 2 * std::numbers::pi * random.uniform(g, 1, sample, part);
            const double kx = frequency * std::cos(angle), ky = frequency * std::sin(angle);
            for (int y = 0; y < m.size; ++y)
                for (int x = 0; x < m.size; ++x) *phasor++ = std::polar(std::sqrt(2.0 / gratings), kx * x + ky * y + phase);
            turn_.push_back(std::polar(1.0, -speed * (kx * std::cos(direction) + ky * std::sin(direction))));
        }
    }
    void fill(std::vector<double>& values) const {
        std::ranges::fill(values, 0);
        for (std::size_t i = 0; i < phasors_.size(); ++i) values[i % values.size()] += phasors_[i].real();
    }
    void step() {
        const std::size_t pixels = phasors_.size() / gratings;
        for (std::size_t i = 0; i < phasors_.size(); ++i) {
            const auto p = phasors_[i], t = turn_[i / pixels];
            phasors_[i] = {p.real() * t.real() - p.imag() * t.imag(), p.real() * t.imag() + p.imag() * t.real()};
        }
    }

private:
    std::vector<std::complex<double>> phasors_;  ///< [grating][pixel]
    std::vector<std::complex<double>> turn_;     ///< [grating]
};

/// Fills the events [T][2][pixels], and the targets [T][classes]. A pixel's last event left it anywhere between two thresholds. The part of the random numbers' key: 0 to train, 1 to test.
void watch(const Motion& m, int label, std::uint32_t sample, std::uint32_t part, int steps, std::uint8_t* events, std::uint8_t* targets) {
    const RandomStream start(m.seed, "motion", "start");
    const std::size_t pixels = std::size_t(m.size) * std::size_t(m.size);
    Texture texture(m, label, sample, part);
    std::vector<double> value(pixels), seen(pixels);
    texture.fill(value);
    for (std::size_t i = 0; i < pixels; ++i) seen[i] = value[i] + m.threshold * (2 * start.uniform(std::uint32_t(i), 0, sample, part) - 1);
    for (int t = 0; t < steps; ++t, events += 2 * pixels) {
        texture.step();
        texture.fill(value);
        for (std::size_t i = 0; i < pixels; ++i) {
            if (std::fabs(value[i] - seen[i]) < m.threshold) continue;
            const bool on = value[i] > seen[i];
            seen[i] += on ? m.threshold : -m.threshold;
            events[(on ? 0 : pixels) + i] = 255;
        }
        const std::size_t middle = pixels / 2, classes = std::size_t(m.classes());
        const bool asked = events[middle] || events[pixels + middle];
        for (std::size_t c = 0; c < classes; ++c) targets[std::size_t(t) * classes + c] = asked ? std::uint8_t(int(c) == label) : not_asked;
    }
}

Images make_movies(const Motion& m, int count, int steps, std::uint32_t part) {
    Images movies{count, 1, steps, m.trains(), {}, {}};
    movies.pixels.resize(std::size_t(count) * std::size_t(movies.size()));
    for (int i = 0; i < count; ++i) movies.labels.push_back(i % m.classes());
    const std::size_t cells = std::size_t(steps) * std::size_t(m.classes());
    movies.targets.resize(std::size_t(count) * cells);
    for (std::size_t i = 0; i < std::size_t(count); ++i)
        watch(m, movies.labels[i], std::uint32_t(i), part, steps, movies.pixels.data() + i * std::size_t(movies.size()), movies.targets.data() + i * cells);
    return movies;
}

}  // namespace

ImageSet Motion::load(double /*dt*/, int steps) const { return {make_movies(*this, train, steps, 0), make_movies(*this, test, steps, 1), classes()}; }

}  // namespace tripartite
