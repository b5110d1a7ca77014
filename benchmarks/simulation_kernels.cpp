/// What the parts of a simulated step cost: docs/performance.md quotes it.
///     build/release/benchmarks/simulation_kernels
/// `items_per_second` are neurons, Poisson numbers or synaptic events; the time of one is its inverse.
#include <benchmark/benchmark.h>

#include <algorithm>

#include "core/parallel.hpp"
#include "neurons/compiled.hpp"
#include "simulation/kernels.hpp"
#include "simulation/store.hpp"

namespace tripartite {
namespace {

/// Coefficients that all neurons share, or of each neuron (learned); with `folded` a normalised membrane is folded into the threshold.
enum class Form { shared, each };

/// One step of `neurons` neurons of a model in float32, all driven, none silent.
template <class M, Form form = Form::shared, bool folded = false> void step_neurons(benchmark::State& state) {
    const FlushToZero guard;
    const Index neurons = state.range(0);
    typename M::template Params<double> params;
    if constexpr (requires { params.I_e; }) params.I_e = 500;
    const auto spec = make_neuron<M>(params);
    Array<float> states(spec.states * neurons), input(spec.ports * neurons);
    Array<std::uint64_t> spikes(neurons / 64);
    std::vector<double> k(std::size_t(spec.coefficients));
    spec.discretise({}, 0.1, k);
    std::vector<float> coefficients(k.begin(), k.end());
    std::vector<float> fold(std::size_t(neurons), 1.0f);
    StepRange<float> range;
    range.neurons = range.state_variable = neurons;
    range.state = states.data(), range.coefficients = coefficients.data(), range.spikes = spikes.data();
    if (form == Form::each) {
        coefficients.clear();
        for (const double c : k) coefficients.insert(coefficients.end(), std::size_t(neurons), float(c));
        range.coefficients = coefficients.data(), range.coefficient = neurons;
    }
    if (folded) range.fold = fold.data(), range.fold_row = neurons;
    for (int s = 0; s < spec.states; ++s) std::fill_n(states.data() + s * neurons, neurons, float(spec.initial[std::size_t(s)]));
    for (int p = 0; p < spec.ports; ++p) range.input[p] = input.data() + p * neurons, range.input_neuron[p] = p + 1 < spec.ports || spec.ports == 1;
    for (auto _ : state) spec.float32.step(range);
    state.SetItemsProcessed(state.iterations() * neurons);
}
BENCHMARK(step_neurons<Lif>)->Arg(4096)->Name("lif");
BENCHMARK(step_neurons<Lif, Form::each>)->Arg(4096)->Name("lif_each_its_own");
BENCHMARK(step_neurons<Lif, Form::shared, true>)->Arg(4096)->Name("lif_folded");
BENCHMARK(step_neurons<Lif, Form::each, true>)->Arg(4096)->Name("lif_folded_each_its_own");
BENCHMARK(step_neurons<IafPscExp>)->Arg(4096)->Arg(38592)->Name("iaf_psc_exp");
BENCHMARK(step_neurons<IafPscDelta>)->Arg(4096)->Name("iaf_psc_delta");
BENCHMARK(step_neurons<IafPscAlpha>)->Arg(4096)->Name("iaf_psc_alpha");
BENCHMARK(step_neurons<IafCondExp>)->Arg(4096)->Name("iaf_cond_exp");
BENCHMARK(step_neurons<AeifCondExp>)->Arg(4096)->Name("aeif_cond_exp");
BENCHMARK(step_neurons<Izhikevich>)->Arg(4096)->Name("izhikevich");
BENCHMARK(step_neurons<HhPscAlpha>)->Arg(4096)->Name("hh_psc_alpha");

/// The memory that a step of iaf_psc_exp touches and nothing else: four state variables and two inputs, each read and written.
void memory_of_iaf_psc_exp(benchmark::State& state) {
    constexpr int arrays = 6;
    const Index neurons = state.range(0);
    Array<float> x(arrays * neurons);
    for (auto _ : state) {
        for (int a = 0; a < arrays; ++a)
            for (Index n = 0; n < neurons; ++n) x[a * neurons + n] += 1.0f;
        benchmark::ClobberMemory();
    }
    state.SetItemsProcessed(state.iterations() * neurons);
}
BENCHMARK(memory_of_iaf_psc_exp)->Arg(4096)->Arg(38592);

void poisson_numbers(benchmark::State& state) {
    const double mean = double(state.range(0)) / 100;
    PoissonTable table;
    double term = std::exp(-mean), sum = 0;
    for (int i = 0; sum + term < 1 - 1e-9; ++i, term *= mean / i) table.bounds[std::size_t(table.thresholds++)] = std::uint32_t((sum += term) * 0x1p32);
    constexpr Index blocks = 64;
    std::vector<float> row(blocks * 64);
    std::uint64_t step = 0;
    for (auto _ : state) simulation_kernels<float>().add_poisson(table, 1, 2, step++, 0, blocks, 1, row.data());
    state.SetItemsProcessed(state.iterations() * blocks * 64);
}
BENCHMARK(poisson_numbers)->Arg(10)->Arg(130)->Arg(200);

/// Delivery to 12 500 neurons from as many, each with `degree` synapses of a delay of 1.5 ms, 40 spikes in a step.
void deliver(benchmark::State& state, StoreKind kind, std::uint32_t degree, int delays) {
    constexpr std::uint32_t neurons = 12'500;
    constexpr Index padded = 12'544;
    kind.weight = 0.1, kind.targets = padded;
    const auto store = make_store<float>(kind, neurons);
    const auto synapses = [&](auto&& each) {
        std::uint64_t random = 1;
        for (std::uint32_t source = 0; source < neurons; ++source)
            for (std::uint32_t i = 0; i < degree; ++i) {
                random = random * 6364136223846793005u + 1442695040888963407u;
                each(source, std::uint32_t((random >> 33) % neurons), 15 - int(i % std::uint32_t(delays)));
            }
    };
    synapses([&](std::uint32_t source, std::uint32_t target, int delay) { store->count(source, target, delay); });
    store->finish();
    synapses([&](std::uint32_t source, std::uint32_t target, int delay) { store->add(source, target, delay, 0.1f); });
    store->seal();
    SpikeLists lists(1, 32);
    std::uint64_t random = 7;
    for (Index t = 0; t < 32; ++t) {
        std::vector<std::uint32_t> fired;
        for (int i = 0; i < 40; ++i) fired.push_back(std::uint32_t((random = random * 6364136223846793005u + 1) >> 33) % neurons);
        std::ranges::sort(fired);
        lists.set(t, 0, fired);
    }
    Array<float> row(padded);
    Array<std::uint16_t> counts(padded + counted_at_once);
    float* rows[] = {row.data()};
    Index step = 15;
    std::uint64_t events = 0;
    for (auto _ : state) {
        events += store->deliver({step, &lists, rows, counts.data()});
        step = step == 31 ? 15 : step + 1;
    }
    state.SetItemsProcessed(std::int64_t(events));
    state.counters["bytes per synapse"] = double(store->bytes()) / double(store->synapses());
}
BENCHMARK_CAPTURE(deliver, runs_of_weights, StoreKind{}, 1250, 1);
BENCHMARK_CAPTURE(deliver, runs_of_weights_15_delays, StoreKind{}, 1250, 15);
BENCHMARK_CAPTURE(deliver, runs_of_half_weights, StoreKind{.half = true}, 1250, 1);
BENCHMARK_CAPTURE(deliver, counted_runs, StoreKind{.one_weight = true}, 1250, 1);
BENCHMARK_CAPTURE(deliver, bit_matrix, StoreKind{.one_weight = true, .bits = true}, 1250, 1);
BENCHMARK_CAPTURE(deliver, counted_runs_sparse, StoreKind{.one_weight = true}, 125, 1);
BENCHMARK_CAPTURE(deliver, bit_matrix_sparse, StoreKind{.one_weight = true, .bits = true}, 125, 1);

}  // namespace
}  // namespace tripartite

BENCHMARK_MAIN();
