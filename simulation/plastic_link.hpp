#pragma once
#include "simulation/partition.hpp"
#include "simulation/plastic_store.hpp"
#include "simulation/shared_network.hpp"
#include "simulation/store.hpp"

namespace tripartite {

/// A plastic projection as one of a worker's stores. Its weights are read and written one by one, by run.
template <class Real> class PlasticLink : public Store<Real> {
public:
    PlasticLink(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition);

    void count(std::uint32_t source, std::uint32_t, int delay) override { store_.count(source, axonal_, delay - axonal_); }
    void finish() override { store_.finish_counts(); }
    void add(std::uint32_t source, std::uint32_t target, int delay, Real weight) override {
        store_.add(source, std::uint32_t(Index(target) - share_.local), axonal_, delay - axonal_, weight);
    }
    std::uint64_t deliver(const Delivery<Real>& to) override {
        return store_.deliver(to.step, [&](Index step) { return (*to.fired)(from_, step); }, to.rows[port_] + share_.local);
    }
    std::uint64_t synapses() const override { return store_.runs().size(); }
    std::size_t bytes() const override { return store_.bytes(); }
    void take(Index step, const SpikeLists& fired) override {
        for (const auto source : fired(from_, step)) store_.source_fired(source, step);
        if (dopamine_from_ < 0) return;
        if (const auto spikes = fired(dopamine_from_, step).size(); spikes > 0) store_.reward(step + dopamine_delay_, double(spikes));
    }
    int listens_to() const override { return to_; }
    void targets_fired(Index step, std::span<const std::uint64_t> words) override;
    void bring_up_to_date(Index step) override { store_.bring_up_to_date(step); }
    void set_learning(bool learning) override { store_.set_learning(learning); }
    void forget_spikes() override { store_.forget_spikes(); }
    void normalise(double total) override { store_.normalise(total); }
    void scale(std::span<const double> factors) override { store_.scale(factors.subspan(share_.begin, share_.owned())); }

    PlasticStore<Real>& store() { return store_; }
    const RunIndex& runs() const { return store_.runs(); }
    /// The number of a synapse's target in its population, and of the first that can be one.
    std::uint32_t neuron(std::uint64_t i) const { return share_.begin + store_.target(i); }
    std::uint32_t first_neuron() const { return share_.begin; }
    std::uint32_t targets() const { return share_.owned(); }
    const SimulatedProjection& projection() const { return *spec_; }

private:
    const SimulatedProjection* spec_;
    int from_, to_, port_, axonal_, dopamine_from_, dopamine_delay_;
    Share share_;
    PlasticStore<Real> store_;
};

template <class Real> std::unique_ptr<Store<Real>> make_plastic_link(const SharedNetwork& shared, const BuiltProjection& built, const Partition& partition) {
    return std::make_unique<PlasticLink<Real>>(shared, built, partition);
}

}  // namespace tripartite
