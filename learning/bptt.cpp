#include "learning/bptt.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace tripartite {
namespace {

EngineOptions with_window(EngineOptions engine, const BpttOptions& options) {
    engine.window = options.truncate ? options.truncate : options.recompute;
    return engine;
}

}  // namespace

template <class Real>
Bptt<Real>::Bptt(const Network& network, EngineOptions engine, const BpttOptions& options, ThreadPool& pool, const Surrogate* soft)
    : options_(options), engine_(network, with_window(engine, options), pool, soft), output_(engine_.population(engine_.populations() - 1)) {
    if (!output_.spec().neuron.spiking && reads_spikes(options.loss))
        fail("the loss reads spikes, and the last population, '{}', never fires", output_.spec().name);
    engine_.record_membrane(engine_.populations() - 1);
    if (options_.rmp)
        for (int i = 0; i < engine_.populations(); ++i) engine_.record_membrane(i);
}

template <class Real>
BatchResult Bptt<Real>::gradient(const Signal<Real>& input, std::span<const int> labels, int first_sample, int epoch,
                                 const std::function<void()>& window_done) {
    const int T = engine_.options().steps;
    const int window = options_.truncate ? options_.truncate : options_.recompute ? options_.recompute : T;
    BatchResult result;
    spikes_ = 0, rmp_weight_ = options_.rmp ? options_.rmp->weight_in(epoch, options_.epochs) : 0;
    engine_.begin(input, Phase::training, first_sample, epoch);
    for (int t = 0; t < T; t += window) {
        const int end = std::min(T, t + window);
        if (options_.recompute) engine_.save(t / window);
        engine_.forward(t, end, Phase::training);
        for (int i = 0; i < engine_.populations(); ++i) spikes_ += double(engine_.population(i).spikes_in_window());
        if (!options_.truncate) continue;
        result.loss += loss_of_window(t, end, labels) * (end - t) / T;
        check_finite(result.loss, first_sample, epoch, input);
        engine_.clear_adjoints();
        engine_.backward(t, end, options_.surrogate);
        if (window_done) window_done();
    }
    if (!options_.truncate) {
        result.loss = loss_of_window(0, T, labels);
        check_finite(result.loss, first_sample, epoch, input);
        for (int t = (T - 1) / window * window; t >= 0; t -= window) {
            const int end = std::min(T, t + window);
            if (end < T) {
                engine_.restore(t / window);
                engine_.forward(t, end, Phase::replay);
            }
            engine_.backward(t, end, options_.surrogate);
            if (t > 0) engine_.keep_adjoints_in_flight(t, end);
        }
    }
    score(labels, result, !options_.truncate);
    return result;
}

template <class Real> BatchResult Bptt<Real>::evaluate(const Signal<Real>& input, std::span<const int> labels, int first_sample) {
    const int T = engine_.options().steps, window = engine_.options().window ? engine_.options().window : T;
    BatchResult result;
    spikes_ = rmp_weight_ = 0;
    engine_.begin(input, Phase::inference, first_sample, -1);  // epoch -1: what chance decides is the same at every evaluation, and not as in training
    for (int t = 0; t < T; t += window) {
        engine_.forward(t, std::min(T, t + window), Phase::inference);
        for (int i = 0; i < engine_.populations(); ++i) spikes_ += double(engine_.population(i).spikes_in_window());
    }
    result.loss = loss_of_window(0, T, labels);
    score(labels, result, true);
    return result;
}

