// How long one training iteration takes, for the comparison with peers in benchmarks/peers/compare.py:
//   training_speed --case fashion_mnist_1000|linear_lif [--threads 2] [--repeats 30] [--recompute K]
// Prints one line of JSON; times are medians over the repeats, memory is the peak over the start of the process.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <string>

#include "engine/kernels.hpp"
#include "learning/bptt.hpp"
#include "learning/optimiser.hpp"
#include "neurons/compiled.hpp"
#include "synapses/dense.hpp"

using namespace tripartite;

namespace {

double now() { return std::chrono::duration<double, std::milli>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

double median(std::vector<double> x) {
    std::ranges::sort(x);
    return x[x.size() / 2];
}

/// A field of /proc/self/status in MiB.
double memory_mb(const std::string& field) {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with(field + ":")) return std::stod(line.substr(field.size() + 1)) / 1024;
    return 0;
}

RealFrame<float> normal_frame(int steps, int samples, int neurons) {
    RealFrame<float> frame(steps, samples, neurons);
    const RandomStream random(1, "benchmark", "input");
    for (int t = 0; t < steps; ++t)
        for (int b = 0; b < samples; ++b)
            for (int n = 0; n < neurons; ++n) frame.row(t, b)[n] = float(random.normal(n, t, b));
    return frame;
}

NeuronSpec snntorch_leaky() {
    Lif::Params<double> p;
    p.beta = 0.95, p.reset = Lif::Reset::subtract, p.reset_delay = true, p.compare = Lif::Compare::gt;
    return make_neuron<Lif>(p);
}

/// 784-1000-10, T = 25, batch 128, Adam: the network of snnTorch's tutorial 5.
nlohmann::json fashion_mnist_1000(int threads, int repeats, int recompute) {
    const double start = memory_mb("VmRSS");
    ThreadPool pool(threads);
    const Network network{784, {{"hidden", 1000, snntorch_leaky()}, {"output", 10, snntorch_leaky()}},
                          {{"input", "hidden", dense()}, {"hidden", "output", dense()}}};
    Bptt<float> bptt(network, {.steps = 25, .samples = 128}, {.surrogate = {Atan{}}, .loss = CrossEntropyStepMembrane{}, .regulariser = {}, .recompute = recompute}, pool);
    auto& parameters = bptt.engine().parameters();
    Optimiser<float> adam(Adam{.learning_rate = 5e-4}, parameters);
    const auto images = normal_frame(1, 128, 784);
    std::vector<int> labels(128);
    for (int i = 0; i < 128; ++i) labels[i] = i % 10;
    Signal<float> input;
    input.values = &images, input.constant = true;
    std::vector<double> times;
    double rate = 0;
    for (int i = 0; i < repeats; ++i) {
        const double t = now();
        bptt.engine().clear_gradients();
        rate = bptt.gradient(input, labels, 0, i).spike_rate;
        adam.step(parameters, 5e-4, 1, pool);
        bptt.engine().parameters_changed();
        times.push_back(now() - t);
    }
    return {{"ms_per_iteration", median(times)}, {"spike_rate", rate}, {"peak_memory_over_start_mb", memory_mb("VmHWM") - start}};
}

/// Linear(512) + LIF, B = 16, T = 500, forward and backward with the input's gradient; and the three matrix products alone.
nlohmann::json linear_lif(int threads, int repeats, int recompute) {
    constexpr int T = 500, B = 16, N = 512;
    const double start = memory_mb("VmRSS");
    ThreadPool pool(threads);
    Lif::Params<double> p;
    p.beta = 0.9, p.reset = Lif::Reset::subtract;
    const Network network{N, {{"lif", N, make_neuron<Lif>(p)}}, {{"input", "lif", dense()}}};
    Engine<float> engine(network, {.steps = T, .samples = B, .window = recompute}, pool);
    engine.want_input_adjoint();
    const auto frame = normal_frame(T, B, N);
    Signal<float> input;
    input.values = &frame;
    const Surrogate surrogate{Atan{}};
    const int window = recompute ? recompute : T;
    const auto iterate = [&] {
        engine.clear_gradients();
        engine.begin(input, Phase::training);
        for (int s = 0; s < T; s += window) engine.save(s / window), engine.forward(s, std::min(T, s + window), Phase::training);
        auto& bar = engine.population(0).output_bar.spikes;
        bar.shape(T, B, N / 64, 64);
        std::fill(bar.values.begin(), bar.values.end(), 1.0f);  // the loss is the number of spikes
        for (int s = (T - 1) / window * window; s >= 0; s -= window) {
            const int end = std::min(T, s + window);
            if (end < T) engine.restore(s / window), engine.forward(s, end, Phase::replay);
            engine.backward(s, end, surrogate);
        }
    };
    iterate();
    const double memory = memory_mb("VmHWM") - start;
    // The floor: X W, G W^T and X^T G have this many operations each.
    Array<float> product(Index(T) * B * N), w(N * N);
    const auto multiply = [&] {
        pool.for_each(N / 64, [&](Index j, int) {
            kernels<float>().multiply(frame.row(0), N, 1, T * B, N, w.data() + j * N * 64, product.data() + j * T * B * 64, 64, 64);
        });
    };
    std::vector<double> times, floors, ratios;
    for (int i = 0; i < repeats; ++i) {
        const double t0 = now();
        iterate();
        const double t1 = now();
        for (int k = 0; k < 3; ++k) multiply();
        times.push_back(t1 - t0), floors.push_back(now() - t1), ratios.push_back(times.back() / floors.back());
    }
    return {{"ms", median(times)}, {"floor_ms", median(floors)}, {"over_floor", median(ratios)}, {"peak_memory_over_start_mb", memory}};
}

}  // namespace

int main(int argc, char** argv) {
    std::map<std::string, std::string> options{{"--case", "fashion_mnist_1000"}, {"--threads", "2"}, {"--repeats", "30"}, {"--recompute", "0"}};
    for (int i = 1; i + 1 < argc; i += 2) options[argv[i]] = argv[i + 1];
    const int threads = std::stoi(options["--threads"]), repeats = std::stoi(options["--repeats"]), recompute = std::stoi(options["--recompute"]);
    const auto name = options["--case"];
    const auto result = name == "linear_lif" ? linear_lif(threads, repeats, recompute) : fashion_mnist_1000(threads, repeats, recompute);
    std::printf("%s\n", nlohmann::json{{name, result}}.dump().c_str());
}
