#include "engine/network.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "tests/engine/network_cases.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

using testing_networks::random_input;

const NeuronSpec lif = make_neuron<Lif>();

struct Edge {
    std::string from, to;
    int delay = 0;
};
Network network_of(const std::vector<std::string>& names, const std::vector<Edge>& edges) {
    Network network{5, {}, {}};
    for (const auto& name : names) network.populations.push_back({name, 3, lif});
    for (const auto& e : edges) network.projections.push_back({e.from, e.to, dense(), e.delay});
    return network;
}
std::string problem(const std::vector<std::string>& names, const std::vector<Edge>& edges) {
    return error_of([&] { network_of(names, edges).validate(); });
}
/// "a, b; c*2": components in their order, with the window of recurrent ones.
std::string described(const Network& network) {
    std::string text;
    for (const auto& c : components(network)) {
        text += text.empty() ? "" : "; ";
        for (std::size_t i = 0; i < c.populations.size(); ++i) text += (i ? ", " : "") + network.populations[c.populations[i]].name;
        if (c.recurrent) text += "*" + std::to_string(c.window);
    }
    return text;
}

TEST(Components, AreInTheOrderInWhichTheyCanBeComputed) {
    EXPECT_EQ(described(network_of({"c", "b", "a"}, {{"input", "a"}, {"a", "b"}, {"b", "c"}, {"a", "c"}})), "a; b; c");
    EXPECT_EQ(described(network_of({"a", "b", "c"}, {{"input", "a"}, {"input", "b"}, {"input", "c"}})), "a; b; c");
    EXPECT_EQ(described(network_of({"out", "a"}, {{"input", "a"}, {"a", "out", 3}})), "a; out");
}

TEST(Components, FeedbackIsOneComponentWhoseWindowIsItsSmallestDelay) {
    EXPECT_EQ(described(network_of({"a", "b"}, {{"input", "a"}, {"a", "a", 4}, {"a", "b"}})), "a*4; b");
    EXPECT_EQ(described(network_of({"a", "b", "c"}, {{"input", "a"}, {"a", "b", 3}, {"b", "a", 2}, {"b", "c"}})), "a, b*2; c");
    EXPECT_EQ(described(network_of({"b", "a"}, {{"input", "a"}, {"a", "b", 0}, {"b", "a", 5}})), "a, b*1");
}

TEST(Components, DelayFreeCyclesAreNamed) {
    EXPECT_EQ(problem({"a"}, {{"input", "a"}, {"a", "a", 0}}), "the delays of the cycle a -> a sum to 0; give one of its projections a delay of at least one step");
    EXPECT_EQ(problem({"a", "b", "c"}, {{"input", "a"}, {"a", "b"}, {"b", "c"}, {"c", "b"}}),
              "the delays of the cycle b -> c -> b sum to 0; give one of its projections a delay of at least one step");
    EXPECT_EQ(problem({"a", "b", "c"}, {{"input", "a"}, {"a", "b"}, {"b", "c"}, {"c", "a", 1}}), "no error");
}

TEST(Validation, NamesWhatIsWrong) {
    EXPECT_EQ(problem({}, {}), "the network has no populations");
    EXPECT_EQ(problem({"a", "a"}, {{"input", "a"}}), "two populations are called 'a'");
    EXPECT_EQ(problem({"input"}, {{"input", "input"}}), "two populations are called 'input'");
    EXPECT_EQ(problem({"hidden"}, {{"input", "hiden"}}), "population 'hidden' receives no projection");
    EXPECT_EQ(problem({"hidden", "out"}, {{"input", "hidden"}, {"hiden", "out"}}), "there is no population 'hiden'; did you mean 'hidden'?");
    EXPECT_EQ(problem({"a"}, {{"input", "a"}, {"a", "input"}}), "a projection from 'a' ends at the input, which receives nothing");
    EXPECT_EQ(problem({"a"}, {{"input", "a"}, {"input", "a", 1}}), "there are two projections from 'input' to 'a'");
    EXPECT_EQ(problem({"a"}, {{"input", "a", -1}}), "the delay from 'input' to 'a' is negative");
    auto network = network_of({"a", "b"}, {{"input", "a"}, {"a", "b"}});
    network.populations[1].neuron = make_neuron<AstroLif>();
    network.projections[1].receptor = "gian";
    EXPECT_EQ(error_of([&] { network.validate(); }),
              "the projection from 'a': the model of 'b', astro_lif, has no receptor 'gian'; did you mean 'gain'?; it has: input and gain");
    network.populations[0].size = 0;
    EXPECT_EQ(error_of([&] { network.validate(); }), "population 'a' has 0 neurons; it needs at least 1");
}

