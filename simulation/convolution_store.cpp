#include "simulation/convolution_store.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "simulation/history_file.hpp"

namespace tripartite {
namespace {

TraceSpec traces_before(const PlasticRule& rule) {
    return std::visit([](const auto& r) { return r.pre(); }, rule);
}
TraceSpec traces_after(const PlasticRule& rule) {
    return std::visit([](const auto& r) { return r.post(); }, rule);
}

/// From 0 to w_max, if the rule has one.
template <class Real, class Rule> Real within_bounds(const Rule& rule, Real weight) {
    if constexpr (requires { rule.w_max; }) weight = std::min(weight, Real(std::fabs(rule.w_max)));
    return std::max(weight, Real(0));
}

}  // namespace

template <class Real>
ConvolutionStore<Real>::ConvolutionStore(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition)
    : built_(built),
      map_(std::get<Convolution>(built.spec->rule), shared.sizes[std::size_t(built.from)], shared.sizes[std::size_t(built.to)]),
      rule_(plastic_rule(built.spec->synapse).value()),
      share_(partition.shares[std::size_t(built.to)]),
      reads_trace_(traces_before(rule_).tau > 0),
      delay_(0),
      sign_(Real(std::visit([](const auto& r) { return r.sign(); }, rule_))),
      sources_(shared.sizes[std::size_t(built.from)], shared.options.dt, traces_before(rule_)),
      targets_(shared.sizes[std::size_t(built.to)], shared.options.dt, traces_after(rule_)) {
    delay_ = int(std::lround(built.delay->constant_value() / shared.options.dt));
    if (share_.owned() > 0) first_channel_ = share_.begin / map_.target_places(), end_channel_ = (share_.end - 1) / map_.target_places() + 1;
    weights_.resize(std::size_t(end_channel_ - first_channel_) * map_.kernel_size());
    changes_.resize(weights_.size());
    std::vector<Pair> places(all_weights());
    for (std::size_t i = 0; i < places.size(); ++i) places[i].number = i;
    std::vector<double> values(places.size());
    built.weight->fill(places, values);
    set_weights({values.begin(), values.end()});
}

template <class Real> void ConvolutionStore<Real>::set_weights(const std::vector<Real>& all) {
    const auto first = all.begin() + std::ptrdiff_t(first_channel_) * map_.kernel_size();
    const auto wrong = std::find_if(first, first + std::ptrdiff_t(weights_.size()), [this](Real w) { return !(w * sign_ >= 0); });
    if (wrong != first + std::ptrdiff_t(weights_.size()))
        fail("projection '{}': a plastic weight of {} does not have the sign of its rule, which is {}", built_.spec->name, *wrong, sign_ < 0 ? "negative" : "positive");
    std::transform(first, first + std::ptrdiff_t(weights_.size()), weights_.begin(), [this](Real w) { return w * sign_; });
}

template <class Real> void ConvolutionStore<Real>::copy_weights(std::vector<Real>& all) const {
    std::ranges::transform(weights_, all.begin() + std::ptrdiff_t(first_channel_) * map_.kernel_size(), [this](Real w) { return w * sign_; });
}

template <class Real> Real ConvolutionStore<Real>::trace(const SpikeHistory<Real>& history, std::uint32_t neuron, Index now) {
    const auto last = history.spike(neuron, 0);
    return last.trace * history.decay()(now - last.step);
}

template <class Real> std::uint64_t ConvolutionStore<Real>::deliver(const Delivery<Real>& to) {
    now_ = to.step;
    const Index at_synapse = now_ - delay_;
    const auto arrived = (*to.fired)(built_.from, at_synapse);
    if (learning_) {
        const auto counted = [&](int population, Index step) { return step >= since_ ? (*to.fired)(population, step) : Spikes(); };
        const Spikes targets = counted(built_.to, at_synapse - delay_), sources = counted(built_.from, at_synapse);
        std::visit([&](const auto& rule) { potentiate(rule, targets, at_synapse), depress(rule, sources, at_synapse); }, rule_);
        for (const auto n : targets) targets_.add(n, at_synapse);
        for (const auto n : sources) sources_.add(n, at_synapse);
        sources_.forget(at_synapse), targets_.forget(at_synapse);
    }
    return add_to(to.rows[built_.port] + share_.local, arrived);
}

template <class Real> template <class Rule> void ConvolutionStore<Real>::potentiate(const Rule& rule, Spikes targets, Index now) {
    bool any = false;
    for (const auto target : targets) {
        const std::uint32_t channel = target / map_.target_places();
        if (channel < first_channel_ || channel >= end_channel_) continue;
        any = true;
        const auto taps = map_.of_target(target % map_.target_places());
        [[maybe_unused]] const Real slow = targets_.has_slow() ? targets_.slow(targets_.spike(target, 0), now) : Real(0);
        for (std::uint32_t from = 0; from < map_.source_channels(); ++from) {
            const Real* w = kernel(channel) + from * map_.kernel_places();
            Real* change = changes_.data() + (w - weights_.data());
            for (const auto& tap : taps) {
                const Real before = trace(sources_, from * map_.source_places() + tap.place, now), old = w[tap.in_kernel];
                if (before == 0 && reads_trace_) continue;
                if constexpr (requires { rule.potentiate(old, before, slow); }) change[tap.in_kernel] += rule.potentiate(old, before, slow) - old;
                else change[tap.in_kernel] += rule.potentiate(old, before) - old;
            }
        }
    }
    if (any) apply_changes(rule);
}

template <class Real> template <class Rule> void ConvolutionStore<Real>::depress(const Rule& rule, Spikes sources, Index now) {
    for (const auto source : sources) {
        const auto taps = map_.of_source(source % map_.source_places());
        [[maybe_unused]] const Real slow = sources_.has_slow() ? sources_.slow(sources_.spike(source, 0), now) : Real(0);
        for (std::uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
            const Real* w = kernel(channel) + source / map_.source_places() * map_.kernel_places();
            Real* change = changes_.data() + (w - weights_.data());
            for (const auto& tap : taps) {
                const Real after = trace(targets_, channel * map_.target_places() + tap.place, now), old = w[tap.in_kernel];
                if constexpr (requires { rule.depress(old, after, slow); }) change[tap.in_kernel] += rule.depress(old, after, slow) - old;
                else change[tap.in_kernel] += rule.depress(old, after) - old;
            }
        }
    }
    if (!sources.empty()) apply_changes(rule);
}

/// A weight that does not change stays as it is, out of bounds too.
template <class Real> template <class Rule> void ConvolutionStore<Real>::apply_changes(const Rule& rule) {
    for (std::size_t i = 0; i < weights_.size(); ++i)
        if (changes_[i] != 0) weights_[i] = within_bounds(rule, weights_[i] + changes_[i]), changes_[i] = 0;
}

template <class Real> std::uint64_t ConvolutionStore<Real>::add_to(Real* row, Spikes sources) const {
    std::uint64_t events = 0;
    for (const auto source : sources) {
        const auto taps = map_.of_source(source % map_.source_places());
        for (std::uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
            const Real* w = weights_.data() + std::size_t(channel - first_channel_) * map_.kernel_size() + source / map_.source_places() * map_.kernel_places();
            for (const auto& tap : taps) {
                const std::uint32_t target = channel * map_.target_places() + tap.place - share_.begin;  // far above all if it lies before
                if (target < share_.owned()) row[target] += sign_ * w[tap.in_kernel], ++events;
            }
        }
    }
    return events;
}

template <class Real> void ConvolutionStore<Real>::forget_spikes() {
    sources_.clear(), targets_.clear();
    since_ = now_ + 1;
}

template <class Real> void ConvolutionStore<Real>::set_learning(bool learning) {
    if (learning != learning_) forget_spikes();
    learning_ = learning;
}

template <class Real> void ConvolutionStore<Real>::normalise(double total) {
    for (std::uint32_t channel = first_channel_; channel < end_channel_; ++channel) {
        const std::span<Real> weights(kernel(channel), map_.kernel_size());
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
}

template <class Real> void ConvolutionStore<Real>::load(const H5Reader& file, const std::string& group) {
    sources_.load(load_history<Real>(file, group + "/sources", 0, SIZE_MAX));
    targets_.load(load_history<Real>(file, group + "/targets", 0, SIZE_MAX));
    since_ = Index(file.integer_attribute(group, "since"));
    now_ = Index(file.integer_attribute(group, "now"));
    sources_.forget(now_ - delay_), targets_.forget(now_ - delay_);
}

template <class Real> std::size_t ConvolutionStore<Real>::bytes() const { return (weights_.size() + changes_.size()) * sizeof(Real); }

template class ConvolutionStore<float>;
template class ConvolutionStore<double>;

}  // namespace tripartite
