#include "experiment/reference.hpp"

namespace tripartite {
namespace {

constexpr std::string_view introduction = R"(# Experiment files

Written by `tripartite list yaml > docs/yaml.md` from the tables that the program reads files with.

An experiment is one YAML file. `tripartite check FILE` says what is wrong with it, all at once, and prints it with every
default; `tripartite run FILE --set learning.epochs=3` replaces a value, `--set network.layers.0.dense=100` one in a list.

A quantity may carry its unit (`10 ms`, `0.1 s`); a bare number is in the unit of the table. Whole numbers have decimal
digits only, a switch is `true` or `false`. Unknown and duplicate keys are errors, and so are merge keys (`<<`); anchors and
aliases are read. The first part is on `mode: train` and `mode: evaluate`, the second on `mode: simulate`. Where a kind is chosen, write `kind: {parameters}`, or the word `kind` alone for its defaults.
)";

constexpr std::string_view layers_text = R"(
## network

The last population is the output, with one neuron per class. Either `layers`, each a population with a projection from the
one before (the first from the input), in the same step unless it has a `delay`:

```yaml
network:
  layers:
    - {dense: 400, name: hidden, neuron: {lif: {tau_m: 2 ms}}, normalise: batch, dropout: 0.2, recurrent: {delay: 1 ms}}
    - {dense: 10, neuron: leaky_integrator}
```

or `populations` and `projections`, whose delay is at least one step, and one step unless given (from the input: any, and 0):

```yaml
network:
  populations:
    hidden: {size: 400, neuron: lif}
    output: {size: 10, neuron: leaky_integrator}
  projections:
    - {from: input, to: hidden, dense: {}}
    - {from: hidden, to: hidden, dense: {}, delay: 2 ms}
    - {from: hidden, to: output, dense: {}}
```

Layers without a `name` are called layer1, layer2, …; projections have the name `<from>_to_<to>`.
)";

std::string escaped(std::string text) {
    for (std::size_t at = 0; (at = text.find('|', at)) != std::string::npos; at += 2) text.replace(at, 1, "\\|");
    return text;
}

}  // namespace

std::string reference_table(std::span<const ParameterDescription> rows) {
    if (rows.empty()) return "";
    std::string text = "\n| key | default | allowed | |\n|---|---|---|---|\n";
    for (const auto& p : rows) {
        const std::string initial = p.initial.empty() ? "" : "`" + p.initial + "`";
        text += fmt::format("| `{}` | {} | {} | {}{}{} |\n", p.name, initial, p.allowed, escaped(std::string(p.doc)),
                            p.unit.empty() ? "" : fmt::format(" [{}]", p.unit), p.learnable ? "; can be learned" : "");
    }
    return text;
}

std::string reference_kinds(std::string_view title, std::string_view text, std::string_view word) {
    std::string all = fmt::format("\n## {}\n\n{}\n", title, text);
    for (const auto& kind : descriptions(word)) all += fmt::format("\n### {}\n\n{}.\n{}", kind.name, escaped(std::string(kind.doc)), reference_table(kind.parameters));
    return all;
}

