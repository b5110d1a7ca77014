/// Decision 0001: do packs and duals carry every neuron model, at what price?
///
/// Three models on the contract of engine/neuron_model.hpp: `lif` as it ships, and two experiments written here, a
/// probabilistic meta-neuron and `aeif_cond_exp` with ten sub-steps. Their generated adjoints are compared with finite
/// differences in double with the soft spike; forward and adjoint are timed beside a LIF whose loops are written by hand.
///     packs_and_duals [rounds, default 400]
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

/// Membrane with a recovery variable and escape-rate firing; our form of the meta-neuron (neurons/meta.hpp):
///     v[t] = a v[t-1] (1 - s[t-1]) + g x[t] + b - u[t-1]
///     u[t] = r u[t-1] + k s[t-1]
///     P(s[t] = 1) = sigmoid(beta (v[t] - theta))
/// The membrane variable of the contract is the logit of P: the slope of the sigmoid is the surrogate. With one port the
/// neuron fires at P >= 1/2; a second port carries logit(uniform number), and the decision is a draw.
template <int inputs> struct Meta {
    static constexpr bool spiking = true;
    static constexpr int ports = inputs;
    template <class T> struct State { T v, u, s; };
    template <class T> struct Coefficients { T a, g, b, r, k, theta, beta, bound; };
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, inputs>& x) {
        s.v = fma(k.a, s.v * (value_of<T>(1) - s.s), fma(k.g, x[0], k.b - s.u));
        s.u = fma(k.r, s.u, k.k * s.s);
        const T logit = k.beta * (s.v - k.theta);
        if constexpr (inputs == 2) return logit - x[1];
        else return logit;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto&) { return value_of<T>(0); }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto&, const T& spike) { s.s = spike; }
};

/// Adaptive exponential neuron with conductances (NEST aeif_cond_exp): one contract step is `substeps` Euler steps of h ms,
///     C dV = h (-g_L (V-E_L) + g_L D exp((V-V_th)/D) - g_ex (V-E_ex) - g_in (V-E_in) - w + I),  tau_w dw = h (a (V-E_L) - w)
/// with V replaced by min(V, V_peak) on the right, and exact decay of the conductances. A neuron that has reached V_peak, or
/// is refractory (`hold` counts sub-steps), keeps its V. Ports: increments of g_ex and g_in in nS.
template <int substeps> struct Aeif {
    static constexpr bool spiking = true;
    static constexpr int ports = 2;
    template <class T> struct State { T V, w, g_ex, g_in, hold; };
    template <class T> struct Coefficients {
        T leak, spread, per_D, h_C, decay_ex, decay_in, h_a, h_tau, E_L, E_ex, E_in, V_th, V_peak, V_reset, b, I, refractory, bound;
    };
    static Coefficients<double> nest_defaults(double h, double I, double V_peak, double t_ref) {
        const double C = 281, g_L = 30, D = 2, tau_w = 144;
        return {g_L, g_L * D, 1 / D, h / C, std::exp(-h / 0.2), std::exp(-h / 2), h * 4 / tau_w, h / tau_w, -70.6, 0, -85, -50.4, V_peak, -60, 80.5,
                I, std::round(t_ref / h), 0};
    }
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        using P = value_of<T>;
        for (int i = 0; i < substeps; ++i) {
            const T V = select(s.V < T(k.V_peak), s.V, T(k.V_peak));
            const T sharp = exp((V - k.V_th) * k.per_D) * k.spread;
            const T current = sharp - (V - k.E_L) * k.leak - s.g_ex * (V - k.E_ex) - s.g_in * (V - k.E_in) - s.w + k.I;
            const auto held = value(s.hold) > P(0.5), moves = value(s.V) < select(held, P(-1e30f), value(k.V_peak));
            s.w = s.w + (V - k.E_L) * k.h_a - s.w * k.h_tau;
            s.V = select(moves, s.V + current * k.h_C, s.V);
            s.g_ex = s.g_ex * k.decay_ex;
            s.g_in = s.g_in * k.decay_in;
            s.hold = select(held, s.hold - P(1), T(P(0)));
        }
        s.g_ex = s.g_ex + x[0];
        s.g_in = s.g_in + x[1];
        return s.V;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_peak; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.V = fma(spike, k.V_reset - s.V, s.V);
        s.w = fma(spike, T(k.b), s.w);
        s.hold = fma(spike, k.refractory - s.hold, s.hold);
    }
};

