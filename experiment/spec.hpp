#pragma once
#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "core/surrogate.hpp"
#include "datasets/dataset.hpp"
#include "datasets/transform.hpp"
#include "encoders/complexity.hpp"
#include "encoders/encoder.hpp"
#include "engine/network.hpp"
#include "experiment/given_delays.hpp"
#include "experiment/local_spec.hpp"
#include "learning/batch_norm.hpp"
#include "learning/loss.hpp"
#include "learning/optimiser.hpp"
#include "learning/regulariser.hpp"
#include "learning/schedule.hpp"
#include "neurons/compiled.hpp"
#include "synapses/distance_function.hpp"
#include "synapses/fixed.hpp"
#include "synapses/initialiser.hpp"
#include "synapses/positions.hpp"

/// What an experiment file says, as plain structs: an embedder fills them in without YAML. Times are in ms.
namespace tripartite {

using Normalisation = std::variant<BatchNormOptions, TdBatchNormOptions, TeBatchNormOptions>;
using MembraneMethod = std::variant<MembraneNormOptions>;

struct PopulationConfig {
    std::string name;
    int size = 0;
    NeuronSpec neuron;  ///< made by configure<Model>()
    double dropout = 0;
    std::optional<Normalisation> normalise;
    std::optional<MembraneMethod> membrane = std::nullopt;
    std::optional<PositionRule> positions = std::nullopt;  ///< for delays that depend on the distance
    bool periodic = false;

    static constexpr auto periodic_field() { return field("periodic", &PopulationConfig::periodic, "", "the edges of the extent are neighbours"); }
    /// Layers call the size `dense`.
    static constexpr auto fields(std::string_view size = "size") {
        using P = PopulationConfig;
        return std::tuple{field(size, &P::size, "", "number of neurons").within(1, 1e8),
                          field("dropout", &P::dropout, "", "share of neurons silenced for a whole sample in training").non_negative().below(1)};
    }
};

/// Weights [target][source] and, if it is there, bias [target] of an HDF5 file: of a checkpoint, of results, or a user's own.
struct WeightsFile {
    static constexpr std::string_view name = "file", doc = "weight [target][source] and bias [target] of /projections/<projection> in an HDF5 file";
    std::string path, projection;
    static constexpr auto fields() {
        return std::tuple{field("path", &WeightsFile::path, "", "the file"),
                          field("projection", &WeightsFile::projection, "", "its name in the file, if it is another")};
    }
};

using InitialiserConfig = std::variant<UniformFanIn, Kaiming, Xavier, Orthogonal, Constant, WeightsFile>;

/// A learned delay for each synapse: LearnedDelays, in ms.
struct LearnedDelayConfig {
    static constexpr std::string_view name = "learned", doc = "a delay for each synapse, learned through a Gaussian that narrows (DCLS-Delays)";
    double min = std::numeric_limits<double>::quiet_NaN(), max = 25;  ///< min not given: the shortest that can be
    double rate = 100, sharpen = 0.25;
    static constexpr auto fields() {
        using L = LearnedDelayConfig;
        return std::tuple{field("min", &L::min, "ms", "shortest delay, whole steps; the shortest possible unless given").non_negative(),
                          field("max", &L::max, "ms", "longest delay, whole steps").positive(),
                          field("rate", &L::rate, "", "learning rate of the delays, which count in steps, over that of the weights").positive(),
                          field("sharpen", &L::sharpen, "", "part of training after which the Gaussian is narrowest").positive().within(0, 1)};
    }
};

/// A learned delay for each source: AxonalDelays, in ms.
struct AxonalDelayConfig {
    static constexpr std::string_view name = "learned_axonal", doc = "a delay for each source, learned by backward differences (SLAYER)";
    double min = std::numeric_limits<double>::quiet_NaN(), max = 25;  ///< min not given: the shortest that can be
    double rate = 100, initial = 1;
    static constexpr auto fields() {
        using A = AxonalDelayConfig;
        return std::tuple{field("min", &A::min, "ms", "shortest delay, whole steps; the shortest possible unless given").non_negative(),
                          field("max", &A::max, "ms", "longest delay, whole steps").positive(),
                          field("rate", &A::rate, "", "learning rate of the delays, which count in steps, over that of the weights").positive(),
                          field("initial", &A::initial, "ms", "delays start uniform between min and so much more").non_negative()};
    }
};

/// A weight for each delay: TemporalKernel, in ms.
struct TemporalDelayConfig {
    static constexpr std::string_view name = "temporal", doc = "a weight for each delay between the shortest and the longest: the synapse is a temporal kernel";
    double min = std::numeric_limits<double>::quiet_NaN(), max = 25;  ///< min not given: the shortest that can be
    static constexpr auto fields() {
        using T = TemporalDelayConfig;
        return std::tuple{field("min", &T::min, "ms", "shortest delay, whole steps; the shortest possible unless given").non_negative(),
                          field("max", &T::max, "ms", "longest delay, whole steps").positive()};
    }
};

/// Delays that differ between synapses.
using DelayConfig = std::variant<ConstantValue, Uniform, Normal, LogNormal, Exponential, LinearDistance, ExponentialDistance, GaussianDistance, LearnedDelayConfig, AxonalDelayConfig,
                                 TemporalDelayConfig, DelaysFile, ListedDelays>;

struct DenseRule {
    static constexpr std::string_view name = "dense", doc = "every source to every target, with weights that are learned";
    static constexpr auto fields() { return std::tuple{}; }
};
/// How a trained network is connected.
using TrainedRule = std::variant<DenseRule, Mean, Broadcast>;

struct ProjectionConfig {
    std::string from, to;
    double delay = 0;  ///< ms, whole steps
    std::optional<DelayConfig> delays = std::nullopt;  ///< in place of `delay`
    double axonal_delay = 0;  ///< ms, whole steps: the part of the delay before the synapse
    InitialiserConfig init = UniformFanIn{};
    bool bias = true;
    TrainedRule rule = {};
    double weight = 1;          ///< unless it is dense
    std::string receptor = {};  ///< "": the first port

