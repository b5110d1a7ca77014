#pragma once
#include <span>
#include <vector>

#include "synapses/connectivity.hpp"

namespace tripartite {

/// The pairs of a convolution. Places are counted within a channel, row by row; numbers of synapses over the kernels, [target channel][source
/// channel][row][column].
class ConvolutionMap {
public:
    /// Where a tap leads: a place in a channel of the other layer, and one in the kernel.
    struct Tap {
        std::uint32_t place, in_kernel;
    };

    /// Errors: sizes that do not belong together.
    ConvolutionMap(const Convolution& rule, std::uint32_t sources, std::uint32_t targets);

    std::uint32_t source_channels() const { return source_channels_; }
    std::uint32_t target_channels() const { return target_channels_; }
    std::uint32_t source_places() const { return std::uint32_t(first_of_source_.size()) - 1; }
    std::uint32_t target_places() const { return std::uint32_t(first_of_target_.size()) - 1; }
    std::uint32_t kernel_places() const { return kernel_places_; }
    /// Weights of one target channel.
    std::uint32_t kernel_size() const { return source_channels_ * kernel_places_; }
    std::size_t bytes() const { return (of_target_.size() + of_source_.size()) * sizeof(Tap) + (first_of_target_.size() + first_of_source_.size()) * sizeof(std::uint32_t); }
    std::uint64_t synapses() const { return std::uint64_t(source_channels_) * target_channels_ * of_target_.size(); }

    /// What a place of the targets receives from each source channel, in the order of the kernel; what a place of the sources reaches in each
    /// target channel, by target.
    std::span<const Tap> of_target(std::uint32_t place) const { return {of_target_.data() + first_of_target_[place], of_target_.data() + first_of_target_[place + 1]}; }
    std::span<const Tap> of_source(std::uint32_t place) const { return {of_source_.data() + first_of_source_[place], of_source_.data() + first_of_source_[place + 1]}; }

private:
    std::uint32_t source_channels_, target_channels_, kernel_places_;
    std::vector<std::uint32_t> first_of_target_, first_of_source_;
    std::vector<Tap> of_target_, of_source_;
};

}  // namespace tripartite
