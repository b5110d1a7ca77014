#pragma once
#include <climits>

#include "core/parallel.hpp"
#include "simulation/plastic_link.hpp"
#include "simulation/simulation.hpp"
#include "simulation/slow_rates.hpp"
#include "simulation/worker.hpp"

namespace tripartite {

/// A simulation in one precision.
template <class Real> class NetworkSimulation final : public Simulation {
public:
    NetworkSimulation(const SimulationNetwork& network, const SimulationOptions& options);

    void run(Index steps) override;
    Index steps_done() const override { return done_; }
    void add_input(const std::string& population, const std::string& receptor, std::span<const double> values) override;
    void set_spikes(const std::string& population, SpikeList spikes) override;
    void normalise(const std::string& projection, double total) override;
    void set_learning(bool learning) override;
    void rest() override;
    std::span<const std::uint32_t> spikes(const std::string& population, Index step) const override;
    std::vector<double> state(const std::string& population, const std::string& field) const override;
    std::vector<SynapseWeight> weights(const std::string& projection) override;
    void on_spikes(std::function<void(Index, const SpikeLists&)> take) override { on_spikes_ = std::move(take); }
    void add_probe(StateProbe probe) override;
    std::vector<StoreDescription> stores() const override;
    std::uint64_t neurons() const override;
    std::uint64_t synapses() const override;
    std::uint64_t synaptic_events() const override;
    std::size_t bytes() const override;
    void save(H5Writer& file) override;
    void load(const H5Reader& file) override;

private:
    /// A probe with the values of the current chunk, [sample][neuron].
    struct RunningProbe {
        StateProbe probe;
        std::vector<double> values;
        bool due(Index t) const { return t >= probe.first && t < probe.last && (t - probe.first) % probe.interval == 0; }
        /// Samples before step t.
        Index before(Index t) const { return std::max<Index>(0, (std::min(t, probe.last) - probe.first + probe.interval - 1) / probe.interval); }
    };
    /// A projection whose weights are scaled, and the rates of its targets.
    struct Scaled {
        const BuiltProjection* projection;
        SlowRates rates;
    };
    /// What is due after a step: weights that are scaled or normalised.
    void scale_weights();
    void scale(const Scaled& scaled);
    /// Where the next chunk ends at the latest: at a look at activity and states, or where weights are scaled or normalised.
    Index next_stop() const;
    void run_chunk(Index end);
    void run_worker(int number, Index end, Barrier& barrier);
    void read_probes(Worker<Real>& worker, Index t, Index begin);
    void hand_over_probes(Index begin, Index end);
    /// All weights, at the end of the last step.
    void bring_up_to_date();
    /// f(store) of a projection, after bring_up_to_date().
    template <class F> void for_each_store(const std::string& projection, F&& f);
    void check_activity();
    void check_finite() const;
    void save_plastic(H5Writer& file, const SimulatedProjection& projection);
    void load_plastic(const H5Reader& file, const SimulatedProjection& projection);
    using Links = std::vector<PlasticLink<Real>*>;
    /// A value of each synapse of a projection, by source, delay, target: read(store, index), write(store, index, value).
    template <class Kept, class Read> void save_synapses(H5Writer& file, const std::vector<Kept*>& stores, const std::string& dataset, const Read& read);
    template <class Kept, class Write> void load_synapses(const H5Reader& file, const std::vector<Kept*>& stores, const std::string& dataset, const Write& write);
    /// The weights that the synapses of a plastic convolution share, by number; empty if the projection is none.
    std::vector<Real> kernels(const std::string& projection);
    void save_kernels(H5Writer& file, const SimulatedProjection& projection);
    void load_kernels(const H5Reader& file, const SimulatedProjection& projection);
    void save_tripartite(H5Writer& file, const SimulatedProjection& projection);
    void load_tripartite(const H5Reader& file, const SimulatedProjection& projection);
    /// The eligibility of each synapse and the dopamine around them, where a projection learns by it.
    void save_rewards(H5Writer& file, const std::string& projection, const Links& links, const typename Eligibility<Real>::Saved& rewards);
    void load_rewards(const H5Reader& file, const std::string& projection, const Links& links, typename Eligibility<Real>::Saved& rewards);
    std::vector<Store<Real>*> stores_of(const StorePlan& plan) const;
    /// Those of a projection that keep something of each synapse: of type Kept.
    template <class Kept> std::vector<Kept*> stores_of(const std::string& projection) {
        std::vector<Kept*> found;
        for (auto& worker : workers_)
            for (auto& store : worker->stores().all)
                if (auto* kept = dynamic_cast<Kept*>(store.get()); kept && kept->projection().name == projection) found.push_back(kept);
        return found;
    }
    /// As if the states as they are had been sent all the time, and nothing else.
    void fill_channels();

    SimulationNetwork network_;
    SharedNetwork shared_;
    std::vector<StorePlan> plans_;
    GradedValues<Real> graded_;
    std::vector<std::unique_ptr<Worker<Real>>> workers_;
    std::vector<RunningProbe> probes_;
    std::vector<Scaled> scaled_;
    bool learning_ = true;
    std::function<void(Index, const SpikeLists&)> on_spikes_;
    std::vector<std::uint64_t> spikes_;  ///< [population] since the last check
    Index done_ = 0, check_interval_ = 1;
    std::uint64_t hash_ = 0, earlier_events_ = 0;
};

}  // namespace tripartite
