#include "simulation/network_simulation.hpp"

#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "simulation/estimate.hpp"

namespace tripartite {
namespace {

constexpr double check_period = 50;  ///< ms between two looks at activity and states

}  // namespace

template <class Real>
NetworkSimulation<Real>::NetworkSimulation(const SimulationNetwork& network, const SimulationOptions& options)
    : network_(network), shared_(network_, options), plans_(plan_stores(shared_)), workers_(std::size_t(options.threads)), spikes_(network.populations.size()),
      check_interval_(std::max<Index>(1, Index(std::lround(check_period / options.dt)))) {
    check_memory(shared_, plans_, sizeof(Real), available_bytes());
    run_together(options.threads, [&](int number, Barrier&) {
        auto& worker = workers_[std::size_t(number)] = std::make_unique<Worker<Real>>(shared_, graded_, number);
        worker->build(plans_);
    });
    int smallest = 0, largest = 1;
    for (auto& worker : workers_) {
        const auto& stores = worker->stores();
        hash_ += stores.hash;
        largest = std::max(largest, stores.largest_delay);
        if (stores.smallest_delay > 0) smallest = smallest > 0 ? std::min(smallest, stores.smallest_delay) : stores.smallest_delay;
    }
    if (const int delay = shared_.shortest_dopamine_delay(); delay > 0) smallest = smallest > 0 ? std::min(smallest, delay) : delay;
    for (const auto& p : shared_.projections)
        if (p.scale_every > 0) scaled_.push_back({&p, SlowRates(shared_.sizes[std::size_t(p.to)], p.spec->scaling->tau / options.dt)});
    shared_.prepare(smallest > 0 ? smallest : INT_MAX, largest);
    for (auto& worker : workers_) worker->prepare();
    std::vector<std::uint32_t> widths;
    for (const auto& channel : shared_.channels) widths.push_back(shared_.sizes[std::size_t(channel.population)]);
    graded_ = GradedValues<Real>(widths, shared_.window + shared_.largest_delay);
    fill_channels();
}

template <class Real> void NetworkSimulation<Real>::fill_channels() {
    for (Index step = 0; step < graded_.steps(); ++step)
        for (auto& worker : workers_) worker->send_states(step, true);
}

template <class Real> void NetworkSimulation<Real>::run(Index steps) {
    for (const Index end = done_ + steps; done_ < end;) {
        run_chunk(std::min(end, next_stop()));
        scale_weights();
    }
}

template <class Real> Index NetworkSimulation<Real>::next_stop() const {
    Index next = (done_ / check_interval_ + 1) * check_interval_;
    for (const auto& p : shared_.projections)
        for (const int every : {p.normalise_every, p.scale_every})
            if (every > 0) next = std::min(next, (done_ / every + 1) * every);
    return next;
}

template <class Real> void NetworkSimulation<Real>::run_chunk(Index end) {
    const Index begin = done_;
    for (auto& p : probes_) p.values.resize(std::size_t(p.before(end) - p.before(begin)) * p.probe.neurons.size());
    run_together(shared_.options.threads, [&](int number, Barrier& barrier) { run_worker(number, end, barrier); });
    done_ = end;
    hand_over_probes(begin, end);
    check_finite();
    if (end % check_interval_ == 0) check_activity();
    const Index mark = std::max<Index>(1, Index(std::lround(1000 / shared_.options.dt)));
    if (end / mark != begin / mark) bring_up_to_date();
}

template <class Real> void NetworkSimulation<Real>::bring_up_to_date() {
    if (done_ > 0) run_together(shared_.options.threads, [&](int number, Barrier&) { workers_[std::size_t(number)]->bring_up_to_date(done_ - 1); });
}

template <class Real> void NetworkSimulation<Real>::run_worker(int number, Index end, Barrier& barrier) {
    Worker<Real>& worker = *workers_[std::size_t(number)];
    const Index begin = done_;
    for (Index t = begin; t < end;) {
        const Index window_end = std::min<Index>(end, t + shared_.window);
        for (Index s = t; s < window_end; ++s) {
            worker.step(s, 0);
            for (int level = 1; level < shared_.levels; ++level) {
                barrier.wait();
                worker.see(s, level - 1);
                worker.step(s, level);
            }
            read_probes(worker, s, begin);
        }
        barrier.wait();
        for (; t < window_end; ++t) {
            worker.take(t);
            if (number != 0) continue;
            for (auto& s : scaled_)
                if (learning_) s.rates.fired(t, worker.lists()(s.projection->to, t));
            for (std::size_t p = 0; p < spikes_.size(); ++p) spikes_[p] += worker.lists()(int(p), t).size();
            if (on_spikes_) on_spikes_(t, worker.lists());
        }
    }
}

template <class Real> void NetworkSimulation<Real>::read_probes(Worker<Real>& worker, Index t, Index begin) {
    for (auto& p : probes_) {
        if (!p.due(t)) continue;
        const Share& share = worker.share(p.probe.population);
        double* to = p.values.data() + std::size_t(p.before(t) - p.before(begin)) * p.probe.neurons.size();
        const Real* from = p.probe.field == StateProbe::membrane ? worker.membrane(p.probe.population).data() : worker.state(p.probe.population).data() + p.probe.field * share.padded();
        for (std::size_t i = 0; i < p.probe.neurons.size(); ++i)
            if (const std::uint32_t n = p.probe.neurons[i]; n >= share.begin && n < share.end) to[i] = double(from[n - share.begin]);
    }
}

template <class Real> void NetworkSimulation<Real>::hand_over_probes(Index begin, Index end) {
    for (auto& p : probes_) {
        std::span<const double> values(p.values);
        for (Index t = begin; t < end; ++t) {
            if (!p.due(t)) continue;
            p.probe.take(t, values.first(p.probe.neurons.size()));
            values = values.subspan(p.probe.neurons.size());
        }
    }
}

template <class Real> void NetworkSimulation<Real>::check_activity() {
    const double limit = shared_.options.runaway_rate, seconds = double(check_interval_) * shared_.options.dt * 1e-3;
    for (std::size_t p = 0; p < spikes_.size(); ++p) {
        const double rate = double(spikes_[p]) / seconds / shared_.sizes[p];
        if (limit > 0 && rate > limit && !network_.populations[p].source)
            fail("runaway activity: the neurons of '{}' fired at {:.1f} Hz in the {} ms before {} ms, more than the limit of {} Hz; "
                 "check its weights and drives, or raise experiment.runaway_rate (0 is no limit)",
                 network_.populations[p].name, rate, seconds * 1e3, double(done_) * shared_.options.dt, limit);
        spikes_[p] = 0;
    }
}

template <class Real> void NetworkSimulation<Real>::check_finite() const {
    for (int p = 0; p < int(network_.populations.size()); ++p)
        for (const auto& worker : workers_) {
            const Share& share = worker->share(p);
            const auto& state = worker->state(p);
            Real sum = 0;  // not finite if any value is not: a difference of infinities is not a number
            for (Index i = 0; i < state.size(); ++i) sum += state[i] - state[i];
            if (sum == 0) continue;
            for (Index s = 0; s < network_.populations[std::size_t(p)].neuron.states; ++s)
                for (std::uint32_t n = 0; n < share.owned(); ++n)
                    if (!std::isfinite(state[s * share.padded() + Index(n)]))
                        fail("{} of neuron {} of '{}' is not finite at {} ms; check its parameters and inputs, or take a shorter step",
                             network_.populations[std::size_t(p)].neuron.state_names[std::size_t(s)], share.begin + n, network_.populations[std::size_t(p)].name,
                             double(done_) * shared_.options.dt);
        }
}

template <class Real> std::unique_ptr<Simulation> Simulation::make(const SimulationNetwork& network, const SimulationOptions& options) {
    for (const auto& p : network.populations)
        if (!p.source && !p.neuron.template kernels<Real>().step) fail("'{}' is integrated with adaptive steps, which need precision: float64", p.name);
    return std::make_unique<NetworkSimulation<Real>>(network, options);
}

template std::unique_ptr<Simulation> Simulation::make<float>(const SimulationNetwork&, const SimulationOptions&);
template std::unique_ptr<Simulation> Simulation::make<double>(const SimulationNetwork&, const SimulationOptions&);
template class NetworkSimulation<float>;
template class NetworkSimulation<double>;

}  // namespace tripartite
