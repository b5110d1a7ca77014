/// Decision 0005: is a tile of channels times the whole batch good enough for every normaliser?
///
/// The hardest is membrane-potential batch normalisation (MPBN, Guo et al. 2023): in each step the membranes of one channel
/// are normalised over the batch before they meet the threshold, so samples depend on each other in every step:
///     u[t] = beta v[t-1] + x[t],   m[t] = gamma (u[t] - mean_b u[t]) / sqrt(var_b u[t] + eps) + shift
///     s[t] = H(m[t] - threshold),  v[t] = (1 - s[t]) u[t]       the carried membrane is not normalised
/// A task is 64 channels x all samples x all steps: statistics need no other task, and no barrier. Forward and adjoint use
/// the three parts of StepAdjoint, are checked against finite differences in double with the soft spike, and timed beside
/// plain LIF on the same tiles.
///     channel_tiles [rounds, default 400]
#include <algorithm>
#include <cmath>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <random>
#include <vector>

#include "engine/kernels_isa.hpp"
#include "engine/neuron_kernels.hpp"
#include "neurons/lif.hpp"

using namespace tripartite;

namespace {

constexpr int W = 64;                  // channels of a tile
constexpr int variant = Lif::set_now;  // hard reset
constexpr double epsilon = 1e-5;

/// What normalisation adds to a tile. Letters: T steps, B samples, W channels.
template <class Real> struct MembraneNorm {
    const Real *gamma, *shift;     ///< [W]
    Real *mean, *inverse_sd;       ///< [T][W]: of the batch, written by forward, read by the adjoint
    double *gamma_bar, *shift_bar; ///< [W], added to
    Real* scratch;                 ///< norm_scratch() Reals
};
constexpr Index norm_scratch(int states, Index T, Index B) { return (T * (states + 1) + 1) * B * W; }

/// The normalised distance from the threshold is one multiplication and one addition: x = scale u + offset.
template <class Real> struct Folded {
    Pack<Real> scale, offset;
    TRIPARTITE_INLINE Folded(const MembraneNorm<Real>& n, int t, int lane, Pack<Real> threshold) {
        using P = Pack<Real>;
        scale = P::load(n.gamma + lane) * P::load(n.inverse_sd + t * W + lane);
        offset = P::load(n.shift + lane) - P::load(n.mean + t * W + lane) * scale - threshold;
    }
};

/// One step, first half: integrates all samples, keeps u, and takes mean and 1/sd of every channel. Sums are of the distance
/// from the first sample, or a variance that is small beside the mean would be rounded away.
template <class M, class Real, int Q> void integrate_and_measure(const NeuronTile<Real>& a, const MembraneNorm<Real>& n, int t, int lane, Real* u_row) {
    using P = Pack<Real>;
    PackCoefficients<M, Real> k[Q];
    P pivot[Q], sum[Q], square[Q];
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        k[q] = load_members<PackCoefficients<M, Real>>(a.coefficients + lane + q * P::width, a.coefficient);
        pivot[q] = sum[q] = square[q] = P(0);
    }
    for (int b = 0; b < a.samples; ++b)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
            const Index at = b * W + lane + q * P::width;
            auto s = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
            const P u = integrate<M, variant>(s, k[q], load_input<M>(a, t, at));
            store_members(s, a.state + at, a.state_variable);
            u.store(u_row + at);
            if (b == 0) pivot[q] = u;
            const P y = u - pivot[q];
            sum[q] += y;
            square[q] = fma(y, y, square[q]);
        }
    const P each(Real(1) / Real(a.samples));
    TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) {
        const P mean = sum[q] * each, variance = square[q] * each - mean * mean;
        (pivot[q] + mean).store(n.mean + t * W + lane + q * P::width);
        each_lane(variance + P(Real(epsilon)), [](Real x) { return 1 / std::sqrt(x); }).store(n.inverse_sd + t * W + lane + q * P::width);
    }
}

