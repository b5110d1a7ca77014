#pragma once
#include <cstdint>
#include <deque>
#include <span>
#include <vector>

#include "core/array.hpp"
#include "synapses/plasticity.hpp"

namespace tripartite {

/// The eligibility c of a store's synapses, each with the time of its last event, and the dopamine n around them (StdpDopamine). Between two
/// events both decay freely, so that from time x to y
///
///   w += c gain,   gain = n / s (1 - e^(-s (y - x))) - b tau_c (1 - e^(-(y - x)/tau_c)),   s = 1/tau_c + 1/tau_n,   c *= e^(-(y - x)/tau_c)
///
/// with n and c at x. Times are steps at the synapse. Each second is an event as well, whoever looks: so what is known of a synapse can be brought
/// there, and what came before forgotten, without changing a bit of what follows.
template <class Real> class Eligibility {
public:
    struct Saved {
        std::vector<std::int64_t> step, coming_step;  ///< of the events since the last second, and of those to come
        std::vector<double> dopamine, coming;
    };

    /// dt in ms.
    Eligibility(const StdpDopamine& rule, double dt);
    /// Room for so many synapses, all without eligibility.
    void resize(Index synapses);

    /// So many dopamine spikes arrive in a step; steps ascend.
    void reward(Index step, double spikes);
    /// All that arrives until this step has been told.
    void know_until(Index step);
    /// Brings a synapse and its weight, a magnitude, to a step that is known.
    void advance(Index synapse, Index step, Real& weight);
    /// Its weight at a later step.
    Real weight_at(Index synapse, Index step, Real weight) const;
    /// All until this step has been told, and nothing before the second in which `step` - `delay` lies will be asked for: all synapses are brought
    /// there, and what came before is forgotten.
    void bring_up_to_date(Index step, Index delay, std::span<Real> weights);
    /// Neither eligibility nor dopamine is left.
    void clear(Index step);

    Real* values() { return values_.data(); }
    Real value(Index synapse) const { return values_[synapse]; }
    Index step(Index synapse) const { return steps_[synapse]; }
    void set(Index synapse, Real value) { values_[synapse] = value; }
    void set_step(Index synapse, Index step) { steps_[synapse] = std::int32_t(step); }
    Saved save() const;
    void load(const Saved& saved);
    std::size_t bytes() const { return std::size_t(values_.size()) * (sizeof(Real) + sizeof(std::int32_t)); }

private:
    Index second_before(Index step) const { return step / second_ * second_; }
    struct Change {
        double gain, decay;
    };
    /// Dopamine right after an event, and what the time until the next one does.
    struct Event {
        Index step;
        double dopamine;
        Change until_next;
    };
    struct Reward {
        Index step;
        double spikes;
    };
    /// From step x on, after an event, until step y.
    Change change(const Event& after, Index x, Index y) const;
    void add(Index step, double spikes);
    /// Weight and eligibility from one step to another.
    void move(Index from, Index to, Real& weight, Real& eligibility) const;

    StdpDopamine rule_;
    double dt_;
    Index second_;
    std::vector<Event> events_;
    std::deque<Reward> coming_;
    Array<Real> values_;
    Array<std::int32_t> steps_;
};

extern template class Eligibility<float>;
extern template class Eligibility<double>;

}  // namespace tripartite
