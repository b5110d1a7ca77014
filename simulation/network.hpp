#pragma once
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "engine/neuron_spec.hpp"
#include "simulation/drives.hpp"
#include "synapses/connectivity.hpp"
#include "synapses/plasticity.hpp"
#include "synapses/short_term.hpp"
#include "synapses/synapse_values.hpp"
#include "synapses/tripartite.hpp"

/// A network to be simulated, as plain structs. Times in ms.
namespace tripartite {

/// A state variable or a parameter that differs from neuron to neuron.
struct NeuronValue {
    std::string field;
    Distribution value;
    std::vector<double> each = {};  ///< if it is not empty: the value of each neuron, in place of the distribution
    std::string file = {}, dataset = {};  ///< where `each` was read from, if it was
};

struct SimulatedPopulation {
    std::string name;
    std::uint32_t size = 0;
    NeuronSpec neuron;                 ///< unless it is a source
    std::optional<SourceKind> source;  ///< fires by itself
    std::vector<NeuronValue> initial;  ///< of state fields
    std::vector<NeuronValue> values;   ///< of neuron.per_neuron, in its order
    std::optional<PositionRule> positions;
    bool periodic = false;             ///< the edges of their extent are neighbours
    std::vector<double> step_factors = {};  ///< of SimulationOptions::period steps each, what arrives at the first port is multiplied by these, in order, and later by the last; or empty
    std::vector<std::pair<double, double>> membrane_maps = {};  ///< [N] scale and offset: fires where scale u + offset reaches the threshold; or empty. Of models that can be trained

    /// Its neurons never fire: what is projected from them is their u, in each step.
    bool sends_values() const { return !source && !neuron.spiking; }
};

struct StaticSynapse {
    static constexpr std::string_view name = "static", doc = "a weight that stays";
    static constexpr auto fields() { return std::tuple{}; }
};
using SynapseKind = std::variant<StaticSynapse, StdpPair, StdpPowerLaw, Triplet, TripletHomeostatic, VogelsInhibitory, SpikeHomeostasis, StdpDopamine, Tsodyks2, Tsodyks, Tripartite, GapJunction>;

/// The rule by which weights change, if they do.
inline std::optional<PlasticRule> plastic_rule(const SynapseKind& kind) {
    return std::visit([]<class Kind>(const Kind& k) -> std::optional<PlasticRule> {
        if constexpr (std::is_constructible_v<PlasticRule, Kind>) return k;
        else return std::nullopt;
    }, kind);
}

/// Where dopamine comes from: each spike of the population raises it everywhere in the projection, a delay later (NEST's volume transmitter).
struct DopamineSource {
    std::string from;
    double delay = 1;  ///< ms, whole steps, at least one
    static constexpr auto fields() {
        return std::tuple{field("from", &DopamineSource::from, "", "the population whose spikes release it"),
                          field("delay", &DopamineSource::delay, "ms", "until it is there, whole steps, at least one").positive()};
    }
};

/// Weights of the synapses onto a neuron that are scaled, again and again, so that their magnitudes have a sum.
struct IncomingTotal {
    double total = 0, interval = 0;  ///< interval in ms, whole steps; 0: only when Simulation::normalise() is called
    static constexpr auto fields() {
        return std::tuple{field("total", &IncomingTotal::total, unit_of_value, "sum of the magnitudes of a neuron's weights").positive(),
                          field("interval", &IncomingTotal::interval, "ms", "how often, whole steps; learning from samples: 0 is before each").non_negative()};
    }
};

/// Synaptic scaling towards a rate, as in Auryn's TripletScalingConnection: at each interval the weights onto a neuron of slow rate nu (simulation/slow_rates.hpp)
///
///   w <- w (1 + (interval / beta) (1 - (nu / rate)^3)),   the factor never below 0,
///
/// whatever the bounds of the rule; there the projection's neurons take turns within an interval of 1000 steps, here all change at its end (ours).
struct SynapticScaling {
    double rate = 0, tau = 10'000, beta = 100'000, interval = 100;  ///< Hz, ms
    static constexpr auto fields() {
        return std::tuple{field("rate", &SynapticScaling::rate, "Hz", "at which the weights onto a neuron stay").positive(),
                          field("tau", &SynapticScaling::tau, "ms", "time constant of the slow rate").positive(),
                          field("beta", &SynapticScaling::beta, "ms", "time constant of scaling").positive(),
                          field("interval", &SynapticScaling::interval, "ms", "how often, whole steps").positive()};
    }
};

struct SimulatedProjection {
    std::string name, from, to;
    ConnectionRule rule;
    ValueRule weight, delay;  ///< delay in ms, rounded to steps, at least one; or exactly 0, the same step, where that closes no cycle
    double axonal_delay = 0;         ///< the part of the delay before the synapse; the rest is dendritic
    std::string receptor;            ///< name of a port; "": the only one, or by the sign of the weights
    SynapseKind synapse;
    std::optional<DopamineSource> dopamine = {};   ///< which StdpDopamine needs
    std::optional<IncomingTotal> normalise = {};   ///< for plastic synapses
    std::optional<SynapticScaling> scaling = {};   ///< for plastic synapses that share no weights
    std::optional<Territory> astrocytes = {};      ///< which Tripartite needs
};

/// What is wrong with a convolution whose weights change, or "".
std::string problem_of_kernels(const SimulatedProjection& projection);

/// What counters of 16 and 32 bits hold.
inline constexpr int longest_delay = 30'000;   ///< steps
inline constexpr double most_steps = 1 << 30;  ///< of one simulation

struct SimulationNetwork {
    std::vector<SimulatedPopulation> populations;
    std::vector<SimulatedProjection> projections;
    std::vector<Drive> drives;
    std::vector<GivenCurrents> currents;

    /// Throws Error with the nearest name.
    int find(const std::string& population) const;
    /// Throws Error at the first thing that cannot run.
    void validate() const;
};

struct SimulationOptions {
    double dt = 0.1;               ///< ms
    std::uint64_t seed = 1;
    int threads = 1;
    int window = 0;                ///< most steps between two exchanges of spikes; 0: as many as the delays allow
    bool half_weights = false;     ///< 16-bit weights of static synapses: 4 bytes a synapse
    bool bit_matrices = true;      ///< dense projections of one weight and one delay as bits
    double runaway_rate = 450;     ///< Hz: a population that fires more over 50 ms stops the run; 0: no limit
    /// Samples follow each other: neurons that fire by chance draw in step t the numbers of step t % period of sample first_sample + t / period, as a
    /// trained network does when it is evaluated; 0: those of step t.
    int period = 0, first_sample = 0;
};

}  // namespace tripartite
