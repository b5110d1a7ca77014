/// Decision 0002: one order of summation for all kernels: do they give the same spikes, and what does it cost?
///
/// Part one trains 784-400-10 on Fashion-MNIST for an epoch and replays 1000 test samples, dense and event-driven, in one
/// window and step by step, all samples at once and one by one, with one thread and two. Every spike and every bit of the
/// output's membrane is compared with the forward pass of training.
/// Part two times the dense kernel, which keeps one accumulator per output, beside Eigen on one thread, and the event-driven
/// kernel beside the dense one at several spike densities.
///     summation_order [rounds of part two, default 30]
#include <Eigen/Dense>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <functional>
#include <numeric>
#include <vector>

#include "core/random.hpp"
#include "datasets/dataset.hpp"
#include "datasets/loader.hpp"
#include "encoders/encoder.hpp"
#include "engine/kernels.hpp"
#include "learning/bptt.hpp"
#include "learning/optimiser.hpp"
#include "neurons/compiled.hpp"
#include "synapses/dense.hpp"

using namespace tripartite;

namespace {

constexpr int steps = 10, hidden = 400, replayed = 1000;

Network network() {
    Lif::Params<double> p;
    p.beta = 0.9;
    return {784, {{"hidden", hidden, make_neuron<Lif>(p)}, {"output", 10, make_neuron<Lif>(p)}}, {{"input", "hidden", dense()}, {"hidden", "output", dense()}}};
}

std::vector<int> first_samples(int count) {
    std::vector<int> samples(count);
    std::iota(samples.begin(), samples.end(), 0);
    return samples;
}

/// The parameters after one epoch of Adam.
Array<float> train(const Images& images, const Encoder& encoder, ThreadPool& pool) {
    Bptt<float> bptt(network(), {.steps = steps, .samples = 128}, {.surrogate = {Atan{}}, .loss = CrossEntropyMembrane{}, .regulariser = {}}, pool);
    auto& parameters = bptt.engine().parameters();
    Optimiser<float> adam(Adam{}, parameters);
    Loader<float> loader(images, first_samples(images.count), 128, {}, 1, 0, false);
    Batch<float> batch;
    Encoded<float> input;
    int correct = 0;
    while (loader.next(batch)) {
        encode(encoder, batch.images, batch.samples, steps, 1, 1, 0, input, &pool);
        bptt.engine().clear_gradients();
        correct += bptt.gradient(input.signal, batch.labels, batch.samples[0], 0).correct;
        adam.step(parameters, 1e-3, 1, pool);
        bptt.engine().parameters_changed();
    }
    std::printf("trained for %lld updates; accuracy during the epoch %.1f %%\n", static_cast<long long>(adam.steps()), 100.0 * correct / images.count);
    return parameters.values;
}

/// What a network did: spikes [t][sample][neuron] of both populations, and the output's membrane.
struct Result {
    std::vector<bool> spikes[2];
    std::vector<float> membrane;
};

struct Way {
    const char* name;
    EngineOptions options;  ///< its `samples` go at once
    Phase phase;
    int threads;
};

/// Replays the samples; `window` of the options says how many steps go at once.
Result replay(const Images& images, const Encoder& encoder, const Array<float>& parameters, const Way& way) {
    ThreadPool pool(way.threads);
    Engine<float> engine(network(), way.options, pool);
    engine.record_membrane(1);
    std::ranges::copy(parameters, engine.parameters().values.begin());
    engine.parameters_changed();
    Result result;
    Loader<float> loader(images, first_samples(replayed), way.options.samples, {}, 1, 0, false);
    Batch<float> batch;
    Encoded<float> input;
    const int window = way.options.window ? way.options.window : steps;
    while (loader.next(batch)) {
        encode(encoder, batch.images, batch.samples, steps, 1, 1, 0, input, &pool);
        engine.begin(input.signal, way.phase);
        for (int t = 0; t < steps; t += window) engine.forward(t, t + window, way.phase);
        const int B = int(batch.labels.size());
        for (int b = 0; b < B; ++b)
            for (int t = 0; t < steps; ++t)
                for (int p = 0; p < 2; ++p)
                    for (int n = 0; n < (p ? 10 : hidden); ++n) result.spikes[p].push_back(engine.population(p).spikes(t, b, n));
        const Shape& shape = engine.shape();
        for (int c = 0; c < shape.chunks(); ++c)
            for (int b = 0; b < shape[c].samples; ++b)
                for (int t = 0; t < steps; ++t)
                    for (int n = 0; n < 10; ++n) result.membrane.push_back(engine.population(1).membrane.tile(0, shape[c], t)[b * 16 + n]);
    }
    return result;
}

template <class T> int differing(const std::vector<T>& a, const std::vector<T>& b) {
    int count = a.size() != b.size();
    for (std::size_t i = 0; i < std::min(a.size(), b.size()); ++i) count += a[i] != b[i];
    return count;
}

/// Returns how many spikes and membranes differ from training's, over all ways.
int compare(const ImageSet& images, const char* name, const Encoder& encoder) {
    ThreadPool pool(2);
    std::printf("input %s: ", name);
    const auto parameters = train(images.train, encoder, pool);
    const auto reference = replay(images.test, encoder, parameters, {"training", {.steps = steps, .samples = replayed}, Phase::training, 2});
    const auto fired = std::ranges::count(reference.spikes[0], true);
    std::printf("  reference: forward pass of training, %td hidden spikes (%.1f %%), %td output spikes\n", fired, 100.0 * double(fired) / double(reference.spikes[0].size()),
                std::ranges::count(reference.spikes[1], true));
    const Phase phase = Phase::inference;
    const Way ways[] = {
        {"dense, one window", {.steps = steps, .samples = replayed, .event_density = 0}, phase, 2},
        {"events, one window", {.steps = steps, .samples = replayed, .event_density = 1.1}, phase, 2},
        {"dense, step by step", {.steps = steps, .samples = replayed, .window = 1, .event_density = 0}, phase, 2},
        {"events, step by step", {.steps = steps, .samples = replayed, .window = 1, .event_density = 1.1}, phase, 2},
        {"dense, sample by sample, step by step", {.steps = steps, .samples = 1, .window = 1, .event_density = 0}, phase, 1},
        {"events, sample by sample, step by step", {.steps = steps, .samples = 1, .window = 1, .event_density = 1.1}, phase, 1},
        {"measured default, 7 samples at once", {.steps = steps, .samples = 7}, phase, 1}};
    int total = 0;
    for (const auto& way : ways) {
        const auto result = replay(images.test, encoder, parameters, way);
        const int spikes = differing(result.spikes[0], reference.spikes[0]) + differing(result.spikes[1], reference.spikes[1]);
        const int membranes = differing(result.membrane, reference.membrane);
        std::printf("  %-40s %d spikes and %d membranes differ\n", way.name, spikes, membranes);
        total += spikes + membranes;
    }
    return total;
}

/// Least and median CPU seconds of each, run in turn.
std::vector<std::pair<double, double>> measure(const std::vector<std::function<void()>>& runs, int rounds) {
    const auto now = [] { timespec t; clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t); return double(t.tv_sec) + 1e-9 * double(t.tv_nsec); };
    std::vector<std::vector<double>> seconds(runs.size());
    for (int r = 0; r < rounds; ++r)
        for (std::size_t i = 0; i < runs.size(); ++i) {
            const double begin = now();
            runs[i]();
            seconds[i].push_back(now() - begin);
        }
    std::vector<std::pair<double, double>> result;
    for (auto& s : seconds) std::ranges::sort(s), result.emplace_back(s.front(), s[s.size() / 2]);
    return result;
}

