#include "engine/population.hpp"

#include <algorithm>
#include <bit>
#include <cmath>

#include "engine/kernels.hpp"

namespace tripartite {

template <class Real>
Population<Real>::Population(const PopulationSpec& spec, double dt, std::uint64_t seed, Parameters<Real>& parameters)
    : spec_(spec), dt_(dt), dropping_(seed, spec.name, "dropout"), firing_(seed, spec.name, "firing"), parameters_(parameters), width_(tile_width(spec.size)),
      blocks_((spec.size + width_ - 1) / width_), coefficients_(spec.neuron.coefficients * padded()) {
    ports.resize(std::size_t(spec.neuron.ports));
    ports.front().reached = true;
    for (const auto& l : spec_.neuron.learned) {
        if (l.how == Learned::by_sigmoid && !(l.initial > dt))
            fail("population '{}': {} is learned and must start above the step of {} ms", spec.name, l.name, dt);
        ParameterBlock block{"populations/" + spec.name, l.name, 0, l.per_neuron ? padded() : 16, l.per_neuron ? spec.size : 1};
        if (l.how == Learned::directly) block.min = l.min, block.max = l.max;
        learned_.push_back(parameters_.add(block));
    }
}

template <class Real>
void Population<Real>::prepare(const Shape& shape, int window, int segment, int tail, bool recurrent, bool record_membrane) {
    shape_ = shape;
    segment_ = segment;
    const int B = shape.samples;
    for (auto& port : ports) {
        if (!port.reached) continue;
        port.drive.shape(port.constant ? 1 : window + tail, B, blocks_, width_);
        if (recurrent) port.input.shape(window + tail, B, blocks_, width_);
        if ((normaliser && &port == &ports.front()) || (recurrent && port.constant)) port.drive_bar.shape(port.drive.steps, B, blocks_, width_);
    }
    if (membrane_norm) membrane_norm->prepare(shape.steps * spec_.neuron.substeps);
    if (record_membrane) membrane.shape(shape.steps, B, blocks_, width_);
    if (spikes.steps != shape.steps || spikes.samples != B) spikes = SpikeFrame(shape.steps, B, spec_.size);
    if (sends_values() && (sent.steps != shape.steps || sent.samples != B)) sent = RealFrame<Real>(shape.steps, B, spec_.size);
    const Index segments = (window + segment - 1) / segment;
    state_.ensure(spec_.neuron.states * state_size());
    state_bar_.ensure(spec_.neuron.states * state_size());
    history_.ensure(segments * spec_.neuron.states * state_size());
    if (!learned_.empty()) coefficients_bar_.ensure(blocks_ * shape.chunks() * spec_.neuron.coefficients * width_);
    kept_.ensure(blocks_for(spec_.size) * B);
}

template <class Real> std::vector<double> Population<Real>::learned_values(Index neuron) const {
    std::vector<double> values;
    for (std::size_t j = 0; j < learned_.size(); ++j) {
        const auto& l = spec_.neuron.learned[j];
        values.push_back(l.value(parameters_.value(learned_[j])[l.per_neuron ? neuron : 0], dt_));
    }
    return values;
}

template <class Real> void Population<Real>::initialise() {
    for (std::size_t j = 0; j < learned_.size(); ++j) {
        const auto& l = spec_.neuron.learned[j];
        std::fill_n(parameters_.value(learned_[j]), l.per_neuron ? padded() : 16, Real(l.stored(l.initial, dt_)));
    }
}

template <class Real> void Population<Real>::discretise() {
    const auto& neuron = spec_.neuron;
    const bool uniform = std::ranges::none_of(neuron.learned, &LearnedParameter::per_neuron);
    std::vector<double> k(neuron.coefficients);
    for (Index n = 0; n < padded(); ++n) {
        // Padding gets the coefficients of neuron 0, so that it stays finite.
        if (n == 0 || (!uniform && n < spec_.size)) neuron.discretise(learned_values(n), dt_, k);
        if (n == spec_.size && !uniform) neuron.discretise(learned_values(0), dt_, k);
        for (int c = 0; c < neuron.coefficients; ++c) coefficients_[c * padded() + n] = Real(k[c]);
    }
}

template <class Real> void Population<Real>::reset() {
    for (int i = 0; i < spec_.neuron.states; ++i) std::fill_n(state_.data() + i * state_size(), state_size(), Real(spec_.neuron.initial[i]));
    spikes_in_window_ = 0;
}

template <class Real> void Population<Real>::drop(double p, int first_sample, int epoch, ThreadPool& pool) {
    dropped_ = p, first_sample_ = first_sample, epoch_ = epoch;
    if (p == 0) return;
    const auto bound = probability_bound(p);
    pool.for_each(blocks_for(spec_.size), [&](Index i, int) {
        const int neurons = int(std::min<Index>(64, spec_.size - i * 64));
        for (int b = 0; b < shape_.samples; ++b) {
            std::uint64_t word = 0;
            for (int n = 0; n < neurons; n += 4) {  // one draw gives four numbers
                const auto bits = dropping_.bits(std::uint32_t(i * 16 + n / 4), 0, std::uint32_t(first_sample + b), std::uint32_t(epoch));
                for (int k = 0; k < 4; ++k) word |= std::uint64_t(bits[k] >= bound) << (n + k);
            }
            kept_[i * shape_.samples + b] = neurons == 64 ? word : word & ((std::uint64_t(1) << neurons) - 1);
        }
    });
}

template <class Real> NeuronTile<Real> Population<Real>::tile(const Span& span, const PortRows<Real>& input) {
    NeuronTile<Real> a;
    a.steps = span.end - span.begin, a.samples = span.chunk.samples, a.width = width_;
    a.input = input;
    a.state = state_.data() + state_offset(span.block, span.chunk), a.state_variable = state_size();
    a.coefficients = coefficients_.data() + span.block * width_, a.coefficient = padded();
    a.spikes = spikes.block(span.block) + Index(span.begin) * shape_.samples + span.chunk.first, a.spikes_step = shape_.samples;
    if (membrane.steps) a.membrane = membrane.tile(span.block, span.chunk, span.begin), a.membrane_step = membrane.step(span.chunk);
    if (folded_) a.fold = fold_.data() + span.block * width_, a.fold_row = padded();
    a.soft = soft;
    if (sends_values()) {
        a.values = sent.row(span.begin, span.chunk.first) + span.block * width_;
        a.values_sample = sent.stride(), a.values_step = shape_.samples * sent.stride();
    }
    return a;
}

/// The random numbers that decide who fires: drawn again on the way back, never stored.
template <class Real> void Population<Real>::draw_uniform(NeuronTile<Real>& a, const Span& span, Scratch<Real>& scratch) const {
    if (!spec_.neuron.stochastic || soft) return;
    a.uniform_step = Index(a.samples) * width_;
    scratch.uniform.ensure(a.steps * a.uniform_step);
    a.uniform = scratch.uniform.data();
    for (int t = 0; t < a.steps; ++t)
        for (int b = 0; b < a.samples; ++b)
            kernels<Real>().uniform(firing_.key(0), firing_.key(1), span.block, std::uint32_t(span.begin + t), std::uint32_t(first_sample_ + span.chunk.first + b), std::uint32_t(epoch_),
                                    scratch.uniform.data() + t * a.uniform_step + Index(b) * width_, width_);
}

template <class Real> void Population<Real>::run(const Span& span, const PortRows<Real>& input, Scratch<Real>& scratch) {
    auto a = tile(span, input);
    draw_uniform(a, span, scratch);
    Real* kept = history_.data() + (span.begin - window_begin_) / segment_ * spec_.neuron.states * state_size();
    for (int i = 0; i < spec_.neuron.states; ++i) {
        const Index at = i * state_size() + state_offset(span.block, span.chunk);
        std::copy_n(state_.data() + at, Index(span.chunk.samples) * width_, kept + at);
    }
    if (membrane_norm && !a.fold) run_normalised(a, span, scratch);
    else spec_.neuron.kernels<Real>().forward(a);
    if (!spec_.neuron.spiking && !a.values) return;
    const int in_block = int(std::min<Index>(64, spec_.size - span.block * width_));
    const std::uint64_t real = in_block == 64 ? ~std::uint64_t(0) : (std::uint64_t(1) << in_block) - 1;
    for (int t = 0; t < a.steps; ++t)
        for (int b = 0; b < a.samples; ++b) {
            const std::uint64_t mask = dropped_ > 0 ? kept_[span.block * shape_.samples + span.chunk.first + b] : real;
            a.spikes[t * a.spikes_step + b] &= mask & real;
            if (!a.values) continue;
            for (int i = 0; i < width_; ++i)
                if (!(mask >> i & 1)) a.values[t * a.values_step + b * a.values_sample + i] = 0;
        }
}

template <class Real>
void Population<Real>::adjoint(const Span& span, const PortRows<Real>& input, Real* spikes_bar, const PortRows<Real>& input_bar,
                               const Surrogate& surrogate, Scratch<Real>& scratch) {
    AdjointTile<Real> a;
    static_cast<NeuronTile<Real>&>(a) = tile(span, input);
    draw_uniform(a, span, scratch);
    const Index step = Index(span.chunk.samples) * width_;
    a.state = history_.data() + (span.begin - window_begin_) / segment_ * spec_.neuron.states * state_size() + state_offset(span.block, span.chunk);
    a.spikes_bar = spikes_bar, a.spikes_bar_step = step;
    if (auto& m = output_bar.membrane; m.steps) a.membrane_bar = m.tile(span.block, span.chunk, span.begin), a.membrane_bar_step = step;
    a.input_bar = input_bar;
    a.state_bar = state_bar_.data() + state_offset(span.block, span.chunk);
    a.reset_gradient = spec_.neuron.detach_reset ? 0 : 1;
    a.surrogate = &surrogate, a.slope = kernels<Real>().slope;
    const Index tile = span.block * shape_.chunks() + span.chunk.first / shape_.chunk;
    if (!learned_.empty()) a.coefficients_bar = coefficients_bar_.data() + tile * spec_.neuron.coefficients * width_;
    if (membrane_norm) return adjoint_normalised(a, span, scratch);
    scratch.kernel.ensure(adjoint_scratch(spec_.neuron.states, spec_.neuron.substeps, a.steps));
    a.scratch = scratch.kernel.data();
    const auto& kernels = spec_.neuron.kernels<Real>();
    (learned_.empty() ? kernels.adjoint : kernels.adjoint_learning)(a);
}

template <class Real> void Population<Real>::finish_spikes_bar(const Span& span, Real* spikes_bar) const {
    const Index step = Index(span.chunk.samples) * width_, count = (span.end - span.begin) * step;
    if (const auto& from_loss = output_bar.spikes; from_loss.steps) {
        const Real* more = from_loss.tile(span.block, span.chunk, span.begin);
        for (Index i = 0; i < count; ++i) spikes_bar[i] += more[i];
    }
    if (!output_bar.rate.empty())
        for (Index row = 0; row < count; row += width_)
            for (int i = 0; i < std::min<Index>(width_, spec_.size - span.block * width_); ++i) spikes_bar[row + i] += Real(output_bar.rate[span.block * width_ + i]);
    if (dropped_ == 0) return;
    for (Index row = 0; row < count; row += width_) {
        const std::uint64_t mask = kept_[span.block * shape_.samples + span.chunk.first + row / width_ % span.chunk.samples];
        for (int i = 0; i < width_; ++i) spikes_bar[row + i] *= Real(mask >> i & 1);
    }
}

template <class Real> void Population<Real>::clear_adjoints() {
    state_bar_.fill(0);
    coefficients_bar_.fill(0);
}

template <class Real> void Population<Real>::save(int slot) {
    if (std::size_t(slot) >= saved_.size()) saved_.resize(slot + 1);
    saved_[slot].ensure(state_.size());
    std::copy(state_.begin(), state_.end(), saved_[slot].begin());
}
template <class Real> void Population<Real>::restore(int slot) { std::copy_n(saved_[slot].begin(), state_.size(), state_.begin()); }

template <class Real> void Population<Real>::gradient() {
    if (learned_.empty()) return;
    const auto& neuron = spec_.neuron;
    std::vector<double> bar(neuron.coefficients), slope(neuron.coefficients);
    for (Index n = 0; n < spec_.size; ++n) {
        std::ranges::fill(bar, 0);
        for (int i = 0; i < shape_.chunks(); ++i)
            for (int c = 0; c < neuron.coefficients; ++c)
                bar[c] += coefficients_bar_[((n / width_ * shape_.chunks() + i) * neuron.coefficients + c) * width_ + n % width_];
        const auto values = learned_values(n);
        for (std::size_t j = 0; j < learned_.size(); ++j) {
            neuron.derivative(values, int(j), dt_, slope);
            double sum = 0;
            for (int c = 0; c < neuron.coefficients; ++c) sum += bar[c] * slope[c];
            const Index at = neuron.learned[j].per_neuron ? n : 0;
            parameters_.gradient(learned_[j])[at] += Real(sum * neuron.learned[j].slope(parameters_.value(learned_[j])[at], dt_));
        }
    }
    coefficients_bar_.fill(0);
}

template <class Real> Signal<Real> Population<Real>::signal() const {
    Signal<Real> s;
    if (sends_values()) s.values = &sent;
    else s.spikes = &spikes;
    s.density = density_;
    s.scale = 1 / (1 - dropped_);
    return s;
}

template <class Real> void Population<Real>::count_spikes(int begin, int end) {
    std::uint64_t count = 0;
    for (Index i = 0; i < spikes.blocks(); ++i)
        for (Index r = Index(begin) * shape_.samples; r < Index(end) * shape_.samples; ++r) count += std::popcount(spikes.block(i)[r]);
    spikes_in_window_ = count;
    density_ = double(count) / (double(end - begin) * shape_.samples * spec_.size);
}

template <class Real> std::vector<double> Population<Real>::mean_rates(int begin, int end) const {
    std::vector<double> rates(spec_.size);
    for (int t = begin; t < end; ++t)
        for (int b = 0; b < shape_.samples; ++b)
            for (Index i = 0; i < spikes.blocks(); ++i) {
                if (soft) {
                    for (int n = 0; n < std::min<Index>(64, spec_.size - i * 64); ++n) rates[i * 64 + n] += sent.row(t, b)[i * 64 + n];
                    continue;
                }
                for (std::uint64_t word = spikes.block(i)[Index(t) * shape_.samples + b]; word; word &= word - 1) rates[i * 64 + std::countr_zero(word)] += 1;
            }
    for (double& r : rates) r /= double(end - begin) * shape_.samples;
    return rates;
}

template <class Real> std::string Population<Real>::not_finite() const {
    for (int s = 0; s < spec_.neuron.states; ++s)
        for (Index n = 0; n < spec_.size; ++n)
            for (int i = 0; i < shape_.chunks(); ++i)
                for (int b = 0; b < shape_[i].samples; ++b)
                    if (!std::isfinite(state_[s * state_size() + state_offset(n / width_, shape_[i]) + Index(b) * width_ + n % width_]))
                        return fmt::format("population '{}', field '{}', neuron {}", spec_.name, spec_.neuron.state_names[s], n);
    return "";
}

template class Population<float>;
template class Population<double>;

}  // namespace tripartite
