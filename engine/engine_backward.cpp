#include <algorithm>
#include <cstring>

#include "engine/engine.hpp"

namespace tripartite {

template <class Real> void Engine<Real>::clear_adjoints() {
    for (auto& p : populations_) p->clear_adjoints();
    in_flight_ = 0;
}

template <class Real> void Engine<Real>::backward(int begin, int end, const Surrogate& surrogate) {
    if (!transposed_)
        for (auto& link : links_)
            if (link.from >= 0 || wants_input_) link.projection->prepare_back(pool_);
    transposed_ = true;
    for (auto component = components_.rbegin(); component != components_.rend(); ++component) {
        if (component->recurrent) backward_recurrent(*component, begin, end, surrogate);
        else backward_feed(component->populations.front(), begin, end, surrogate);
    }
    if (wants_input_) backward_input(begin, end);
    for (auto& link : links_) {
        auto bar = input_bar_of(link);
        // Adjoints of later windows, kept for the spikes in flight, were counted there.
        if (link.internal || !populations_[link.to]->ports[link.port].constant) bar.end = end;
        link.projection->gradient(source(link), bar, shape_, pool_, scratch_);
    }
    for (auto& p : populations_) p->gradient();
}

/// Where the adjoint of what a projection delivered is found.
template <class Real> InputAdjoint<Real> Engine<Real>::input_bar_of(const Link& link) const {
    const auto& port = populations_[link.to]->ports[link.port];
    const bool normalised = populations_[link.to]->normaliser && link.port == 0, recurrent = recurrent_[link.to];
    const int known = window_end_ + in_flight_;
    if (link.internal) return {&port.input, window_begin_, known};
    const auto* values = normalised || (recurrent && port.constant) ? &port.drive_bar : recurrent ? &port.input : &port.drive;
    if (port.constant) return {values, 0, 1};
    return {values, window_begin_, normalised ? window_end_ : known};
}

/// dL/d(spikes), or of the values that are sent, of a tile: what comes back through the projections that read them, and what comes from outside.
template <class Real> Real* Engine<Real>::spikes_bar(int population, const Span& span, Scratch<Real>& scratch) {
    const auto& p = *populations_[population];
    if (!p.spec().neuron.spiking && !p.sends_values()) return nullptr;
    const Index count = Index(span.end - span.begin) * span.chunk.samples * p.width();
    scratch.bar.ensure(count);
    Real* bar = scratch.bar.data();
    std::fill_n(bar, count, Real(0));
    for (const auto& link : links_)
        if (link.from == population) link.projection->deliver_back(input_bar_of(link), span, bar);
    if (const Real scale = Real(p.signal().scale); scale != 1)
        for (Index i = 0; i < count; ++i) bar[i] *= scale;
    p.finish_spikes_bar(span, bar);
    return bar;
}

template <class Real> void Engine<Real>::backward_feed(int population, int begin, int end, const Surrogate& surrogate) {
    auto& p = *populations_[population];
    auto& first = p.ports.front();
    for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>& scratch) {
        const Span span{block, chunk, begin, end};
        const auto input = drive_rows(population, span, scratch);
        auto bar = input;  // takes its place, but for that of a normaliser
        if (p.normaliser) bar.at[0] = first.drive_bar.tile(block, chunk);
        p.adjoint(span, input, spikes_bar(population, span, scratch), bar, surrogate, scratch);
    });
    if (p.normaliser) p.normaliser->adjoint(first.drive, first.drive_bar, shape_, begin, end - begin, pool_);
}

template <class Real> void Engine<Real>::backward_recurrent(const Component& component, int begin, int end, const Surrogate& surrogate) {
    const int window = std::min(component.window, window_), segments = (end - begin + window - 1) / window;
    pool_.for_each(shape_.chunks(), [&](Index c, int worker) {
        for (int s = segments; s-- > 0;)
            for (auto i = component.populations.rbegin(); i != component.populations.rend(); ++i) {
                auto& p = *populations_[*i];
                for (Index block = 0; block < p.blocks(); ++block) {
                    const Span span{block, shape_[c], begin + s * window, std::min(end, begin + (s + 1) * window)};
                    const auto rows = recurrent_rows(*i, span);
                    p.adjoint(span, rows, spikes_bar(*i, span, scratch_[worker]), rows, surrogate, scratch_[worker]);
                }
            }
    });
    for (const int p : component.populations) sum_drive_bar(p, begin, end);
}

/// From the adjoint of all that arrived to that of the drive: its sum over the steps if the drive is constant.
template <class Real> void Engine<Real>::sum_drive_bar(int population, int begin, int end) {
    auto& p = *populations_[population];
    for (auto& port : p.ports) {
        if (!port.reached || (!port.constant && !(p.normaliser && &port == &p.ports.front()))) continue;
        for_each_tile(population, [&](Index block, Chunk chunk, Scratch<Real>&) {
            const Index step = port.input.step(chunk);
            Real* to = port.drive_bar.tile(block, chunk);
            std::fill_n(to, port.constant ? step : (end - begin) * step, Real(0));
            for (int t = 0; t < end - begin; ++t, to += port.constant ? 0 : step) {
                const Real* from = port.input.tile(block, chunk, t);
                for (Index i = 0; i < step; ++i) to[i] += from[i];
            }
        });
    }
    if (auto& first = p.ports.front(); p.normaliser) p.normaliser->adjoint(first.drive, first.drive_bar, shape_, begin, end - begin, pool_);
}

template <class Real> void Engine<Real>::backward_input(int begin, int end) {
    const Index chunks = shape_.chunks();
    const Span steps = input_.constant ? Span{0, {}, 0, 1} : Span{0, {}, begin, end};
    pool_.for_each(blocks_for(network_.inputs) * chunks, [&](Index task, int) {
        const Span span{task / chunks, shape_[task % chunks], steps.begin, steps.end};
        Real* bar = input_bar_.tile(span.block, span.chunk, span.begin);
        std::fill_n(bar, (span.end - span.begin) * input_bar_.step(span.chunk), Real(0));
        for (const auto& link : links_)
            if (link.from < 0) link.projection->deliver_back(input_bar_of(link), span, bar);
    });
}

template <class Real> void Engine<Real>::keep_adjoints_in_flight(int begin, int end) {
    const int known = end - begin + in_flight_;
    const int rows = std::min(tail_, known);
    for (std::size_t i = 0; i < populations_.size(); ++i) {
        for (auto& port : populations_[i]->ports) {
            auto& bars = recurrent_[i] ? port.input : port.drive;
            if (!port.reached || (!recurrent_[i] && port.constant)) continue;
            for_each_tile(int(i), [&](Index block, Chunk chunk, Scratch<Real>&) {
                std::memmove(bars.tile(block, chunk, window_), bars.tile(block, chunk), sizeof(Real) * rows * bars.step(chunk));
            });
        }
    }
    in_flight_ = rows;
}

template class Engine<float>;
template class Engine<double>;

}  // namespace tripartite
