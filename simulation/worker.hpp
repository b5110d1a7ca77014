#pragma once
#include <optional>

#include "simulation/build.hpp"
#include "simulation/drive_input.hpp"

namespace tripartite {

/// One thread's share of a network: neurons of every population, and all synapses onto them.
template <class Real> class Worker {
public:
    /// The channels are written to and read from `graded`, which all workers share.
    Worker(SharedNetwork& shared, GradedValues<Real>& graded, int number);

    /// Builds the stores; all workers can at once.
    void build(const std::vector<StorePlan>& plans);
    /// Once the delays of the whole network are known.
    void prepare() { lists_ = SpikeLists(int(populations_.size()), shared_.largest_delay + shared_.window + 1); }

    /// Runs a step of the populations of one level: delivers what is due, lets the neurons integrate, and writes who fired.
    void step(Index t, int level);
    /// Writes what is sent of the states in a step; at_rest: and zeros where nothing has been sent yet.
    void send_states(Index t, bool at_rest = false);
    /// Takes in the spikes of a level and those below it, which all workers have finished; they reach the next levels in the same step.
    void see(Index t, int level) { lists_.take(t, shared_.fired_in(t), partition_.first_word, shared_.level, level); }
    /// Takes in the spikes of a step that all workers have finished.
    void take(Index t);
    void bring_up_to_date(Index t);
    /// Adds to the input of the next step; values of the worker's own neurons of a population.
    void add_input(int population, int port, std::span<const double> values);
    /// Both after bring_up_to_date(): see Simulation.
    void set_learning(bool learning);
    void rest();

    const Partition& partition() const { return partition_; }
    const Share& share(int population) const { return partition_.shares[std::size_t(population)]; }
    SpikeLists& lists() { return lists_; }
    Stores<Real>& stores() { return stores_; }
    std::uint64_t events() const { return events_; }
    std::size_t bytes() const;
    /// [S][padded] of the neurons of a population.
    Array<Real>& state(int population) { return populations_[std::size_t(population)].state; }
    const Array<Real>& state(int population) const { return populations_[std::size_t(population)].state; }
    /// What the neurons compared with their thresholds in the last step, [padded], from the next step on.
    void keep_membrane(int population) { populations_[std::size_t(population)].membrane.ensure(share(population).padded()); }
    const Array<Real>& membrane(int population) const { return populations_[std::size_t(population)].membrane; }

private:
    struct Neurons {
        Array<Real> state, coefficients, chances;  ///< chances: uniform random numbers of the step, where firing is by chance
        Array<Real> membrane, fold;           ///< if they are kept; [1 or 2][padded], if thresholds are folded: see FoldedThreshold
        Array<Real> learned;                  ///< the lasting states, while they stay as they are
        std::optional<RandomStream> firing;   ///< their key
        bool uniform = true;
        int membrane_channel = -1;            ///< where u is sent
        std::vector<bool> reached;            ///< [port] whether anything can arrive
        std::unique_ptr<SourceInput> source;  ///< fires by itself
    };
    struct Driven {
        int population, port;
        bool first;                           ///< before what arrives through synapses
        std::unique_ptr<DriveInput<Real>> input;
    };
    void make_neurons(int population);
    void make_drives();
    void drive(Index t, int level, bool first);
    void fold_thresholds(int population, Neurons& neurons);
    void values_of(const NeuronValue& value, const SimulatedPopulation& population, const std::string& purpose, std::span<double> to);
    void initial_state(int population, Neurons& neurons);
    void coefficients(int population, Neurons& neurons);
    void step_neurons(int population, Index t);
    /// Writes who fires to `words`.
    void integrate(int population, Index t, std::uint64_t* words);
    void draw_uniform(int population, Index t);
    /// Of the neurons of a population.
    std::span<Real> lasting(int population);

    SharedNetwork& shared_;
    GradedValues<Real>& graded_;
    Partition partition_;
    std::vector<Neurons> populations_;
    Array<Real> rows_, nothing_;  ///< [port][local index]; one pack of zeros
    std::vector<Real*> row_;
    Array<std::uint16_t> counts_;
    Stores<Real> stores_;
    std::vector<Driven> drives_;
    SpikeLists lists_{0, 1};
    std::uint64_t events_ = 0;
};

}  // namespace tripartite