TEST(Validation, WhatCannotBeTrainedIsRefused) {
    ThreadPool pool(1);
    auto network = network_of({"E"}, {{"input", "E"}});
    network.populations[0].neuron = make_neuron<HhPscAlpha>();
    EXPECT_EQ(error_of([&] { Engine<float>(network, {.dt = 0.5}, pool); }), "'E': hh_psc_alpha takes steps of at most 0.2 ms, not 0.5 ms; shorten time.dt");
    network.populations[0].neuron = make_neuron<AstrocyteGchi>();
    EXPECT_EQ(error_of([&] { Engine<float>(network, {}, pool); }),
              "'E' is a astrocyte_gchi with a step of 10 ms, and in training all populations take a step every 1 ms; give it step: 1 ms");
    network.projections[0].receptor = "current";
    network.populations[0].neuron = make_neuron<IafCondExp>({.integrator = nest::Integrator::adaptive});
    EXPECT_EQ(error_of([&] { Engine<float>(network, {}, pool); }),
              "'E' is a iaf_cond_exp with integrator: adaptive, which validates simulations and cannot be trained; take integrator: fixed");
    network.populations[0].neuron = make_neuron<AeifCondExp>();
    network.projections[0].receptor = "";
    EXPECT_EQ(error_of([&] { network.validate(); }), "the projection from 'input' to 'E' learns weights of both signs, and 'excitatory' of aeif_cond_exp is a conductance, which is "
                                                     "not negative; give receptor: current");
}

TEST(Validation, TheInputMustHaveTheNetworksSize) {
    ThreadPool pool(1);
    Engine<float> engine(network_of({"a"}, {{"input", "a"}}), {.steps = 2, .samples = 3}, pool);
    const auto input = random_input<float>(2, 3, 4);
    Signal<float> signal;
    signal.values = &input;
    EXPECT_EQ(error_of([&] { engine.begin(signal, Phase::inference); }), "the input has 4 values and the network takes 5");
}

TEST(Validation, WeightsMustHaveTheProjectionsShape) {
    ThreadPool pool(1);
    auto network = network_of({"a"}, {});
    network.projections.push_back({"input", "a", dense({.given = InitialWeights(4, 3)})});
    EXPECT_EQ(error_of([&] { Engine<float>(network, {}, pool); }), "the weights given for input_to_a are 3 x 4 (targets x sources), and it needs 3 x 5");
}

/// Spikes of the last population, as a string of 0 and 1 for each step, sample and neuron.
std::vector<std::string> spikes_of(const Network& network, int steps, int samples, int window = 0) {
    ThreadPool pool(2);
    Engine<float> engine(network, {.steps = steps, .samples = samples, .window = window}, pool);
    const auto input = random_input<float>(steps, samples, network.inputs);
    Signal<float> signal;
    signal.values = &input;
    engine.begin(signal, Phase::inference);
    for (int t = 0; t < steps; t += window ? window : steps) engine.forward(t, std::min(steps, t + (window ? window : steps)), Phase::inference);
    std::vector<std::string> rows(steps);
    const auto& p = engine.population(engine.populations() - 1);
    for (int t = 0; t < steps; ++t)
        for (int b = 0; b < samples; ++b)
            for (int n = 0; n < p.spec().size; ++n) rows[t] += p.spikes(t, b, n) ? '1' : '0';
    return rows;
}

