#pragma once
#include <functional>
#include <ostream>
#include <string>
#include <vector>

#include "core/random.hpp"
#include "engine/engine.hpp"
#include "learning/batch_norm.hpp"
#include "neurons/compiled.hpp"
#include "synapses/dense.hpp"
#include "synapses/fixed.hpp"
#include "tests/engine/substepped_lif.hpp"

/// Small networks that together reach every path of the engine, and a loss to pull back through them.
namespace tripartite::testing_networks {

struct Case {
    std::string name;
    Network network;
    bool constant_input = false;
};

/// What a test is called with; without it, its bytes.
inline void PrintTo(const Case& c, std::ostream* to) { *to << c.name; }

inline NeuronSpec lif(Lif::Reset reset, bool late = false, const std::vector<Learn>& learn = {}) {
    Lif::Params<double> p;
    p.tau_m = 3, p.reset = reset, p.v_reset = 0.1, p.v_rest = 0.05, p.reset_delay = late, p.detach_reset = false;
    p.input_scale = Lif::InputScale::one_minus_beta, p.threshold = 0.4;
    if (!learn.empty() && learn[0].parameter == "beta") p.beta = 0.7;
    return make_neuron<Lif>(p, learn);
}

inline std::vector<Case> cases() {
    const auto kind = [] { return dense({.init = Kaiming{3}}); };
    std::vector<Case> all;
    const auto readout = make_neuron<LeakyIntegrator>({.tau_m = 4}, {{"tau_m", false}});
    all.push_back({"feed_forward", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"b", 70, lif(Lif::Reset::value)}, {"out", 3, readout}},
                                    {{"input", "a", kind()}, {"a", "b", kind()}, {"b", "out", kind()}}}});
    all.push_back({"constant_input", {5, {{"a", 20, lif(Lif::Reset::zero, true)}, {"out", 3, lif(Lif::Reset::none)}},
                                      {{"input", "a", kind()}, {"a", "out", kind()}}}, true});
    all.push_back({"batch_norm", {5, {{"a", 20, lif(Lif::Reset::subtract), 0, batch_norm()}, {"b", 18, lif(Lif::Reset::subtract), 0, batch_norm()}, {"out", 3, readout}},
                                  {{"input", "a", kind()}, {"a", "b", kind()}, {"b", "out", kind()}}}, true});
    all.push_back({"delays_and_skips", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"b", 18, lif(Lif::Reset::subtract, true)}, {"out", 3, readout}},
                                        {{"input", "a", kind(), 1}, {"a", "b", kind(), 2}, {"b", "out", kind()}, {"a", "out", kind(), 3}}}});
    all.push_back({"recurrent", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"b", 18, lif(Lif::Reset::value)}, {"out", 3, readout}},
                                 {{"input", "a", kind()}, {"a", "a", kind(), 1}, {"a", "b", kind()}, {"b", "a", kind(), 2}, {"b", "out", kind()}}}});
    all.push_back({"recurrent_constant_batch_norm", {5, {{"a", 20, lif(Lif::Reset::subtract), 0, batch_norm()}, {"out", 3, readout}},
                                                     {{"input", "a", kind()}, {"a", "a", kind(), 3}, {"a", "out", kind()}}}, true});
    all.push_back({"dropout", {5, {{"a", 20, lif(Lif::Reset::subtract), 0.4}, {"b", 18, lif(Lif::Reset::subtract), 0.2}, {"out", 3, readout}},
                               {{"input", "a", kind()}, {"a", "b", kind()}, {"b", "out", kind()}, {"a", "out", kind()}}}});
    const MembraneNormOptions mpbn;
    all.push_back({"membrane_norm", {5, {{"a", 20, lif(Lif::Reset::zero), 0, batch_norm(), mpbn},
                                         {"b", 70, lif(Lif::Reset::subtract, false, {{"threshold", true}}), 0.2, std::nullopt, mpbn}, {"out", 3, readout}},
                                     {{"input", "a", kind()}, {"a", "b", kind(), 1}, {"b", "out", kind()}}}, true});
    all.push_back({"recurrent_membrane_norm", {5, {{"a", 20, lif(Lif::Reset::value), 0, std::nullopt, mpbn}, {"out", 3, lif(Lif::Reset::subtract), 0, std::nullopt, mpbn}},
                                               {{"input", "a", kind()}, {"a", "a", kind(), 2}, {"a", "out", kind()}}}});
    all.push_back({"learned_neurons", {5, {{"a", 20, lif(Lif::Reset::subtract, false, {{"beta", true}, {"threshold", true}})},
                                           {"b", 18, lif(Lif::Reset::value, true, {{"tau_m", false}, {"threshold", false}})}, {"out", 3, readout}},
                                       {{"input", "a", kind()}, {"a", "b", kind()}, {"b", "out", kind()}}}});
    const auto meta = make_neuron<Meta>({}, {{"decay", true}, {"gain", true}, {"bias", true}, {"recovery_decay", true}, {"recovery_jump", true}, {"threshold", true}, {"slope", true}});
    const auto quadratic = make_neuron<QuadraticMeta>({.tau = 2}, {{"a", true}, {"b", true}, {"c", true}, {"d", true}, {"slope", false}});
    all.push_back({"firing_by_chance", {5, {{"a", 20, meta}, {"b", 18, quadratic, 0.2}, {"out", 3, readout}},
                                        {{"input", "a", kind()}, {"a", "a", kind(), 1}, {"a", "b", kind()}, {"b", "out", kind()}}}});
    all.push_back({"membrane_norm_by_chance", {5, {{"a", 20, meta, 0, std::nullopt, mpbn}, {"out", 3, readout}}, {{"input", "a", kind()}, {"a", "a", kind(), 2}, {"a", "out", kind()}}}});
    all.push_back({"membrane_norm_of_channels", {5, {{"a", 72, lif(Lif::Reset::zero), 0, std::nullopt, MembraneNormOptions{.channel = 8}}, {"out", 3, readout}},
                                                 {{"input", "a", kind()}, {"a", "out", kind()}}}});
    const auto substepped = [] { return make_neuron<SubsteppedLif>({}, {{"beta", true}, {"threshold", false}}); };
    all.push_back({"substeps", {5, {{"a", 20, substepped()}, {"out", 3, readout}}, {{"input", "a", kind()}, {"a", "a", kind(), 1}, {"a", "out", kind()}}}, true});
    all.push_back({"membrane_norm_of_substeps", {5, {{"a", 20, substepped(), 0.2, std::nullopt, mpbn}, {"b", 18, substepped(), 0, std::nullopt, mpbn}, {"out", 3, readout}},
                                                 {{"input", "a", kind()}, {"a", "a", kind(), 2}, {"a", "b", kind()}, {"b", "out", kind()}}}, true});
    all.push_back({"step_factors", {5, {{"a", 70, lif(Lif::Reset::zero), 0, te_batch_norm()}, {"b", 18, lif(Lif::Reset::subtract), 0, te_batch_norm()}, {"out", 3, readout}},
                                    {{"input", "a", kind()}, {"a", "a", kind(), 1}, {"a", "b", kind()}, {"b", "out", kind()}}}, true});
    const auto izhikevich = [] { return make_neuron<Izhikevich>({.V_th = -55}, {{"d", true}}); };
    all.push_back({"first_port_of_two", {5, {{"a", 20, izhikevich()}, {"out", 3, readout}}, {{"input", "a", kind()}, {"a", "out", kind()}}}});
    all.push_back({"two_ports", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"b", 18, izhikevich(), 0, batch_norm()}, {"out", 3, readout}},
                                 {{"input", "a", kind()}, {"input", "b", kind()}, {"a", "b", kind(), 0, "current"}, {"b", "out", kind()}}}, true});
    all.push_back({"recurrent_second_port", {5, {{"a", 20, izhikevich(), 0.2}, {"out", 3, readout}},
                                             {{"input", "a", kind(), 1}, {"a", "a", kind(), 2, "current"}, {"a", "out", kind()}}}});
    all.push_back({"values_are_read", {5, {{"a", 70, make_neuron<LeakyIntegrator>({.tau_m = 2}, {{"tau_m", true}}), 0.2}, {"b", 18, lif(Lif::Reset::value)}, {"out", 3, readout}},
                                       {{"input", "a", kind()}, {"a", "b", kind()}, {"a", "out", kind(), 2}, {"b", "out", kind()}}}});
    const auto add_astrocytes = [&](std::string name, const Mean& mean, const Broadcast& broadcast, std::optional<MembraneNormOptions> membrane, bool constant, const std::vector<int>& delays = {}) {
        AstroLif::Params<double> p;
        p.tau_m = 3, p.threshold = 0.4, p.c = 1.5, p.detach_reset = false;
        const auto neuron = make_neuron<AstroLif>(p, {{"c", true}, {"tau_m", false}});
        const auto astrocyte = make_neuron<Astrocyte>({.tau = 4, .kappa = 5, .a0 = 0.2}, {{"tau", false}, {"kappa", true}, {"a0", true}});
        all.push_back({name, {5, {{"a", 20, neuron, 0.1, std::nullopt, membrane}, {"astrocytes", 5, astrocyte}, {"out", 3, readout}},
                              {{"input", "a", kind()}, {"a", "astrocytes", fixed(mean, 1, delays), 1}, {"astrocytes", "a", fixed(broadcast, 0.7, delays), 1, "gain"},
                               {"a", "out", kind()}, {"astrocytes", "out", kind()}}}, constant});
    };
    const std::vector<std::uint32_t> scattered{0, 3, 1, 4, 2, 2, 2, 0, 0, 1, 3, 3, 4, 0, 2, 1, 1, 1, 1, 0};
    add_astrocytes("astrocytes", {{.block = 4}}, {{.block = 4}}, std::nullopt, false);
    add_astrocytes("astrocytes_of_scattered_domains", {{.of = scattered}}, {{.of = scattered}}, std::nullopt, true);
    add_astrocytes("astrocytes_membrane_norm", {{.block = 4}}, {{.block = 4}}, mpbn, false);
    add_astrocytes("astrocytes_of_many_delays", {{.of = scattered}}, {{.block = 4}}, std::nullopt, false, {0, 2, 1, 0, 3, 1, 1, 0, 2, 0, 0, 1, 2, 0, 0, 3, 0, 1, 2, 0});
    const auto terminal = make_neuron<SynapticTerminal>({.alpha = 0.2, .Omega_d = 50}, {{"U0", true}, {"alpha", true}, {"Omega_f", false}, {"Omega_d", true}});
    const auto gchi = make_neuron<AstrocyteGchi>({.step = 1, .C_Theta = 0.0101, .rho_e = 6.5e-6});  // releases soon, and so little that differences see it
    all.push_back({"tripartite_synapses", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"terminals", 20, terminal}, {"astrocytes", 5, gchi}, {"out", 3, readout}},
                                           {{"input", "a", kind()}, {"a", "terminals", fixed(Mean{{.block = 1}}), 1}, {"terminals", "astrocytes", fixed(Mean{{.block = 4}}), 1, "transmitter"},
                                            {"astrocytes", "terminals", fixed(Broadcast{{.block = 4}}, 78), 1, "gliotransmitter"}, {"terminals", "out", kind()}}}});
    const auto learned = [](int spread) { return dense({.init = Kaiming{3}, .delays = LearnedDelays{spread}}); };
    all.push_back({"learned_delays", {5, {{"a", 20, lif(Lif::Reset::subtract), 0.2}, {"b", 70, lif(Lif::Reset::value)}, {"out", 3, readout}},
                                      {{"input", "a", learned(2)}, {"a", "b", learned(3), 1}, {"b", "out", kind()}}}});
    all.push_back({"recurrent_learned_delays", {5, {{"a", 20, lif(Lif::Reset::subtract)}, {"out", 3, readout}},
                                                {{"input", "a", learned(2)}, {"a", "a", learned(2), 2}, {"a", "out", learned(1)}}}, true});
    return all;
}

