#include "synapses/convolution.hpp"

#include "core/error.hpp"
#include "synapses/connectors.hpp"

namespace tripartite {
namespace {

/// Places along one side of the targets.
std::uint32_t steps_along(std::uint32_t side, const Convolution& rule) {
    const std::uint64_t padded = std::uint64_t(side) + 2 * std::uint64_t(rule.padding);
    if (padded < rule.kernel) fail("convolution: a kernel of {0} x {0} does not fit into a side of {1} with a padding of {2}", rule.kernel, side, rule.padding);
    return std::uint32_t((padded - rule.kernel) / rule.stride + 1);
}

}  // namespace

ConvolutionMap::ConvolutionMap(const Convolution& rule, std::uint32_t sources, std::uint32_t targets)
    : source_channels_(rule.channels), target_channels_(0), kernel_places_(rule.kernel * rule.kernel) {
    if (rule.kernel == 0 || rule.stride == 0 || rule.kernel > 1024) fail("convolution: kernel and stride must be at least 1, and kernel at most 1024; got {} and {}", rule.kernel, rule.stride);
    if (rule.padding >= rule.kernel) fail("convolution: a padding of {} would give targets without synapses; it must be smaller than the kernel, {}", rule.padding, rule.kernel);
    const std::uint64_t neurons = std::uint64_t(rule.channels) * rule.height * rule.width;
    if (neurons != sources) fail("convolution: {} channels of {} x {} neurons are {}, not {} sources; set channels, height and width", rule.channels, rule.height, rule.width, neurons, sources);
    const std::uint32_t rows = steps_along(rule.height, rule), columns = steps_along(rule.width, rule);
    if (targets == 0 || targets % (std::uint64_t(rows) * columns) != 0)
        fail("convolution: channels of the targets have {} x {} neurons, and {} targets are no whole number of channels", rows, columns, targets);
    target_channels_ = targets / (rows * columns);
    std::vector<std::vector<Tap>> of_source(std::size_t(rule.height) * rule.width);
    for (std::uint32_t place = 0; place < rows * columns; ++place) {
        first_of_target_.push_back(std::uint32_t(of_target_.size()));
        for (std::uint32_t k = 0; k < kernel_places_; ++k) {
            const std::int64_t y = std::int64_t(place / columns) * rule.stride + k / rule.kernel - rule.padding;
            const std::int64_t x = std::int64_t(place % columns) * rule.stride + k % rule.kernel - rule.padding;
            if (y < 0 || x < 0 || y >= rule.height || x >= rule.width) continue;
            const auto source = std::uint32_t(y * rule.width + x);
            of_target_.push_back({source, k});
            of_source[source].push_back({place, k});
        }
    }
    first_of_target_.push_back(std::uint32_t(of_target_.size()));
    for (const auto& taps : of_source) {
        first_of_source_.push_back(std::uint32_t(of_source_.size()));
        of_source_.insert(of_source_.end(), taps.begin(), taps.end());
    }
    first_of_source_.push_back(std::uint32_t(of_source_.size()));
}

std::unique_ptr<Connector> connect(const Convolution& rule, const PairSpace& space, const RandomStream&) {
    ConvolutionMap map(rule, space.sources, space.targets);
    const auto synapses = double(map.synapses());
    return connector_of(synapses, [map = std::move(map)](IndexRange targets, PairBatches& to) {
        for (std::uint32_t t = targets.begin; t < targets.end; ++t)
            for (std::uint32_t channel = 0; channel < map.source_channels(); ++channel) {
                const std::uint64_t kernel = std::uint64_t(t / map.target_places()) * map.kernel_size() + channel * map.kernel_places();
                for (const auto& tap : map.of_target(t % map.target_places())) to.add({channel * map.source_places() + tap.place, t, kernel + tap.in_kernel});
            }
    });
}

}  // namespace tripartite