    bool dense() const { return std::holds_alternative<DenseRule>(rule); }
    static constexpr auto weight_field() { return field("weight", &ProjectionConfig::weight, "", "of mean and broadcast"); }
    static constexpr auto delay_field() {
        return field("delay", &ProjectionConfig::delay, "ms", "time from a spike to its effect, whole steps; a number, a list, a distribution or what learns it").non_negative();
    }
    static constexpr auto axonal_delay_field() {
        return field("axonal_delay", &ProjectionConfig::axonal_delay, "ms", "the part of the delay before the synapse, whole steps; changes no spike, and goes along into a simulation").non_negative();
    }
    static constexpr auto fields() {
        return std::tuple{field("bias", &ProjectionConfig::bias, "", "a learned constant input to each target")};
    }
};

/// One entry of `layers:`: a population, the projection from the layer before (or the input), and one onto itself.
struct LayerConfig {
    PopulationConfig population;                ///< without a name: layer1, layer2, …
    ProjectionConfig feed;                      ///< from, to are left empty
    std::optional<ProjectionConfig> recurrent;  ///< from, to are left empty; without a bias
};

/// Either layers, or populations and projections. The last population is the output.
struct NetworkConfig {
    std::vector<LayerConfig> layers;
    std::vector<PopulationConfig> populations;
    std::vector<ProjectionConfig> projections;

    /// Layers as populations layer1, layer2, … (or their names) and the projections between them; the rest as it is.
    NetworkConfig expanded() const;
};

/// A second classifier, learned on the trained network's spikes.
using ReadoutKind = std::variant<ComplexityReadout>;

/// What is written of the trained network's run over the first samples of the test set.
struct Record {
    std::vector<std::string> spikes, membrane;  ///< names of populations
    int samples = 1;

    static constexpr auto fields() {
        return std::tuple{field("samples", &Record::samples, "", "test samples to record").within(1, 1e9)};
    }
};

/// The keys that stand beside a kind.
inline constexpr auto window_field = field("window", &Surrogate::window, "", "distance from the threshold beyond which the gradient is zero").positive();
inline constexpr auto warm_up_field = field("warm_up", &ScheduleSpec::warm_up, "epochs", "epochs over which the rate grows from zero").non_negative();

struct Experiment {
    enum class Mode { train, evaluate, simulate };
    enum class Precision { float32, float64 };
    enum class Update { batch, window };
    static constexpr std::string_view modes[] = {"train", "evaluate", "simulate"}, precisions[] = {"float32", "float64"}, updates[] = {"batch", "window"};

