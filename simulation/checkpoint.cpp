// A simulation's state in a file, in an order that does not depend on the number of threads.
#include <algorithm>

#include "core/error.hpp"
#include "core/precision.hpp"
#include "simulation/convolution_store.hpp"
#include "simulation/history_file.hpp"
#include "simulation/network_simulation.hpp"
#include "simulation/synapse_order.hpp"
#include "simulation/tripartite_store.hpp"

namespace tripartite {
namespace {

/// Weights go through memory in blocks: all at once they would need as much as the network itself.
constexpr std::size_t values_at_once = std::size_t{1} << 20;

}  // namespace

template <class Real> void NetworkSimulation<Real>::save(H5Writer& file) {
    bring_up_to_date();
    for (std::size_t p = 0; p < network_.populations.size(); ++p) {
        const auto& spec = network_.populations[p];
        std::vector<Real> values;
        for (Index s = 0; s < spec.neuron.states; ++s)
            for (const auto& worker : workers_) {
                const Real* from = worker->state(int(p)).data() + s * worker->share(int(p)).padded();
                values.insert(values.end(), from, from + worker->share(int(p)).owned());
            }
        file.write("/state/" + spec.name, std::span<const Real>(values), {std::uint64_t(spec.neuron.states), values.empty() ? 0 : spec.size});
        std::vector<std::int64_t> steps, neurons;
        const auto& lists = workers_.front()->lists();
        for (Index t = std::max<Index>(0, done_ - lists.capacity() + 1); t < done_; ++t)
            for (const auto n : lists(int(p), t)) steps.push_back(t), neurons.push_back(n);
        write_vector(file, "/in_flight/" + spec.name + "/step", steps);
        write_vector(file, "/in_flight/" + spec.name + "/neuron", neurons);
    }
    for (int c = 0; c < int(shared_.channels.size()); ++c) {
        const std::uint32_t size = shared_.sizes[std::size_t(shared_.channels[std::size_t(c)].population)];
        std::vector<Real> sent;
        for (Index t = done_ - shared_.largest_delay; t < done_; ++t) sent.insert(sent.end(), graded_.row(c, t), graded_.row(c, t) + size);
        file.write("/graded/" + shared_.channels[std::size_t(c)].name, std::span<const Real>(sent), {sent.size() / size, size});
    }
    for (const auto& built : shared_.projections) save_plastic(file, *built.spec), save_kernels(file, *built.spec), save_tripartite(file, *built.spec);
    // All stores of a plan remember the same; a worker without neurons of the target population has none.
    for (const auto& plan : plans_)
        if (const auto found = stores_of(plan); !found.empty()) found.front()->save(file, "/stores/" + shared_.projections[std::size_t(plan.projections.front())].spec->name);
    for (const auto& s : scaled_) {
        const std::string group = "/scaling/" + s.projection->spec->name;
        write_vector(file, group + "/trace", s.rates.save().trace), write_vector(file, group + "/step", s.rates.save().step);
    }
    write_vector(file, "/state_of_guard", spikes_);
    const auto attribute = [&](const char* name, std::uint64_t value) { file.attribute("/state", name, std::int64_t(value)); };
    attribute("step", std::uint64_t(done_)), attribute("synapses", hash_), attribute("events", synaptic_events()), attribute("seed", shared_.options.seed);
    file.attribute("/state", "precision", precision_name<Real>());
    file.attribute("/state", "dt", shared_.options.dt);
}

template <class Real> template <class Kept, class Read>
void NetworkSimulation<Real>::save_synapses(H5Writer& file, const std::vector<Kept*>& stores, const std::string& dataset, const Read& read) {
    std::uint64_t total = 0, written = 0;
    for (auto* store : stores) total += store->runs().size();
    file.create<Real>(dataset, {total});
    std::vector<Real> block;
    const auto flush = [&] {
        file.write_rows<Real>(dataset, written, block);
        written += block.size();
        block.clear();
    };
    for_each_synapse(stores, [&](Kept& store, std::uint32_t, int, std::uint64_t i) {
        block.push_back(Real(read(store, i)));
        if (block.size() == values_at_once) flush();
    });
    flush();
}

template <class Real> template <class Kept, class Write>
void NetworkSimulation<Real>::load_synapses(const H5Reader& file, const std::vector<Kept*>& stores, const std::string& dataset, const Write& write) {
    const std::uint64_t total = file.shape(dataset).at(0);
    std::uint64_t read = 0;
    std::vector<Real> block;
    for_each_synapse(stores, [&](Kept& store, std::uint32_t, int, std::uint64_t i) {
        if (read % values_at_once == 0) block = file.read<Real>(dataset, {{read, std::min<std::uint64_t>(values_at_once, total - read)}});
        write(store, i, block.at(read++ % values_at_once));
    });
}

/// Steps count back from now, so that a float holds those of lately; a synapse at rest for longer than that has no memory of its spikes.
template <class Real> void NetworkSimulation<Real>::save_tripartite(H5Writer& file, const SimulatedProjection& projection) {
    const auto found = stores_of<TripartiteStore<Real>>(projection.name);
    if (found.empty()) return;
    const std::string group = "/tripartite/" + projection.name;
    save_synapses(file, found, group + "/u", [](auto& store, std::uint64_t i) { return store.synapse(i).u; });
    save_synapses(file, found, group + "/x", [](auto& store, std::uint64_t i) { return store.synapse(i).x; });
    save_synapses(file, found, group + "/steps_ago", [&](auto& store, std::uint64_t i) { return done_ - store.synapse(i).step; });
}

template <class Real> void NetworkSimulation<Real>::load_tripartite(const H5Reader& file, const SimulatedProjection& projection) {
    const auto found = stores_of<TripartiteStore<Real>>(projection.name);
    if (found.empty()) return;
    const std::string group = "/tripartite/" + projection.name;
    load_synapses(file, found, group + "/u", [](auto& store, std::uint64_t i, Real u) { store.synapse(i).u = u; });
    load_synapses(file, found, group + "/x", [](auto& store, std::uint64_t i, Real x) { store.synapse(i).x = x; });
    load_synapses(file, found, group + "/steps_ago", [&](auto& store, std::uint64_t i, Real steps) { store.synapse(i).step = std::int32_t(done_ - Index(steps)); });
    for (auto* store : found) store->resume(graded_, done_ - 1);
}

template <class Real> void NetworkSimulation<Real>::save_plastic(H5Writer& file, const SimulatedProjection& projection) {
    const auto found = stores_of<PlasticLink<Real>>(projection.name);
    if (found.empty()) return;
    const std::string group = "/plastic/" + projection.name;
    save_synapses(file, found, group + "/weight", [](auto& link, std::uint64_t i) { return link.store().stored_weight(i); });
    if (found.front()->store().remembers()) save_synapses(file, found, group + "/unpaired", [](auto& link, std::uint64_t i) { return link.store().unpaired(i); });
    typename SpikeHistory<Real>::Saved targets;
    // The worker with the longest delay keeps the most of the sources' history.
    const auto longest = std::ranges::max_element(found, {}, [](PlasticLink<Real>* link) { return link->store().runs().delays().empty() ? 0 : link->store().runs().delays().back(); });
    const auto saved = (*longest)->store().save();
    save_history<Real>(file, group + "/sources", saved.sources);
    file.attribute(group, "since", std::int64_t(saved.since));
    for (auto* link : found) targets.append(link->store().save().targets);
    save_history<Real>(file, group + "/targets", targets);
    if (found.front()->store().eligibility()) save_rewards(file, projection.name, found, found.front()->store().save().rewards);
}

template <class Real> void NetworkSimulation<Real>::save_kernels(H5Writer& file, const SimulatedProjection& projection) {
    typename ConvolutionStore<Real>::Memory whole;
    for (auto* store : stores_of<ConvolutionStore<Real>>(projection.name))
        for (const auto& [name, values] : store->memory()) {
            const std::size_t each = values.size() / store->channels();
            whole[name].resize(each * store->all_channels());
            std::ranges::copy(values, whole[name].begin() + std::ptrdiff_t(each * store->first_channel()));
        }
    for (const auto& [name, values] : whole) write_vector(file, "/plastic/" + projection.name + "/" + name, values);
}

template <class Real> void NetworkSimulation<Real>::load_kernels(const H5Reader& file, const SimulatedProjection& projection) {
    for (auto* store : stores_of<ConvolutionStore<Real>>(projection.name)) {
        auto own = store->memory();
        for (auto& [name, values] : own) {
            const auto whole = file.read<Real>("/plastic/" + projection.name + "/" + name);
            std::copy_n(whole.begin() + std::ptrdiff_t(values.size() / store->channels() * store->first_channel()), values.size(), values.begin());
        }
        store->set_memory(own);
    }
}

/// The time of a synapse's last event counts from the first event that is kept, so that a float holds it.
template <class Real> void NetworkSimulation<Real>::save_rewards(H5Writer& file, const std::string& projection, const Links& links, const typename Eligibility<Real>::Saved& rewards) {
    const std::string group = "/plastic/" + projection;
    save_dopamine<Real>(file, group + "/dopamine", rewards);
    const Index first = rewards.step.front();
    save_synapses(file, links, group + "/eligibility", [](auto& link, std::uint64_t i) { return link.store().eligibility()->value(Index(i)); });
    save_synapses(file, links, group + "/last_event", [=](auto& link, std::uint64_t i) { return link.store().eligibility()->step(Index(i)) - first; });
}

template <class Real> void NetworkSimulation<Real>::load_rewards(const H5Reader& file, const std::string& projection, const Links& links, typename Eligibility<Real>::Saved& rewards) {
    const std::string group = "/plastic/" + projection;
    rewards = load_dopamine<Real>(file, group + "/dopamine");
    const Index first = rewards.step.at(0);
    load_synapses(file, links, group + "/eligibility", [](auto& link, std::uint64_t i, Real value) { link.store().eligibility()->set(Index(i), value); });
    load_synapses(file, links, group + "/last_event", [=](auto& link, std::uint64_t i, Real step) { link.store().eligibility()->set_step(Index(i), first + Index(step)); });
}

template <class Real> void NetworkSimulation<Real>::load_plastic(const H5Reader& file, const SimulatedProjection& projection) {
    const auto found = stores_of<PlasticLink<Real>>(projection.name);
    if (found.empty()) return;
    const std::string group = "/plastic/" + projection.name;
    load_synapses(file, found, group + "/weight", [](auto& link, std::uint64_t i, Real weight) { link.store().set_weight(i, weight); });
    if (found.front()->store().remembers())
        load_synapses(file, found, group + "/unpaired", [](auto& link, std::uint64_t i, Real trace) { link.store().set_unpaired(i, trace); });
    const auto sources = load_history<Real>(file, group + "/sources", 0, SIZE_MAX);
    typename Eligibility<Real>::Saved rewards;
    if (found.front()->store().eligibility()) load_rewards(file, projection.name, found, rewards);
    for (auto* link : found) {
        const std::uint32_t begin = link->first_neuron();
        link->store().load({sources, load_history<Real>(file, group + "/targets", begin, begin + link->targets()), rewards, done_ - 1, Index(file.integer_attribute(group, "since"))});
    }
}

template <class Real> void NetworkSimulation<Real>::load(const H5Reader& file) {
    const auto expect = [&](bool same, const std::string& what) {
        if (!same) fail("the checkpoint was written with {}; go on with the same experiment, or start anew", what);
    };
    expect(file.text_attribute("/state", "precision") == precision_name<Real>(), "another precision");
    expect(file.real_attribute("/state", "dt") == shared_.options.dt, "another time step");
    expect(std::uint64_t(file.integer_attribute("/state", "seed")) == shared_.options.seed, "another seed");
    expect(std::uint64_t(file.integer_attribute("/state", "synapses")) == hash_, "other synapses");
    done_ = Index(file.integer_attribute("/state", "step"));
    earlier_events_ = std::uint64_t(file.integer_attribute("/state", "events"));
    for (std::size_t p = 0; p < network_.populations.size(); ++p) {
        const auto& spec = network_.populations[p];
        const auto values = file.read<Real>("/state/" + spec.name);
        expect(values.size() == std::size_t(spec.neuron.states) * spec.size || spec.source, "other populations");
        for (Index s = 0; s < spec.neuron.states; ++s)
            for (auto& worker : workers_) {
                const Share& share = worker->share(int(p));
                std::copy_n(values.begin() + s * Index(spec.size) + share.begin, share.owned(), worker->state(int(p)).data() + s * share.padded());
            }
        const auto steps = file.read<std::int64_t>("/in_flight/" + spec.name + "/step"), neurons = file.read<std::int64_t>("/in_flight/" + spec.name + "/neuron");
        for (auto& worker : workers_) {
            std::size_t next = 0;
            for (Index t = std::max<Index>(0, done_ - worker->lists().capacity() + 1); t < done_; ++t) {
                std::vector<std::uint32_t> fired;
                while (next < steps.size() && steps[next] < t) ++next;
                for (; next < steps.size() && steps[next] == t; ++next) fired.push_back(std::uint32_t(neurons[next]));
                worker->lists().set(t, int(p), fired);
            }
        }
    }
    for (int c = 0; c < int(shared_.channels.size()); ++c) {
        const auto sent = file.read<Real>("/graded/" + shared_.channels[std::size_t(c)].name);
        const Index size = shared_.sizes[std::size_t(shared_.channels[std::size_t(c)].population)];
        for (Index t = done_ - shared_.largest_delay, i = 0; t < done_; ++t, ++i) std::copy_n(sent.begin() + i * size, size, graded_.row(c, t));
    }
    for (const auto& plan : plans_)
        for (auto* store : stores_of(plan)) store->load(file, "/stores/" + shared_.projections[std::size_t(plan.projections.front())].spec->name);
    for (const auto& built : shared_.projections) load_plastic(file, *built.spec), load_kernels(file, *built.spec), load_tripartite(file, *built.spec);
    for (auto& s : scaled_) {
        const std::string group = "/scaling/" + s.projection->spec->name;
        s.rates.load({file.read<double>(group + "/trace"), file.read<std::int64_t>(group + "/step")});
    }
    spikes_ = file.read<std::uint64_t>("/state_of_guard");
}

template class NetworkSimulation<float>;
template class NetworkSimulation<double>;

}  // namespace tripartite