std::string yaml_reference() {
    const Experiment e;
    std::string text(introduction);
    text += reference_section("experiment", "", e, std::tuple_cat(Experiment::experiment_fields(), Experiment::training_fields()));
    text += reference_section("time", "`steps`, or `duration`, a whole number of steps of `dt`.", e, Experiment::time_fields());
    text += layers_text;
    text += reference_section("network.layers: each", "Required: `dense`, `neuron`. In `populations` the size is called `size`. Further keys: `name`, `normalise`, `membrane`, "
                    "`recurrent: {delay, init}`, and those of a projection.", PopulationConfig{}, PopulationConfig::fields("dense"));
    text += reference_section("network.projections: each", "Required: `from`, `to`, and how they are connected: `dense: {}`, or `mean` or `broadcast`. `receptor` names a port of "
                    "neurons with several, the first unless given. Dense ones take `init` and `bias`, the others `weight`.", ProjectionConfig{},
                    std::tuple_cat(std::tuple{ProjectionConfig::delay_field(), ProjectionConfig::axonal_delay_field()}, ProjectionConfig::fields(), std::tuple{ProjectionConfig::weight_field()}));
    text += reference_kinds("connections", "Of `projections`. `mean: 8` is short for `mean: {block: 8}`.", "connections");
    text += reference_kinds("neuron", "`neuron: {lif: {tau_m: 5 ms, learn: {tau_m: shared}}}`: every model takes `learn`, with `shared` (one value for the population) "
                  "or `per_neuron` for each parameter that is learned. `beta` and `tau_m` exclude each other. `lif` and `astro_lif` take `like: snntorch`, `spikingjelly` "
                  "or `norse`: that framework's defaults, which the other keys replace.", "neurons");
    text += reference_kinds("normalise", "Of the input current of a population, by what its feed-forward projections bring.", "normalisers");
    text += reference_kinds("membrane", "Of a population: what happens between the integration of its membranes and the decision to fire.", "membrane_methods");
    text += reference_kinds("delay", "Of a projection or layer, where it differs between synapses. Draws are rounded to whole steps, as in simulations.", "delays");
    text += reference_kinds("init", "Initial weights.", "initialisers");
    text += reference_section("input", "`dataset` (required), `encoder`, `transform`, and:", e, Experiment::input_fields());
    text += reference_kinds("input.dataset", "Required.", "datasets");
    text += reference_kinds("input.encoder", "`direct` unless given.", "encoders");
    text += reference_section("input.transform", fmt::format("{}.", Transform::doc), e.transform, Transform::fields());
    text += reference_section("learning", "`bptt` (required), `optimiser` (required in training), `schedule`, `readout`, and:", e, Experiment::learning_fields());
    text += reference_section("learning.bptt", "Back-propagation through time: `loss` (required), `surrogate`, `regularisers`, `truncate`, and:", e, Experiment::bptt_fields());
    text += reference_kinds("learning.bptt.loss", "Required.", "losses");
    text += reference_kinds("learning.bptt.surrogate", "The slope that stands for the derivative of a spike by x, the distance of the membrane from the threshold; "
                  "`{atan: {alpha: 2}, window: 1}` makes it zero beyond that distance.", "surrogates");
    text += reference_kinds("learning.bptt.regularisers", "Added to the loss, for each spiking population; `rate` leaves out the last. Any of them may be given.", "regularisers");
    text += reference_section("learning.bptt.truncate", "Truncated back-propagation; `steps` is required.", e, Experiment::truncate_fields());
    text += reference_kinds("learning.optimiser", "Required in training.", "optimisers");
    text += reference_kinds("learning.schedule", "`{cosine: {}, warm_up: 1}`: `warm_up` is the number of epochs over which the rate grows from zero.", "schedules");
    text += reference_kinds("learning.readout", "A second classifier, learned on the spikes of the trained network for its training samples; "
                  "`summary.json` has its accuracy as `complexity_accuracy`.", "readouts");
    const LocalLearning local;
    text += reference_section("learning.local", "In place of `bptt`, without the keys beside it but `epochs` and `readout` (of that population): synapses learn by plasticity alone, while samples are shown one after the other; "
                    "then neurons get the labels of the classes to which they respond most. `population` is required. The network is written as in `mode: simulate`, below, with populations, projections "
                    "and the model names there; projections may be `from: input`, which fires the spikes of the samples, one neuron for each pixel. `normalise` of a projection without an interval "
                    "scales its weights before each training sample. `input` has `dataset`, a spiking `encoder`, and `between_samples`: `{rest: 150 ms}` (unless given), `continue` or `reset`, "
                    "which keeps only what was learned; `experiment` and `output` have the keys of `mode: simulate` too.", local, LocalLearning::fields());
    text += reference_section("record", "`spikes` and `membrane`, each a population or a list of them; and:", e.record, Record::fields());
    text += reference_section("output", "", e, Experiment::output_fields());
    return text + simulation_reference();
}

}  // namespace tripartite
