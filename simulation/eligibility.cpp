#include "simulation/eligibility.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite {

template <class Real>
Eligibility<Real>::Eligibility(const StdpDopamine& rule, double dt) : rule_(rule), dt_(dt), second_(std::max<Index>(1, Index(std::lround(1000 / dt)))) {
    clear(0);
}

template <class Real> void Eligibility<Real>::resize(Index synapses) {
    values_ = Array<Real>(synapses);
    steps_ = Array<std::int32_t>(synapses);
}

template <class Real> void Eligibility<Real>::clear(Index step) {
    events_ = {{step, 0, {0, 1}}};
    coming_.clear();
    values_.fill(0);
    steps_.fill(std::int32_t(step));
}

template <class Real> void Eligibility<Real>::reward(Index step, double spikes) { coming_.push_back({step, spikes}); }

template <class Real> void Eligibility<Real>::know_until(Index step) {
    for (;;) {
        const Index second = second_before(events_.back().step) + second_;
        const Index next = coming_.empty() ? second : std::min(second, coming_.front().step);
        if (next > step) return;
        double spikes = 0;
        for (; !coming_.empty() && coming_.front().step <= next; coming_.pop_front()) spikes += coming_.front().spikes;
        add(next, spikes);
    }
}

template <class Real> void Eligibility<Real>::add(Index step, double spikes) {
    Event& last = events_.back();
    last.until_next = change(last, last.step, step);
    const double left = last.dopamine * std::exp(-double(step - last.step) * dt_ / rule_.tau_n);
    events_.push_back({step, left + spikes / rule_.tau_n, {0, 1}});
}

template <class Real> auto Eligibility<Real>::change(const Event& after, Index x, Index y) const -> Change {
    const double rate = 1 / rule_.tau_c + 1 / rule_.tau_n, time = double(y - x) * dt_;
    const double dopamine = after.dopamine * std::exp(-double(x - after.step) * dt_ / rule_.tau_n), decayed = std::expm1(-time / rule_.tau_c);
    return {rule_.b * rule_.tau_c * decayed - dopamine / rate * std::expm1(-rate * time), decayed + 1};
}

template <class Real> void Eligibility<Real>::move(Index from, Index to, Real& weight, Real& eligibility) const {
    if (eligibility == 0) return;
    const double most = std::fabs(rule_.w_max);
    auto event = std::ranges::upper_bound(events_, from, {}, &Event::step) - 1;
    while (from < to) {
        const auto next = event + 1;
        const bool reaches = next != events_.end() && next->step <= to;
        const Index until = reaches ? next->step : to;
        const Change c = reaches && from == event->step ? event->until_next : change(*event, from, until);
        // Rounded at each event: the same bits, whether it is left in memory there or not.
        weight = Real(std::clamp(double(weight) + double(eligibility) * c.gain, rule_.w_min, most));
        eligibility = Real(double(eligibility) * c.decay);
        from = until;
        if (reaches) event = next;
    }
}

template <class Real> void Eligibility<Real>::advance(Index synapse, Index step, Real& weight) {
    move(steps_[synapse], step, weight, values_[synapse]);
    steps_[synapse] = std::max(steps_[synapse], std::int32_t(step));
}

template <class Real> Real Eligibility<Real>::weight_at(Index synapse, Index step, Real weight) const {
    Real eligibility = values_[synapse];
    move(steps_[synapse], step, weight, eligibility);
    return weight;
}

template <class Real> void Eligibility<Real>::bring_up_to_date(Index step, Index delay, std::span<Real> weights) {
    know_until(step);
    const Index second = second_before(step - delay);
    for (std::size_t i = 0; i < weights.size(); ++i) advance(Index(i), second, weights[i]);
    const auto after = std::ranges::upper_bound(events_, second, {}, &Event::step);
    if (after != events_.begin()) events_.erase(events_.begin(), after - 1);  // all come later if it was cleared since
}

template <class Real> auto Eligibility<Real>::save() const -> Saved {
    Saved saved;
    for (const Event& e : events_) saved.step.push_back(e.step), saved.dopamine.push_back(e.dopamine);
    for (const Reward& r : coming_) saved.coming_step.push_back(r.step), saved.coming.push_back(r.spikes);
    return saved;
}

template <class Real> void Eligibility<Real>::load(const Saved& saved) {
    events_.clear(), coming_.clear();
    for (std::size_t i = 0; i < saved.step.size(); ++i) {
        if (i > 0) events_.back().until_next = change(events_.back(), events_.back().step, saved.step[i]);
        events_.push_back({saved.step[i], saved.dopamine[i], {0, 1}});
    }
    for (std::size_t i = 0; i < saved.coming.size(); ++i) coming_.push_back({saved.coming_step[i], saved.coming[i]});
}

template class Eligibility<float>;
template class Eligibility<double>;

}  // namespace tripartite
