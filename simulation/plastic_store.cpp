#include "simulation/plastic_store.hpp"

#include <algorithm>

namespace tripartite {

namespace {

constexpr Index spare = 16;  // a kernel reads at most so far behind an end

}  // namespace

template <class Real>
PlasticStore<Real>::PlasticStore(const PlasticRule& rule, double dt, std::uint32_t sources, std::uint32_t targets)
    : rule_(rule),
      pairing_(pairing_of(rule)),
      reads_trace_(presynaptic_trace(rule).tau > 0),
      kernels_(&plastic_kernels<Real>()),
      targets_owned_(targets),
      sign_(Real(sign_of(rule))),
      sources_(sources, dt, presynaptic_trace(rule)),
      targets_(targets, dt, postsynaptic_trace(rule)),
      runs_(sources),
      traces_(block + spare),
      traces_now_(Index(targets) + spare) {
    std::visit([](const auto& r) {
        if constexpr (requires { r.w_max; })
            if (r.w_max == 0) fail("{}: w_max is 0, so that every weight would stay 0: set it above 0, or below for inhibitory synapses", r.name);
    }, rule_);
    if (const auto* waits = std::get_if<StdpDopamine>(&rule_)) eligibility_.emplace(*waits, dt);
}

template <class Real> void PlasticStore<Real>::count(std::uint32_t source, int axonal, int dendritic) {
    if (dendritic < 1 || dendritic > 65535)
        fail("a plastic synapse needs a dendritic delay of 1 to 65535 steps, not {} (and {} steps axonal): by default the whole delay is dendritic",
             dendritic, axonal);
    if (same_dendritic_ == 0) same_dendritic_ = dendritic;
    if (same_dendritic_ != dendritic) same_dendritic_ = -1;
    longest_dendritic_ = std::max(longest_dendritic_, dendritic);
    runs_.count(source, axonal + dendritic);
}

template <class Real> void PlasticStore<Real>::finish_counts() {
    runs_.finish();
    const auto places = [&](bool wanted) { return wanted ? Index(runs_.size()) + block : 0; };  // kernels read ahead by less than a block
    weights_ = Array<Real>(places(true));
    unpaired_ = Array<Real>(places(remembers()));
    if (eligibility_) eligibility_->resize(places(true));
    narrow_ = Array<std::uint16_t>(places(narrow()));
    wide_ = Array<std::uint32_t>(places(!narrow()));
    dendritic_ = Array<std::uint16_t>(places(same_dendritic_ < 0));
}

template <class Real> void PlasticStore<Real>::add(std::uint32_t source, std::uint32_t target, int axonal, int dendritic, Real weight) {
    const std::uint64_t i = runs_.place(source, axonal + dendritic);
    if (narrow()) narrow_[Index(i)] = std::uint16_t(target);
    else wide_[Index(i)] = target;
    if (!dendritic_.empty()) dendritic_[Index(i)] = std::uint16_t(dendritic);
    set_weight(i, weight);
}

template <class Real> void PlasticStore<Real>::set_weight(std::uint64_t i, Real weight) {
    if (!(weight * sign_ >= 0))
        fail("a plastic weight of {} does not have the sign of its rule, which is {} (that of w_max, if the rule has one)", weight,
             sign_ < 0 ? "negative" : "positive");
    weights_[Index(i)] = weight * sign_;
}

/// The last spike of a source that was due by step t.
template <class Real> auto PlasticStore<Real>::due_until(std::uint32_t source, int delay, Index t) const -> Spike {
    const Spike spike = sources_.until(source, t - delay);
    return {spike.step + delay, spike.trace, spike.slow, spike.rate};
}

template <class Real> void PlasticStore<Real>::collect_due(Index t, const FiredAt& fired) {
    due_.clear();
    const auto delays = runs_.delays();
    for (int d = 0; d < int(delays.size()) && delays[std::size_t(d)] <= t; ++d)
        for (const std::uint32_t source : fired(t - delays[std::size_t(d)])) {
            const auto run = runs_.run(source, d);
            if (run.empty()) continue;
            const Spike previous = due_until(source, delays[std::size_t(d)], t - 1);
            const bool counts = learning_ && t - delays[std::size_t(d)] >= since_;
            for (Index begin = Index(run.begin), end = Index(run.end); begin < end; begin += block)
                due_.push_back({begin, std::min(end, begin + block), previous, counts});
        }
}

template <class Real> void PlasticStore<Real>::prefetch(const Due& due) const {
    for (Index i = due.begin; i < due.end; i += Index(64 / sizeof(Real))) __builtin_prefetch(weights_.data() + i, 1);
    if (narrow())
        for (Index i = due.begin; i < due.end; i += 32) __builtin_prefetch(narrow_.data() + i);
    else
        for (Index i = due.begin; i < due.end; i += 16) __builtin_prefetch(wide_.data() + i);
}

template <class Real> void PlasticStore<Real>::add_to(Real* row, Index begin, Index end) const {
    const auto add = [=, sign = sign_, weights = weights_.data()](const auto* targets) {
        for (Index i = begin; i < end; ++i) row[targets[i]] += sign * weights[i];
    };
    if (narrow()) add(narrow_.data());
    else add(wide_.data());
}

template <class Real> std::uint64_t PlasticStore<Real>::deliver(Index t, const FiredAt& fired, Real* row) {
    if (t >= -Index(SpikeHistory<Real>::never)) fail("a simulation with plastic synapses may last {} steps at most", -SpikeHistory<Real>::never);
    collect_due(t, fired);
    if (eligibility_) eligibility_->know_until(t - 1);
    receive_echoes(t - 1);
    if (one_delay() && !due_.empty()) trace_targets(t - 2 * same_dendritic_);
    receive_echoes(t);
    Index events = 0, fetched = 0;
    auto ahead = due_.begin();
    for (const Due& due : due_) {
        for (; ahead != due_.end() && fetched < events + 2 * block; ++ahead) prefetch(*ahead), fetched += ahead->end - ahead->begin;
        if (due.counts) potentiate(due.begin, due.end, due.previous, std::int32_t(t)), depress(due.begin, due.end, due.previous, std::int32_t(t));
        add_to(row, due.begin, due.end);
        events += due.end - due.begin;
    }
    return std::uint64_t(events);
}

/// What presynaptic spikes meet now, of all targets; `last` is the latest step whose echo has come.
template <class Real> void PlasticStore<Real>::trace_targets(Index last) {
    kernels_->decay_traces(targets_.traces(0), targets_.steps(0), targets_owned_, std::int32_t(last), targets_.decay().data(), targets_.decay().oldest(), traces_now_.data());
    for (Index n = 0; targets_.has_rate() && n < Index(targets_owned_); ++n) traces_now_[n] *= targets_.squared_rate(targets_.spike(n, 0), last);
}

/// With one dendritic delay for all, the targets' histories hold the spikes whose echo has come; else all spikes.
template <class Real> void PlasticStore<Real>::receive_echoes(Index t) {
    const Index last = one_delay() ? t - 2 * same_dendritic_ : t;
    const auto to_come = std::ranges::find_if(in_flight_, [=](const TargetSpike& spike) { return spike.step > last; });
    for (auto spike = in_flight_.begin(); spike != to_come; ++spike) targets_.add(spike->target, spike->step);
    in_flight_.erase(in_flight_.begin(), to_come);
}

/// Lists the echoes of a block after `previous`, or the last call of bring_up_to_date(), and until t; returns the number of lists.
template <class Real> Index PlasticStore<Real>::list_echoes(Index begin, Index end, std::int32_t previous, std::int32_t t) {
    for (Echoes& echoes : echoes_) echoes.count = 0;
    const std::int32_t seen = std::max(previous, std::int32_t(up_to_date_));
    Index lists = 0;
    for (Index i = begin; i < end; ++i) {
        const Index target = this->target(std::uint64_t(i));
        const std::int32_t echo = 2 * dendritic(std::uint64_t(i));
        Index level = 0, k = 0;
        while (targets_.step(target, level) + echo > t) ++level;
        for (; targets_.step(target, level) + echo > seen; ++level, ++k) {
            Echoes& echoes = echoes_[std::size_t(k)];
            echoes.synapse[echoes.count] = std::int32_t(i - begin);
            if (targets_.has_slow()) echoes.slow[echoes.count] = targets_.spike(target, level).slow;
            if (eligibility_) echoes.step[echoes.count] = targets_.step(target, level) + echo / 2;
            echoes.age[echoes.count++] = std::min(targets_.step(target, level) + echo - previous, sources_.decay().oldest());
        }
        lists = std::max(lists, k);
    }
    return lists;
}

/// The same where all echoes come after the same time: those of the histories.
template <class Real> Index PlasticStore<Real>::list_echoes_of_one_delay(Index begin, Index end, std::int32_t previous) {
    const std::int32_t echo = 2 * same_dendritic_, seen = std::max(previous, std::int32_t(up_to_date_));
    EchoWindow window{targets_.steps(0), seen - echo, previous - echo, sources_.decay().oldest()};
    echoes_[0].count = narrow() ? kernels_->list_narrow(narrow_.data() + begin, end - begin, window, echoes_[0].list())
                                : kernels_->list_wide(wide_.data() + begin, end - begin, window, echoes_[0].list());
    Index level = 0;
    for (; echoes_[std::size_t(level)].count > 0; ++level) {
        Echoes &known = echoes_[std::size_t(level)], &earlier = echoes_[std::size_t(level + 1)];
        for (Index i = 0; targets_.has_slow() && i < known.count; ++i) known.slow[i] = targets_.slow(level)[known.target[i]];
        for (Index i = 0; eligibility_ && i < known.count; ++i) known.step[i] = targets_.steps(level)[known.target[i]] + same_dendritic_;
        window.steps = targets_.steps(level + 1);
        earlier.count = kernels_->list_listed(known.list(), known.count, window, earlier.list());
    }
    return level;
}

template <class Real> void PlasticStore<Real>::potentiate(Index begin, Index end, const Spike& previous, std::int32_t t) {
    if (previous.trace == 0 && reads_trace_) return;
    while (Index(echoes_.size()) < targets_.levels()) {
        const Array<std::int32_t> empty(block + spare);
        echoes_.push_back({empty, empty, empty, Array<Real>(targets_.has_slow() ? block + spare : 0), Array<std::int32_t>(eligibility_ ? block + spare : 0)});
    }
    const Index lists = one_delay() ? list_echoes_of_one_delay(begin, end, previous.step) : list_echoes(begin, end, previous.step, t);
    for (Index k = lists; k-- > 0;) {  // the oldest first
        Echoes& echoes = echoes_[std::size_t(k)];
        Real* const unpaired = remembers() ? unpaired_.data() + begin : nullptr;
        const EchoTraces<Real> traces{previous.trace, unpaired, sources_.decay().data(), echoes.slow.data()};
        for (Index i = 0; eligibility_ && i < echoes.count; ++i) {
            const Index synapse = begin + echoes.synapse[i];
            eligibility_->advance(synapse, echoes.step[i], weights_[synapse]);
        }
        kernels_->potentiate(rule_, learned() + begin, echoes.list(), echoes.count, traces);
    }
}

/// An echo of step t itself does not count yet.
template <class Real> void PlasticStore<Real>::depress(Index begin, Index end, const Spike& previous, std::int32_t t) {
    if (one_delay()) {
        if (narrow()) kernels_->gather_narrow(traces_now_.data(), narrow_.data() + begin, end - begin, traces_.data());
        else kernels_->gather_wide(traces_now_.data(), wide_.data() + begin, end - begin, traces_.data());
    } else {
        for (Index i = begin; i < end; ++i) {
            const std::int32_t now = t - 2 * dendritic(std::uint64_t(i));
            traces_[i - begin] = targets_.met(targets_.until(target(std::uint64_t(i)), now - 1), now);
        }
    }
    if (remembers()) pair(begin, end, pairing_ == Pairing::centred ? sources_.decay()(t - previous.step) : Real(0));
    for (Index i = begin; eligibility_ && i < end; ++i) eligibility_->advance(i, t - dendritic(std::uint64_t(i)), weights_[i]);
    kernels_->depress(rule_, learned() + begin, traces_.data(), sources_.has_slow() ? sources_.slow(previous, t) : Real(0), end - begin);
}

/// A presynaptic spike begins a trace, beside what is carried of the one before. Restricted to neighbours it depresses only where a postsynaptic
/// spike came since the last one.
template <class Real> void PlasticStore<Real>::pair(Index begin, Index end, Real carried) {
    for (Index i = begin; i < end; ++i) {
        if (pairing_ == Pairing::restricted) traces_[i - begin] *= 1 - unpaired_[i];
        unpaired_[i] = unpaired_[i] * carried + 1;
    }
}

template class PlasticStore<float>;
template class PlasticStore<double>;

}  // namespace tripartite
