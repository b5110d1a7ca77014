#include "encoders/encoder.hpp"

#include <algorithm>
#include <atomic>
#include <bit>
#include <cmath>
#include <cstring>
#include <vector>

#include "core/error.hpp"
#include "core/inline.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

constexpr int lanes = block_of_neurons;
constexpr int samples_of_a_task = 8;  // their words fill a cache line

/// Probability of a spike in one step.
double probability(const Bernoulli& e, double x, double) { return e.gain * x; }
double probability(const Poisson& e, double x, double dt_ms) { return -std::expm1(-e.rate * x * dt_ms * 1e-3); }

/// A feature as float in either precision, so that both give the same spikes.
template <class Real> double feature(Real x) { return double(float(x)); }

/// When 64 neighbouring features fire: a random 32-bit integer r makes feature i fire if can_fire[i] and r <= last[i].
struct Bounds {
    std::uint32_t last[lanes];
    std::uint8_t can_fire[lanes];
    bool any = false;

    template <class Kind, class Real> Bounds(const Kind& encoder, const Real* x, double dt_ms) {
        for (int i = 0; i < lanes; ++i) {
            const std::uint64_t bound = x[i] > 0 ? probability_bound(probability(encoder, feature(x[i]), dt_ms)) : 0;
            last[i] = std::uint32_t(bound - 1);
            can_fire[i] = bound > 0;
            any |= bound > 0;
        }
    }
};

/// 64 bytes of 0 or 1 as 64 bits: the product moves the lowest bit of each of 8 bytes into the highest byte.
std::uint64_t packed(const std::uint8_t* bytes) {
    std::uint64_t word = 0;
    for (int i = 0; i < lanes / 8; ++i) {
        std::uint64_t eight;
        std::memcpy(&eight, bytes + 8 * i, 8);
        word |= (eight * 0x0102040810204080u >> 56) << (8 * i);
    }
    return word;
}

using Words = std::array<std::uint64_t, 4>;

/// Where random numbers are taken from: the counter of feature i in steps 4 `quad` .. 4 `quad` + 3 is (first + i, quad, sample, epoch).
struct Draw {
    const RandomStream& random;
    std::uint32_t first, quad, sample, epoch;
};

/// 64 features in four steps: one call of the generator serves four steps of a feature, so that neighbours fill a vector.
TRIPARTITE_INLINE Words draw_steps(const Bounds& bounds, Draw at) {
    std::uint8_t fires[4][lanes];
    for (std::uint32_t i = 0; i < lanes; ++i) {
        const auto r = at.random.bits(at.first + i, at.quad, at.sample, at.epoch);
        for (int s = 0; s < 4; ++s) fires[s][i] = (r[s] <= bounds.last[i]) & bounds.can_fire[i];
    }
    return {packed(fires[0]), packed(fires[1]), packed(fires[2]), packed(fires[3])};
}
Words draw_anywhere(const Bounds& bounds, const Draw& at) { return draw_steps(bounds, at); }
/// Three times as fast; integers, so the same result.
[[gnu::target("avx512f,avx512bw,avx512dq,avx512vl")]] Words draw_avx512(const Bounds& bounds, const Draw& at) { return draw_steps(bounds, at); }