template <class Real> void Bptt<Real>::read_outputs(Chunk chunk, int begin, int end, Outputs& outputs) const {
    const int width = output_.width(), N = output_.spec().size;
    outputs.shape(end - begin, chunk.samples, N);
    outputs.targets.clear();
    for (int b = 0; b < chunk.samples && !targets_.empty(); ++b) outputs.targets.push_back(targets_[chunk.first + b] + Index(begin) * N);
    for (int t = begin; t < end; ++t)
        for (int b = 0; b < chunk.samples; ++b)
            for (int n = 0; n < N; ++n) {
                const Index at = outputs.at(t - begin, b, n);
                outputs.membrane[at] = double(output_.membrane.tile(n / width, chunk, t)[Index(b) * width + n % width]);
                if (output_.spec().neuron.spiking)
                    outputs.spikes[at] = output_.soft ? double(output_.sent.row(t, chunk.first + b)[n]) : double(output_.spikes(t, chunk.first + b, n));
            }
}

/// From the loss's arrays, times the chunk's share of the batch, to the output population's tiles.
template <class Real> void Bptt<Real>::write_adjoints(Chunk chunk, int begin, int end, const Outputs& bar, double share) {
    const int width = output_.width();
    auto& to = output_.output_bar;
    for (int t = begin; t < end; ++t)
        for (int b = 0; b < chunk.samples; ++b)
            for (int n = 0; n < output_.spec().size; ++n) {
                const Index from = bar.at(t - begin, b, n), at = Index(b) * width + n % width;
                to.membrane.tile(n / width, chunk, t)[at] = Real(share * bar.membrane[from]);
                if (to.spikes.steps) to.spikes.tile(n / width, chunk, t)[at] = Real(share * bar.spikes[from]);
            }
}

template <class Real> double Bptt<Real>::loss_of_window(int begin, int end, std::span<const int> labels) {
    const auto& shape = engine_.shape();
    auto& to = output_.output_bar;
    to.membrane.shape(engine_.options().steps, shape.samples, output_.blocks(), output_.width());
    if (output_.spec().neuron.spiking) to.spikes.shape(engine_.options().steps, shape.samples, output_.blocks(), output_.width());
    outputs_.resize(shape.chunks()), bars_.resize(shape.chunks());
    std::vector<double> losses(shape.chunks());
    engine_.pool().for_each(shape.chunks(), [&](Index i, int) {
        const Chunk chunk = shape[i];
        const double share = double(chunk.samples) / shape.samples;
        read_outputs(chunk, begin, end, outputs_[i]);
        bars_[i].shape(end - begin, chunk.samples, output_.spec().size);
        losses[i] = share * std::visit([&](const auto& loss) { return loss(outputs_[i], labels.subspan(chunk.first, chunk.samples), bars_[i]); }, options_.loss);
        write_adjoints(chunk, begin, end, bars_[i], share);
    });
    return std::accumulate(losses.begin(), losses.end(), 0.0) + regularise(begin, end) + regularise_membranes(begin, end);
}

template <class Real> double Bptt<Real>::regularise(int begin, int end) {
    const auto& r = options_.regulariser;
    if (r.lower_weight == 0 && r.upper_weight == 0) return 0;
    double value = 0;
    for (int i = 0; i + 1 < engine_.populations(); ++i) {
        auto& p = engine_.population(i);
        if (!p.spec().neuron.spiking) continue;
        p.output_bar.rate.assign(p.spec().size, 0);
        value += r(p.mean_rates(begin, end), double(end - begin) * engine_.shape().samples, p.output_bar.rate);
    }
    return value;
}

