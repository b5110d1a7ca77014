#pragma once
#include <cstdint>
#include <limits>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/field.hpp"
#include "simulation/drives.hpp"

/// What a simulation writes down, as plain structs. Times in ms from the start of the simulation; nothing is recorded before the
/// transient has ended.
namespace tripartite {

/// Neurons begin .. end-1 of a population.
struct NeuronSelection {
    std::uint32_t begin = 0, end = std::numeric_limits<std::uint32_t>::max();
};

/// Which part of the simulation, and how often. Spikes and states are of the steps that begin in [start, stop): time stamps in (start, stop].
struct RecordingTimes {
    double start = 0, stop = never, interval = 1;
    static constexpr auto fields() {
        return std::tuple{field("start", &RecordingTimes::start, "ms", "first time").non_negative(),
                          field("stop", &RecordingTimes::stop, "ms", "end").positive()};
    }
    static constexpr auto interval_field() {
        return field("interval", &RecordingTimes::interval, "ms", "time between two recordings, whole steps").positive();
    }
};

/// The spikes of a population.
struct SpikeRecording {
    std::string population;
    NeuronSelection neurons;
    RecordingTimes times;
};

/// State fields of a population by name.
struct StateRecording {
    std::string population;
    std::vector<std::string> fields;
    NeuronSelection neurons;
    RecordingTimes times;
};

/// The number of spikes of a population in each interval.
struct RateRecording {
    std::string population;
    RecordingTimes times;
};

/// All weights of a projection, in the order (source, delay, target).
struct WeightRecording {
    std::string projection;
    RecordingTimes times;
};

/// How the activity of each population is summarised.
struct StatisticsSpec {
    int correlation_neurons = 250;
    double bin = 2, fano_window = 100;
    static constexpr auto fields() {
        using S = StatisticsSpec;
        return std::tuple{field("correlation_neurons", &S::correlation_neurons, "", "neurons of each population whose spike counts are correlated; 0: none").within(0, 10'000),
                          field("bin", &S::bin, "ms", "bins of those counts, whole steps").positive(),
                          field("fano_window", &S::fano_window, "ms", "window of the Fano factor of the population's count, whole steps").positive()};
    }
};

struct RecordingSpec {
    std::vector<SpikeRecording> spikes;
    std::vector<StateRecording> states;
    std::vector<RateRecording> rates;
    std::vector<WeightRecording> weights;
    StatisticsSpec statistics;
};

}  // namespace tripartite
