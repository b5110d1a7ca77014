#include "experiment/reference.hpp"

namespace tripartite {
namespace {

constexpr std::string_view example = R"(
## mode: simulate

With `experiment: {mode: simulate}` a file describes a large recurrent network that is simulated without learning from a loss.
The sections are then these. All times count from the start of the simulation, the transient included.

```yaml
experiment: {name: brunel, mode: simulate, seed: 1, threads: 2}
time: {dt: 0.1 ms, duration: 1 s, transient: 0.5 s}
network:
  populations:
    E: {size: 8000, neuron: {iaf_psc_exp: {tau_m: 20 ms}}, initial: {V_m: {normal: {mean: -60 mV, sd: 5 mV}}}}
    I: {size: 2000, model: iaf_psc_exp, params: {tau_m: 20 ms, V_th: {normal: {mean: -55 mV, sd: 1 mV}}}}
    noise: {size: 100, source: {poisson: {rate: 8 Hz}}}
  projections:
    - {from: E, to: [E, I], rule: {fixed_in_degree: 800}, weight: 20 pA, delay: 1.5 ms}
    - {from: I, to: [E, I], rule: {fixed_in_degree: {n: 200, autapses: false}}, weight: {normal: {mean: -100 pA, sd: 10 pA, redraw: [-.inf, 0]}},
       delay: {normal: {mean: 0.75 ms, sd: 0.4 ms, redraw: [0.05, .inf]}}}
    - {from: noise, to: E, rule: {pairwise_bernoulli: 0.1}, weight: 20 pA, synapse: {stdp_pair: {w_max: 60}}, axonal_delay: 0.5 ms, name: learning}
input:
  - {poisson: {rate: 8 kHz, weight: 20 pA}, to: [E, I]}
  - {current: {offset: 50 pA}, to: E}
record:
  spikes: {E: {neurons: 100}, I: {neurons: [50, 150], start: 500 ms, stop: 1 s}}
  states: {E: {fields: [V_m], interval: 1 ms, neurons: 10}}
  rates: [E, I]
  weights: {learning: {interval: 0.5 s}}
expected: {E: {mean_rate_hz: [5, 15], cv_isi: [0.7, 1.1]}, all: {mean_rate_hz: [5, 20]}}
```
)";

constexpr std::string_view populations = "A mapping from names to populations. Each has a `neuron: {model: {parameters}}` (the same in two keys: `model`, `params`) or a `source`, "
    "which fires by itself. A parameter that is a number may be a distribution: then every neuron has its own; or `{file: values.csv}`, "
    "one value in each line, or `{file: {path: values.h5, dataset: /tau_m}}`. `initial: {V_m: -60 mV}` sets state fields, "
    "to the same; the others begin where the model says. `positions: {grid: {shape: [40, 25], extent: [2, 1]}, periodic: true}` is needed "
    "by what depends on distances.";

constexpr std::string_view trained = R"(
## simulate: network.trained

`network: {trained: results/my_run}` is the network of a finished training run, from its folder or a `.h5` file in it: weights, delays, biases, what its
neurons learned, and its normalisers, folded. It is shown samples of its own data set, one after the other:

```yaml
experiment: {mode: simulate}
network: {trained: results/my_run}
input: {samples: 100}
record: {spikes: {hidden: {}}}
```

`input` has `samples`, a range or how many, `set`, `present` (the duration of training unless given) and `between_samples`: `reset` (unless given), `continue` or
`{rest: 150 ms}`. Data set, encoder, time step, and unless given seed and precision, are those of the run; there is no `time`. With the seed and precision of the run, and `reset`, every spike is
that of training's evaluation. `summary.json` has the `accuracy` over these samples, `results.h5` the `/samples/{predictions, labels}`.
The source of the spikes is a population `input`; samples that are currents have none.
)";

constexpr std::string_view projections = "A list. `from` and `to` (required) are populations or lists of them: one projection for each pair. `rule` (required). `weight`, "
    "in the unit of the port, and `delay`: a number, a distribution or a function of the distance, 1 unless given; delays are rounded to steps. Delays of single synapses may also be a list, `[1 ms, 3 ms, …]`, or a `file`, "
    "[target][source], as in training, with rules that know all pairs. `axonal_delay` is the part "
    "of the delay before the synapse, which matters for plasticity; the rest is dendritic. `receptor` is the port of the neuron; without it the sign of a weight chooses "
    "between `excitatory` and `inhibitory`. `synapse`: `static` unless given; `stdp_dopamine` needs `dopamine: {from: population, delay: 1 ms}`, `tripartite` needs `astrocytes: {from: population, nearest: true}`, and weights that change may have `normalise: {total: 78.4, interval: 1 s}` or `scaling: {rate: 5 Hz}`. `name`: `<from>_to_<to>` unless given, with _2, _3, … for further projections of a pair.";

