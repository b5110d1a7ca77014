#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "plot/canvas.hpp"

namespace tripartite {

/// The colours of Okabe and Ito (2008), which people with any colour vision tell apart: the one of this index, again from the start after seven.
Colour palette(std::size_t index);

enum class Sign { excitatory, inhibitory, unknown };
/// What the usual names of populations say: "E", "L23E", "exc", "L5_inh", "I2". Results carry no sign.
Sign sign_of(std::string_view population);

/// Populations that share a colour.
struct Group {
    std::string name;
    Colour colour;
    std::vector<std::size_t> members;  ///< their indices
};
/// Excitatory ones together, inhibitory ones together, others each alone (together too, if there are more than five).
std::vector<Group> grouped(std::span<const std::string> populations);
/// The colour of each population.
std::vector<Colour> colours_of(std::span<const std::string> populations);

/// How many neurons of each population to draw, so that they are `wanted` in all: proportional to size, but `least` (or all) of each,
/// even if that makes more. All, if there are no more than wanted.
std::vector<std::uint64_t> shares(std::span<const std::uint64_t> sizes, std::uint64_t wanted, std::uint64_t least);
/// `count` of `size` indices, at even distances; sorted.
std::vector<std::uint64_t> evenly(std::uint64_t count, std::uint64_t size);

}  // namespace tripartite
