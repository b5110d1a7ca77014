#include "simulation/convolution_store.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

#include "core/error.hpp"
#include "simulation/history_file.hpp"

namespace tripartite {
namespace {

/// From 0 to w_max, if the rule has one.
template <class Real, class Rule> Real within_bounds(const Rule& rule, Real weight) {
    if constexpr (requires { rule.w_max; }) weight = std::min(weight, Real(std::fabs(rule.w_max)));
    return std::max(weight, Real(0));
}
template <class Real> Real within_bounds(const StdpDopamine&, Real eligibility) { return eligibility; }

}  // namespace

template <class Real>
ConvolutionStore<Real>::ConvolutionStore(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition)
    : built_(built),
      map_(std::get<Convolution>(built.spec->rule), shared.sizes[std::size_t(built.from)], shared.sizes[std::size_t(built.to)]),
      rule_(plastic_rule(built.spec->synapse).value()),
      share_(partition.shares[std::size_t(built.to)]),
      pairing_(pairing_of(rule_)),
      reads_trace_(presynaptic_trace(rule_).tau > 0),
      axonal_(built.axonal_delay),
      sign_(Real(sign_of(rule_))),
      sources_(shared.sizes[std::size_t(built.from)], shared.options.dt, presynaptic_trace(rule_)),
      targets_(shared.sizes[std::size_t(built.to)], shared.options.dt, postsynaptic_trace(rule_)) {
    if (share_.owned() > 0) first_channel_ = share_.begin / map_.target_places(), end_channel_ = (share_.end - 1) / map_.target_places() + 1;
    weights_.resize(std::size_t(end_channel_ - first_channel_) * map_.kernel_size());
    changes_.resize(weights_.size());
    std::vector<Pair> places(all_weights());
    for (std::size_t i = 0; i < places.size(); ++i) places[i].number = i;
    std::vector<double> values(places.size());
    set_delays(places, shared.options.dt);
    built.weight->fill(places, values);
    const std::vector<Real> all(values.begin(), values.end());
    set_weights(std::span(all).subspan(std::size_t(first_channel_) * map_.kernel_size(), weights_.size()));
    if (remembers_spikes(pairing_)) unpaired_.resize(weights_.size() * map_.target_places());
    if (const auto* waits = std::get_if<StdpDopamine>(&rule_)) eligibility_.emplace(*waits, shared.options.dt), eligibility_->resize(Index(weights_.size()));
}

template <class Real> void ConvolutionStore<Real>::set_delays(std::span<const Pair> places, double dt) {
    std::vector<double> values(places.size());
    built_.delay->fill(places, values);
    for (const double delay : values) delays_.push_back(int(std::lround(delay / dt)) - axonal_);
    std::vector<int> all = delays_;
    std::ranges::sort(delays_);
    delays_.erase(std::ranges::unique(delays_).begin(), delays_.end());
    if (delays_.front() < 1 || delays_.back() > 65535)
        fail("projection '{}': a plastic synapse needs a dendritic delay of 1 to 65535 steps, and here they are {} to {}; bound the delay with redraw, or shorten its axonal part",
             built_.spec->name, delays_.front(), delays_.back());
    if (delays_.size() > 1) dendritic_.assign(all.begin() + std::ptrdiff_t(first_channel_ * map_.kernel_size()), all.begin() + std::ptrdiff_t(end_channel_ * map_.kernel_size()));
}

template <class Real> void ConvolutionStore<Real>::set_weights(std::span<const Real> own) {
    const auto wrong = std::ranges::find_if(own, [this](Real w) { return !(w * sign_ >= 0); });
    if (wrong != own.end())
        fail("projection '{}': a plastic weight of {} does not have the sign of its rule, which is {}", built_.spec->name, *wrong, sign_ < 0 ? "negative" : "positive");
    std::ranges::transform(own, weights_.begin(), [this](Real w) { return w * sign_; });
}

template <class Real> void ConvolutionStore<Real>::copy_weights(std::vector<Real>& all) const {
    Real* to = all.data() + std::size_t(first_channel_) * map_.kernel_size();
    for (std::size_t i = 0; i < weights_.size(); ++i) to[i] = sign_ * (eligibility_ ? eligibility_->weight_at(Index(i), now_ - dendritic(i), weights_[i]) : weights_[i]);
}

template <class Real> auto ConvolutionStore<Real>::memory() const -> Memory {
    Memory memory{{"weight", weights_}};
    for (Real& w : memory["weight"]) w *= sign_;
    if (!unpaired_.empty()) memory["unpaired"] = unpaired_;
    for (Index i = 0; eligibility_ && i < Index(weights_.size()); ++i) {
        memory["eligibility"].push_back(eligibility_->value(i));
        memory["steps_ago"].push_back(Real(now_ - eligibility_->step(i)));
    }
    return memory;
}

template <class Real> void ConvolutionStore<Real>::set_memory(const Memory& own) {
    set_weights(own.at("weight"));
    if (!unpaired_.empty()) unpaired_ = own.at("unpaired");
    for (Index i = 0; eligibility_ && i < Index(weights_.size()); ++i) {
        eligibility_->set(i, own.at("eligibility")[std::size_t(i)]);
        eligibility_->set_step(i, now_ - Index(own.at("steps_ago")[std::size_t(i)]));
    }
}

template <class Real> void ConvolutionStore<Real>::take(Index step, const SpikeLists& fired) {
    if (!eligibility_) return;
    if (const auto spikes = fired(built_.dopamine_from, step).size(); spikes > 0) eligibility_->reward(step + built_.dopamine_delay, double(spikes));
}

template <class Real> void ConvolutionStore<Real>::bring_up_to_date(Index step) {
    if (eligibility_) eligibility_->bring_up_to_date(step, longest(), weights_);
}

template <class Real> Real ConvolutionStore<Real>::value_at(std::size_t i, Index now) {
    if (eligibility_) eligibility_->advance(Index(i), now, weights_[i]);
    return learned()[i];
}

template <class Real> void ConvolutionStore<Real>::settle() {
    for (std::size_t i = 0; eligibility_ && i < weights_.size(); ++i) value_at(i, now_ - dendritic(i));
}

template <class Real> Real ConvolutionStore<Real>::trace(const SpikeHistory<Real>& history, std::uint32_t neuron, Index now) {
    return history.met(history.until(neuron, now - 1), now);
}

template <class Real> std::uint64_t ConvolutionStore<Real>::deliver(const Delivery<Real>& to) {
    now_ = to.step;
    if (eligibility_) eligibility_->know_until(now_ - 1);
    std::uint64_t events = 0;
    for (const int b : delays_) {
        const Index due = now_ - b - axonal_;
        if (learning_)
            std::visit([&](const auto& rule) { potentiate(rule, counted(to, built_.to, now_ - 2 * b), b), depress(rule, counted(to, built_.from, due), b); }, rule_);
        events += add_to(to.rows[built_.port] + share_.local, (*to.fired)(built_.from, due), b);
    }
    if (learning_) remember_spikes(to);
    return events;
}

/// Spikes are known from the step in which they were at the synapses with the shortest delay, until they have been at those with the longest.
template <class Real> void ConvolutionStore<Real>::remember_spikes(const Delivery<Real>& to) {
    const Index source = now_ - delays_.front(), target = source - delays_.front();
    for (const auto n : counted(to, built_.to, target)) targets_.add(n, target);
    for (const auto n : counted(to, built_.from, source - axonal_)) sources_.add(n, source);
    sources_.forget(now_ - longest()), targets_.forget(now_ - 2 * longest());
}

template <class Real> template <class Each> void ConvolutionStore<Real>::onto(std::uint32_t target, Each&& each) {
    const std::uint32_t channel = target / map_.target_places();
    if (channel < first_channel_ || channel >= end_channel_) return;
    const auto taps = map_.of_target(target % map_.target_places());
    for (std::uint32_t from = 0; from < map_.source_channels(); ++from) {
        const std::size_t kernel = std::size_t(channel - first_channel_) * map_.kernel_size() + from * map_.kernel_places();
        for (const auto& tap : taps) each(kernel + tap.in_kernel, from * map_.source_places() + tap.place);
    }
}

template <class Real> template <class Each> void ConvolutionStore<Real>::out_of(std::uint32_t source, Each&& each) {
    const auto taps = map_.of_source(source % map_.source_places());
    for (std::uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
        const std::size_t kernel = std::size_t(channel - first_channel_) * map_.kernel_size() + source / map_.source_places() * map_.kernel_places();
        for (const auto& tap : taps) each(kernel + tap.in_kernel, channel * map_.target_places() + tap.place);
    }
}

template <class Real> template <class Rule> void ConvolutionStore<Real>::potentiate(const Rule& rule, Spikes targets, int b) {
    const Index now = now_ - b, fired = now - b;
    for (const auto target : targets) {
        [[maybe_unused]] const Real slow = targets_.has_slow() ? targets_.slow(targets_.until(target, fired - 1), fired) : Real(0);
        onto(target, [&](std::size_t i, std::uint32_t source) {
            if (dendritic(i) != b) return;
            Real before = trace(sources_, source, now);
            if (!unpaired_.empty()) before *= std::exchange(unpaired(target, i), Real(0));
            if (before == 0 && reads_trace_) return;
            const Real w = value_at(i, now);
            if constexpr (requires { rule.potentiate(w, before, slow); }) changes_[i] += rule.potentiate(w, before, slow) - w;
            else changes_[i] += rule.potentiate(w, before) - w;
        });
    }
    for (const auto target : targets) onto(target, [&](std::size_t i, std::uint32_t) { change(rule, i); });
}

template <class Real> template <class Rule> void ConvolutionStore<Real>::depress(const Rule& rule, Spikes sources, int b) {
    const Index now = now_ - b;
    for (const auto source : sources) {
        const auto last = sources_.until(source, now - 1);
        [[maybe_unused]] const Real slow = sources_.has_slow() ? sources_.slow(last, now) : Real(0);
        const Real carried = pairing_ == Pairing::centred ? sources_.decay()(now - last.step) : Real(0);
        out_of(source, [&](std::size_t i, std::uint32_t target) {
            if (dendritic(i) != b) return;
            Real after = trace(targets_, target, now - b);
            if (!unpaired_.empty()) {  // as PlasticStore::pair()
                Real& left = unpaired(target, i);
                if (pairing_ == Pairing::restricted) after *= 1 - left;
                left = left * carried + 1;
            }
            const Real w = value_at(i, now);
            if constexpr (requires { rule.depress(w, after, slow); }) changes_[i] += rule.depress(w, after, slow) - w;
            else changes_[i] += rule.depress(w, after) - w;
        });
    }
    for (const auto source : sources) out_of(source, [&](std::size_t i, std::uint32_t) { change(rule, i); });
}

template <class Real> template <class Rule> void ConvolutionStore<Real>::change(const Rule& rule, std::size_t i) {
    if (changes_[i] != 0) learned()[i] = within_bounds(rule, learned()[i] + changes_[i]), changes_[i] = 0;
}

template <class Real> std::uint64_t ConvolutionStore<Real>::add_to(Real* row, Spikes sources, int b) {
    std::uint64_t events = 0;
    for (const auto source : sources)
        out_of(source, [&](std::size_t i, std::uint32_t target) {
            const std::uint32_t local = target - share_.begin;  // far above all if the target lies before
            if (local < share_.owned() && dendritic(i) == b) row[local] += sign_ * weights_[i], ++events;
        });
    return events;
}

template <class Real> void ConvolutionStore<Real>::forget_spikes() {
    settle();
    if (eligibility_) eligibility_->clear(std::max<Index>(0, now_));
    std::ranges::fill(unpaired_, Real(0));
    sources_.clear(), targets_.clear();
    since_ = now_ + 1;
}

template <class Real> void ConvolutionStore<Real>::set_learning(bool learning) {
    if (learning != learning_) forget_spikes();
    learning_ = learning;
}

template <class Real> void ConvolutionStore<Real>::normalise(double total) {
    settle();
    for (std::uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
        const std::span<Real> weights(weights_.data() + std::size_t(channel - first_channel_) * map_.kernel_size(), map_.kernel_size());
        double sum = 0;
        for (const Real w : weights) sum += double(w);
        for (Real& w : weights) w = sum > 0 ? Real(double(w) * (total / sum)) : w;
    }
}

template <class Real> void ConvolutionStore<Real>::save(H5Writer& file, const std::string& group) const {
    save_history<Real>(file, group + "/sources", sources_.save());
    save_history<Real>(file, group + "/targets", targets_.save());
    file.attribute(group, "since", std::int64_t(since_));
    file.attribute(group, "now", std::int64_t(now_));
    if (eligibility_) save_dopamine<Real>(file, group + "/dopamine", eligibility_->save());
}

template <class Real> void ConvolutionStore<Real>::load(const H5Reader& file, const std::string& group) {
    sources_.load(load_history<Real>(file, group + "/sources", 0, SIZE_MAX));
    targets_.load(load_history<Real>(file, group + "/targets", 0, SIZE_MAX));
    since_ = Index(file.integer_attribute(group, "since"));
    now_ = Index(file.integer_attribute(group, "now"));
    sources_.forget(now_ - longest()), targets_.forget(now_ - 2 * longest());
    if (eligibility_) eligibility_->load(load_dopamine<Real>(file, group + "/dopamine"));
}

template <class Real> std::size_t ConvolutionStore<Real>::bytes() const {
    return (weights_.size() + changes_.size() + unpaired_.size()) * sizeof(Real) + dendritic_.size() * sizeof(std::uint16_t) + (eligibility_ ? eligibility_->bytes() : 0) + sources_.bytes() + targets_.bytes() + map_.bytes();
}

template class ConvolutionStore<float>;
template class ConvolutionStore<double>;

}  // namespace tripartite