using Matrix = Eigen::Matrix<float, Eigen::Dynamic, Eigen::Dynamic, Eigen::RowMajor>;

/// [rows][depth] times [depth][columns]; the kernel reads the second factor in panels of 64 columns, as synapses/dense stores it.
void time_dense(Index rows, Index depth, Index columns, int rounds) {
    const Matrix a = Matrix::Random(rows, depth), b = Matrix::Random(depth, columns);
    Matrix c = Matrix::Zero(rows, columns);
    Array<float> panels(depth * columns), tiles(rows * columns);
    for (Index k = 0; k < depth; ++k)
        for (Index j = 0; j < columns; ++j) panels[(j / 64 * depth + k) * 64 + j % 64] = b(k, j);
    const auto t = measure({[&] {
                                for (Index j = 0; j < columns; j += 64)
                                    kernels<float>().multiply(a.data(), depth, 1, rows, depth, panels.data() + j * depth, tiles.data() + j * rows, 64, 64);
                            },
                            [&] { c.noalias() += a * b; }},
                           rounds);
    int others = 0;
    for (Index r = 0; r < rows; ++r)
        for (Index j = 0; j < columns; ++j) others += c(r, j) != tiles[(j / 64 * rows + r) * 64 + j % 64];
    const double operations = 2e-9 * double(rows) * double(depth) * double(columns);
    std::printf("  (%td, %td, %td): kernel %.1f GF (median %.1f), Eigen %.1f GF (median %.1f), ratio %.2f (medians %.2f); %.0f %% of the sums differ in bits\n", rows, depth, columns,
                operations / t[0].first, operations / t[0].second, operations / t[1].first, operations / t[1].second, t[1].first / t[0].first,
                t[1].second / t[0].second, 100.0 * others / double(c.size()));
}

