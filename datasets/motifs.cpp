#include "datasets/motifs.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "core/error.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

double sigmoid(double x) { return 1 / (1 + std::exp(-x)); }

/// A rate as the probability of a step.
double probability(double rate, double dt, const char* what) {
    const double p = rate * dt * 1e-3;
    if (p >= 1) fail("motifs: {} is {} Hz, more than one in each step of {} ms", what, rate, dt);
    return p;
}

/// The part of the random numbers' key: 0 to train, 1 to test.
Images make_motifs(const Motifs& m, const std::vector<double>& kernels, int count, int steps, double dt, std::uint32_t part) {
    const RandomStream occurring(m.seed, "motifs", "occurrences"), firing(m.seed, "motifs", "spikes");
    const double p = probability(m.rate, dt, "rate"), silence = probability(m.background, dt, "background"), base = std::log(silence / (1 - silence));
    const std::size_t T = std::size_t(steps), A = std::size_t(m.channels), B = std::size_t(m.motifs), D = std::size_t(m.delays);
    Images trains{count, 1, steps, m.channels, {}, {}};
    trains.labels.assign(std::size_t(count), -1);
    trains.pixels.resize(std::size_t(count) * T * A);
    trains.targets.resize(std::size_t(count) * T * B);
    std::vector<double> odds(T * A);
    for (std::size_t i = 0; i < std::size_t(count); ++i) {
        std::ranges::fill(odds, base);
        for (std::size_t t = D - 1; t < T; ++t)
            for (std::size_t b = 0; b < B; ++b) {
                if (!(occurring.uniform(std::uint32_t(b), std::uint32_t(t), std::uint32_t(i), part) < p)) continue;
                trains.targets[(i * T + t) * B + b] = 1;
                for (std::size_t d = 0; d < D; ++d)
                    std::transform(&odds[(t - d) * A], &odds[(t - d) * A] + A, &kernels[(b * D + d) * A], &odds[(t - d) * A], std::plus<>());
            }
        for (std::size_t at = 0; at < T * A; ++at)
            trains.pixels[i * T * A + at] = firing.uniform(std::uint32_t(at % A), std::uint32_t(at / A), std::uint32_t(i), part) < sigmoid(odds[at]) ? 255 : 0;
    }
    return trains;
}

}  // namespace

std::vector<double> Motifs::kernels() const {
    const RandomStream random(seed, "motifs", "kernels");
    const std::size_t places = std::size_t(delays) * std::size_t(channels);
    std::vector<double> all(std::size_t(motifs) * places);
    for (std::size_t b = 0; b < std::size_t(motifs); ++b) {
        const auto kernel = all.begin() + std::ptrdiff_t(b * places), end = kernel + std::ptrdiff_t(places);
        for (std::size_t i = 0; i < places; ++i) kernel[std::ptrdiff_t(i)] = random.uniform(std::uint32_t(i), std::uint32_t(b)) < synapses ? strength : 0;
        const double mean = std::accumulate(kernel, end, 0.0) / double(places);
        std::for_each(kernel, end, [mean](double& x) { x -= mean; });
    }
    return all;
}

ImageSet Motifs::load(double dt, int steps) const {
    const auto all = kernels();
    return {make_motifs(*this, all, train, steps, dt, 0), make_motifs(*this, all, test, steps, dt, 1), classes()};
}

}  // namespace tripartite
