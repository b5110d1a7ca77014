#include "learning/optimiser.hpp"

#include <algorithm>
#include <cmath>

namespace tripartite {
namespace {

constexpr Index piece_size = 16384;

/// A part of one block, with the factors of this update. The loops below are plain so that the compiler vectorises them (the
/// square root of Adam only with -fno-math-errno).
template <class Real> struct Slice {
    Real* w;
    const Real* g;
    Real *m, *v;
    Index size;
    bool decays;
    Real min, max, scale;
    double rate;
    std::int64_t t;

    Real bounded(Real x) const { return std::min(std::max(x, min), max); }
    Real decay(double weight_decay) const { return decays ? Real(weight_decay) : Real(0); }
};

template <class Real> void update(const Sgd& o, const Slice<Real>& s) {
    const Real decay = s.decay(o.weight_decay), momentum = Real(o.momentum), ahead = o.nesterov ? momentum : Real(1);
    const Real now = Real(o.nesterov), rate = Real(s.rate);
    for (Index i = 0; i < s.size; ++i) {
        const Real g = s.scale * s.g[i] + decay * s.w[i];
        s.m[i] = momentum * s.m[i] + g;
        s.w[i] = s.bounded(s.w[i] - rate * (now * g + ahead * s.m[i]));
    }
}

/// Adam (decay in the gradient) and AdamW (the value keeps a share).
template <class Real> void adam(const auto& o, const Slice<Real>& s, Real decay, Real kept) {
    const Real beta1 = Real(o.beta1), other1 = Real(1 - o.beta1), beta2 = Real(o.beta2), other2 = Real(1 - o.beta2), epsilon = Real(o.epsilon);
    const Real rate = Real(s.rate / (1 - std::pow(o.beta1, double(s.t)))), unbias = Real(1 / std::sqrt(1 - std::pow(o.beta2, double(s.t))));
    for (Index i = 0; i < s.size; ++i) {
        const Real g = s.scale * s.g[i] + decay * s.w[i];
        s.m[i] = beta1 * s.m[i] + other1 * g;
        s.v[i] = beta2 * s.v[i] + other2 * (g * g);
        s.w[i] = s.bounded(kept * s.w[i] - rate * s.m[i] / (std::sqrt(s.v[i]) * unbias + epsilon));
    }
}
template <class Real> void update(const Adam& o, const Slice<Real>& s) { adam(o, s, s.decay(o.weight_decay), Real(1)); }
template <class Real> void update(const AdamW& o, const Slice<Real>& s) { adam(o, s, Real(0), Real(1 - s.rate * double(s.decay(o.weight_decay)))); }

template <class Real> void update(const Adamax& o, const Slice<Real>& s) {
    const Real beta1 = Real(o.beta1), other1 = Real(1 - o.beta1), beta2 = Real(o.beta2), epsilon = Real(o.epsilon), decay = s.decay(o.weight_decay);
    const Real rate = Real(s.rate / (1 - std::pow(o.beta1, double(s.t))));
    for (Index i = 0; i < s.size; ++i) {
        const Real g = s.scale * s.g[i] + decay * s.w[i];
        s.m[i] = beta1 * s.m[i] + other1 * g;
        s.v[i] = std::max(beta2 * s.v[i], std::fabs(g) + epsilon);
        s.w[i] = s.bounded(s.w[i] - rate * s.m[i] / s.v[i]);
    }
}

}  // namespace

template <class Real> Optimiser<Real>::Optimiser(const OptimiserSpec& spec, const Parameters<Real>& parameters)
    : spec_(spec), m_(parameters.values.size()), v_(std::holds_alternative<Sgd>(spec) ? 0 : parameters.values.size()) {
    for (const auto& block : parameters.blocks)
        for (Index begin = 0; begin < block.size; begin += piece_size)
            pieces_.push_back({block.offset + begin, block.offset + std::min(begin + piece_size, block.size), block.decays, Real(block.min), Real(block.max),
                               block.rate});
}

template <class Real> void Optimiser<Real>::step(Parameters<Real>& parameters, double learning_rate, double gradient_scale, ThreadPool& pool) {
    ++steps_;
    pool.for_each(Index(pieces_.size()), [&](Index i, int) {
        const Piece& p = pieces_[i];
        const Slice<Real> slice{.w = parameters.values.data() + p.begin, .g = parameters.gradients.data() + p.begin, .m = m_.data() + p.begin,
                                .v = v_.empty() ? nullptr : v_.data() + p.begin, .size = p.end - p.begin, .decays = p.decays,
                                .min = p.min, .max = p.max, .scale = Real(gradient_scale), .rate = p.rate * learning_rate, .t = steps_};
        std::visit([&](const auto& o) { update(o, slice); }, spec_);
    });
}

template <class Real> std::string_view Optimiser<Real>::name() const {
    return std::visit([](const auto& o) { return o.name; }, spec_);
}

template <class Real> double Optimiser<Real>::base_learning_rate() const {
    return std::visit([](const auto& o) { return o.learning_rate; }, spec_);
}

template <class Real> std::vector<std::pair<std::string, std::span<Real>>> Optimiser<Real>::state() {
    if (v_.empty()) return {{"m", m_}};
    return {{"m", m_}, {"v", v_}};
}

template <class Real> double global_norm(const Array<Real>& gradients, ThreadPool& pool) {
    constexpr int lanes = 16;
    std::vector<double> squares((gradients.size() + piece_size - 1) / piece_size);
    pool.for_each(Index(squares.size()), [&](Index piece, int) {
        double sum[lanes] = {};
        const Index begin = piece * piece_size, end = std::min(begin + piece_size, gradients.size()), whole = end - (end - begin) % lanes;
        for (Index i = begin; i < whole; i += lanes)
            for (int j = 0; j < lanes; ++j) sum[j] += double(gradients[i + j]) * double(gradients[i + j]);
        for (Index i = whole; i < end; ++i) sum[i - whole] += double(gradients[i]) * double(gradients[i]);
        for (double x : sum) squares[piece] += x;
    });
    double sum = 0;
    for (double x : squares) sum += x;
    return std::sqrt(sum);
}

template class Optimiser<float>;
template class Optimiser<double>;
template double global_norm(const Array<float>&, ThreadPool&);
template double global_norm(const Array<double>&, ThreadPool&);

}  // namespace tripartite
