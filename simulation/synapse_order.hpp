#pragma once
#include <algorithm>
#include <vector>

#include "simulation/run_index.hpp"

namespace tripartite {

/// each(store, source, delay, index) for every synapse of a projection by source, delay, target, however many stores it is spread over: those of
/// the first targets first. A store has runs() and neuron(index), the target's number in its population.
template <class Store, class Each> void for_each_synapse(const std::vector<Store*>& stores, Each&& each) {
    std::vector<int> delays;
    for (auto* store : stores) delays.insert(delays.end(), store->runs().delays().begin(), store->runs().delays().end());
    std::ranges::sort(delays);
    delays.erase(std::unique(delays.begin(), delays.end()), delays.end());
    std::vector<std::uint64_t> order;
    for (std::uint32_t source = 0; !stores.empty() && source < stores.front()->runs().sources(); ++source)
        for (const int delay : delays)
            for (auto* store : stores) {
                const auto& runs = store->runs();
                const auto at = std::ranges::find(runs.delays(), delay);
                if (at == runs.delays().end()) continue;
                const auto run = runs.run(source, int(at - runs.delays().begin()));
                order.clear();
                for (auto i = run.begin; i < run.end; ++i) order.push_back(i);
                std::ranges::stable_sort(order, {}, [&](std::uint64_t i) { return store->neuron(i); });
                for (const auto i : order) each(*store, source, delay, i);
            }
}

}  // namespace tripartite
