#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "synapses/distribution.hpp"

/// What reaches populations, or fires, by itself. Times in ms from the start of the simulation; all act in the steps that begin in
/// [start, stop).
namespace tripartite {

inline constexpr double never = std::numeric_limits<double>::infinity();

/// Poisson input of its own for each target: in each step a number of spikes with mean rate dt, times the weight. The rate may
/// change: at times[i] to rates[i] (inhomogeneous), or rate + amplitude sin(2 pi frequency t + phase). It takes no synapses and no
/// memory: the numbers are drawn where they are needed. The counts of a step have the Poisson distribution exactly, up to 2^-32.
struct PoissonDrive {
    static constexpr std::string_view name = "poisson", doc = "independent Poisson spikes for each target, without synapses";
    double rate = 0, weight = 0, start = 0, stop = never;
    double amplitude = 0, frequency = 0, phase = 0;
    std::vector<double> times = {}, rates = {};
    static constexpr auto fields() {
        using D = PoissonDrive;
        return std::tuple{field("rate", &D::rate, "Hz", "spikes per second to each target").non_negative(),
                          field("weight", &D::weight, unit_of_value, "of each spike, in the unit of the port"),
                          field("amplitude", &D::amplitude, "Hz", "of a sine that is added to the rate").non_negative(),
                          field("frequency", &D::frequency, "Hz", "of the sine").non_negative(),
                          field("phase", &D::phase, "", "of the sine at time 0, in radians"),
                          field("times", &D::times, "ms", "when the rate changes, ascending"),
                          field("rates", &D::rates, "Hz", "what it changes to, one for each time"),
                          field("start", &D::start, "ms", "first time").non_negative(), field("stop", &D::stop, "ms", "end, exclusive")};
    }
};

/// A current that is the same at all targets: offset + amplitude sin(2 pi frequency t + phase), and values[i] from times[i] on added.
struct CurrentDrive {
    static constexpr std::string_view name = "current", doc = "a direct, alternating or stepwise current, the same for all targets";
    double amplitude = 0, offset = 0, frequency = 0, phase = 0, start = 0, stop = never;
    std::vector<double> times = {}, values = {};
    static constexpr auto fields() {
        using D = CurrentDrive;
        return std::tuple{field("offset", &D::offset, "pA", "the constant part"),
                          field("amplitude", &D::amplitude, "pA", "of the sine"),
                          field("frequency", &D::frequency, "Hz", "of the sine").non_negative(),
                          field("phase", &D::phase, "", "of the sine at time 0, in radians"),
                          field("times", &D::times, "ms", "when a stepwise current changes, ascending"),
                          field("values", &D::values, "pA", "what it changes to, one for each time"),
                          field("start", &D::start, "ms", "first time").non_negative(), field("stop", &D::stop, "ms", "end, exclusive")};
    }
};

/// Gaussian white noise, drawn anew for each target every `interval`.
struct NoiseDrive {
    static constexpr std::string_view name = "noise", doc = "a normally distributed current, independent for each target";
    double mean = 0, sd = 0, interval = 1, start = 0, stop = never;
    static constexpr auto fields() {
        using D = NoiseDrive;
        return std::tuple{field("mean", &D::mean, "pA", "its mean"), field("sd", &D::sd, "pA", "its standard deviation").non_negative(),
                          field("interval", &D::interval, "ms", "time for which a value is held, whole steps").positive(),
                          field("start", &D::start, "ms", "first time").non_negative(), field("stop", &D::stop, "ms", "end, exclusive")};
    }
};

using DriveKind = std::variant<PoissonDrive, CurrentDrive, NoiseDrive>;

/// A drive of one population through one of its ports ("" : by the sign of a Poisson weight, else "current").
struct Drive {
    std::string to, receptor;
    DriveKind kind;
    std::string name;  ///< keys its random numbers
};

/// Input to the first port that is given for each neuron: of a trained network, its biases, and samples that are currents.
struct GivenCurrents {
    std::string to;
    std::vector<std::int64_t> steps;  ///< [rows], ascending: row i holds from this step on, until the next one does
    std::vector<double> values;       ///< [rows][N]
    bool first = false;               ///< added up before what arrives through synapses, else after it
};

/// A population whose neurons are Poisson processes (at most one spike a step each: probability 1 - exp(-rate dt)).
struct PoissonTrains {
    static constexpr std::string_view name = "poisson", doc = "independent Poisson spike trains, which targets share";
    double rate = 0, start = 0, stop = never;
    static constexpr auto fields() {
        using D = PoissonTrains;
        return std::tuple{field("rate", &D::rate, "Hz", "of each train").non_negative(), field("start", &D::start, "ms", "first time").non_negative(),
                          field("stop", &D::stop, "ms", "end, exclusive")};
    }
};

/// A population that fires at given times: spikes of step s, one list of neurons for each step that has any; steps ascending.
/// A spike with the time stamp t belongs to the step that ends at t.
struct SpikeList {
    std::vector<std::int64_t> steps;              ///< [spikes], ascending
    std::vector<std::uint32_t> neurons;           ///< [spikes]
};

using SourceKind = std::variant<PoissonTrains, SpikeList>;

}  // namespace tripartite