    // experiment:
    std::string name = "experiment";
    Mode mode = Mode::train;
    std::string checkpoint;          ///< the trained network to evaluate
    std::uint64_t seed = 1;
    Precision precision = Precision::float32;
    int threads = 0;                 ///< 0 = all cores
    double event_density = 0.4;
    double prune = 0;                ///< share of the weights that are taken out before an evaluation
    // time:
    double dt = 1;                   ///< ms
    int steps = 0;                   ///< T
    // network:
    NetworkConfig network;
    // input:
    Dataset dataset;
    Transform transform;
    Encoder encoder;
    int validation = 0;              ///< samples of the training set that are kept for validation
    // learning:
    Surrogate surrogate;
    Loss loss;
    RateBounds regulariser;
    std::optional<RmpLoss> rmp;
    double clip = 0;                 ///< largest norm of the gradient; 0 = no limit
    int truncate = 0;                ///< steps of a window of truncated BPTT; 0 = off
    Update update = Update::batch;   ///< one optimiser step per batch, or per window
    int recompute = 0;               ///< steps between stored states, the rest is computed again; 0 = off
    OptimiserSpec optimiser;
    ScheduleSpec schedule;
    int epochs = 1, batch = 128;
    std::optional<ReadoutKind> readout;
    std::optional<LocalLearning> local;  ///< in place of gradients; the network is then simulation.network, whose population `input` fires the samples
    // record: and output:
    Record record;
    std::string folder;              ///< empty: chosen by whoever runs it
    bool tensorboard = false;
    // what belongs to mode: simulate; name to threads, dt and folder belong to all modes, the rest of this struct to the others
    SimulationConfig simulation;

    /// Whether its network is simulated, rather than trained by gradients.
    bool simulates() const { return mode == Mode::simulate || local; }

    static constexpr auto experiment_fields() {
        using E = Experiment;
        return std::tuple{field("name", &E::name, "", "how results are labelled"),
                          field("mode", &E::mode, "", "what to do").one_of(modes),
                          field("seed", &E::seed, "", "key of all random numbers"),
                          field("precision", &E::precision, "", "of state, weights and gradients").one_of(precisions),
                          field("threads", &E::threads, "", "0 takes all cores; results do not depend on it").within(0, 1024)};
    }
    static constexpr auto checkpoint_field() { return field("checkpoint", &Experiment::checkpoint, "", "the trained network to evaluate"); }
    static constexpr auto training_fields() {
        using E = Experiment;
        return std::tuple{checkpoint_field(),
                          field("prune", &E::prune, "", "mode evaluate: share of each projection's weights, the smallest, that are set to 0").non_negative().below(1),
                          field("event_density", &E::event_density, "", "spikes per neuron and step below which delivery is event-driven").within(0, 1)};
    }
    static constexpr auto dt_field() { return field("dt", &Experiment::dt, "ms", "length of a step").positive(); }
    static constexpr auto time_fields() {
        using E = Experiment;
        return std::tuple{dt_field(), field("steps", &E::steps, "", "steps per sample; or give duration, in ms").within(1, 1e6)};
    }
    static constexpr auto input_fields() {
        return std::tuple{field("validation", &Experiment::validation, "", "training samples kept to choose the best epoch by").within(0, 1e9)};
    }
    static constexpr auto bptt_fields() {
        using E = Experiment;
        return std::tuple{field("recompute", &E::recompute, "", "steps between stored states, the rest is computed again; 0 stores all").within(0, 1e6),
                          field("clip", &E::clip, "", "largest norm of the gradient; 0 is no limit").non_negative()};
    }
    static constexpr auto truncate_fields() {
        using E = Experiment;
        return std::tuple{field("steps", &E::truncate, "", "length of a window; gradients stop at its border").within(1, 1e6),
                          field("update", &E::update, "", "one optimiser step per batch, or per window").one_of(updates)};
    }
    static constexpr auto epochs_field() { return field("epochs", &Experiment::epochs, "", "passes over the training set").within(1, 1e6); }
    static constexpr auto learning_fields() {
        using E = Experiment;
        return std::tuple{epochs_field(),
                          field("batch", &E::batch, "", "samples per update").within(1, 1e6)};
    }
    static constexpr auto folder_field() { return field("folder", &Experiment::folder, "", "where results are written"); }
    static constexpr auto output_fields() {
        using E = Experiment;
        return std::tuple{folder_field(), field("tensorboard", &E::tensorboard, "", "also write TensorBoard's event file")};
    }
};

}  // namespace tripartite
