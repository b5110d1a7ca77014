#pragma once
#include "experiment/section.hpp"
#include "simulation/network.hpp"

namespace tripartite {
namespace detail {

template <class A, class B> struct Joined;
template <class... A, class... B> struct Joined<std::variant<A...>, std::variant<B...>> { using type = std::variant<A..., B...>; };

}  // namespace detail

/// Every kind that a value can be.
using AnyValue = detail::Joined<Distribution::Kind, DistanceFunction>::type;

/// A number, or `kind: {parameters}`. All that can be drawn must be as demanded.
std::optional<Distribution> read_distribution(const YamlNode& node, const Demand& demand, Problems& problems);

/// The same, or `file:` with one value for each neuron.
std::optional<NeuronValue> read_neuron_value(const YamlNode& node, const Demand& demand, Problems& problems);

/// A number, a distribution, or a function of the distance; what that comes to is not checked.
std::optional<ValueRule> read_value_rule(const YamlNode& node, const Demand& demand, Problems& problems);

/// `positions:` of a population, which has the size that they must suit.
template <class Population> void read_positions(const YamlNode& node, Population& to, const auto& periodic_field, Problems& problems) {
    Section section(node, problems);
    section.read(to, std::tuple{periodic_field});
    read_kind(section, "kind of positions", to.positions.emplace(), "");
    section.close();
    if (const auto* grid = std::get_if<GridPositions>(&*to.positions); grid && std::uint64_t(grid->shape[0]) * grid->shape[1] != std::uint64_t(to.size))
        problems.key(node, fmt::format("the grid has {} x {} places for {} neurons", grid->shape[0], grid->shape[1], to.size));
    if (const auto* list = std::get_if<ListedPositions>(&*to.positions); list && list->points.size() != std::size_t(to.size))
        problems.key(node, fmt::format("the list has {} points for {} neurons", list->points.size(), to.size));
}

/// Reads the file of a connection rule that names one.
void read_domains(const YamlNode& node, Domains& domains, Problems& problems);
template <class... Rules> void read_domains(const YamlNode& node, std::variant<Rules...>& rule, Problems& problems) {
    std::visit([&]<class Rule>(Rule& r) { if constexpr (std::is_base_of_v<Domains, Rule>) read_domains(node, static_cast<Domains&>(r), problems); }, rule);
}

/// The smallest and the largest value that can be drawn, of 2^53.
Interval range_of(const Distribution& distribution);

/// `kind: value`, short for `kind: {first parameter: value}`, written out.
template <class Variant> YamlNode with_first_parameter(const YamlNode& node) {
    YamlNode mapping = as_kind(node);
    alternatives_of<Variant>::for_each([&]<class Kind>() {
        if constexpr (std::tuple_size_v<decltype(Kind::fields())> > 0)
            if (YamlNode* kind = mapping.find(Kind::name); kind && kind->kind == YamlNode::Kind::scalar) {
                YamlNode value = *kind;
                value.key = std::get<0>(Kind::fields()).name;
                kind->kind = YamlNode::Kind::mapping;
                kind->entries.push_back(std::move(value));
            }
    });
    return mapping;
}

}  // namespace tripartite
