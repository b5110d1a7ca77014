#include "plot/groups.hpp"

#include <algorithm>
#include <cctype>
#include <cmath>
#include <numeric>
#include <ranges>

#include "core/error.hpp"

namespace tripartite {
namespace {

constexpr Colour blue{0, 0.447, 0.698}, vermilion{0.835, 0.369, 0}, green{0, 0.62, 0.451}, purple{0.8, 0.475, 0.655}, orange{0.902, 0.624, 0},
    sky{0.337, 0.706, 0.914}, black{0, 0, 0};
constexpr Colour colours[]{blue, vermilion, green, purple, orange, sky, black};
constexpr std::size_t first_unsigned = 2;  ///< blue is excitatory, vermilion inhibitory
constexpr Colour grey{0.45, 0.45, 0.45};

}  // namespace

Colour palette(std::size_t index) { return colours[index % std::size(colours)]; }

Sign sign_of(std::string_view population) {
    std::string lower;
    for (const char c : population) lower += char(std::tolower(static_cast<unsigned char>(c)));
    if (lower.find("exc") != std::string::npos) return Sign::excitatory;
    if (lower.find("inh") != std::string::npos) return Sign::inhibitory;
    while (!population.empty() && std::isdigit(static_cast<unsigned char>(population.back()))) population.remove_suffix(1);
    const bool word = population.size() > 1 && std::isupper(static_cast<unsigned char>(population[population.size() - 2]));  // as in "CORE"
    if (population.empty() || word) return Sign::unknown;
    return population.back() == 'E' || population == "e" ? Sign::excitatory : population.back() == 'I' || population == "i" ? Sign::inhibitory : Sign::unknown;
}

std::vector<Group> grouped(std::span<const std::string> populations) {
    std::vector<Group> groups;
    const auto add = [&](const std::string& name, Colour colour, std::size_t member) {
        auto found = std::ranges::find(groups, colour, &Group::colour);
        if (found == groups.end()) found = groups.insert(groups.end(), {populations[member], colour, {}});
        else found->name = name;
        found->members.push_back(member);
    };
    const auto others = std::size_t(std::ranges::count(populations, Sign::unknown, [](const auto& name) { return sign_of(name); }));
    const bool together = others > std::size(colours) - first_unsigned;
    for (std::size_t i = 0, other = first_unsigned; i < populations.size(); ++i) switch (sign_of(populations[i])) {
            case Sign::excitatory: add("excitatory", blue, i); break;
            case Sign::inhibitory: add("inhibitory", vermilion, i); break;
            case Sign::unknown: add("others", together ? grey : palette(other++), i);
        }
    return groups;
}

std::vector<Colour> colours_of(std::span<const std::string> populations) {
    std::vector<Colour> all(populations.size());
    for (const auto& group : grouped(populations))
        for (const auto member : group.members) all[member] = group.colour;
    return all;
}

std::vector<std::uint64_t> shares(std::span<const std::uint64_t> sizes, std::uint64_t wanted, std::uint64_t least) {
    const auto total = std::accumulate(sizes.begin(), sizes.end(), std::uint64_t{0});
    if (total <= wanted) return {sizes.begin(), sizes.end()};
    std::vector<std::uint64_t> counts;
    for (const auto size : sizes) counts.push_back(std::min(size, least));
    const auto lack = [&](std::size_t i) { return double(sizes[i]) * double(wanted) / double(total) - double(counts[i]); };
    for (auto given = std::accumulate(counts.begin(), counts.end(), std::uint64_t{0}); given < wanted; ++given)
        ++counts[std::ranges::max(std::views::iota(std::size_t{0}, sizes.size()), {}, lack)];
    return counts;
}

std::vector<std::uint64_t> evenly(std::uint64_t count, std::uint64_t size) {
    TRIPARTITE_CHECK(count <= size);
    std::vector<std::uint64_t> indices(count);
    for (std::uint64_t i = 0; i < count; ++i) indices[i] = i * size / count;
    return indices;
}

}  // namespace tripartite