/// Second half: fires where the normalised membrane reaches the threshold, and resets.
template <class M, class Real, int Q> void fire(const NeuronTile<Real>& a, const MembraneNorm<Real>& n, int t, int lane, const Real* u_row) {
    using P = Pack<Real>;
    for (int q = 0; q < Q; ++q) {
        const int l = lane + q * P::width;
        const auto k = load_members<PackCoefficients<M, Real>>(a.coefficients + l, a.coefficient);
        const Folded<Real> folded(n, t, l, k.threshold);
        for (int b = 0; b < a.samples; ++b) {
            auto s = load_members<PackState<M, Real>>(a.state + b * W + l, a.state_variable);
            const P spike = decide<M, variant>(a, fma(P::load(u_row + b * W + l), folded.scale, folded.offset), k, t, b * W + l);
            reset<M, variant>(s, k, spike);
            store_members(s, a.state + b * W + l, a.state_variable);
            store_spikes(a, t, b, l, spike);
        }
    }
}

template <class M, class Real> void forward_normalised(const NeuronTile<Real>& a, const MembraneNorm<Real>& n) {
    constexpr int Q = 4, wide = Q * Pack<Real>::width;
    for (int t = 0; t < a.steps; ++t)
        for (int lane = 0; lane < W; lane += wide) {
            integrate_and_measure<M, Real, Q>(a, n, t, lane, n.scratch);
            fire<M, Real, Q>(a, n, t, lane, n.scratch);
        }
}

/// Runs the steps again with the statistics that are stored: [t] the states before each step, and u.
template <class M, class Real> void recompute_normalised(const AdjointTile<Real>& a, const MembraneNorm<Real>& n, Real* states, Real* u_rows) {
    using P = Pack<Real>;
    constexpr int S = num_states<M>;
    const Index row = Index(a.samples) * W;
    for (int lane = 0; lane < W; lane += P::width) {
        const auto k = load_members<PackCoefficients<M, Real>>(a.coefficients + lane, a.coefficient);
        for (int b = 0; b < a.samples; ++b) {
            const Index at = b * W + lane;
            auto s = load_members<PackState<M, Real>>(a.state + at, a.state_variable);
            for (int t = 0; t < a.steps; ++t) {
                store_members(s, states + t * S * row + at, row);
                const P u = integrate<M, variant>(s, k, load_input<M>(a, t, at));
                u.store(u_rows + t * row + at);
                const Folded<Real> folded(n, t, lane, k.threshold);
                reset<M, variant>(s, k, decide<M, variant>(a, fma(u, folded.scale, folded.offset), k, t, at));
            }
        }
    }
}

/// The adjoint of one step for one pack of channels: through the reset and the decision of every sample, then through the
/// normalisation, which needs their sums, then through the integration.
template <class M, class Real>
void adjoint_normalised_step(const AdjointTile<Real>& a, const MembraneNorm<Real>& n, int t, int lane, const Real* states, const Real* u_row, Real* m_bar) {
    using P = Pack<Real>;
    using Adjoint = StepAdjoint<M, variant, Real, false>;
    const Index row = Index(a.samples) * W;
    const auto k = load_members<PackCoefficients<M, Real>>(a.coefficients + lane, a.coefficient);
    const Folded<Real> folded(n, t, lane, k.threshold);
    const P inverse_sd = P::load(n.inverse_sd + t * W + lane), mean = P::load(n.mean + t * W + lane);
    P sum(0), product(0);
    for (int b = 0; b < a.samples; ++b) {
        const Index at = b * W + lane;
        auto middle = load_members<PackState<M, Real>>(states + at, row);
        const P u = integrate<M, variant>(middle, k, load_input<M>(a, t, at));
        Adjoint adjoint;
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i] = P::load(a.state_bar + i * a.state_variable + at);
        const P spike = decide<M, variant>(a, fma(u, folded.scale, folded.offset), k, t, at);
        const P spike_bar = fma(adjoint.through_reset(middle, k, spike), P(a.reset_gradient), P::load(a.spikes_bar + t * a.spikes_bar_step + at));
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i].store(a.state_bar + i * a.state_variable + at);
        const P bar = spike_bar * P::load(m_bar + at);  // which holds the surrogate's slope
        bar.store(m_bar + at);
        sum += bar;
        product = fma(bar, (u - mean) * inverse_sd, product);
    }
    for (int j = 0; j < P::width; ++j) n.gamma_bar[lane + j] += double(product.v[j]), n.shift_bar[lane + j] += double(sum.v[j]);
    sum = sum * P(Real(1) / Real(a.samples)), product = product * P(Real(1) / Real(a.samples)) * inverse_sd;
    for (int b = 0; b < a.samples; ++b) {
        const Index at = b * W + lane;
        const P u_bar = folded.scale * (P::load(m_bar + at) - sum - (P::load(u_row + at) - mean) * product);
        Adjoint adjoint;
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i] = P::load(a.state_bar + i * a.state_variable + at);
        const auto input_bar = adjoint.through_integration(load_members<PackState<M, Real>>(states + at, row), k, load_input<M>(a, t, at), u_bar);
        input_bar[0].store(a.input_bar.at[0] + t * a.input_bar.step[0] + at);
        TRIPARTITE_UNROLL for (int i = 0; i < num_states<M>; ++i) adjoint.state_bar[i].store(a.state_bar + i * a.state_variable + at);
    }
}

