#include "simulation/tripartite_store.hpp"

#include <cmath>

namespace tripartite {

template <class Real>
TripartiteStore<Real>::TripartiteStore(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built, const Share& share)
    : RunStore<Real, Weighted<Real>>(kind, shared.sizes[std::size_t(built.from)]), spec_(built.spec), channels_(built.astrocytes),
      offset_(Index(kind.first) - share.local + share.begin), begin_(std::max<Index>(0, share.local - kind.first)) {
    transmitter_.resize(std::size_t(std::min<Index>(kind.targets, share.local + share.owned() - kind.first) - begin_));
    const auto& rule = std::get<Tripartite>(built.spec->synapse);
    const double seconds = shared.options.dt * 1e-3;
    U0_ = Real(rule.U0), alpha_ = Real(rule.alpha), facilitation_ = Real(rule.Omega_f * seconds), depression_ = Real(rule.Omega_d * seconds);
    amount_ = Real(rule.rho_c * rule.Y_T), cleared_ = Real(std::exp(-rule.Omega_c * seconds));
}

template <class Real> Real TripartiteStore<Real>::release(Synapse& s, Index t, Real held) const {
    const Real interval = Real(t - s.step);
    s.u *= std::exp(-facilitation_ * interval);
    s.x = 1 + (s.x - 1) * std::exp(-depression_ * interval);
    s.u += (U0_ + held * (alpha_ - U0_)) * (1 - s.u);
    const Real released = s.u * s.x;
    s.x -= released;
    s.step = std::int32_t(t);
    return released;
}

template <class Real> std::uint64_t TripartiteStore<Real>::deliver(const Delivery<Real>& to) {
    this->collect(to, [](Index, std::size_t) {});
    for (auto& y : transmitter_) y *= cleared_;
    Real* row = to.rows[this->kind_.port] + this->kind_.first;
    const Real* held = to.graded->row(channels_.receptors, to.step - channels_.delay);
    const auto* first = this->entries_.data();
    const auto events = this->visit([&](const auto& entry, std::size_t) {
        const Real released = release(synapses_[std::size_t(&entry - first)], to.step, held[channels_.of[std::size_t(offset_ + entry.target)]]);
        transmitter_[std::size_t(entry.target - begin_)] += amount_ * released;
        row[entry.target] += Real(entry.weight) * released;
    });
    std::ranges::copy(transmitter_, to.graded->row(channels_.transmitter, to.step) + offset_ + begin_);
    return events;
}

template <class Real> void TripartiteStore<Real>::forget_spikes() {
    std::ranges::fill(synapses_, Synapse{});
    std::ranges::fill(transmitter_, Real(0));
}

template class TripartiteStore<float>;
template class TripartiteStore<double>;

}  // namespace tripartite