/// One tile of B samples, T steps and W neurons with random input, and the adjoints of a random linear loss.
template <class M, class Real> struct Experiment {
    int T, B, W;
    std::vector<Real> input, state, coefficients, spikes_bar, membrane_bar, membrane, soft_spikes, input_bar, state_bar, scratch;
    std::vector<double> coefficients_bar;
    std::vector<std::uint64_t> spikes;
    Surrogate surrogate;
    bool soft = false;

    using K = typename M::template Coefficients<double>;
    using S = typename M::template State<double>;
    Experiment(int T, int B, int W, const K& k, const S& start, std::vector<double> mean, std::vector<double> sd) : T(T), B(B), W(W) {
        std::mt19937_64 random(1);
        std::normal_distribution<double> normal;
        const auto row = std::size_t(B) * W;
        for (int p = 0; p < num_ports<M>; ++p)
            for (std::size_t i = 0; i < T * row; ++i) input.push_back(Real(mean[p] + sd[p] * normal(random)));
        for (int i = 0; i < num_states<M>; ++i)
            for (std::size_t j = 0; j < row; ++j) state.push_back(Real(members<double>(start)[i]));
        for (int i = 0; i < num_coefficients<M>; ++i)
            for (int j = 0; j < W; ++j) coefficients.push_back(Real(members<double>(k)[i]));
        for (std::size_t i = 0; i < T * row; ++i) spikes_bar.push_back(Real(normal(random))), membrane_bar.push_back(Real(0.1 * normal(random)));
        membrane = soft_spikes = membrane_bar, input_bar = input, state_bar = state, spikes.resize(std::size_t(T) * B);
        coefficients_bar.resize(coefficients.size()), scratch.resize(std::size_t(adjoint_scratch(num_states<M>, num_substeps<M>, T)));
    }
    PortRows<Real> rows(std::vector<Real>& from) const {
        PortRows<Real> rows;
        const Index row = Index(B) * W;
        for (int p = 0; p < num_ports<M>; ++p) rows.at[p] = from.data() + p * T * row, rows.step[p] = row;
        return rows;
    }
    AdjointTile<Real> tile() {
        AdjointTile<Real> a;
        const Index row = Index(B) * W;
        a.steps = T, a.samples = B, a.width = W;
        a.input = rows(input);
        a.state = state.data(), a.state_variable = row, a.coefficients = coefficients.data(), a.coefficient = W;
        a.spikes = spikes.data(), a.spikes_step = B;
        a.spikes_bar = spikes_bar.data(), a.spikes_bar_step = row;
        a.input_bar = rows(input_bar);
        a.state_bar = state_bar.data(), a.coefficients_bar = coefficients_bar.data(), a.scratch = scratch.data();
        a.surrogate = &surrogate;
        if constexpr (sizeof(Real) == 4) a.slope = float32_kernels().slope;
        else a.slope = float64_kernels().slope;
        if (!soft) return a;
        a.soft = &surrogate, a.values = soft_spikes.data(), a.values_step = row, a.values_sample = W;
        a.membrane = membrane.data(), a.membrane_step = row, a.membrane_bar = membrane_bar.data(), a.membrane_bar_step = row;
        return a;
    }
    /// The loss: its derivatives by spikes, membranes and the last state are spikes_bar, membrane_bar and 1.
    double loss() {
        const auto start = state;
        forward_tile<M, 0, Real>(tile());
        double sum = 0;
        for (std::size_t i = 0; i < membrane.size(); ++i) sum += double(spikes_bar[i] * soft_spikes[i] + membrane_bar[i] * membrane[i]);
        for (const Real x : state) sum += double(x);
        state = start;
        return sum;
    }
    /// Largest |adjoint - difference| / (1 + |difference|) over all elements of x; a difference of fourth order.
    template <class Bar> double error(std::vector<Real>& x, const Bar& bar) {
        double worst = 0;
        for (std::size_t i = 0; i < x.size(); ++i) {
            const Real middle = x[i], h = Real(1e-4) * (middle == 0 ? Real(1) : std::fabs(middle));
            const auto at = [&](double steps) { x[i] = middle + Real(steps) * h; const double l = loss(); x[i] = middle; return l; };
            const double slope = (8 * (at(1) - at(-1)) - (at(2) - at(-2))) / (12 * double(h));
            worst = std::max(worst, std::fabs(slope - double(bar[i])) / (1 + std::fabs(slope)));
        }
        return worst;
    }
};