template <class Real> RealFrame<Real> random_input(int steps, int samples, int neurons) {
    RealFrame<Real> frame(steps, samples, neurons);
    const RandomStream random(7, "test", "input");
    for (int t = 0; t < steps; ++t)
        for (int b = 0; b < samples; ++b)
            for (int n = 0; n < neurons; ++n) frame.row(t, b)[n] = Real(random.uniform(n, t, b) * 1.5);
    return frame;
}

/// L = sum over steps, samples and neurons of c1 u + c2 u^2 + c3 s with random c, of the last population; returns L and
/// fills output_bar.
template <class Real> double loss(Engine<Real>& engine, bool spiking) {
    auto& p = engine.population(engine.populations() - 1);
    const auto& shape = engine.shape();
    const RandomStream random(8, "test", "loss");
    p.output_bar.membrane.shape(shape.steps, shape.samples, p.blocks(), p.width());
    if (spiking) p.output_bar.spikes.shape(shape.steps, shape.samples, p.blocks(), p.width());
    double sum = 0;
    for (int c = 0; c < shape.chunks(); ++c)
        for (int t = 0; t < shape.steps; ++t)
            for (int b = 0; b < shape[c].samples; ++b)
                for (int n = 0; n < p.spec().size; ++n) {
                    const Index at = Index(b) * p.width() + n;
                    const int sample = shape[c].first + b;
                    const double u = double(p.membrane.tile(0, shape[c], t)[at]);
                    const double c1 = random.normal(n, t, sample, 1), c2 = random.normal(n, t, sample, 2), c3 = random.normal(n, t, sample, 3);
                    sum += c1 * u + c2 * u * u;
                    p.output_bar.membrane.tile(0, shape[c], t)[at] = Real(c1 + 2 * c2 * u);
                    if (!spiking) continue;
                    sum += c3 * (p.soft ? double(p.sent.row(t, sample)[n]) : double(p.spikes(t, sample, n)));
                    p.output_bar.spikes.tile(0, shape[c], t)[at] = Real(c3);
                }
    return sum;
}

}  // namespace tripartite::testing_networks
