#include "engine/engine.hpp"

#include <algorithm>

namespace tripartite {
namespace {

/// Samples of a tile: its inputs over one window should stay in the second-level cache, there should be a few tiles per
/// block of neurons to share out, and a product takes rows six at a time.
int samples_of_tile(int window, int samples, bool recurrent, std::size_t real) {
    if (recurrent) return std::min(samples, 16);
    const int fitting = int((std::size_t(1) << 18) / (real * block_of_neurons * window));
    const int wanted = std::min(fitting, (samples + 3) / 4);
    return std::min(samples, std::max(24, (wanted + 5) / 6 * 6));
}

}  // namespace

template <class Real>
Engine<Real>::Engine(const Network& network, const EngineOptions& options, ThreadPool& pool, const Surrogate* soft)
    : options_(options), pool_(pool), network_(network), recorded_(network.populations.size()), scratch_(pool.threads()) {
    network.validate();
    for (const auto& p : network.populations) {
        if (const auto problem = not_trainable(p, options.dt); !problem.empty()) fail("{}", problem);
        if (const auto problem = problem_of_step(p.neuron, options.dt); !problem.empty()) fail("'{}': {}", p.name, problem);
    }
    components_ = components(network);
    recurrent_.resize(network.populations.size());
    std::vector<int> component_of(network.populations.size());
    for (std::size_t c = 0; c < components_.size(); ++c)
        for (const int p : components_[c].populations) recurrent_[p] = components_[c].recurrent, component_of[p] = int(c);
    for (const auto& spec : network.populations) populations_.push_back(std::make_unique<Population<Real>>(spec, options.dt, options.seed, parameters_));
    for (const auto& spec : network.projections) {
        const int from = network.find(spec.from), to = network.find(spec.to);
        ProjectionContext<Real> context{spec.name(), from < 0 ? network.inputs : network.populations[from].size, network.populations[to].size,
                                        populations_[to]->width(), spec.delay, options.event_density, options.seed, &parameters_};
        const bool internal = from >= 0 && component_of[from] == component_of[to];
        const int port = network.port(spec);
        populations_[to]->ports[port].reached = true;
        if (from >= 0) populations_[from]->is_read = true;
        links_.push_back({from, to, port, spec.delay + spec.kind.spread, internal, spec.kind.template make<Real>()(context)});
        tail_ = std::max(tail_, spec.delay + spec.kind.spread);
    }
    const auto order = order_of_sources(network);
    std::ranges::stable_sort(links_, {}, [&](const Link& l) { return std::ranges::find(order, l.from) - order.begin(); });
    for (auto& p : populations_) {
        p->soft = soft;
        if (p->spec().membrane)
            p->membrane_norm = std::make_unique<MembraneNorm<Real>>(*p->spec().membrane, p->spec().name, p->spec().size, p->width(), parameters_);
        if (p->spec().normalise) p->normaliser = p->spec().normalise->template make<Real>()(p->spec().name, p->spec().size, p->width(), options.steps, parameters_);
    }
    parameters_.allocate();
    for (auto& link : links_) link.projection->initialise();
    for (auto& p : populations_) {
        if (p->normaliser) p->normaliser->initialise();
        if (p->membrane_norm) p->membrane_norm->initialise();
        p->initialise();
    }
    window_ = options.window > 0 ? std::min(options.window, options.steps) : options.steps;
    if (window_ == options.steps) tail_ = 0;
    parameters_changed();
}

template <class Real> void Engine<Real>::clear_gradients() {
    constexpr Index piece = 1 << 16;
    auto& g = parameters_.gradients;
    pool_.for_each((g.size() + piece - 1) / piece, [&](Index i, int) { std::fill_n(g.data() + i * piece, std::min(piece, g.size() - i * piece), Real(0)); });
}

template <class Real> void Engine<Real>::parameters_changed() {
    for (auto& p : populations_) p->discretise();
    for (auto& link : links_) link.projection->parameters_changed();
    transposed_ = false;
}

template <class Real> void Engine<Real>::anneal(double progress) {
    for (auto& link : links_) link.projection->anneal(progress);
    transposed_ = false;
}

template <class Real> bool Engine<Real>::constant_drive(int population, int port) const {
    const auto& p = *populations_[population];
    if (port == 0 && (!p.step_factors.empty() || (p.normaliser && !p.normaliser->step_factors().empty()))) return false;
    return std::ranges::all_of(links_, [&](const Link& l) {
        return l.to != population || l.port != port || l.internal || (l.from < 0 && input_.constant && l.longest == 0);
    });
}

template <class Real> void Engine<Real>::shape_for(const Signal<Real>& input, Phase phase) {
    const bool any_recurrent = std::ranges::count(recurrent_, true) > 0;
    const bool coupled = phase != Phase::inference && std::ranges::any_of(populations_, [](const auto& p) { return p->membrane_norm != nullptr; });
    shape_ = {options_.steps, input.samples(), coupled ? input.samples() : samples_of_tile(window_, input.samples(), any_recurrent, sizeof(Real))};
    for (const auto& component : components_)
        for (const int i : component.populations) {
            auto& p = *populations_[i];
            for (int port = 0; port < int(p.ports.size()); ++port) p.ports[port].constant = constant_drive(i, port);
            p.prepare(shape_, window_, component.recurrent ? std::min(component.window, window_) : window_, tail_, component.recurrent, recorded_[i]);
        }
    if (wants_input_) input_bar_.shape(input.constant ? 1 : options_.steps, shape_.samples, blocks_for(network_.inputs), tile_width(network_.inputs));
}

template <class Real> void Engine<Real>::begin(const Signal<Real>& input, Phase phase, int first_sample, int epoch) {
    if (input.neurons() != network_.inputs) fail("the input has {} values and the network takes {}", input.neurons(), network_.inputs);
    input_ = input;
    shape_for(input, phase);
    for (auto& p : populations_) {
        p->reset();
        p->drop(phase == Phase::inference ? 0 : p->spec().dropout, first_sample, epoch, pool_);
        if (p->normaliser && phase == Phase::inference) p->normaliser->use_running();
    }
    synaptic_operations_ = 0;
    clear_adjoints();
}

template <class Real>
void Engine<Real>::for_each_tile(int population, const std::function<void(Index, Chunk, Scratch<Real>&)>& body) {
    const Index chunks = shape_.chunks();
    pool_.for_each(populations_[population]->blocks() * chunks, [&](Index task, int worker) {
        body(task / chunks, shape_[task % chunks], scratch_[worker]);
    });
}

template <class Real> void Engine<Real>::forward(int begin, int end, Phase phase) {
    window_begin_ = begin, window_end_ = end;
    for (auto& p : populations_) p->begin_window(begin, phase);
    for (const auto& component : components_) {
        if (component.recurrent) forward_recurrent(component, begin, end, phase);
        else forward_feed(component.populations.front(), begin, end, phase);
        for (const int p : component.populations)
            if (!populations_[p]->soft && populations_[p]->spec().neuron.spiking) populations_[p]->count_spikes(begin, end);
    }
    if (phase != Phase::replay) count_operations();
}

template <class Real> void Engine<Real>::count_operations() {
    for (const auto& link : links_)
        if (link.from >= 0) synaptic_operations_ += double(populations_[link.from]->spikes_in_window()) * link.projection->out_degree();
}

/// What arrives from outside the component. Biases come last of all, in a recurrent population after what feeds back; but a normaliser
/// takes them in.
template <class Real> void Engine<Real>::fill_drive(int population, const Span& span, Scratch<Real>& scratch) {
    auto& ports = populations_[population]->ports;
    for (int port = 0; port < int(ports.size()); ++port) {
        auto& drive = ports[port].drive;
        if (!ports[port].reached) continue;
        Real* rows = drive.tile(span.block, span.chunk);
        const Span steps = ports[port].constant ? Span{span.block, span.chunk, 0, 1} : span;
        std::fill_n(rows, (steps.end - steps.begin) * drive.step(span.chunk), Real(0));
        const auto reaches = [&](const Link& link) { return link.to == population && link.port == port && !link.internal; };
        for (const auto& link : links_)
            if (reaches(link)) link.projection->deliver(source(link), steps, rows, scratch);
        for (const auto& link : links_)
            if (reaches(link) && !bias_in_steps(population)) link.projection->add_bias(steps, rows);
    }
}

/// The drive of a tile; that of the first port after normalisation.
template <class Real> PortRows<Real> Engine<Real>::drive_rows(int population, const Span& span, Scratch<Real>& scratch) {
    auto& p = *populations_[population];
    PortRows<Real> rows;
    for (std::size_t port = 0; port < p.ports.size(); ++port) {
        if (!p.ports[port].reached) continue;
        auto& drive = p.ports[port].drive;
        rows.at[port] = drive.tile(span.block, span.chunk);
        rows.step[port] = p.ports[port].constant ? 0 : drive.step(span.chunk);
    }
    const auto& drive = p.ports.front().drive;
    if (!p.normaliser) {
        for (int t = span.begin; t < span.end && !p.step_factors.empty(); ++t)
            for (Real& x : std::span(rows.at[0] + (t - span.begin) * rows.step[0], drive.step(span.chunk))) x *= p.step_factors[t];
        return rows;
    }
    scratch.tile.ensure(drive.steps * drive.step(span.chunk));
    p.normaliser->apply(drive, span.block, span.chunk, span.begin, scratch.tile.data());
    rows.at[0] = scratch.tile.data();
    return rows;
}

/// All that arrives at a recurrent population in a span of the window.
template <class Real> PortRows<Real> Engine<Real>::recurrent_rows(int population, const Span& span) {
    PortRows<Real> rows;
    auto& ports = populations_[population]->ports;
    for (std::size_t port = 0; port < ports.size(); ++port) {
        if (!ports[port].reached) continue;
        rows.at[port] = ports[port].input.tile(span.block, span.chunk, span.begin - window_begin_);
        rows.step[port] = ports[port].input.step(span.chunk);
    }
    return rows;
}

template <class Real> void Engine<Real>::measure(int population, int begin, int end, Phase phase) {
    auto& p = *populations_[population];
    if (!p.normaliser || phase == Phase::inference) return;
    p.normaliser->measure(p.ports.front().drive, shape_, end - begin, phase == Phase::replay, pool_);
}

template <class Real> void Engine<Real>::forward_feed(int population, int begin, int end, Phase phase) {
    auto& p = *populations_[population];
    const auto run = [&](Index block, Chunk chunk, Scratch<Real>& scratch) {
        const Span span{block, chunk, begin, end};
        p.run(span, drive_rows(population, span, scratch), scratch);
    };
    if (!p.normaliser)
        return for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>& scratch) {
            fill_drive(population, {block, chunk, begin, end}, scratch);
            run(block, chunk, scratch);
        });
    for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>& scratch) { fill_drive(population, {block, chunk, begin, end}, scratch); });
    measure(population, begin, end, phase);
    for_each_tile(population, run);
}