template <class M> void check(const char* name, Experiment<M, double> e, double steepness) {
    e.soft = true, e.surrogate = {Sigmoid{steepness}};
    std::ranges::fill(e.state_bar, 1), std::ranges::fill(e.coefficients_bar, 0);
    adjoint_tile<M, 0, double, true>(e.tile());
    const auto learned_input = e.input_bar;
    std::ranges::fill(e.state_bar, 1);
    adjoint_tile<M, 0, double, false>(e.tile());
    double apart = 0;
    for (std::size_t i = 0; i < learned_input.size(); ++i) apart = std::max(apart, std::fabs(learned_input[i] - e.input_bar[i]) / (1 + std::fabs(e.input_bar[i])));
    std::printf("%-14s adjoint against finite differences: input %.1e, state %.1e, coefficients %.1e; with and without learning %.1e apart\n", name,
                e.error(e.input, e.input_bar), e.error(e.state, e.state_bar), e.error(e.coefficients, e.coefficients_bar), apart);
}

/// LIF by hand with the same packs, reset by subtraction: u = beta v + x, s = H(u - threshold), v = u - s threshold.
void lif_forward_by_hand(const NeuronTile<float>& a) {
    using P = Pack<float>;
    const P beta(a.coefficients[0]), threshold(a.coefficients[3 * a.coefficient]);
    for (int b = 0; b < a.samples; ++b) {
        P v[4];
        TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) v[q] = P::load(a.state + b * 64 + q * 16);
        for (int t = 0; t < a.steps; ++t) {
            std::uint64_t word = 0;
            TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) {
                const P u = fma(beta, v[q], P::load(a.input.at[0] + t * a.input.step[0] + b * 64 + q * 16));
                const auto fires = u >= threshold;
                word |= std::uint64_t(bits(fires)) << q * 16;
                v[q] = select(fires, u - threshold, u);
            }
            a.spikes[t * a.spikes_step + b] = word;
        }
        TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) v[q].store(a.state + b * 64 + q * 16);
    }
}
/// Its adjoint: runs again, keeping the surrogate's slope (atan), then x_bar = u_bar = s_bar slope + v_bar (1 - slope threshold).
void lif_adjoint_by_hand(const AdjointTile<float>& a) {
    using P = Pack<float>;
    const P beta(a.coefficients[0]), threshold(a.coefficients[3 * a.coefficient]);
    const Atan atan;
    for (int b = 0; b < a.samples; ++b) {
        P v[4];
        TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) v[q] = P::load(a.state + b * 64 + q * 16);
        for (int t = 0; t < a.steps; ++t)
            TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) {
                const P u = fma(beta, v[q], P::load(a.input.at[0] + t * a.input.step[0] + b * 64 + q * 16)), x = u - threshold;
                atan.slope(x).store(a.scratch + t * 64 + q * 16);
                v[q] = select(x >= P(0), x, u);
            }
        TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) v[q] = P::load(a.state_bar + b * 64 + q * 16);
        for (int t = a.steps; t-- > 0;)
            TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) {
                const Index at = b * 64 + q * 16;
                const P slope = P::load(a.scratch + t * 64 + q * 16), s_bar = P::load(a.spikes_bar + t * a.spikes_bar_step + at);
                const P u_bar = fma(slope, s_bar - v[q] * threshold, v[q]);
                u_bar.store(a.input_bar.at[0] + t * a.input_bar.step[0] + at);
                v[q] = beta * u_bar;
            }
        TRIPARTITE_UNROLL for (int q = 0; q < 4; ++q) v[q].store(a.state_bar + b * 64 + q * 16);
    }
}

struct Timing { std::string name; double neuron_steps; std::function<void()> run; std::vector<double> ns = {}; };

/// Runs all in turn, `rounds` times, so that what disturbs the machine disturbs all; CPU time of this thread. Each runs once
/// untimed before: in a network, a tile's input was written just before, and is in the cache.
void report(std::vector<Timing> timings, int rounds) {
    const auto now = [] { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return 1e9 * double(t.tv_sec) + double(t.tv_nsec); };
    for (int r = 0; r < rounds; ++r)
        for (auto& t : timings) {
            t.run();
            const double begin = now();
            t.run();
            t.ns.push_back((now() - begin) / t.neuron_steps);
        }
    std::printf("%-36s %8s %8s   ns per neuron-step, CPU time, %d rounds\n", "", "minimum", "median", rounds);
    for (auto& t : timings) {
        std::ranges::sort(t.ns);
        std::printf("%-36s %8.3f %8.3f\n", t.name.c_str(), t.ns.front(), t.ns[t.ns.size() / 2]);
    }
}

