#pragma once
#include <immintrin.h>

#include <algorithm>

#include "simulation/store.hpp"

namespace tripartite {

inline constexpr std::size_t runs_ahead = 12;  ///< so many runs before its turn a run is called into the cache

/// Synapses in runs; an entry has a target and perhaps a weight.
template <class Real, class Entry> class RunStore : public Store<Real> {
public:
    RunStore(const StoreKind& kind, std::uint32_t sources) : kind_(kind), index_(sources) {}

    void count(std::uint32_t source, std::uint32_t, int delay) override { index_.count(source, delay); }
    void finish() override {
        index_.finish();
        entries_ = Array<Entry>(Index(index_.size()));
    }
    void add(std::uint32_t source, std::uint32_t target, int delay, Real weight) override {
        entries_[Index(index_.place(source, delay))].set(std::uint16_t(target - kind_.first), weight);
    }
    std::uint64_t synapses() const override { return index_.size(); }
    std::size_t bytes() const override { return std::size_t(entries_.size()) * sizeof(Entry) + index_.bytes(); }

protected:
    struct Due {
        const Entry *begin, *end;
    };
    /// Finds the runs that are due: by delay, then source. Tells each spike to due(step, place in the step's list).
    template <class OnDue> void collect(const Delivery<Real>& to, OnDue&& on_due) {
        due_.clear();
        const auto delays = index_.delays();
        for (int d = 0; d < int(delays.size()); ++d) {
            const Index step = to.step - delays[std::size_t(d)];
            const auto fired = (*to.fired)(kind_.population, step);
            for (std::size_t i = 0; i < fired.size(); ++i) {
                const auto run = index_.run(fired[i], d);
                if (run.empty()) continue;
                due_.push_back({entries_.data() + run.begin, entries_.data() + run.end});
                on_due(step, i);
            }
        }
    }
    /// Calls each(entry, number of its run) for all entries that are due; returns their number.
    template <class Each> std::uint64_t visit(Each&& each) {
        std::uint64_t events = 0;
        constexpr Index line = std::max<Index>(1, 64 / Index(sizeof(Entry)));
        for (std::size_t r = 0; r < due_.size(); ++r) {
            const Due run = due_[r], later = due_[std::min(r + runs_ahead, due_.size() - 1)];
            for (auto entry = later.begin; entry < std::min(later.end, later.begin + 16 * line) + line; entry += line) _mm_prefetch(entry, _MM_HINT_T0);
            for (auto entry = run.begin; entry != run.end; ++entry) each(*entry, r);
            events += std::uint64_t(run.end - run.begin);
        }
        return events;
    }

    StoreKind kind_;
    RunIndex index_;
    Array<Entry> entries_;
    std::vector<Due> due_;
};

/// Each synapse has its own weight.
template <class Weight> struct [[gnu::packed]] Weighted {
    std::uint16_t target;
    Weight weight;
    template <class Real> void set(std::uint16_t t, Real w) { target = t, weight = Weight(w); }
};

}  // namespace tripartite
