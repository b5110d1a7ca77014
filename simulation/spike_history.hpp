#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/array.hpp"
#include "core/error.hpp"
#include "synapses/plasticity.hpp"

namespace tripartite {

/// exp(-i dt / tau) for steps i from 0 to oldest(); from there on 0. Without a tau, 0.
template <class Real> class DecayTable {
public:
    /// dt and tau in ms.
    DecayTable(double dt, double tau) {
        for (int i = 0; tau > 0 && i * dt / tau < 87; ++i) decay_.push_back(Real(std::exp(-i * dt / tau)));  // e^-87: the last that float can tell from 0
        decay_.push_back(0);
    }
    const Real* data() const { return decay_.data(); }
    std::int32_t oldest() const { return std::int32_t(decay_.size()) - 1; }
    Real operator()(Index steps) const { return decay_[std::size_t(std::min<Index>(steps, oldest()))]; }

private:
    std::vector<Real> decay_;
};

/// The recent spikes of each neuron, its trace right after each of them, K = K_before exp(-interval / tau) + 1, or 1 where only the nearest
/// spike counts, its slow trace right before each of them and its rate trace right after, if there are such.
/// Rows [level][neuron], level 0 the latest spikes, so that the same spike back of many neurons is gathered from one array.
template <class Real> class SpikeHistory {
public:
    /// Before its first spike a neuron has fired long ago.
    static constexpr std::int32_t never = -(1 << 30);
    struct Spike {
        std::int32_t step = never;
        Real trace = 0, slow = 0, rate = 0;
    };
    /// As plain numbers: how many spikes of each neuron, then the spikes neuron by neuron, latest first.
    struct Saved {
        std::vector<std::uint32_t> count;
        std::vector<std::int32_t> step;
        std::vector<Real> trace, slow, rate;
        void append(const Saved& more) {
            count.insert(count.end(), more.count.begin(), more.count.end());
            for (std::size_t i = 0; i < more.step.size(); ++i) add(more.spike(i));
        }
        void add(const Spike& spike) { step.push_back(spike.step), trace.push_back(spike.trace), slow.push_back(spike.slow), rate.push_back(spike.rate); }
        Spike spike(std::size_t i) const { return {step.at(i), trace.at(i), slow.at(i), rate.at(i)}; }
    };

    /// dt in ms.
    SpikeHistory(Index neurons, double dt, const TraceSpec& spec)
        : neurons_(neurons), nearest_(spec.nearest), has_slow_(spec.slow_tau > 0), rate_decay_(spec.rate_tau > 0 ? dt / spec.rate_tau : 0), decay_(dt, spec.tau), slow_decay_(dt, spec.slow_tau) {
        clear();
    }

    Spike spike(Index neuron, Index level) const {
        const Index i = level * neurons_ + neuron;
        return {steps_[i], traces_[i], has_slow_ ? slow_[i] : Real(0), has_rate() ? rates_[i] : Real(0)};
    }
    std::int32_t step(Index neuron, Index level) const { return steps_[level * neurons_ + neuron]; }
    /// The latest spike up to `step`, which must not lie before what was forgotten.
    Spike until(Index neuron, Index step) const {
        Index level = 0;
        while (steps_[level * neurons_ + neuron] > step) ++level;
        return spike(neuron, level);
    }
    const DecayTable<Real>& decay() const { return decay_; }
    bool has_slow() const { return has_slow_; }
    /// The slow trace in `step`, before a spike of that step, after the spike `last`.
    Real slow(const Spike& last, Index step) const { return (nearest_ ? Real(1) : last.slow + 1) * slow_decay_(step - last.step); }
    bool has_rate() const { return rate_decay_ > 0; }
    /// The rate trace in `step`, after the spike `last`; computed, since a table as long as its tau would leave the cache.
    Real rate(const Spike& last, Index step) const { return last.rate * Real(std::exp(-double(step - last.step) * rate_decay_)); }
    /// The trace that a spike of the other side meets in `step`, after the spike `last`.
    Real met(const Spike& last, Index step) const {
        const Real trace = last.trace * decay_(step - last.step);
        return has_rate() ? trace * squared_rate(last, step) : trace;
    }
    Real squared_rate(const Spike& last, Index step) const {
        const Real z = rate(last, step);
        return z * z;
    }
    Index levels() const { return levels_; }
    /// The rows of a level, with room to read a pack behind their end.
    const std::int32_t* steps(Index level) const { return steps_.data() + level * neurons_; }
    const Real* traces(Index level) const { return traces_.data() + level * neurons_; }
    const Real* slow(Index level) const { return slow_.data() + level * neurons_; }

    void add(Index neuron, Index step) {
        const Spike last = spike(neuron, 0);
        if (this->step(neuron, levels_ - 2) > forgotten_) make_levels(2 * levels_);
        // The deepest spike may fall out: the one before it is the last that any look back needs.
        for (Index level = levels_ - 1; level > 0; --level) set(neuron, level, spike(neuron, level - 1));
        set(neuron, 0, {std::int32_t(step), nearest_ ? Real(1) : last.trace * decay_(step - last.step) + 1, slow(last, step), rate(last, step) + 1});
    }
    std::size_t bytes() const { return std::size_t(steps_.size()) * sizeof(std::int32_t) + std::size_t(traces_.size() + slow_.size() + rates_.size()) * sizeof(Real); }
    /// Of the spikes up to `step`, only the last of each neuron will be asked for from now on.
    void forget(Index step) { forgotten_ = std::int32_t(std::max<Index>(step, never)); }

    /// As if no neuron had ever fired.
    void clear() {
        levels_ = 0, forgotten_ = never;
        make_levels(4);
    }
    Saved save() const {
        Saved saved;
        for (Index n = 0; n < neurons_; ++n) {
            Index level = 0;
            for (bool more = true; more && step(n, level) != never; ++level) {
                saved.add(spike(n, level));
                more = step(n, level) > forgotten_;
            }
            saved.count.push_back(std::uint32_t(level));
        }
        return saved;
    }
    void load(const Saved& saved) {
        TRIPARTITE_CHECK(Index(saved.count.size()) == neurons_);
        clear();
        std::size_t next = 0;
        for (Index n = 0; n < neurons_; ++n) {
            while (Index(saved.count[std::size_t(n)]) >= levels_) make_levels(2 * levels_);
            for (Index level = 0; level < Index(saved.count[std::size_t(n)]); ++level) set(n, level, saved.spike(next++));
        }
    }

private:
    void set(Index neuron, Index level, const Spike& spike) {
        const Index i = level * neurons_ + neuron;
        steps_[i] = spike.step, traces_[i] = spike.trace;
        if (has_slow_) slow_[i] = spike.slow;
        if (has_rate()) rates_[i] = spike.rate;
    }
    template <class T> void grow(Array<T>& rows, Index levels, T value) const {
        Array<T> more(levels * neurons_ + 16);
        more.fill(value);
        std::copy_n(rows.data(), levels_ * neurons_, more.data());
        rows = std::move(more);
    }
    void make_levels(Index levels) {
        grow(steps_, levels, never);
        grow(traces_, levels, Real(0));
        if (has_slow_) grow(slow_, levels, Real(0));
        if (has_rate()) grow(rates_, levels, Real(0));
        levels_ = levels;
    }

    Index neurons_, levels_ = 0;
    bool nearest_, has_slow_;
    double rate_decay_;  ///< dt / tau; 0: there is no rate trace
    std::int32_t forgotten_ = never;
    Array<std::int32_t> steps_;  ///< [level][neuron], descending
    Array<Real> traces_, slow_, rates_;
    DecayTable<Real> decay_, slow_decay_;
};

}  // namespace tripartite
