#pragma once
#include <cmath>
#include <cstdint>
#include <span>
#include <vector>

#include "core/array.hpp"

namespace tripartite {

/// How often each neuron of a population has fired of late: dz/dt = -z / tau, a spike: z += 1; the rate is z / tau.
class SlowRates {
public:
    /// What is needed to go on with the same bits.
    struct Saved {
        std::vector<double> trace;
        std::vector<std::int64_t> step;
    };

    /// tau in steps.
    SlowRates(std::size_t neurons, double tau) : tau_(tau), saved_{std::vector<double>(neurons), std::vector<std::int64_t>(neurons)} {}

    void fired(Index step, std::span<const std::uint32_t> neurons) {
        for (const auto n : neurons) saved_.trace[n] = trace(n, step) + 1, saved_.step[n] = step;
    }
    /// Spikes per step at the end of a step.
    double rate(std::size_t neuron, Index step) const { return trace(neuron, step) / tau_; }
    std::size_t neurons() const { return saved_.trace.size(); }

    const Saved& save() const { return saved_; }
    void load(Saved saved) { saved_ = std::move(saved); }

private:
    double trace(std::size_t n, Index step) const { return saved_.trace[n] * std::exp(-double(step - saved_.step[n]) / tau_); }

    double tau_;
    Saved saved_;  ///< [neuron] the trace at its last spike, and when that was
};

}  // namespace tripartite
