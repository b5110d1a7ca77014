#include "synapses/dense.hpp"

#include <algorithm>
#include <cstring>

namespace tripartite {
namespace {

/// Rows that are expanded at a time: they stay in the second-level cache together with a panel.
constexpr Index values_at_once = 1 << 16;

/// Copies the rows of a signal for the steps [first, last) of a chunk, columns [column, column + width).
template <class Real>
void copy_rows(const Kernels<Real>& kernels, const Signal<Real>& source, Chunk chunk, int first, int last, Index column, Index width, Real* to) {
    for (int t = first; t < last; ++t, to += chunk.samples * width) {
        if (source.values) {
            const int at = source.constant ? 0 : t;
            for (int b = 0; b < chunk.samples; ++b) std::copy_n(source.values->row(at, chunk.first + b) + column, width, to + b * width);
        } else {
            for (Index i = 0; i < width; i += 64)
                kernels.expand(source.spikes->block((column + i) / 64) + Index(t) * source.spikes->samples + chunk.first, chunk.samples, to + i, width);
        }
    }
}

template <class Real> int steps_at_once(Index row_values, Chunk chunk) {
    return int(std::max<Index>(1, values_at_once / (row_values * chunk.samples)));
}

}  // namespace

template <class Real>
Dense<Real>::Dense(const ProjectionContext<Real>& context, const DenseOptions& options)
    : c_(context), options_(options), kernels_(kernels<Real>()), post_blocks_((c_.targets + c_.target_width - 1) / c_.target_width),
      pre_blocks_(blocks_for(c_.sources)) {
    const auto* kernel = options.delays ? std::get_if<TemporalKernel>(&*options.delays) : nullptr;
    if (kernel) kernel_ = kernel->taps();
    if (const auto& given = options.given; given && (given->sources != columns() || given->targets != c_.targets))
        fail("the weights given for {} are {} x {} (targets x sources), and it needs {} x {}", c_.name, given->targets, given->sources, c_.targets, columns());
    const Index padded = post_blocks_ * c_.target_width;
    const std::string owner = "projections/" + c_.name;
    weight_ = c_.parameters->add({owner, "weight", 0, padded * columns(), c_.targets, columns(), c_.target_width, true});
    if (options.bias) bias_ = c_.parameters->add({owner, "bias", 0, padded, c_.targets});
    if (options.delays && !kernel) taps_.emplace(c_, *options.delays, weight_);
}

template <class Real> void Dense<Real>::initialise() {
    InitialWeights w(columns(), c_.targets);
    if (options_.given) w = *options_.given;
    else std::visit([&](const auto& init) { init.fill(w, RandomStream(c_.seed, c_.name, "weights")); }, options_.init);
    Real* values = c_.parameters->values.data();
    c_.parameters->blocks[weight_].write(w.weight, values);
    if (bias_ >= 0) c_.parameters->blocks[bias_].write(w.bias, values);
    if (taps_) taps_->initialise();
}

template <class Real> void Dense<Real>::parameters_changed() {
    if (taps_) taps_->update();
}

template <class Real> void Dense<Real>::anneal(double progress) {
    if (!taps_) return;
    taps_->anneal(progress);
    taps_->update();
}

template <class Real> std::vector<int> Dense<Real>::delays() const {
    if (!taps_) return {};
    auto steps = taps_->steps();
    for (int& s : steps) s += c_.delay;
    return steps;
}

template <class Real> void Dense<Real>::deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const {
    for (int tap = 0; tap < taps(); ++tap) deliver_tap(tap, source, to, input, scratch);
}

template <class Real>
void Dense<Real>::deliver_tap(int tap, const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const {
    const int delay = c_.delay + tap, first = std::max(to.begin, delay);
    if (first >= to.end) return;
    const Index step = Index(to.chunk.samples) * c_.target_width;
    const Real* panel_weights = weights(tap) + panel(to.block);
    Real* target = input + (first - to.begin) * step;
    if (source.scale == 1) return deliver_rows(source, to.chunk, first - delay, to.end - delay, panel_weights, target, scratch);
    // A scaled sum is added as a whole.
    const Index count = (to.end - first) * step;
    scratch.panel.ensure(count);
    std::fill_n(scratch.panel.data(), count, Real(0));
    deliver_rows(source, to.chunk, first - delay, to.end - delay, panel_weights, scratch.panel.data(), scratch);
    const Real scale = Real(source.scale);
    for (Index i = 0; i < count; ++i) target[i] += scale * scratch.panel[i];
}

template <class Real>
void Dense<Real>::deliver_rows(const Signal<Real>& source, Chunk chunk, int first, int last, const Real* weights, Real* input, Scratch<Real>& scratch) const {
    const int width = c_.target_width;
    const Index step = Index(chunk.samples) * width;
    if (source.spikes && source.density < c_.event_density) {
        const auto& s = *source.spikes;
        for (int t = first; t < last; ++t, input += step)
            kernels_.add_events(s.words.data() + Index(t) * s.samples + chunk.first, s.rows(), s.blocks(), chunk.samples, weights, input, width);
        return;
    }
    const bool contiguous = source.values && (source.constant || chunk.samples == source.samples());
    if (contiguous && !(source.constant && last - first > 1)) {
        const auto& v = *source.values;
        const Index rows = Index(last - first) * chunk.samples;
        return kernels_.multiply(v.row(source.constant ? 0 : first, chunk.first), v.stride(), 1, rows, c_.sources, weights, input, width, width);
    }
    const Index stride = pre_blocks_ * 64;
    const int at_once = steps_at_once<Real>(stride, chunk);
    scratch.rows.ensure(Index(at_once) * chunk.samples * stride);
    for (int t = first; t < last; t += at_once) {
        const int end = std::min(last, t + at_once);
        copy_rows(kernels_, source, chunk, t, end, 0, stride, scratch.rows.data());
        kernels_.multiply(scratch.rows.data(), stride, 1, Index(end - t) * chunk.samples, c_.sources, weights, input + (t - first) * step, width, width);
    }
}

template <class Real> void Dense<Real>::add_bias(const Span& to, Real* input) const {
    if (bias_ < 0) return;
    const int width = c_.target_width;
    const Real* bias = c_.parameters->value(bias_) + to.block * width;
    for (Index row = Index(to.end - to.begin) * to.chunk.samples; row-- > 0; input += width)
        for (int i = 0; i < width; ++i) input[i] += bias[i];
}

template <class Real> void Dense<Real>::prepare_back(ThreadPool& pool) {
    const int width = tile_width(c_.sources);
    const Index padded = post_blocks_ * c_.target_width;
    transposed_.ensure(taps() * pre_blocks_ * padded * width);
    pool.for_each(taps() * pre_blocks_, [&](Index task, int) {
        const Index block = task % pre_blocks_;
        const Index sources = std::min<Index>(width, c_.sources - block * width);
        for (Index j = 0; j < post_blocks_; ++j) {
            const Real* from = weights(int(task / pre_blocks_)) + panel(j) + block * width * c_.target_width;
            Real* to = transposed_.data() + (task * padded + j * c_.target_width) * width;
            for (Index pre = 0; pre < sources; ++pre)
                for (int post = 0; post < c_.target_width; ++post) to[post * width + pre] = from[pre * c_.target_width + post];
        }
    });
}

template <class Real> void Dense<Real>::deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const {
    const auto& bar = *input_bar.values;
    const int width = tile_width(c_.sources);
    const Index padded = post_blocks_ * c_.target_width;
    for (int tap = 0; tap < taps(); ++tap) {
        const int delay = c_.delay + tap, last = std::min(from.end, input_bar.end - delay);
        if (last <= from.begin) return;
        const Index rows = Index(last - from.begin) * from.chunk.samples, block = tap * pre_blocks_ + from.block;
        for (Index j = 0; j < post_blocks_; ++j) {
            const int targets = std::min<int>(c_.target_width, c_.targets - int(j) * c_.target_width);
            const Real* b = transposed_.data() + (block * padded + j * c_.target_width) * width;
            kernels_.multiply(bar.tile(j, from.chunk, from.begin + delay - input_bar.begin), c_.target_width, 1, rows, targets, b, spikes_bar, width, width);
        }
    }
}

template <class Real>
void Dense<Real>::gradient(const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, ThreadPool& pool,
                           std::span<Scratch<Real>> scratch) {
    // Rows that are copied serve several blocks of targets; how many follows from the shape alone.
    const Index biases = bias_ < 0 ? 0 : post_blocks_;
    const Index groups = std::min(post_blocks_, std::max<Index>(1, 8 / pre_blocks_)), group = (post_blocks_ + groups - 1) / groups;
    if (taps_) taps_->clear_gradient();
    pool.for_each(groups * pre_blocks_ + biases, [&](Index task, int worker) {
        if (task < biases) return gradient_of_bias(input_bar, shape, task);
        const Index first = (task - biases) / pre_blocks_ * group;
        for (int tap = 0; tap < taps(); ++tap)
            gradient_of_blocks(tap, source, input_bar, shape, first, std::min(post_blocks_, first + group), (task - biases) % pre_blocks_, scratch[worker]);
    });
    if (taps_) taps_->finish_gradient();
}

template <class Real>
void Dense<Real>::gradient_of_blocks(int tap, const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, Index first_post,
                                     Index last_post, Index pre_block, Scratch<Real>& scratch) {
    const int delay = c_.delay + tap;
    const int width = c_.target_width, sources = std::min<int>(64, c_.sources - int(pre_block) * 64);
    const auto& bar = *input_bar.values;
    const bool events = source.spikes && source.density < c_.event_density;
    const Index panel_size = 64 * Index(width), panels = (last_post - first_post) * panel_size;
    scratch.panel.ensure(panels);
    std::fill_n(scratch.panel.data(), std::max<Index>(0, panels), Real(0));
    for (int i = 0; i < shape.chunks(); ++i) {
        const Chunk chunk = shape[i];
        const int at_once = steps_at_once<Real>(64, chunk), last = input_bar.end;
        scratch.rows.ensure(Index(at_once) * chunk.samples * 64);
        for (int t = std::max(input_bar.begin, delay); t < last; t += at_once) {
            const int end = std::min(last, t + at_once);
            if (!events) copy_rows(kernels_, source, chunk, t - delay, end - delay, pre_block * 64, 64, scratch.rows.data());
            for (Index j = first_post; j < last_post; ++j) {
                const Real* b = bar.tile(j, chunk, t - input_bar.begin);
                Real* c = scratch.panel.data() + (j - first_post) * panel_size;
                if (events) scatter(*source.spikes, pre_block, chunk, t - delay, end - delay, b, c);
                else kernels_.multiply(scratch.rows.data(), 1, 64, sources, Index(end - t) * chunk.samples, b, c, width, width);
            }
        }
    }
    const Real scale = Real(source.scale);
    for (Index j = first_post; j < last_post; ++j) {
        const Real* sum = scratch.panel.data() + (j - first_post) * panel_size;
        add_gradient(tap, panel(j) + pre_block * panel_size, Index(sources) * width, sum, scale);
    }
}

template <class Real> void Dense<Real>::add_gradient(int tap, Index first, Index count, const Real* bar, Real scale) {
    if (taps_) return taps_->add_gradient(tap, first, count, bar, scale);
    Real* gradient = c_.parameters->gradient(weight_) + tap * tap_size() + first;
    for (Index i = 0; i < count; ++i) gradient[i] += scale * bar[i];
}

template <class Real>
void Dense<Real>::scatter(const SpikeFrame& spikes, Index pre_block, Chunk chunk, int first, int last, const Real* rows, Real* gradient) const {
    for (int t = first; t < last; ++t, rows += Index(chunk.samples) * c_.target_width)
        kernels_.scatter_events(spikes.block(pre_block) + Index(t) * spikes.samples + chunk.first, chunk.samples, rows, gradient, c_.target_width);
}

template <class Real> void Dense<Real>::gradient_of_bias(const InputAdjoint<Real>& input_bar, const Shape& shape, Index post_block) {
    const int width = c_.target_width;
    Real* gradient = c_.parameters->gradient(bias_) + post_block * width;
    for (int i = 0; i < shape.chunks(); ++i) {
        const Chunk chunk = shape[i];
        const Real* row = input_bar.values->tile(post_block, chunk);
        for (Index r = Index(input_bar.end - input_bar.begin) * chunk.samples; r-- > 0; row += width)
            for (int w = 0; w < width; ++w) gradient[w] += row[w];
    }
}

template <class Real> void Dense<Real>::fold(std::span<const double> scale, std::span<const double> shift) {
    const auto& block = c_.parameters->blocks[weight_];
    Real* weights = c_.parameters->value(weight_);
    for (int post = 0; post < c_.targets; ++post) {
        for (int column = 0; column < columns(); ++column) weights[block.at(post, column)] *= Real(scale[post]);
        if (bias_ >= 0) {
            Real& bias = c_.parameters->value(bias_)[post];
            bias = Real(bias * scale[post] + shift[post]);
        }
    }
    parameters_changed();
}

template class Dense<float>;
template class Dense<double>;

ProjectionKind dense(DenseOptions options) {
    const int taps = options.delays ? std::visit([](const auto& rule) { return rule.taps(); }, *options.delays) : 1;
    return {"dense", taps - 1, [options](const ProjectionContext<float>& c) { return std::make_unique<Dense<float>>(c, options); },
            [options](const ProjectionContext<double>& c) { return std::make_unique<Dense<double>>(c, options); }};
}

}  // namespace tripartite