/// The drive of a recurrent population becomes the start of its input, to which each step adds what fed back.
template <class Real> void Engine<Real>::start_recurrent(int population, int begin, int end, Phase phase) {
    auto& p = *populations_[population];
    for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>& scratch) { fill_drive(population, {block, chunk, begin, end}, scratch); });
    measure(population, begin, end, phase);
    for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>& scratch) {
        const Span span{block, chunk, begin, end};
        const auto from = drive_rows(population, span, scratch), to = recurrent_rows(population, span);
        for (std::size_t port = 0; port < p.ports.size(); ++port)
            for (int t = 0; p.ports[port].reached && t < end - begin; ++t)
                std::copy_n(from.at[port] + t * from.step[port], to.step[port], to.at[port] + t * to.step[port]);
    });
}

template <class Real> void Engine<Real>::forward_recurrent(const Component& component, int begin, int end, Phase phase) {
    for (const int p : component.populations) start_recurrent(p, begin, end, phase);
    // Which kernel a step takes must not depend on spikes that another thread counts: it follows from the last window.
    pool_.for_each(shape_.chunks(), [&](Index i, int worker) { recurrent_chunk(component, shape_[i], begin, end, scratch_[worker]); });
}

template <class Real> void Engine<Real>::recurrent_chunk(const Component& component, Chunk chunk, int begin, int end, Scratch<Real>& scratch) {
    const int window = std::min(component.window, window_);
    for (int t = begin; t < end; t += window)
        for (const int i : component.populations) {
            auto& p = *populations_[i];
            for (Index block = 0; block < p.blocks(); ++block) {
                const Span span{block, chunk, t, std::min(end, t + window)};
                const auto rows = recurrent_rows(i, span);
                for (const auto& link : links_)
                    if (link.to == i && link.internal) link.projection->deliver(source(link), span, rows.at[link.port], scratch);
                for (const auto& link : links_)
                    if (link.to == i && (link.internal || bias_in_steps(i))) link.projection->add_bias(span, rows.at[link.port]);
                p.run(span, rows, scratch);
            }
        }
}

template <class Real> void Engine<Real>::fold_normalisers() {
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        auto& p = *populations_[i];
        if (!p.normaliser) continue;
        std::vector<double> scale(p.spec().size), shift(p.spec().size);
        p.normaliser->affine(scale, shift);
        for (auto& link : links_) {
            if (link.to != int(i) || link.port != 0 || link.internal) continue;
            link.projection->fold(scale, shift);
            std::ranges::fill(shift, 0);  // once is enough
        }
        const auto factors = p.normaliser->step_factors();
        p.step_factors.assign(factors.begin(), factors.end());
        p.normaliser.reset();
    }
    transposed_ = false;
}

template class Engine<float>;
template class Engine<double>;

}  // namespace tripartite