/// Spikes into one block of 64 targets: rows that are added per spike, and spikes that are expanded to numbers and multiplied.
void time_events(double density, int rounds) {
    constexpr Index rows = 640, depth = 784, blocks = (depth + 63) / 64;
    const RandomStream random(1, "benchmark", "spikes");
    Array<std::uint64_t> spikes(blocks * rows);
    for (Index r = 0; r < rows; ++r)
        for (Index k = 0; k < depth; ++k)
            if (random.uniform(std::uint32_t(k), std::uint32_t(r)) < density) spikes[k / 64 * rows + r] |= std::uint64_t(1) << k % 64;
    Array<float> weights(depth * 64), values(rows * blocks * 64), by_events(rows * 64), by_product(rows * 64);
    for (Index i = 0; i < weights.size(); ++i) weights[i] = float(random.normal(std::uint32_t(i)));
    const auto& k = kernels<float>();
    const auto t = measure({[&] { k.add_events(spikes.data(), rows, blocks, rows, weights.data(), by_events.data(), 64); },
                            [&] {
                                for (Index i = 0; i < blocks; ++i) k.expand(spikes.data() + i * rows, rows, values.data() + i * 64, blocks * 64);
                                k.multiply(values.data(), blocks * 64, 1, rows, depth, weights.data(), by_product.data(), 64, 64);
                            }},
                           rounds);
    std::printf("  density %4.0f %%: events %.3f ms, dense %.3f ms, %s bits\n", 100 * density, 1e3 * t[0].first, 1e3 * t[1].first,
                std::ranges::equal(by_events, by_product) ? "the same" : "OTHER");
}

}  // namespace

int main(int argc, char** argv) {
    const int rounds = argc > 1 ? std::atoi(argv[1]) : 30;
    std::printf("dense kernel and Eigen, one thread, CPU time at the minimum over %d rounds\n", rounds);
    const Index shapes[][3] = {{128, 784, 1024}, {8000, 512, 512}, {640, 400, 448}, {3200, 1000, 64}};
    for (const auto& s : shapes) time_dense(s[0], s[1], s[2], rounds);
    std::printf("640 rows, 784 sources, 64 targets\n");
    for (const double density : {0.02, 0.05, 0.1, 0.2, 0.4, 0.8}) time_events(density, rounds);
    const auto images = FashionMnist{}.load();
    const int differences = compare(images, "bernoulli", Bernoulli{}) + compare(images, "direct", Direct{});
    std::printf("%d differences\n", differences);
    return differences != 0;
}