/// Adds `share` times the distances of a population's membranes to its output_bar.
template <class Real> double Bptt<Real>::membrane_loss(Population<Real>& p, int begin, int end, double share) {
    const auto& shape = engine_.shape();
    auto& bar = p.output_bar.membrane;
    const bool has_loss = &p == &output_;
    if (!has_loss) bar.shape(engine_.options().steps, shape.samples, p.blocks(), p.width());
    std::vector<double> losses(p.blocks() * shape.chunks());
    engine_.pool().for_each(std::ssize(losses), [&](Index task, int) {
        const Index block = task / shape.chunks();
        const Chunk chunk = shape[task % shape.chunks()];
        const int neurons = int(std::min<Index>(p.width(), p.spec().size - block * p.width()));
        for (int t = begin; t < end; ++t)
            for (int b = 0; b < chunk.samples; ++b) {
                const Real* u = p.membrane.tile(block, chunk, t) + Index(b) * p.width();
                Real* u_bar = bar.tile(block, chunk, t) + Index(b) * p.width();
                for (int n = 0; n < neurons; ++n) {
                    const int neuron = int(block) * p.width() + n, sample = chunk.first + b;
                    const double spike = p.soft ? double(p.sent.row(t, sample)[neuron]) : double(p.spikes(t, sample, neuron));
                    double slope = 0;
                    losses[task] += share * (*options_.rmp)(double(u[n]), spike, slope);
                    u_bar[n] = (has_loss ? u_bar[n] : Real(0)) + Real(share * slope);
                }
            }
    });
    return std::accumulate(losses.begin(), losses.end(), 0.0);
}

template <class Real> double Bptt<Real>::regularise_membranes(int begin, int end) {
    if (rmp_weight_ == 0) return 0;
    std::vector<Population<Real>*> firing;
    for (int i = 0; i < engine_.populations(); ++i)
        if (auto& p = engine_.population(i); p.spec().neuron.spiking) firing.push_back(&p);
    double loss = 0;
    for (auto* p : firing)
        loss += membrane_loss(*p, begin, end, rmp_weight_ / (double(firing.size()) * (end - begin) * engine_.shape().samples * p->spec().size));
    return loss;
}

template <class Real> void Bptt<Real>::predict(Chunk chunk, const Outputs& outputs, std::span<const int> labels) {
    std::vector<double> scores(outputs.neurons);
    for (int b = 0; b < chunk.samples; ++b) {
        std::visit([&](const auto& loss) { loss.scores(outputs, b, scores); }, options_.loss);
        const int sample = chunk.first + b;
        predictions_[sample] = int(std::ranges::max_element(scores) - scores.begin());
        const auto* steps = std::get_if<BinaryCrossEntropySteps>(&options_.loss);
        correct_[sample] = steps && labels[sample] < 0 ? steps->detected(outputs, b) : predictions_[sample] == labels[sample];
    }
}

template <class Real> void Bptt<Real>::score(std::span<const int> labels, BatchResult& result, bool outputs_are_whole) {
    const auto& shape = engine_.shape();
    predictions_.resize(labels.size()), correct_.resize(labels.size());
    engine_.pool().for_each(shape.chunks(), [&](Index i, int) {
        if (!outputs_are_whole) read_outputs(shape[i], 0, engine_.options().steps, outputs_[i]);
        predict(shape[i], outputs_[i], labels);
    });
    result.correct = std::accumulate(correct_.begin(), correct_.end(), 0.0);
    double neurons = 0;
    for (int i = 0; i < engine_.populations(); ++i)
        if (const auto& spec = engine_.population(i).spec(); spec.neuron.spiking) neurons += spec.size;
    if (neurons > 0) result.spike_rate = spikes_ / (neurons * engine_.options().steps * shape.samples);
}

template <class Real> void Bptt<Real>::check_finite(double loss, int first_sample, int epoch, const Signal<Real>& input) {
    if (std::isfinite(loss)) return;
    // Once more, step by step, to find where it began.
    engine_.begin(input, Phase::training, first_sample, epoch);
    for (int t = 0; t < engine_.options().steps; ++t) {
        engine_.forward(t, t + 1, Phase::replay);
        for (int i = 0; i < engine_.populations(); ++i)
            if (const auto where = engine_.population(i).not_finite(); !where.empty())
                fail("a number stopped being finite: {}, step {}; a smaller learning rate or 'clip' may help", where, t);
    }
    fail("the loss is not finite, though every state is; a smaller learning rate or 'clip' may help");
}

template class Bptt<float>;
template class Bptt<double>;

}  // namespace tripartite