template <class M, class Real> void adjoint_normalised(const AdjointTile<Real>& a, const MembraneNorm<Real>& n) {
    using P = Pack<Real>;
    const Index row = Index(a.samples) * W;
    constexpr int S = num_states<M>;
    Real *states = n.scratch, *u_rows = states + a.steps * S * row, *m_bar = u_rows + a.steps * row;
    recompute_normalised<M, Real>(a, n, states, u_rows);
    for (int t = a.steps; t-- > 0;) {
        const Real* u_row = u_rows + t * row;
        for (int lane = 0; lane < W; lane += P::width) {
            const Folded<Real> folded(n, t, lane, P::load(a.coefficients + 3 * a.coefficient + lane));
            for (Index at = lane; at < row; at += W) fma(P::load(u_row + at), folded.scale, folded.offset).store(m_bar + at);
        }
        a.slope(*a.surrogate, m_bar, row);
        for (int lane = 0; lane < W; lane += P::width) adjoint_normalised_step<M, Real>(a, n, t, lane, states + t * S * row, u_row, m_bar);
    }
}

/// A layer of blocks x 64 channels with random input, and the adjoint of a random linear loss of its spikes.
template <class Real> struct Layer {
    int T, B, blocks;
    std::vector<Real> input, spikes_bar, input_bar, soft_spikes, state, state_bar, coefficients, gamma, shift, mean, inverse_sd, scratch;
    std::vector<double> gamma_bar, shift_bar, coefficients_bar;
    std::vector<std::uint64_t> spikes;
    Surrogate surrogate{Atan{}};
    bool soft = false;

    Layer(int T, int B, int blocks) : T(T), B(B), blocks(blocks) {
        std::mt19937_64 random(1);
        std::normal_distribution<double> normal;
        const auto row = std::size_t(B) * W;
        for (std::size_t i = 0; i < T * row * blocks; ++i) input.push_back(Real(0.3 + normal(random))), spikes_bar.push_back(Real(normal(random)));
        input_bar = soft_spikes = input, state.resize(row), state_bar = state, spikes.resize(std::size_t(T) * B);
        for (const double k : {0.25, 1.0, 0.0, 0.5, 0.5, 0.0, 0.0}) coefficients.insert(coefficients.end(), W, Real(k));  // beta, gain, leak, threshold, jump, v_reset, bound
        for (int i = 0; i < W; ++i) gamma.push_back(Real(1 + 0.2 * normal(random))), shift.push_back(Real(0.2 * normal(random)));
        gamma[0] = Real(-0.7);
        mean.resize(std::size_t(T) * W), inverse_sd = mean, gamma_bar.resize(W), shift_bar.resize(W), coefficients_bar.resize(coefficients.size());
        scratch.resize(std::size_t(std::max(norm_scratch(1, T, B), adjoint_scratch(1, 1, T))));
    }
    AdjointTile<Real> tile(int block) {
        AdjointTile<Real> a;
        const Index row = Index(B) * W, at = block * T * row;
        a.steps = T, a.samples = B, a.width = W;
        a.input.at[0] = input.data() + at, a.input.step[0] = row, a.state = state.data(), a.state_variable = row;
        a.coefficients = coefficients.data(), a.coefficient = W, a.spikes = spikes.data(), a.spikes_step = B;
        a.spikes_bar = spikes_bar.data() + at, a.spikes_bar_step = row, a.input_bar.at[0] = input_bar.data() + at, a.input_bar.step[0] = row;
        a.state_bar = state_bar.data(), a.coefficients_bar = coefficients_bar.data(), a.surrogate = &surrogate, a.scratch = scratch.data();
        if constexpr (sizeof(Real) == 4) a.slope = float32_kernels().slope;
        else a.slope = float64_kernels().slope;
        if (soft) a.soft = &surrogate, a.values = soft_spikes.data() + at, a.values_step = row, a.values_sample = W;
        return a;
    }
    MembraneNorm<Real> norm() {
        return {gamma.data(), shift.data(), mean.data(), inverse_sd.data(), gamma_bar.data(), shift_bar.data(), scratch.data()};
    }
    void restart() { std::ranges::fill(state, Real(0)), std::ranges::fill(state_bar, Real(0)); }
};

