#include "experiment/memory.hpp"

#include <algorithm>

#include "experiment/read_experiment.hpp"

namespace tripartite {
namespace {

std::string row(std::string_view what, double bytes) { return fmt::format("#   {:<44} {:>9.1f} MiB\n", what, bytes / (1 << 20)); }

/// Weights, biases and delays.
double learned_by(const ProjectionConfig& p, double from, double to, int taps) {
    const auto is = [&]<class Kind>(std::type_identity<Kind>) { return p.delays && std::holds_alternative<Kind>(*p.delays); };
    return from * to * (is(std::type_identity<TemporalDelayConfig>()) ? taps : 1) + (p.bias ? to : 0) + (is(std::type_identity<LearnedDelayConfig>()) ? from * to : 0) +
           (is(std::type_identity<AxonalDelayConfig>()) ? from : 0);
}

}  // namespace

std::string describe_memory(const Experiment& e) {
    const auto images = load(e.dataset, e.dt, e.steps);
    const auto network = make_network(e, inputs_of(e.encoder, images.train.size(), e.steps));
    const double real = e.precision == Experiment::Precision::float32 ? 4 : 8;
    const int window = e.truncate ? e.truncate : e.recompute ? e.recompute : e.steps;
    double parameters = 0, inputs = 0, spikes = 0, taps = 0;
    const auto config = e.network.expanded();
    for (std::size_t i = 0; i < network.projections.size(); ++i) {
        const auto& c = network.projections[i];
        const double from = c.from == Network::input ? network.inputs : network.populations[network.find(c.from)].size, to = network.populations[network.find(c.to)].size;
        if (c.kind.name != "dense") continue;
        parameters += learned_by(config.projections[i], from, to, c.kind.spread + 1);
        if (c.kind.spread > 0) taps += from * to * (c.kind.spread + 1);
    }
    for (const auto& p : network.populations) {
        parameters += 2.0 * p.size * (p.normalise.has_value() + p.membrane.has_value());
        for (const auto& l : p.neuron.learned) parameters += l.per_neuron ? p.size : 1;
        const bool constant = is_constant(e.encoder) && std::ranges::all_of(network.projections, [&](const auto& c) { return c.to != p.name || c.from == Network::input; });
        inputs += double(constant ? 1 : window) * e.batch * blocks_for(p.size) * 64 * real * (p.normalise ? 2 : 1);
        if (p.neuron.spiking) spikes += double(e.steps) * e.batch * blocks_for(p.size) * 8;
    }
    const double moments = std::holds_alternative<Sgd>(e.optimiser) ? 1 : 2;
    const double pixels = double(images.train.pixels.size() + images.test.pixels.size());
    std::string text = fmt::format("# {:.0f} parameters, {} inputs, {} classes, {} + {} samples; memory, estimated:\n", parameters, network.inputs, images.classes,
                                   images.train.count, images.test.count);
    text += row("weights, gradients, the best and transposed", parameters * real * 4);
    text += row("moments of the optimiser", parameters * real * moments);
    text += row(fmt::format("inputs of a batch over {} steps", window), inputs);
    text += row("spikes of a batch", spikes);
    text += row("samples", pixels);
    taps *= 4 * real;
    if (taps > 0) text += row("delays: shares, slopes, weights, transposed", taps);
    return text + row("in all", parameters * real * (4 + moments) + taps + inputs + spikes + pixels);
}

}  // namespace tripartite
