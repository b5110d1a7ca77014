#include "synapses/fixed.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <tuple>

#include "synapses/synapse_values.hpp"

namespace tripartite {

template <class Real>
Fixed<Real>::Fixed(const ProjectionContext<Real>& context, const DomainRule& domains, double weight, const std::vector<int>& delays) : c_(context) {
    const auto rule = std::visit([](const auto& r) { return ConnectionRule(r); }, domains);
    const PairSpace space{std::uint32_t(c_.sources), std::uint32_t(c_.targets)};
    const RandomStream random(c_.seed, c_.name, "pairs");
    const SynapseValues values(weights_of(rule, Distribution(weight), space), space, random);
    one_weight_ = values.constant();
    if (!delays.empty()) check_list(rule, std::vector<double>(delays.begin(), delays.end()), space);
    for (const int d : delays) delays_.push_back(c_.delay + d);
    by_target_.begin.resize(space.targets + 1);
    make_connector(rule, space, random)->enumerate({0, space.targets}, [&](std::span<const Pair> pairs) {
        std::vector<double> weights(pairs.size());
        values.fill(pairs, weights);
        for (std::size_t i = 0; i < pairs.size(); ++i) {
            ++by_target_.begin[pairs[i].target + 1];
            by_target_.other.push_back(pairs[i].source);
            by_target_.weight.push_back(Real(weights[i]));
            by_target_.delay.push_back(delays.empty() ? c_.delay : delays_[pairs[i].number]);
        }
    });
    std::partial_sum(by_target_.begin.begin(), by_target_.begin.end(), by_target_.begin.begin());
    for (std::uint32_t target = 0; target < space.targets; ++target) sort_by_delay(target);
    arrange_by_source();
}

/// Weights stay where they are: they are those of the target.
template <class Real> void Fixed<Real>::sort_by_delay(std::uint32_t target) {
    std::vector<std::pair<int, std::uint32_t>> synapses;
    const auto begin = by_target_.begin[target], end = by_target_.begin[target + 1];
    for (auto i = begin; i < end; ++i) synapses.emplace_back(by_target_.delay[i], by_target_.other[i]);
    std::ranges::sort(synapses);
    for (auto i = begin; i < end; ++i) std::tie(by_target_.delay[i], by_target_.other[i]) = synapses[i - begin];
}

template <class Real> void Fixed<Real>::arrange_by_source() {
    by_source_.begin.assign(std::size_t(c_.sources) + 1, 0);
    by_source_.other.resize(by_target_.other.size()), by_source_.weight.resize(by_target_.other.size()), by_source_.delay.resize(by_target_.other.size());
    for (const auto source : by_target_.other) ++by_source_.begin[source + 1];
    for (int s = 0; s < c_.sources; ++s) by_source_.begin[s + 1] += by_source_.begin[s];
    auto next = by_source_.begin;
    for (int target = 0; target < c_.targets; ++target)
        for (auto i = by_target_.begin[target]; i < by_target_.begin[target + 1]; ++i) {
            const auto at = next[by_target_.other[i]]++;
            by_source_.other[at] = std::uint32_t(target), by_source_.weight[at] = by_target_.weight[i], by_source_.delay[at] = by_target_.delay[i];
        }
}

template <class Real> Real Fixed<Real>::sum(const Signal<Real>& source, int t, int sample, int target) const {
    const auto begin = by_target_.begin[target];
    const bool one_delay = delays_.empty();
    auto end = one_delay ? by_target_.begin[target + 1] : begin;  // of those whose delay has passed
    while (end < by_target_.begin[target + 1] && by_target_.delay[end] <= t) ++end;
    Real sum = 0;
    if (source.values) {
        const auto row = [&](int delay) { return source.values->row(source.constant ? 0 : t - delay, sample); };
        const Real* of_all = one_delay ? row(c_.delay) : nullptr;
        for (auto i = begin; i < end; ++i) sum = std::fma(by_target_.weight[i], (of_all ? of_all : row(by_target_.delay[i]))[by_target_.other[i]], sum);
        return sum;
    }
    const auto fired = [&](auto i) { return Real((*source.spikes)(t - (one_delay ? c_.delay : by_target_.delay[i]), sample, int(by_target_.other[i]))); };
    if (one_weight_) {
        for (auto i = begin; i < end; ++i) sum += fired(i);
        return begin < end ? by_target_.weight[begin] * sum : 0;
    }
    for (auto i = begin; i < end; ++i) sum += by_target_.weight[i] * fired(i);
    return sum;
}

template <class Real> void Fixed<Real>::deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>&) const {
    const int width = c_.target_width, first = int(to.block) * width, last = std::min(c_.targets, first + width);
    for (int t = std::max(to.begin, c_.delay); t < to.end; ++t)
        for (int b = 0; b < to.chunk.samples; ++b) {
            Real* row = input + (Index(t - to.begin) * to.chunk.samples + b) * width;
            for (int n = first; n < last; ++n) row[n - first] += Real(source.scale) * sum(source, t, to.chunk.first + b, n);
        }
}

template <class Real> void Fixed<Real>::add_bias(const Span& to, Real* input) const {
    if (bias_.empty()) return;
    const int width = c_.target_width, first = int(to.block) * width, last = std::min(c_.targets, first + width);
    for (Index row = Index(to.end - to.begin) * to.chunk.samples; row-- > 0; input += width)
        for (int n = first; n < last; ++n) input[n - first] += Real(bias_[n]);
}

template <class Real> void Fixed<Real>::deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const {
    const int width = tile_width(c_.sources), first = int(from.block) * width, last = std::min(c_.sources, first + width);
    for (int t = from.begin; t < std::min(from.end, input_bar.end - c_.delay); ++t)
        for (int b = 0; b < from.chunk.samples; ++b) {
            Real* row = spikes_bar + (Index(t - from.begin) * from.chunk.samples + b) * width;
            for (int n = first; n < last; ++n)
                for (auto i = by_source_.begin[n]; i < by_source_.begin[n + 1]; ++i) {
                    const int target = int(by_source_.other[i]), arrival = t + (delays_.empty() ? c_.delay : by_source_.delay[i]);
                    if (arrival >= input_bar.end) continue;
                    const Real* bar = input_bar.values->tile(target / c_.target_width, from.chunk, arrival - input_bar.begin);
                    row[n - first] += by_source_.weight[i] * bar[b * c_.target_width + target % c_.target_width];
                }
        }
}

template <class Real> void Fixed<Real>::fold(std::span<const double> scale, std::span<const double> shift) {
    bias_.assign(shift.begin(), shift.end());
    for (int target = 0; target < c_.targets; ++target)
        for (auto i = by_target_.begin[target]; i < by_target_.begin[target + 1]; ++i) by_target_.weight[i] *= Real(scale[target]);
    arrange_by_source();
}

template class Fixed<float>;
template class Fixed<double>;

ProjectionKind fixed(DomainRule rule, double weight, std::vector<int> delays) {
    const std::string name(std::visit([](const auto& r) { return r.name; }, rule));
    const int spread = delays.empty() ? 0 : std::ranges::max(delays);
    return {name, spread, [=](const ProjectionContext<float>& c) { return std::make_unique<Fixed<float>>(c, rule, weight, delays); },
            [=](const ProjectionContext<double>& c) { return std::make_unique<Fixed<double>>(c, rule, weight, delays); }};
}

}  // namespace tripartite
