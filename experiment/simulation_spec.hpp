#pragma once
#include <cmath>
#include <map>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "datasets/dataset.hpp"
#include "encoders/encoder.hpp"
#include "experiment/given_delays.hpp"
#include "learning/loss.hpp"
#include "simulation/network.hpp"
#include "simulation/recording_spec.hpp"

/// What an experiment file of mode: simulate says, besides the network.
namespace tripartite {

/// Keys of a population, beside its neuron or source.
inline constexpr auto size_field = field("size", &SimulatedPopulation::size, "", "number of neurons").within(1, 1e9);
inline constexpr auto periodic_field = field("periodic", &SimulatedPopulation::periodic, "", "the edges of the extent are neighbours");

/// Spikes from a file, or times.
struct GivenSpikes {
    static constexpr std::string_view name = "spikes", doc = "spikes at given times: of a file, or a list of times for each neuron";
    std::string file, population;
    bool round = false;
    static constexpr auto fields() {
        return std::tuple{field("file", &GivenSpikes::file, "", "SONATA spikes (.h5), or CSV with the columns time [ms], neuron"),
                          field("population", &GivenSpikes::population, "", "its name in a SONATA file; its only one unless given"),
                          field("round", &GivenSpikes::round, "", "times between two steps move to the nearest one; else they are an error")};
    }
};

/// Silence between two samples.
struct RestBetween {
    static constexpr std::string_view name = "rest", doc = "silence between two samples";
    double duration = 150;
    static constexpr auto fields() { return std::tuple{field("duration", &RestBetween::duration, "ms", "of the silence").non_negative()}; }
};
struct ContinueBetween {
    static constexpr std::string_view name = "continue", doc = "the next sample follows at once";
    static constexpr auto fields() { return std::tuple{}; }
};

struct ResetBetween {
    static constexpr std::string_view name = "reset", doc = "the network begins each sample without activity; what was learned stays";
    static constexpr auto fields() { return std::tuple{}; }
};

/// Samples of a data set, one after the other, as spikes of a population with one neuron per pixel.
struct SampleSpikes {
    enum class Set { test, train };
    static constexpr std::string_view sets[] = {"test", "train"};
    Dataset dataset;
    Encoder encoder = Poisson{};
    Set set = Set::test;
    int first = 0, end = 1;      ///< samples first .. end-1
    double present = 350;        ///< ms for each
    std::variant<ContinueBetween, RestBetween, ResetBetween> between;
    int samples() const { return end - first; }
    std::int64_t present_steps(double dt) const { return std::llround(present / dt); }
    /// Steps from the begin of a sample to that of the next.
    std::int64_t period(double dt) const {
        const auto* rest = std::get_if<RestBetween>(&between);
        return present_steps(dt) + (rest ? std::llround(rest->duration / dt) : 0);
    }
    static constexpr auto fields() {
        return std::tuple{field("set", &SampleSpikes::set, "", "which part of the data").one_of(sets),
                          field("present", &SampleSpikes::present, "ms", "for how long each sample is shown, whole steps").positive()};
    }
};

/// One neuron for each class, of which that of the sample's class fires regularly while it is shown to learn from, and none otherwise: the first time
/// after `start` and one interval, 1 / rate.
struct ClassSpikes {
    static constexpr std::string_view name = "labels", doc = "learning: {local: …} only: the neuron of the sample's class fires while the network learns";
    double rate = 50, start = 0;
    static constexpr auto fields() {
        return std::tuple{field("rate", &ClassSpikes::rate, "Hz", "of the neuron of the sample's class").positive(),
                          field("start", &ClassSpikes::start, "ms", "after the sample begins").non_negative()};
    }
};

/// What the spikes of a population come from: of a SpikeList, which has only the spikes.
using SpikeOrigin = std::variant<GivenSpikes, SampleSpikes, ClassSpikes>;

/// Between which bounds results must lie. Both are infinite where nothing is expected.
struct ExpectedValues {
    std::string population;  ///< or "all"
    Interval mean_rate_hz = {}, cv_isi = {}, correlation = {}, fano_factor = {}, frequency_hz = {};
    static constexpr auto fields() {
        using E = ExpectedValues;
        return std::tuple{field("mean_rate_hz", &E::mean_rate_hz, "", "spikes per neuron and second"),
                          field("cv_isi", &E::cv_isi, "", "mean coefficient of variation of the intervals between spikes"),
                          field("correlation", &E::correlation, "", "mean correlation of spike counts in record.statistics.bin"),
                          field("fano_factor", &E::fano_factor, "", "variance over mean of the population's count in statistics.fano_window"),
                          field("frequency_hz", &E::frequency_hz, "", "of the population's oscillation, from its counts in statistics.bin")};
    }
};

/// A trained network that is shown samples of its own data set.
struct TrainedNetwork {
    std::string path;       ///< the folder of its run, or a file with its weights
    SampleSpikes samples;   ///< data set and encoder are those of the run
    std::vector<int> labels;
    Loss loss;              ///< what says which class the output means
    std::string output;     ///< the population
};

struct SimulationConfig {
    SimulationNetwork network;
    std::optional<TrainedNetwork> trained;  ///< where `network` comes from, if not from the file
    std::int64_t reset_every = 0;    ///< steps after which all neurons are reset, again and again; 0: never
    SimulationOptions options;       ///< dt, seed and threads: see simulation_options()
    std::map<std::string, SpikeOrigin> origins;  ///< by population
    std::map<std::size_t, GivenDelays> given_delays;  ///< by number of the projection
    RecordingSpec record;
    std::vector<ExpectedValues> expected;
    double duration = 1000;          ///< ms
    double transient = 0;            ///< ms, before it
    double checkpoint_every = 60;    ///< seconds of wall clock; 0: only at the end

    static constexpr auto time_fields() {
        using S = SimulationConfig;
        return std::tuple{field("duration", &S::duration, "ms", "biological time, whole steps").positive(),
                          field("transient", &S::transient, "ms", "simulated before that, and left out of recordings and statistics").non_negative()};
    }
    static constexpr auto option_fields() {
        using O = SimulationOptions;
        return std::tuple{field("window", &O::window, "", "most steps between two exchanges of spikes; 0: as many as the delays allow").within(0, 64),
                          field("half_weights", &O::half_weights, "", "16-bit weights of static synapses: 4 bytes a synapse"),
                          field("bit_matrices", &O::bit_matrices, "", "dense projections of one weight and one delay as bits"),
                          field("runaway_rate", &O::runaway_rate, "Hz", "a population that fires more over 50 ms stops the run; 0: no limit").non_negative()};
    }
    static constexpr auto output_fields() {
        return std::tuple{field("checkpoint_every", &SimulationConfig::checkpoint_every, "s", "wall clock between two checkpoints; 0: only at the end")
                              .non_negative()};
    }
};

}  // namespace tripartite