bool has_avx512() { return __builtin_cpu_supports("avx512bw") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512vl"); }

/// The spikes of sample b, which draws by the key `sample`. Returns how many there are.
template <class Kind, class Real>
Index fire_randomly(const Kind& encoder, const Real* x, int b, int sample, double dt_ms, const RandomStream& random, int epoch, SpikeFrame& to) {
    static const auto draw = has_avx512() ? draw_avx512 : draw_anywhere;
    Index count = 0;
    for (Index block = 0; block < to.blocks(); ++block) {
        const Bounds bounds(encoder, x + block * lanes, dt_ms);
        for (int t = 0; t < to.steps; t += 4) {
            const Draw at{random, std::uint32_t(block * lanes), std::uint32_t(t / 4), std::uint32_t(sample), std::uint32_t(epoch)};
            const Words words = bounds.any ? draw(bounds, at) : Words{};
            for (int s = 0; s < std::min(4, to.steps - t); ++s) {
                to.block(block)[Index(t + s) * to.samples + b] = words[s];
                count += std::popcount(words[s]);
            }
        }
    }
    return count;
}

/// The time of a spike in steps, see Latency.
double spike_time(const Latency& e, double x, int steps, double dt_ms) {
    constexpr double epsilon = 1e-7;  // snnTorch's
    const bool linear = e.mapping == Latency::Mapping::linear;
    const auto time = [&](double y) { return std::log(y / (y - e.threshold)); };
    const double t = linear ? 1 - std::max(x, e.threshold) : time(std::max(x, e.threshold + epsilon));
    const double scale = !e.normalise ? e.tau / dt_ms : (steps - 1) / (linear ? 1 : time(e.threshold + epsilon));
    return std::min(std::nearbyint(scale * t), steps - 1.0);
}

template <class Real> Index fire_once(const Latency& encoder, const Real* x, int b, double dt_ms, SpikeFrame& to) {
    for (Index block = 0; block < to.blocks(); ++block)
        for (int t = 0; t < to.steps; ++t) to.block(block)[Index(t) * to.samples + b] = 0;
    Index count = 0;
    for (int n = 0; n < to.neurons; ++n) {
        if (encoder.drop_below && feature(x[n]) < feature(encoder.threshold)) continue;
        to.set(int(spike_time(encoder, feature(x[n]), to.steps, dt_ms)), b, n);
        ++count;
    }
    return count;
}

template <class Real> Index take_trains(const Real* x, int b, SpikeFrame& to) {
    for (Index block = 0; block < to.blocks(); ++block)
        for (int t = 0; t < to.steps; ++t) to.block(block)[Index(t) * to.samples + b] = 0;
    Index count = 0;
    for (int t = 0; t < to.steps; ++t)
        for (int n = 0; n < to.neurons; ++n)
            if (x[Index(t) * to.neurons + n] >= Real(0.5)) to.set(t, b, n), ++count;
    return count;
}

template <class Real> void check_range(std::string_view name, const RealFrame<Real>& images) {
    for (int b = 0; b < images.samples; ++b)
        for (int n = 0; n < images.neurons; ++n)
            if (const double x = images.row(0, b)[n]; !(x >= 0 && x <= 1))
                fail("the {} encoder takes values in 0..1, got {:.3g}; leave out mean and sd of input.transform, or take the direct encoder",
                     name, x);
}

template <class Real> void filter(const Potentials& e, const RealFrame<Real>& trains, int steps, double dt_ms, Encoded<Real>& to, ThreadPool* pool) {
    const int inputs = trains.neurons / steps;
    if (to.values.steps != steps || to.values.samples != trains.samples || to.values.neurons != inputs) to.values = RealFrame<Real>(steps, trains.samples, inputs);
    const double slow_decay = std::exp(-dt_ms / e.tau_m), fast_decay = std::exp(-dt_ms / e.tau_s), scale = e.scale();
    const auto filter_one = [&](Index b, int) {
        std::vector<double> slow(static_cast<std::size_t>(inputs)), fast(slow);
        for (int t = 0; t < steps; ++t)
            for (int n = 0; n < inputs; ++n) {
                const bool spike = trains.row(0, int(b))[Index(t) * inputs + n] >= Real(0.5);
                slow[n] = slow_decay * slow[n] + spike, fast[n] = fast_decay * fast[n] + spike;
                to.values.row(t, int(b))[n] = Real(scale * (slow[n] - fast[n]));
            }
    };
    if (pool) pool->for_each(trains.samples, filter_one);
    else for (Index b = 0; b < trains.samples; ++b) filter_one(b, 0);
    to.signal = {.values = &to.values};
}

template <class Real> void pass_on(const RealFrame<Real>& images, Encoded<Real>& to) {
    if (to.values.samples != images.samples || to.values.neurons != images.neurons) to.values = images;
    std::ranges::copy(images.values, to.values.values.begin());
    to.signal = {.values = &to.values, .constant = true};
}

}  // namespace

double Potentials::peak_time() const { return tau_m * tau_s * std::log(tau_m / tau_s) / (tau_m - tau_s); }

double Potentials::scale() const { return 1 / (std::exp(-peak_time() / tau_m) - std::exp(-peak_time() / tau_s)); }

template <class Real>
void encode(const Encoder& encoder, const RealFrame<Real>& images, std::span<const int> samples, int steps, double dt_ms, std::uint64_t seed,
            int epoch, Encoded<Real>& to, ThreadPool* pool) {
    TRIPARTITE_CHECK(images.steps == 1 && images.samples == int(samples.size()) && steps > 0);
    const int inputs = inputs_of(encoder, images.neurons, steps);
    TRIPARTITE_CHECK(!takes_trains(encoder) || inputs * steps == images.neurons);
    if (is_constant(encoder)) return pass_on(images, to);
    if (const auto* potentials = std::get_if<Potentials>(&encoder)) return filter(*potentials, images, steps, dt_ms, to, pool);
    check_range(std::visit([](const auto& e) { return e.name; }, encoder), images);
    if (to.spikes.steps != steps || to.spikes.samples != images.samples || to.spikes.neurons != inputs)
        to.spikes = SpikeFrame(steps, images.samples, inputs);

    const RandomStream random(seed, "input", "encoder");
    std::atomic<Index> count = 0;
    const auto encode_some = [&](Index task, int) {
        const int first = int(task) * samples_of_a_task;
        for (int b = first; b < std::min(first + samples_of_a_task, images.samples); ++b)
            count += std::visit([&]<class Kind>(const Kind& kind) -> Index {
                if constexpr (std::is_same_v<Kind, Direct> || std::is_same_v<Kind, Potentials>) return 0;
                else if constexpr (std::is_same_v<Kind, Latency>) return fire_once(kind, images.row(0, b), b, dt_ms, to.spikes);
                else if constexpr (std::is_same_v<Kind, Trains>) return take_trains(images.row(0, b), b, to.spikes);
                else return fire_randomly(kind, images.row(0, b), b, samples[b], dt_ms, random, epoch, to.spikes);
            }, encoder);
    };
    const Index tasks = (images.samples + samples_of_a_task - 1) / samples_of_a_task;
    if (pool) pool->for_each(tasks, encode_some);
    else for (Index task = 0; task < tasks; ++task) encode_some(task, 0);
    to.signal = {.spikes = &to.spikes, .density = double(count) / (double(steps) * images.samples * inputs)};
}

template void encode(const Encoder&, const RealFrame<float>&, std::span<const int>, int, double, std::uint64_t, int, Encoded<float>&, ThreadPool*);
template void encode(const Encoder&, const RealFrame<double>&, std::span<const int>, int, double, std::uint64_t, int, Encoded<double>&, ThreadPool*);

}  // namespace tripartite
