#include "datasets/spike_trains.hpp"

#include <algorithm>
#include <cmath>

#include <fmt/format.h>

#include "core/random.hpp"

namespace tripartite {
namespace {

/// The part of the random numbers' key: 0 to train, 1 to test.
Images make_trains(const MarkovSource& source, int count, int steps, std::uint32_t part) {
    const RandomStream random(source.seed, "trains", "spikes"), start(source.seed, "trains", "start");
    Images trains{count, 1, steps, source.channels, {}, {}};
    trains.pixels.resize(std::size_t(count) * std::size_t(trains.size()));
    for (int i = 0; i < count; ++i) {
        const int label = i % source.classes();
        trains.labels.push_back(label);
        const double onset = source.onset[std::size_t(label)], offset = source.offset[std::size_t(label)];
        const std::uint64_t after_silence = probability_bound(onset), after_spike = probability_bound(1 - offset);
        std::uint8_t* to = trains.pixels.data() + std::size_t(i) * std::size_t(trains.size());
        for (int c = 0; c < source.channels; ++c) {
            // With onset + offset = 1 there is no memory, and the first step is a step like any other.
            bool fires = start.bits(std::uint32_t(c), 0, std::uint32_t(i), part)[0] < probability_bound(onset + offset > 0 ? onset / (onset + offset) : 0);
            for (int t = 0; t < steps; ++t) {
                if (t > 0) fires = random.bits(std::uint32_t(c), std::uint32_t(t / 4), std::uint32_t(i), part)[std::size_t(t % 4)] < (fires ? after_spike : after_silence);
                to[std::size_t(t) * std::size_t(source.channels) + std::size_t(c)] = fires ? 255 : 0;
            }
        }
    }
    return trains;
}

/// Sources without memory are Markov chains whose next step does not ask what this one is.
MarkovSource without_memory(const SpikeTrainSet& common, std::vector<double> probability) {
    MarkovSource source;
    static_cast<SpikeTrainSet&>(source) = common;
    source.offset.resize(probability.size());
    std::ranges::transform(probability, source.offset.begin(), [](double p) { return 1 - p; });
    source.onset = std::move(probability);
    return source;
}

}  // namespace

std::string MarkovSource::problem() const {
    if (onset.size() == offset.size()) return "";
    return fmt::format("onset is given for {} classes and offset for {}", onset.size(), offset.size());
}

ImageSet MarkovSource::load(double /*dt*/, int steps) const { return {make_trains(*this, train, steps, 0), make_trains(*this, test, steps, 1), classes()}; }

ImageSet BernoulliSource::load(double dt, int steps) const { return without_memory(*this, probability).load(dt, steps); }

ImageSet PoissonSource::load(double dt, int steps) const {
    std::vector<double> probability = rate;
    for (double& x : probability) x = -std::expm1(-x * dt * 1e-3);
    return without_memory(*this, probability).load(dt, steps);
}

}  // namespace tripartite
