#pragma once
#include <array>
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <variant>

#include "core/field.hpp"
#include "core/parallel.hpp"
#include "engine/frames.hpp"

/// From samples to what a network receives. Letters: T steps, B samples, N features; x is a feature. Spiking encoders take x in 0..1.
namespace tripartite {

/// The features themselves, as a current that is the same at every step.
struct Direct {
    static constexpr std::string_view name = "direct", doc = "the features themselves, as a constant current";
    static constexpr auto fields() { return std::tuple{}; }
};

/// A spike in each step with probability min(gain x, 1). snnTorch `spikegen.rate`.
struct Bernoulli {
    static constexpr std::string_view name = "bernoulli", doc = "a spike in each step with probability min(gain x, 1)";
    double gain = 1;
    static constexpr auto fields() { return std::tuple{field("gain", &Bernoulli::gain, "", "probability of a spike at x = 1").non_negative()}; }
};

/// At least one event of a Poisson process of rate x `rate` within the step: probability 1 - exp(-rate x dt).
struct Poisson {
    static constexpr std::string_view name = "poisson", doc = "a spike in each step with probability 1 - exp(-rate x dt)";
    double rate = 100;
    static constexpr auto fields() { return std::tuple{field("rate", &Poisson::rate, "Hz", "rate at x = 1").non_negative()}; }
};

/// One spike per feature, the earlier the larger it is, at the step nearest to t (halves to even), at most T-1:
///   linear: t = tau (1 - max(x, threshold)),   log: t = tau ln(y / (y - threshold)), y = max(x, threshold + 1e-7)
/// With `normalise`, times are rescaled so that the latest possible one is T-1, and tau does not matter (linear: x = 0 would
/// come at T-1, as in snnTorch). snnTorch `spikegen.latency`, whose log mapping takes the largest time of the data instead: the
/// same wherever a feature is below the threshold, but a sample's spikes would depend on its neighbours in the batch.
struct Latency {
    enum class Mapping { linear, log };
    static constexpr std::string_view name = "latency", doc = "one spike per feature, the earlier the larger it is";
    static constexpr std::array<std::string_view, 2> mappings{"linear", "log"};
    Mapping mapping = Mapping::linear;
    double tau = 1, threshold = 0.01;
    bool normalise = true, drop_below = false;
    static constexpr auto fields() {
        return std::tuple{field("mapping", &Latency::mapping, "", "how time follows from the feature").one_of(mappings),
                          field("tau", &Latency::tau, "ms", "scale of the times; without effect if they are normalised").positive(),
                          field("threshold", &Latency::threshold, "", "smaller features count as this").positive().below(1),
                          field("normalise", &Latency::normalise, "", "rescale the times to all steps"),
                          field("drop_below", &Latency::drop_below, "", "features below the threshold never fire")};
    }
};

/// The spikes that a sample consists of: its features are [T][N], and a feature of at least 1/2 is a spike.
struct Trains {
    static constexpr std::string_view name = "trains", doc = "the spikes themselves, of a data set of spike trains";
    static constexpr auto fields() { return std::tuple{}; }
};

/// The potentials that the spikes of such a sample cause behind synapses of weight 1, at the ends of the steps:
///   x(t) = sum_{t_i <= t} K(t - t_i),   K(t) = V0 (exp(-t/tau_m) - exp(-t/tau_s))
/// V0 makes the peak of K, at t = tau_m tau_s ln(tau_m/tau_s) / (tau_m - tau_s), equal to 1. A neuron that only adds its input up is then
/// a tempotron, V(t) = sum_i w_i x_i(t) (Guetig and Sompolinsky 2006; time constants and order of work as in SpikingJelly).
struct Potentials {
    static constexpr std::string_view name = "potentials", doc = "the postsynaptic potentials of a data set of spike trains: the kernel of the tempotron";
    double tau_m = 15, tau_s = 3.75;
    static constexpr auto fields() {
        return std::tuple{field("tau_m", &Potentials::tau_m, "ms", "decay of the kernel").positive(),
                          field("tau_s", &Potentials::tau_s, "ms", "rise of the kernel; below tau_m").positive()};
    }
    double peak_time() const;  ///< ms
    double scale() const;      ///< V0
};

using Encoder = std::variant<Direct, Bernoulli, Poisson, Latency, Trains, Potentials>;

/// Whether samples are spike trains, [T][N], rather than N features.
constexpr bool takes_trains(const Encoder& encoder) { return std::holds_alternative<Trains>(encoder) || std::holds_alternative<Potentials>(encoder); }

/// N, what a network receives in each step, for samples of so many features.
constexpr int inputs_of(const Encoder& encoder, int features, int steps) { return takes_trains(encoder) ? features / steps : features; }

constexpr bool is_constant(const Encoder& encoder) { return std::holds_alternative<Direct>(encoder); }
constexpr bool is_spiking(const Encoder& encoder) { return !is_constant(encoder) && !std::holds_alternative<Potentials>(encoder); }

/// The input of a run. `signal` points into the other two, so it stays where it is.
template <class Real> struct Encoded {
    Encoded() = default;
    Encoded(const Encoded&) = delete;
    Encoded& operator=(const Encoded&) = delete;

    RealFrame<Real> values;  ///< [1][B][N] direct, [T][B][N] potentials
    SpikeFrame spikes;       ///< [T][B][N], the others
    Signal<Real> signal;
};

/// Encodes images [1][B][N], or trains [1][B][T N], for `steps` steps of dt_ms. samples[B] and the epoch are the key of the random numbers: a sample's
/// spikes depend neither on its batch, nor on the precision, nor on the number of threads. Memory of `to` is used again.
/// Error: a spiking encoder gets a value outside 0..1.
template <class Real>
void encode(const Encoder& encoder, const RealFrame<Real>& images, std::span<const int> samples, int steps, double dt_ms,
            std::uint64_t seed, int epoch, Encoded<Real>& to, ThreadPool* pool = nullptr);

}  // namespace tripartite