Network two_layers(int first_delay, int second_delay) {
    const auto strong = [] { return dense({.bias = false, .init = Kaiming{3}}); };
    return {5, {{"a", 70, lif}, {"b", 20, lif}}, {{"input", "a", strong(), first_delay}, {"a", "b", strong(), second_delay}}};
}

TEST(Delays, ShiftSpikesExactly) {
    constexpr int T = 12;
    const auto at_once = spikes_of(two_layers(0, 0), T, 3);
    ASSERT_NE(at_once[T - 5].find('1'), std::string::npos);
    for (const auto& [first, second] : {std::pair{0, 1}, {2, 0}, {1, 3}}) {
        const auto later = spikes_of(two_layers(first, second), T, 3);
        for (int t = 0; t < T; ++t) EXPECT_EQ(later[t], t < first + second ? std::string(60, '0') : at_once[t - first - second]);
    }
}

TEST(Windows, DoNotChangeTheSpikes) {
    auto network = two_layers(1, 2);
    network.projections.push_back({"b", "a", dense({.bias = false, .init = Kaiming{3}}), 2});
    network.projections.push_back({"b", "b", dense({.bias = false, .init = Kaiming{1}}), 5});
    const auto whole = spikes_of(network, 12, 3);
    for (const int window : {1, 2, 3, 5, 11}) EXPECT_EQ(spikes_of(network, 12, 3, window), whole) << window;
}

/// <deliver(s), x> = <s, deliver_back(x)> for random real s and x; the bias is left out.
void expect_transpose(int sources, int targets, int delay) {
    constexpr int T = 6, B = 3;
    Parameters<double> parameters;
    Dense<double> projection({"p", sources, targets, tile_width(targets), delay, 0.4, 1, &parameters}, {.init = Kaiming{}});
    parameters.allocate();
    projection.initialise();
    ThreadPool pool(1);
    projection.prepare_back(pool);
    const Shape shape{T, B, B};
    const auto s = random_input<double>(T, B, sources);
    Signal<double> signal;
    signal.values = &s;
    Scratch<double> scratch;
    const RandomStream random(3, "test", "x");
    const int wide = tile_width(sources), width = tile_width(targets);
    TileArray<double> x;
    x.shape(T, B, (targets + width - 1) / width, width);
    double forward = 0, backward = 0;
    for (int block = 0; block * width < targets; ++block) {
        Array<double> input(Index(T) * B * width);
        projection.deliver(signal, {block, shape[0], 0, T}, input.data(), scratch);
        for (int row = 0; row < T * B; ++row)
            for (int n = 0; n < std::min(width, targets - block * width); ++n) {
                double& value = x.tile(block, shape[0])[row * width + n] = random.normal(n, row, block);
                forward += input[row * width + n] * value;
            }
    }
    for (int block = 0; block * wide < sources; ++block) {
        Array<double> bar(Index(T) * B * wide);
        projection.deliver_back({&x, 0, T}, {block, shape[0], 0, T}, bar.data());
        for (int row = 0; row < T * B; ++row)
            for (int n = 0; n < std::min(wide, sources - block * wide); ++n) backward += bar[row * wide + n] * s.row(row / B, row % B)[block * wide + n];
    }
    EXPECT_GT(std::fabs(forward), 1e-3);
    EXPECT_NEAR(forward, backward, 1e-11 * std::fabs(forward)) << sources << " " << targets << " " << delay;
}

TEST(Dense, DeliveryTransposeIsItsAdjoint) {
    for (const int sources : {1, 16, 17, 130})
        for (const int targets : {3, 16, 70})
            for (const int delay : {0, 1, 4}) expect_transpose(sources, targets, delay);
}

}  // namespace
}  // namespace tripartite