constexpr std::string_view rules = "`rule: {fixed_in_degree: {n: 80}}`, or shorter `fixed_in_degree: 80`: a value alone is that of the first key. `spatial` has two more keys: "
    "`probability`, a number or a function of the distance, and `mask`: `{circular: 0.5}` (radius), `{rectangular: {width: 1, height: 0.5}}` or `none`. Weights and delays "
    "that a file of edges has are taken from there unless the projection gives them.";

constexpr std::string_view sources = "Or the spikes of a data set, with one neuron for each pixel: `source: {dataset: {…}, encoder: {…}, samples: [0, 10], present: 350 ms, "
    "between_samples: {rest: 150 ms}}`. `samples` is a range (the second number is left out of it) or how many; `between_samples` is `continue` unless given; the third way is `reset`. "
    "`spikes` may have `times: [[10 ms, 12 ms], [5 ms]]`, a list for each neuron, in place of a file.";

constexpr std::string_view record = "`spikes`, `rates`: `all`, a population, a list of them, or a mapping to `start`, `stop` and, for spikes, `neurons`: how many from the first, "
    "or a range `[begin, end]` without its end. `states` maps populations to `fields` (required) and the same keys; `rates`, `states` and `weights`, of projections with plasticity, "
    "have an `interval`, 1 ms unless given, and 1 s for weights.";

}  // namespace

std::string simulation_reference() {
    const Experiment e;
    const auto& s = e.simulation;
    std::string text(example);
    text += reference_section("simulate: experiment", "`name`, `mode`, `seed`, `precision` and `threads` as above, and:", s.options, SimulationConfig::option_fields());
    text += reference_section("simulate: time", "`dt`, 0.1 ms unless given, and:", s, SimulationConfig::time_fields());
    text += reference_section("simulate: network.populations", populations, SimulatedPopulation(), std::tuple{size_field});
    text += trained;
    text += reference_kinds("simulate: positions", "Beside the kind: `periodic: true` joins opposite edges of the extent.", "positions");
    text += reference_kinds("simulate: source", sources, "sources");
    text += reference_section("simulate: source of samples", "", SampleSpikes(), SampleSpikes::fields());
    text += std::string("\n## simulate: network.projections\n\n") + std::string(projections) + "\n";
    text += reference_kinds("simulate: rule", rules, "rules");
    text += reference_section("simulate: dopamine", "Of a projection: each spike of the population raises the dopamine around all of its synapses.", DopamineSource(), DopamineSource::fields());
    text += reference_section("simulate: astrocytes", "Of a projection with tripartite synapses: which astrocytes surround them; give `nearest`, `block` or `file`.", Territory(), Territory::fields());
    text += reference_section("simulate: normalise", "Of a projection with plasticity: the weights onto each neuron are scaled to a sum.", IncomingTotal(), IncomingTotal::fields());
    text += reference_section("simulate: scaling", "Of a projection with plasticity: the weights onto each neuron grow while it fires below a rate, and shrink while it fires above it.", SynapticScaling(), SynapticScaling::fields());
    text += reference_kinds("simulate: distributions", "A number, or one of these; the last three are functions of the distance between two neurons, and need positions.", "distributions");
    text += reference_kinds("simulate: synapse", "`synapse: {stdp_pair: {lambda: 0.02}}`.", "synapses");
    text += reference_kinds("simulate: input", "A list of drives, each with `to`, a population or a list of them: `{poisson: {rate: 8 kHz, weight: 20 pA}, to: [E, I]}`. Further keys: `receptor`, "
                            "by the sign of a Poisson weight unless given, else `current`; `name`.", "drives");
    text += reference_section("simulate: record", record, RecordingTimes(), RecordingTimes::fields());
    text += reference_section("simulate: record.statistics", "", s.record.statistics, StatisticsSpec::fields());
    text += reference_section("simulate: expected", "For a population, or `all` neurons together: bounds `[low, high]` of results. The run fails after writing them if one is missed.",
                              ExpectedValues(), ExpectedValues::fields());
    text += reference_section("simulate: output", "`folder`, and:", s, SimulationConfig::output_fields());
    return text;
}

}  // namespace tripartite