template <class M> void add(std::vector<Timing>& timings, const std::string& name, Experiment<M, float>& e) {
    const double n = double(e.T) * e.B * e.W;
    const auto start = e.state;
    const auto restart = [&e, start] { std::ranges::copy(start, e.state.begin()), std::ranges::fill(e.state_bar, 0.0f); };
    timings.push_back({name + " forward", n, [&e, restart] { restart(); forward_tile<M, 0, float>(e.tile()); }});
    timings.push_back({name + " adjoint", n, [&e, restart] { restart(); adjoint_tile<M, 0, float, false>(e.tile()); }});
    timings.push_back({name + " adjoint, learning", n, [&e, restart] { restart(); adjoint_tile<M, 0, float, true>(e.tile()); }});
}

/// Spikes of one neuron in 1 s under a constant current; NEST has 9 for 700 pA, the first at 24.617 ms, the fifth at 400.015 ms.
template <int substeps> void count_spikes(double dt) {
    Experiment<Aeif<substeps>, float> e(int(1000 / dt), 1, 16, Aeif<substeps>::nest_defaults(dt / substeps, 700, 0, 0), {-70.6, 0, 0, 0, 0}, {0, 0}, {0, 0});
    forward_tile<Aeif<substeps>, 0, float>(e.tile());
    std::printf("aeif at 700 pA, %2d sub-steps in %.2f ms:", substeps, dt);
    for (std::size_t t = 0; t < e.spikes.size(); ++t)
        if (e.spikes[t] & 1) std::printf(" %.2f", double(t + 1) * dt);
    std::printf(" ms\n");
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 400, T = 25, B = 36, W = 64;
    const Lif::Coefficients<double> lif{0.9, 1, 0, 1, 1, 0, 0};
    const Meta<1>::Coefficients<double> meta{0.9, 1, 0.05, 0.8, 0.3, 1, 4, 0};
    const Meta<2>::Coefficients<double> drawn{0.9, 1, 0.05, 0.8, 0.3, 1, 4, 0};
    const Aeif<10>::State<double> rest{-70.6, 0, 0, 0, 0}, depolarised{-52, 20, 5, 3, 0};
    check<Lif>("lif", {6, 2, 8, lif, {0.2}, {0.3}, {0.5}}, 3);
    check<Meta<1>>("meta", {6, 2, 8, meta, {0.2, 0.1, 0}, {0.3}, {0.5}}, 1);
    check<Meta<2>>("meta, drawn", {6, 2, 8, drawn, {0.2, 0.1, 0}, {0.3, 0}, {0.5, 1}}, 1);
    check<Aeif<10>>("aeif_cond_exp", {6, 2, 8, Aeif<10>::nest_defaults(0.01, 300, -48, 0.03), depolarised, {8, 3}, {2, 1}}, 0.5);
    count_spikes<10>(0.1);
    count_spikes<1>(0.01);

    Experiment<Lif, float> l(T, B, W, lif, {0}, {0.3}, {0.5}), hand = l;
    Experiment<Meta<1>, float> m(T, B, W, meta, {0, 0, 0}, {0.3}, {0.5});
    Experiment<Meta<2>, float> d(T, B, W, drawn, {0, 0, 0}, {0.3, 0}, {0.5, 1});
    Experiment<Aeif<10>, float> a(T, B, W, Aeif<10>::nest_defaults(0.01, 500, 0, 2), rest, {8, 3}, {2, 1});
    Experiment<Aeif<1>, float> one(T, B, W, Aeif<1>::nest_defaults(0.01, 500, 0, 2), {-70.6, 0, 0, 0, 0}, {1, 0.3}, {0.2, 0.1});
    m.surrogate = d.surrogate = {Sigmoid{1}};
    std::vector<Timing> timings;
    const auto restart = [&] { std::ranges::fill(hand.state, 0.0f), std::ranges::fill(hand.state_bar, 0.0f); };
    timings.push_back({"lif by hand, forward", double(T) * B * W, [&] { restart(); lif_forward_by_hand(hand.tile()); }});
    timings.push_back({"lif by hand, adjoint", double(T) * B * W, [&] { restart(); lif_adjoint_by_hand(hand.tile()); }});
    add(timings, "lif", l), add(timings, "meta", m), add(timings, "meta, drawn", d);
    add(timings, "aeif_cond_exp, 10 sub-steps", a), add(timings, "aeif_cond_exp, one sub-step", one);
    report(timings, rounds);
    std::printf("lif by hand: %s spikes and %s adjoints\n", hand.spikes == l.spikes ? "the same" : "OTHER", hand.input_bar == l.input_bar ? "the same" : "rounded otherwise");
    return 0;
}
