#include "experiment/read_values.hpp"

namespace tripartite {
namespace {

/// Whether all that can be drawn is as demanded; reports what is not.
bool check_range(const YamlNode& node, const Distribution& distribution, const Demand& demand, Problems& problems) {
    if (const auto problem = distribution.problem(); !problem.empty()) return problems.value(node, problem), false;
    const auto [low, high] = range_of(distribution);
    const bool above = demand.open_min ? low > demand.min : low >= demand.min, below = demand.open_max ? high < demand.max : high <= demand.max;
    if (above && below) return true;
    problems.value(node, fmt::format("values must be {}, and can be from {:.6g} to {:.6g}; give it redraw: [low, high]", demand.bounds(), low, high));
    return false;
}

}  // namespace

Interval range_of(const Distribution& distribution) { return {distribution.quantile(0x1p-54), distribution.quantile(1 - 0x1p-53)}; }

std::optional<ValueRule> read_value_rule(const YamlNode& node, const Demand& demand, Problems& problems) {
    if (node.kind != YamlNode::Kind::mapping) {
        const auto number = read_number(node, demand, problems);
        return number ? std::optional<ValueRule>(Distribution(*number)) : std::nullopt;
    }
    const std::size_t before = problems.count();
    AnyValue value;
    read_only_kind(node, "distribution", value, problems, demand.unit);
    if (problems.count() > before) return std::nullopt;
    return std::visit([&]<class Kind>(const Kind& kind) -> std::optional<ValueRule> {
        if constexpr (std::is_constructible_v<DistanceFunction, Kind>) return DistanceFunction(kind);
        else return check_range(node, kind, demand, problems) ? std::optional<ValueRule>(Distribution(kind)) : std::nullopt;
    }, value);
}

std::optional<Distribution> read_distribution(const YamlNode& node, const Demand& demand, Problems& problems) {
    const auto rule = read_value_rule(node, demand, problems);
    if (rule && std::holds_alternative<DistanceFunction>(*rule))
        problems.value(node, "depends on the distance between two neurons, and here is only one");
    const auto* distribution = rule ? std::get_if<Distribution>(&*rule) : nullptr;
    return distribution ? std::optional(*distribution) : std::nullopt;
}

}  // namespace tripartite
