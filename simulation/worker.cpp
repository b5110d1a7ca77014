#include "simulation/worker.hpp"

#include <algorithm>

#include "core/error.hpp"
#include "engine/kernels.hpp"
#include "simulation/kernels.hpp"

namespace tripartite {

template <class Real> Worker<Real>::Worker(SharedNetwork& shared, GradedValues<Real>& graded, int number)
    : shared_(shared), graded_(graded), partition_(shared.sizes, number, shared.options.threads), rows_(shared.ports * partition_.neurons), nothing_(64), counts_(partition_.neurons + counted_at_once) {
    for (int port = 0; port < shared.ports; ++port) row_.push_back(rows_.data() + port * partition_.neurons);
    for (int p = 0; p < int(shared.sizes.size()); ++p) make_neurons(p);
    for (const auto& projection : shared.projections) populations_[std::size_t(projection.to)].reached[std::size_t(projection.port)] = true;
    for (int c = 0; c < int(shared.channels.size()); ++c)
        if (shared.channels[std::size_t(c)].field == Channel::membrane) populations_[std::size_t(shared.channels[std::size_t(c)].population)].membrane_channel = c;
    make_drives();
}

template <class Real> void Worker<Real>::make_drives() {
    const auto& network = shared_.network;
    for (const auto& drive : network.drives) {
        const int p = network.find(drive.to);
        const auto* poisson = std::get_if<PoissonDrive>(&drive.kind);
        const std::string receptor = drive.receptor.empty() && !poisson ? "current" : drive.receptor;
        const int port = port_of(network.populations[std::size_t(p)], receptor, poisson ? poisson->weight : 1, "the drive of '" + drive.to + "'");
        populations_[std::size_t(p)].reached[std::size_t(port)] = true;
        if (share(p).owned() > 0) drives_.push_back({p, port, false, make_drive_input<Real>(drive, share(p), shared_.options.dt, shared_.options.seed)});
    }
    for (const auto& currents : network.currents) {
        const int p = network.find(currents.to);
        populations_[std::size_t(p)].reached[0] = true;
        if (share(p).owned() > 0) drives_.push_back({p, 0, currents.first, make_given_input<Real>(currents, share(p), shared_.sizes[std::size_t(p)])});
    }
}

template <class Real> void Worker<Real>::make_neurons(int p) {
    const auto& spec = shared_.network.populations[std::size_t(p)];
    Neurons neurons;
    neurons.reached.resize(std::size_t(std::max(1, spec.neuron.ports)));
    if (spec.source) neurons.source = make_source_input(*spec.source, spec.name, share(p), shared_.options.dt, shared_.options.seed);
    else {
        initial_state(p, neurons);
        coefficients(p, neurons);
        fold_thresholds(p, neurons);
        if (spec.neuron.stochastic) {
            neurons.chances = Array<Real>(share(p).padded());
            neurons.firing.emplace(shared_.options.seed, spec.name, "firing");
        }
    }
    populations_.push_back(std::move(neurons));
}

template <class Real> void Worker<Real>::values_of(const NeuronValue& value, const SimulatedPopulation& population, const std::string& purpose, std::span<double> to) {
    if (value.each.empty()) return draw(value.value, RandomStream(shared_.options.seed, population.name, purpose + value.field), to);
    if (value.each.size() != to.size()) fail("'{}' of '{}' has {} values for {} neurons", value.field, population.name, value.each.size(), to.size());
    std::ranges::copy(value.each, to.begin());
}

template <class Real> void Worker<Real>::initial_state(int p, Neurons& neurons) {
    const auto& spec = shared_.network.populations[std::size_t(p)];
    const Share& own = share(p);
    neurons.state = Array<Real>(spec.neuron.states * own.padded());
    for (int s = 0; s < spec.neuron.states; ++s) std::fill_n(neurons.state.data() + s * own.padded(), own.padded(), Real(spec.neuron.initial[std::size_t(s)]));
    std::vector<double> values(spec.size);
    for (const auto& initial : spec.initial) {
        const auto field = std::ranges::find(spec.neuron.state_names, initial.field) - spec.neuron.state_names.begin();
        values_of(initial, spec, "initial ", values);
        std::transform(values.begin() + own.begin, values.begin() + own.end, neurons.state.data() + field * own.padded(), [](double x) { return Real(x); });
    }
}

template <class Real> void Worker<Real>::coefficients(int p, Neurons& neurons) {
    const auto& spec = shared_.network.populations[std::size_t(p)];
    const Share& own = share(p);
    const std::size_t count = std::size_t(spec.neuron.coefficients), varied = spec.values.size();
    neurons.uniform = varied == 0;
    std::vector<double> k(count), values(varied * spec.size), of_neuron(varied);
    for (std::size_t v = 0; v < varied; ++v)
        values_of(spec.values[v], spec, "parameter ", std::span(values).subspan(v * spec.size, spec.size));
    const Index rows = neurons.uniform ? 1 : own.padded();
    neurons.coefficients = Array<Real>(Index(count) * rows);
    for (Index n = 0; n < rows; ++n) {
        const std::size_t neuron = std::min<std::size_t>(std::size_t(n) + own.begin, spec.size - 1);
        for (std::size_t v = 0; v < varied; ++v) of_neuron[v] = values[v * spec.size + neuron];
        try {
            spec.neuron.discretise(of_neuron, shared_.options.dt * shared_.every[std::size_t(p)], k);
        } catch (const Error& error) {
            fail("neuron {} of '{}': {}", neuron, spec.name, error.what());
        }
        for (std::size_t c = 0; c < count; ++c) neurons.coefficients[Index(c) * rows + n] = Real(k[c]);
    }
}

template <class Real> void Worker<Real>::fold_thresholds(int p, Neurons& neurons) {
    const auto& spec = shared_.network.populations[std::size_t(p)];
    if (spec.membrane_maps.empty()) return;
    const Share& own = share(p);
    neurons.fold = Array<Real>(spec.neuron.fold_rows() * own.padded());
    std::vector<double> k(std::size_t(spec.neuron.coefficients));
    for (Index n = 0; n < own.padded(); ++n) {
        for (std::size_t c = 0; c < k.size(); ++c) k[c] = double(neurons.coefficients[neurons.uniform ? Index(c) : Index(c) * own.padded() + n]);
        const auto [scale, offset] = spec.membrane_maps[std::min<std::size_t>(std::size_t(n) + own.begin, spec.size - 1)];
        spec.neuron.fold_threshold(scale, offset, k, neurons.fold.data() + n, own.padded());
    }
}

template <class Real> void Worker<Real>::build(const std::vector<StorePlan>& plans) { stores_ = build_stores<Real>(shared_, plans, partition_); }

template <class Real> void Worker<Real>::step(Index t, int level) {
    const Delivery<Real> delivery{t, &lists_, row_.data(), counts_.data(), &graded_};
    drive(t, level, true);
    for (std::size_t i = 0; i < stores_.all.size(); ++i)
        if (stores_.plans[i]->level == level && (stores_.plans[i]->every == 1 || (t + 1) % stores_.plans[i]->every == 0)) events_ += stores_.all[i]->deliver(delivery);
    drive(t, level, false);
    for (int p = 0; p < int(populations_.size()); ++p)
        if (share(p).owned() > 0 && shared_.level[std::size_t(p)] == level) step_neurons(p, t);
    if (level == shared_.levels - 1) send_states(t);
}

template <class Real> void Worker<Real>::send_states(Index t, bool at_rest) {
    for (int c = 0; c < int(shared_.channels.size()); ++c) {
        const auto& channel = shared_.channels[std::size_t(c)];
        const Share& own = share(channel.population);
        Real* to = graded_.row(c, t) + own.begin;
        if (channel.field >= 0) std::copy_n(populations_[std::size_t(channel.population)].state.data() + channel.field * own.padded(), own.owned(), to);
        else if (at_rest) std::fill_n(to, own.owned(), Real(0));
    }
}

template <class Real> void Worker<Real>::drive(Index t, int level, bool first) {
    for (auto& drive : drives_)
        if (drive.first == first && shared_.level[std::size_t(drive.population)] == level) drive.input->add(t, row_[std::size_t(drive.port)] + share(drive.population).local);
}

template <class Real> void Worker<Real>::step_neurons(int p, Index t) {
    auto& neurons = populations_[std::size_t(p)];
    const Share& own = share(p);
    std::uint64_t* words = shared_.fired_in(t) + partition_.first_word[std::size_t(p)] + own.begin / 64;
    if (neurons.source) neurons.source->fire(t, words);
    else if (shared_.due(p, t)) integrate(p, t, words);
    else {
        std::fill_n(words, own.padded() / 64, 0);
        if (const int c = neurons.membrane_channel; c >= 0) std::copy_n(graded_.row(c, t - 1) + own.begin, own.owned(), graded_.row(c, t) + own.begin);
    }
    if (own.owned() % 64 != 0) words[own.owned() / 64] &= (std::uint64_t(1) << own.owned() % 64) - 1;
    for (auto& store : stores_.all)
        if (store->listens_to() == p) store->targets_fired(t, {words, std::size_t(own.padded() / 64)});
}

template <class Real> void Worker<Real>::integrate(int p, Index t, std::uint64_t* words) {
    auto& neurons = populations_[std::size_t(p)];
    const Share& own = share(p);
    const auto& spec = shared_.network.populations[std::size_t(p)];
    StepRange<Real> range;
    range.neurons = range.state_variable = own.padded();
    range.state = neurons.state.data();
    range.coefficients = neurons.coefficients.data(), range.coefficient = neurons.uniform ? 0 : own.padded();
    if (!spec.step_factors.empty()) {
        const auto factor = Real(spec.step_factors[std::min(std::size_t(t % shared_.options.period), spec.step_factors.size() - 1)]);
        for (Real& x : std::span(row_[0] + own.local, own.padded())) x *= factor;
    }
    for (int port = 0; port < spec.neuron.ports; ++port) {
        const bool reached = neurons.reached[std::size_t(port)];
        range.input[port] = reached ? row_[std::size_t(port)] + own.local : nothing_.data();
        range.input_neuron[port] = reached;
    }
    if (spec.neuron.stochastic) draw_uniform(p, t), range.uniform = neurons.chances.data();
    range.spikes = words;
    if (neurons.membrane_channel >= 0) range.values = graded_.row(neurons.membrane_channel, t) + own.begin;
    if (!neurons.membrane.empty()) range.membrane = neurons.membrane.data();
    if (!neurons.fold.empty()) range.fold = neurons.fold.data(), range.fold_row = own.padded();
    spec.neuron.template kernels<Real>().step(range);
    std::ranges::copy(neurons.learned, lasting(p).begin());
}

template <class Real> void Worker<Real>::draw_uniform(int p, Index t) {
    const RandomStream& stream = *populations_[std::size_t(p)].firing;
    Real* to = populations_[std::size_t(p)].chances.data();
    const Index first = Index(share(p).begin) / 64, period = shared_.options.period;
    std::uint32_t step = std::uint32_t(t), sample = std::uint32_t(std::uint64_t(t) >> 32), epoch = 0;
    if (period > 0) step = std::uint32_t(t % period), sample = std::uint32_t(shared_.options.first_sample + t / period), epoch = std::uint32_t(-1);
    for (Index block = 0; block < share(p).padded() / 64; ++block) kernels<Real>().uniform(stream.key(0), stream.key(1), first + block, step, sample, epoch, to + block * 64, 64);
}

template <class Real> void Worker<Real>::take(Index t) {
    see(t, shared_.levels - 1);
    for (auto& store : stores_.all) store->take(t, lists_);
}

template <class Real> void Worker<Real>::bring_up_to_date(Index t) {
    for (auto& store : stores_.all) store->bring_up_to_date(t);
}

template <class Real> std::span<Real> Worker<Real>::lasting(int p) {
    const auto& spec = shared_.network.populations[std::size_t(p)].neuron;
    auto& state = populations_[std::size_t(p)].state;
    return {state.data() + (spec.states - spec.lasting) * share(p).padded(), std::size_t(spec.lasting * share(p).padded())};
}

template <class Real> void Worker<Real>::set_learning(bool learning) {
    for (auto& store : stores_.all) store->set_learning(learning);
    for (int p = 0; p < int(populations_.size()); ++p) {
        const auto now = lasting(p);
        auto& learned = populations_[std::size_t(p)].learned = Array<Real>(learning ? 0 : Index(now.size()));
        if (!learning) std::ranges::copy(now, learned.begin());
    }
}

template <class Real> void Worker<Real>::rest() {
    for (auto& store : stores_.all) store->forget_spikes();
    lists_ = SpikeLists(int(populations_.size()), lists_.capacity());
    rows_.fill(0);
    for (int p = 0; p < int(populations_.size()); ++p) {
        if (populations_[std::size_t(p)].source) continue;
        const std::vector<Real> learned(lasting(p).begin(), lasting(p).end());
        initial_state(p, populations_[std::size_t(p)]);
        std::ranges::copy(learned, lasting(p).begin());
    }
}

template <class Real> void Worker<Real>::add_input(int p, int port, std::span<const double> values) {
    TRIPARTITE_CHECK(values.size() == share(p).owned());
    populations_[std::size_t(p)].reached[std::size_t(port)] = true;
    Real* row = row_[std::size_t(port)] + share(p).local;
    for (std::size_t n = 0; n < values.size(); ++n) row[n] += Real(values[n]);
}

template <class Real> std::size_t Worker<Real>::bytes() const {
    std::size_t sum = std::size_t(rows_.size()) * sizeof(Real) + std::size_t(counts_.size()) * 2;
    for (const auto& store : stores_.all) sum += store->bytes();
    for (const auto& p : populations_) sum += std::size_t(p.state.size() + p.coefficients.size()) * sizeof(Real);
    return sum;
}

template class Worker<float>;
template class Worker<double>;

}  // namespace tripartite
