#include "simulation/plan.hpp"

#include <algorithm>
#include <array>
#include <map>

namespace tripartite {
namespace {

constexpr double dense = 0.03;              ///< share of connected pairs from which a bit matrix is faster than runs
constexpr double most_to_be_counted = 6e4;  ///< synapses per target: a count has 16 bits

/// Of a target, as far as the rule tells; draws scatter little around a large mean.
double largest_in_degree(const SharedNetwork& shared, const BuiltProjection& p) {
    if (std::holds_alternative<ListedPairs>(p.spec->rule)) return p.connector->expected();
    if (std::holds_alternative<Spatial>(p.spec->rule)) return shared.sizes[std::size_t(p.from)];
    return p.connector->expected() / shared.sizes[std::size_t(p.to)];
}

void choose_form(const SharedNetwork& shared, StorePlan& plan) {
    if (plan.channel >= 0) return void(plan.form = StorePlan::Form::graded);
    const auto& first = shared.projections[std::size_t(plan.projections.front())];
    double synapses = 0, pairs = 0;
    std::map<int, double> in_degree;  // by target population, an upper bound
    bool one_weight = true, one_delay = true;
    for (const int i : plan.projections) {
        const auto& p = shared.projections[std::size_t(i)];
        one_weight = one_weight && p.weight->constant() && p.weight->constant_value() == first.weight->constant_value();
        one_delay = one_delay && p.delay->constant() && p.delay->constant_value() == first.delay->constant_value();
        synapses += p.connector->expected();
        pairs += double(shared.sizes[std::size_t(p.from)]) * shared.sizes[std::size_t(p.to)];
        in_degree[p.to] += largest_in_degree(shared, p);
    }
    const bool countable = std::ranges::all_of(in_degree, [](const auto& target) { return target.second <= most_to_be_counted; });
    if (!one_weight || !countable) return;
    plan.weight = first.weight->constant_value();
    plan.form = one_delay && shared.options.bit_matrices && synapses >= dense * pairs ? StorePlan::Form::bits : StorePlan::Form::counted;
}

/// Of synapses that are not static.
StorePlan::Form form_of(const SimulatedProjection& projection) {
    const auto& kind = projection.synapse;
    if (std::holds_alternative<Tripartite>(kind)) return StorePlan::Form::tripartite;
    if (std::holds_alternative<GapJunction>(kind)) return StorePlan::Form::gap_junctions;
    if (!plastic_rule(kind)) return StorePlan::Form::short_term;
    return std::holds_alternative<Convolution>(projection.rule) ? StorePlan::Form::convolution : StorePlan::Form::plastic;
}

}  // namespace

std::vector<StorePlan> plan_stores(const SharedNetwork& shared) {
    std::map<std::array<int, 5>, StorePlan> together;
    std::vector<StorePlan> alone, all;
    for (int i = 0; i < int(shared.projections.size()); ++i) {
        const auto& p = shared.projections[std::size_t(i)];
        const auto& kind = p.spec->synapse;
        const int level = shared.level[std::size_t(p.to)], every = p.channel >= 0 ? shared.every[std::size_t(p.to)] : 1;
        if (std::holds_alternative<StaticSynapse>(kind)) {
            auto& plan = together[{p.from, p.port, level, p.channel, every}];
            plan.population = p.from, plan.port = p.port, plan.level = level, plan.channel = p.channel, plan.every = every;
            plan.projections.push_back(i);
        } else alone.push_back({form_of(*p.spec), p.from, p.port, level, p.channel, every, 0, {i}});
    }
    for (auto& [key, plan] : together) {
        choose_form(shared, plan);
        all.push_back(std::move(plan));
    }
    all.insert(all.end(), alone.begin(), alone.end());
    std::ranges::stable_sort(all, {}, &StorePlan::population);
    return all;
}

}  // namespace tripartite
