// What happens to a plastic store between its deliveries.
#include <algorithm>

#include "simulation/plastic_store.hpp"

namespace tripartite {

template <class Real> void PlasticStore<Real>::bring_up_to_date(Index t) {
    receive_echoes(t);
    const auto delays = runs_.delays();
    for (std::uint32_t source = 0; learning_ && source < runs_.sources(); ++source)
        for (int d = 0; d < int(delays.size()); ++d) {
            const auto run = runs_.run(source, d);
            const Spike previous = due_until(source, delays[std::size_t(d)], t);
            for (Index begin = Index(run.begin), last = Index(run.end); begin < last; begin += block)
                potentiate(begin, std::min(last, begin + block), previous, std::int32_t(t));
        }
    up_to_date_ = t;
    if (eligibility_) eligibility_->bring_up_to_date(t, longest_dendritic_, {weights_.data(), runs_.size()});
    forget();
}

/// The eligibility until now becomes weight.
template <class Real> void PlasticStore<Real>::settle() {
    for (Index i = 0; eligibility_ && i < Index(runs_.size()); ++i) eligibility_->advance(i, up_to_date_ - dendritic(std::uint64_t(i)), weights_[i]);
}

template <class Real> void PlasticStore<Real>::normalise(double total) {
    settle();
    std::vector<double> factor(targets_owned_);
    for (std::uint64_t i = 0; i < runs_.size(); ++i) factor[target(i)] += double(weights_[Index(i)]);
    for (double& f : factor) f = f > 0 ? total / f : 1;
    scale(factor);
}

template <class Real> void PlasticStore<Real>::scale(std::span<const double> factors) {
    settle();
    for (std::uint64_t i = 0; i < runs_.size(); ++i) weights_[Index(i)] = Real(double(weights_[Index(i)]) * factors[target(i)]);
}

template <class Real> void PlasticStore<Real>::forget_spikes() {
    settle();
    if (eligibility_) eligibility_->clear(std::max<Index>(0, up_to_date_));
    sources_.clear(), targets_.clear(), in_flight_.clear();
    unpaired_.fill(0);
    since_ = up_to_date_ + 1;
}

template <class Real> void PlasticStore<Real>::set_learning(bool learning) {
    if (learning != learning_) forget_spikes();
    learning_ = learning;
}

template <class Real> void PlasticStore<Real>::forget() {
    sources_.forget(up_to_date_ - (runs_.delays().empty() ? 0 : runs_.delays().back()));
    targets_.forget(up_to_date_ - 2 * longest_dendritic_);
}

/// Histories are saved with the spikes in flight, as if all had come.
template <class Real> auto PlasticStore<Real>::save() const -> Saved {
    SpikeHistory<Real> targets = targets_;
    for (const TargetSpike& spike : in_flight_) targets.add(spike.target, spike.step);
    return {sources_.save(), targets.save(), eligibility_ ? eligibility_->save() : typename Eligibility<Real>::Saved(), up_to_date_, since_};
}

template <class Real> void PlasticStore<Real>::load(const Saved& saved) {
    const Index last = one_delay() ? saved.up_to_date - 2 * same_dendritic_ : saved.up_to_date;
    typename SpikeHistory<Real>::Saved come;
    in_flight_.clear();
    for (std::size_t target = 0, i = 0; target < saved.targets.count.size(); ++target) {
        const std::size_t end = i + saved.targets.count[target];
        for (; i < end && saved.targets.step[i] > last; ++i) in_flight_.push_back({saved.targets.step[i], std::uint32_t(target)});
        come.count.push_back(std::uint32_t(end - i));
        for (; i < end; ++i) come.add(saved.targets.spike(i));
    }
    std::ranges::stable_sort(in_flight_, {}, &TargetSpike::step);
    sources_.load(saved.sources);
    targets_.load(come);
    if (eligibility_) eligibility_->load(saved.rewards);
    up_to_date_ = saved.up_to_date, since_ = saved.since;
    forget();
}

template <class Real> std::size_t PlasticStore<Real>::bytes() const {
    return runs_.bytes() + std::size_t(weights_.size() + unpaired_.size()) * sizeof(Real) + std::size_t(narrow_.size() + dendritic_.size()) * sizeof(std::uint16_t) +
           std::size_t(wide_.size()) * sizeof(std::uint32_t) + (eligibility_ ? eligibility_->bytes() : 0);
}

template class PlasticStore<float>;
template class PlasticStore<double>;

}  // namespace tripartite
