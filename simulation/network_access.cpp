// What is read from a simulation, and written into it, between two calls of run().
#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "core/text.hpp"
#include "simulation/convolution_store.hpp"
#include "simulation/estimate.hpp"
#include "simulation/network_simulation.hpp"
#include "simulation/synapse_order.hpp"

namespace tripartite {

template <class Real> void NetworkSimulation<Real>::add_input(const std::string& population, const std::string& receptor, std::span<const double> values) {
    const int p = network_.find(population);
    const auto& spec = network_.populations[std::size_t(p)];
    if (spec.source) fail("'{}' is a source, which takes no input", population);
    if (values.size() != spec.size) fail("'{}' has {} neurons, but {} inputs are given", population, spec.size, values.size());
    const int port = port_of(spec, receptor, 1, "the input from outside");
    for (auto& worker : workers_) {
        const Share& share = worker->share(p);
        worker->add_input(p, port, values.subspan(share.begin, share.owned()));
    }
}

template <class Real> void NetworkSimulation<Real>::set_spikes(const std::string& population, SpikeList spikes) {
    auto& source = network_.populations[std::size_t(network_.find(population))].source;
    auto* list = source ? std::get_if<SpikeList>(&*source) : nullptr;
    if (!list) fail("'{}' is not a source of given spikes, and cannot be given some", population);
    *list = std::move(spikes);
}

template <class Real> template <class F> void NetworkSimulation<Real>::for_each_store(const std::string& projection, F&& f) {
    bring_up_to_date();
    for (const auto& plan : plans_)
        if (shared_.projections[std::size_t(plan.projections.front())].spec->name == projection)
            for (auto* store : stores_of(plan)) f(*store);
}

template <class Real> void NetworkSimulation<Real>::normalise(const std::string& projection, double total) {
    for_each_store(projection, [&](Store<Real>& store) { store.normalise(total); });
}

template <class Real> void NetworkSimulation<Real>::scale_weights() {
    for (const auto& s : scaled_)
        if (learning_ && done_ % s.projection->scale_every == 0) scale(s);
    for (const auto& p : shared_.projections)
        if (p.normalise_every > 0 && done_ % p.normalise_every == 0) normalise(p.spec->name, p.spec->normalise->total);
}

template <class Real> void NetworkSimulation<Real>::scale(const Scaled& scaled) {
    const auto& spec = *scaled.projection->spec;
    std::vector<double> factors(scaled.rates.neurons());
    for (std::size_t n = 0; n < factors.size(); ++n) {
        const double excess = scaled.rates.rate(n, done_ - 1) * 1000 / shared_.options.dt / spec.scaling->rate;
        factors[n] = std::max(0.0, 1 + spec.scaling->interval / spec.scaling->beta * (1 - excess * excess * excess));
    }
    for_each_store(spec.name, [&](Store<Real>& store) { store.scale(factors); });
}

template <class Real> void NetworkSimulation<Real>::set_learning(bool learning) {
    bring_up_to_date();
    learning_ = learning;
    for (auto& worker : workers_) worker->set_learning(learning);
}

template <class Real> void NetworkSimulation<Real>::rest() {
    bring_up_to_date();
    for (auto& worker : workers_) worker->rest();
    fill_channels();
}

template <class Real> std::span<const std::uint32_t> NetworkSimulation<Real>::spikes(const std::string& population, Index step) const {
    const auto& lists = workers_.front()->lists();
    if (step < 0 || step >= done_ || step < done_ - lists.capacity()) fail("the spikes of step {} are not kept; there are those of the last {} steps, before step {}", step, lists.capacity(), done_);
    return lists(network_.find(population), step);
}

template <class Real> std::vector<double> NetworkSimulation<Real>::state(const std::string& population, const std::string& field) const {
    const int p = network_.find(population);
    const auto& spec = network_.populations[std::size_t(p)];
    const auto& names = spec.neuron.state_names;
    const auto found = std::ranges::find(names, field);
    const std::vector<std::string_view> known(names.begin(), names.end());
    if (found == names.end()) fail("'{}' has no state '{}'{}; it has: {}", population, field, did_you_mean(field, known), listed(known));
    std::vector<double> values(spec.size);
    for (const auto& worker : workers_) {
        const Share& share = worker->share(p);
        const Real* from = worker->state(p).data() + (found - names.begin()) * share.padded();
        std::copy_n(from, share.owned(), values.begin() + share.begin);
    }
    return values;
}

template <class Real> void NetworkSimulation<Real>::add_probe(StateProbe probe) {
    TRIPARTITE_CHECK(probe.interval > 0);
    probe.last = std::max(probe.last, probe.first);
    if (probe.field == StateProbe::membrane)
        for (auto& worker : workers_) worker->keep_membrane(probe.population);
    probes_.push_back({std::move(probe), {}});
}

template <class Real> std::vector<Store<Real>*> NetworkSimulation<Real>::stores_of(const StorePlan& plan) const {
    std::vector<Store<Real>*> found;
    for (const auto& worker : workers_)
        for (std::size_t i = 0; i < worker->stores().all.size(); ++i)
            if (worker->stores().plans[i] == &plan) found.push_back(worker->stores().all[i].get());
    return found;
}

template <class Real> std::vector<Real> NetworkSimulation<Real>::kernels(const std::string& projection) {
    const auto stores = stores_of<ConvolutionStore<Real>>(projection);
    std::vector<Real> all(stores.empty() ? 0 : stores.front()->all_weights());
    for (const auto* store : stores) store->copy_weights(all);
    return all;
}

template <class Real> std::vector<SynapseWeight> NetworkSimulation<Real>::weights(const std::string& projection) {
    bring_up_to_date();
    std::vector<SynapseWeight> all;
    if (const auto shared = kernels(projection); !shared.empty()) {
        const auto& built = *std::ranges::find(shared_.projections, projection, [](const BuiltProjection& p) { return p.spec->name; });
        built.connector->enumerate({0, shared_.sizes[std::size_t(built.to)]}, [&](std::span<const Pair> pairs) {
            std::vector<double> delays(pairs.size());
            built.delay->fill(pairs, delays);
            for (std::size_t i = 0; i < pairs.size(); ++i)
                all.push_back({pairs[i].source, pairs[i].target, int(std::lround(delays[i] / shared_.options.dt)), double(shared[pairs[i].number])});
        });
        std::ranges::stable_sort(all, {}, &SynapseWeight::source);
    }
    for_each_synapse(stores_of<PlasticLink<Real>>(projection), [&](PlasticLink<Real>& link, std::uint32_t source, int delay, std::uint64_t i) {
        all.push_back({source, link.neuron(i), delay, double(link.store().weight(i))});
    });
    return all;
}

template <class Real> std::vector<StoreDescription> NetworkSimulation<Real>::stores() const {
    auto all = describe_plans(shared_, plans_, sizeof(Real));
    for (std::size_t p = 0; p < plans_.size(); ++p) {
        all[p].synapses = 0, all[p].bytes = 0;
        for (const auto* store : stores_of(plans_[p])) all[p].synapses += store->synapses(), all[p].bytes += store->bytes();
    }
    return all;
}

template <class Real> std::uint64_t NetworkSimulation<Real>::neurons() const {
    std::uint64_t sum = 0;
    for (const auto size : shared_.sizes) sum += size;
    return sum;
}

template <class Real> std::uint64_t NetworkSimulation<Real>::synapses() const {
    std::uint64_t sum = 0;
    for (const auto& worker : workers_)
        for (const auto& store : worker->stores().all) sum += store->synapses();
    return sum;
}

template <class Real> std::uint64_t NetworkSimulation<Real>::synaptic_events() const {
    std::uint64_t sum = earlier_events_;
    for (const auto& worker : workers_) sum += worker->events();
    return sum;
}

template <class Real> std::size_t NetworkSimulation<Real>::bytes() const {
    std::size_t sum = 0;
    for (const auto& worker : workers_) sum += worker->bytes();
    return sum;
}

template class NetworkSimulation<float>;
template class NetworkSimulation<double>;

}  // namespace tripartite
