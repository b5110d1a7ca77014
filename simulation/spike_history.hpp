#pragma once
#include <algorithm>
#include <cmath>
#include <cstdint>
#include <vector>

#include "core/array.hpp"
#include "core/error.hpp"

namespace tripartite {

/// The recent spikes of each neuron and its trace right after each of them: K = K_before exp(-interval / tau) + 1.
/// Rows [level][neuron], level 0 the latest spikes, so that the same spike back of many neurons is gathered from one array.
template <class Real> class SpikeHistory {
public:
    /// Before its first spike a neuron has fired long ago.
    static constexpr std::int32_t never = -(1 << 30);
    struct Spike {
        std::int32_t step = never;
        Real trace = 0;
    };
    /// As plain numbers: how many spikes of each neuron, then the spikes neuron by neuron, latest first.
    struct Saved {
        std::vector<std::uint32_t> count;
        std::vector<std::int32_t> step;
        std::vector<Real> trace;
    };

    /// dt and tau in ms.
    SpikeHistory(Index neurons, double dt, double tau) : neurons_(neurons) {
        for (int i = 0; i * dt / tau < 87; ++i) decay_.push_back(Real(std::exp(-i * dt / tau)));  // e^-87: the last that float can tell from 0
        decay_.push_back(0);
        make_levels(4);
    }

    Spike spike(Index neuron, Index level) const { return {steps_[level * neurons_ + neuron], traces_[level * neurons_ + neuron]}; }
    std::int32_t step(Index neuron, Index level) const { return steps_[level * neurons_ + neuron]; }
    /// The latest spike up to `step`, which must not lie before what was forgotten.
    Spike until(Index neuron, Index step) const {
        Index level = 0;
        while (steps_[level * neurons_ + neuron] > step) ++level;
        return spike(neuron, level);
    }
    /// exp(-i dt / tau) in steps i from 0 to oldest(); from there on 0.
    const Real* decay() const { return decay_.data(); }
    std::int32_t oldest() const { return std::int32_t(decay_.size()) - 1; }
    Real decay(Index steps) const { return decay_[std::size_t(std::min<Index>(steps, oldest()))]; }
    Index levels() const { return levels_; }
    /// The rows of a level, with room to read a pack behind their end.
    const std::int32_t* steps(Index level) const { return steps_.data() + level * neurons_; }
    const Real* traces(Index level) const { return traces_.data() + level * neurons_; }

    void add(Index neuron, Index step) {
        const Spike last = spike(neuron, 0);
        if (this->step(neuron, levels_ - 2) > forgotten_) make_levels(2 * levels_);
        // The deepest spike may fall out: the one before it is the last that any look back needs.
        for (Index level = levels_ - 1; level > 0; --level) {
            steps_[level * neurons_ + neuron] = steps_[(level - 1) * neurons_ + neuron];
            traces_[level * neurons_ + neuron] = traces_[(level - 1) * neurons_ + neuron];
        }
        steps_[neuron] = std::int32_t(step);
        traces_[neuron] = last.trace * decay(step - last.step) + 1;
    }
    /// Of the spikes up to `step`, only the last of each neuron will be asked for from now on.
    void forget(Index step) { forgotten_ = std::int32_t(std::max<Index>(step, never)); }

    Saved save() const {
        Saved saved;
        for (Index n = 0; n < neurons_; ++n) {
            Index level = 0;
            for (bool more = true; more && step(n, level) != never; ++level) {
                saved.step.push_back(step(n, level)), saved.trace.push_back(spike(n, level).trace);
                more = step(n, level) > forgotten_;
            }
            saved.count.push_back(std::uint32_t(level));
        }
        return saved;
    }
    void load(const Saved& saved) {
        TRIPARTITE_CHECK(Index(saved.count.size()) == neurons_);
        *this = SpikeHistory(neurons_, std::move(decay_));
        std::size_t next = 0;
        for (Index n = 0; n < neurons_; ++n) {
            while (Index(saved.count[std::size_t(n)]) >= levels_) make_levels(2 * levels_);
            for (Index level = 0; level < Index(saved.count[std::size_t(n)]); ++level, ++next)
                steps_[level * neurons_ + n] = saved.step[next], traces_[level * neurons_ + n] = saved.trace[next];
        }
    }

private:
    SpikeHistory(Index neurons, std::vector<Real> decay) : neurons_(neurons), decay_(std::move(decay)) { make_levels(4); }

    void make_levels(Index levels) {
        Array<std::int32_t> steps(levels * neurons_ + 16);
        Array<Real> traces(levels * neurons_ + 16);
        steps.fill(never);
        std::copy_n(steps_.data(), levels_ * neurons_, steps.data());
        std::copy_n(traces_.data(), levels_ * neurons_, traces.data());
        steps_ = std::move(steps), traces_ = std::move(traces), levels_ = levels;
    }

    Index neurons_, levels_ = 0;
    std::int32_t forgotten_ = never;
    Array<std::int32_t> steps_;  ///< [level][neuron], descending
    Array<Real> traces_;
    std::vector<Real> decay_;
};

}  // namespace tripartite
