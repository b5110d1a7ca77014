#pragma once
#include <algorithm>
#include <cmath>

#include "simulation/store.hpp"
#include "synapses/tripartite.hpp"

namespace tripartite {

/// What a synapse adds to its target, by what its source sends: the number itself.
template <class Real> struct Sent {
    Real operator()(const Real* values, std::uint32_t source, Index) const { return values[source]; }
};

/// A gap junction: what flows depends on what both sides send. `offset` leads from a target's place in the store to its number in the population.
template <class Real> struct Flow {
    Real threshold, per_width;
    Index offset;
    Flow(const GapJunction& rule, Index offset) : threshold(Real(rule.threshold)), per_width(Real(1 / rule.width)), offset(offset) {}
    Real operator()(const Real* values, std::uint32_t source, Index target) const {
        const Real apart = values[target + offset] - values[source];
        return std::copysign(Real(0.5) * (1 + std::tanh((std::fabs(apart) - threshold) * per_width)), -apart);
    }
};

/// Synapses that read a channel: row[target] += sum of weight term(…) of the step that is due, in every step. A target adds by delay,
/// then by source, then in the order of insertion, with one rounding for each product and sum, as training's matrix products do. They count no synaptic events.
template <class Real, class Term> class GradedStore final : public Store<Real> {
public:
    GradedStore(const StoreKind& kind, const Term& term) : kind_(kind), term_(term), ends_(std::size_t(kind.targets) + 1) {}

    void count(std::uint32_t, std::uint32_t target, int) override { ++ends_[target - kind_.first + 1]; }
    void finish() override {
        for (std::size_t n = 1; n < ends_.size(); ++n) ends_[n] += ends_[n - 1];
        next_ = ends_;
        synapses_.resize(ends_.back());
    }
    void add(std::uint32_t source, std::uint32_t target, int delay, Real weight) override { synapses_[next_[target - kind_.first]++] = {source, delay, weight}; }
    void seal() override {
        for (std::size_t n = 0; n + 1 < ends_.size(); ++n)
            std::stable_sort(synapses_.begin() + ends_[n], synapses_.begin() + ends_[n + 1],
                             [](const Synapse& a, const Synapse& b) { return std::pair(a.delay, a.source) < std::pair(b.delay, b.source); });
    }
    std::uint64_t deliver(const Delivery<Real>& to) override {
        Real* row = to.rows[kind_.port] + kind_.first;
        for (std::size_t n = 0; n + 1 < ends_.size(); ++n)
            for (auto i = ends_[n]; i < ends_[n + 1]; ++i) {
                const auto& s = synapses_[i];
                row[n] = std::fma(s.weight, term_(to.graded->row(kind_.channel, to.step - s.delay), s.source, Index(n)), row[n]);
            }
        return 0;
    }
    std::uint64_t synapses() const override { return synapses_.size(); }
    std::size_t bytes() const override { return synapses_.size() * sizeof(Synapse) + ends_.size() * sizeof(ends_[0]); }

private:
    struct Synapse {
        std::uint32_t source;
        int delay;
        Real weight;
    };
    StoreKind kind_;
    Term term_;
    std::vector<std::uint32_t> ends_, next_;  ///< the synapses of target n are ends_[n] .. ends_[n + 1]
    std::vector<Synapse> synapses_;
};

}  // namespace tripartite