double loss(Layer<double>& layer) {
    layer.restart();
    forward_normalised<Lif, double>(layer.tile(0), layer.norm());
    double sum = 0;
    for (std::size_t i = 0; i < layer.soft_spikes.size(); ++i) sum += layer.spikes_bar[i] * layer.soft_spikes[i];
    return sum;
}

/// Largest |adjoint - difference| / (1 + |difference|) over every `stride`-th element; a difference of fourth order.
double error(Layer<double>& layer, std::vector<double>& x, const std::vector<double>& bar, std::size_t stride) {
    double worst = 0;
    for (std::size_t i = 0; i < x.size(); i += stride) {
        const double middle = x[i], h = 1e-3;
        const auto at = [&](double steps) { x[i] = middle + steps * h; const double l = loss(layer); x[i] = middle; return l; };
        const double slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * h);
        worst = std::max(worst, std::fabs(slope - bar[i]) / (1 + std::fabs(slope)));
    }
    return worst;
}

void check(int T, int B, std::size_t stride) {
    Layer<double> layer(T, B, 1);
    layer.soft = true;
    loss(layer);
    layer.restart();
    adjoint_normalised<Lif, double>(layer.tile(0), layer.norm());
    const auto input = error(layer, layer.input, layer.input_bar, stride);
    std::printf("B %d, T %d: adjoint against finite differences: input %.1e, gamma %.1e, shift %.1e\n", B, T, input,
                error(layer, layer.gamma, layer.gamma_bar, 1), error(layer, layer.shift, layer.shift_bar, 1));
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 400, T = 4, B = 128, N = 400, blocks = (N + W - 1) / W;
    check(4, 5, 1);
    check(T, B, 97);
    Layer<float> layer(T, B, blocks);
    struct Timing { const char* name; std::function<void(int block)> run; std::vector<double> ns = {}; };
    Timing timings[] = {{"plain LIF, forward", [&](int i) { forward_tile<Lif, variant, float>(layer.tile(i)); }},
                        {"plain LIF, adjoint", [&](int i) { adjoint_tile<Lif, variant, float, false>(layer.tile(i)); }},
                        {"MPBN, forward", [&](int i) { forward_normalised<Lif, float>(layer.tile(i), layer.norm()); }},
                        {"MPBN, adjoint", [&](int i) { adjoint_normalised<Lif, float>(layer.tile(i), layer.norm()); }}};
    const auto now = [] { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return 1e9 * double(t.tv_sec) + double(t.tv_nsec); };
    for (int r = 0; r < rounds; ++r)
        for (auto& t : timings) {
            const double begin = now();
            for (int i = 0; i < blocks; ++i) layer.restart(), t.run(i);
            t.ns.push_back((now() - begin) / (double(T) * B * blocks * W));
        }
    std::printf("%-24s %8s %8s   ns per neuron-step, CPU time, %d rounds, B %d, T %d, N %d\n", "", "minimum", "median", rounds, B, T, N);
    for (auto& t : timings) std::ranges::sort(t.ns), std::printf("%-24s %8.3f %8.3f\n", t.name, t.ns.front(), t.ns[t.ns.size() / 2]);
    const auto ratio = [&](std::size_t i) { return (timings[2].ns[i] + timings[3].ns[i]) / (timings[0].ns[i] + timings[1].ns[i]); };
    std::printf("MPBN / plain LIF, forward and adjoint together: %.2f at the minimum, %.2f at the median\n", ratio(0), ratio(std::size_t(rounds) / 2));
}
