// Experiment files of mode: simulate: what is read, and what is written again.
#include <gtest/gtest.h>

#include "experiment/read_experiment.hpp"
#include "io/hdf5.hpp"
#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

const std::string brunel = R"(
experiment: {name: brunel, mode: simulate, seed: 3, precision: float64, threads: 2, window: 4, half_weights: true, bit_matrices: false, runaway_rate: 300 Hz}
time: {dt: 0.1 ms, duration: 1 s, transient: 0.5 s}
network:
  populations:
    E: {size: 800, neuron: {lif: {tau_m: 20 ms, threshold: {normal: {mean: 1, sd: 0.1, redraw: [0.5, .inf]}}}}, initial: {v: {uniform: {min: -1, max: 1}}}}
    I: {model: lif, params: {tau_m: 10 ms}, size: 200}
    noise: {size: 50, source: {poisson: {rate: 8 Hz, stop: 100 ms}}}
    given: {source: {spikes: {times: [[10 ms, 0.3 ms], [], [5 ms]]}}}
  projections:
    - {from: E, to: [E, I], rule: {fixed_in_degree: 80}, weight: 0.1, delay: 1.5 ms}
    - {from: I, to: [E, I], rule: {fixed_in_degree: {n: 20, autapses: false}}, weight: {normal: {mean: -0.5, sd: 0.05, redraw: [-.inf, 0]}},
       delay: {normal: {mean: 0.75, sd: 0.375, redraw: [0.05, .inf]}}}
    - {from: E, to: E, rule: {pairwise_bernoulli: 0.1}, delay: 1 ms, synapse: {stdp_pair: {lambda: 0.02}}, axonal_delay: 0.5 ms, name: learning}
    - {from: [noise, given], to: I, rule: all_to_all}
    - {from: E, to: E, rule: one_to_one}
input:
  - {poisson: {rate: 20 kHz, weight: 0.1}, to: [E, I]}
  - {poisson: {rate: 0, weight: 1, times: [10 ms, 20 ms], rates: [5 Hz, 1 kHz]}, to: E, name: steps}
  - {current: {offset: 0.3 nA}, to: E, receptor: input}
record:
  spikes: {E: {neurons: [10, 100], start: 0, stop: 500 ms}, I: {neurons: 5}}
  states: {E: {fields: [v], interval: 2 ms, neurons: 10}}
  rates: [E, I]
  weights: {learning: {interval: 0.5 s}}
  statistics: {bin: 5 ms}
expected: {E: {mean_rate_hz: [31.8, 32.5]}, all: {cv_isi: [0.1, .inf]}}
output: {folder: results/brunel, checkpoint_every: 10 s}
)";

Experiment parse(const std::string& text, const std::vector<std::string>& overrides = {}) { return parse_experiment(text, "FILE", overrides); }

const SimulatedProjection& projection(const Experiment& e, const std::string& name) {
    for (const auto& p : e.simulation.network.projections)
        if (p.name == name) return p;
    throw std::out_of_range(name);
}
double number(const ValueRule& rule) { return std::get<ConstantValue>(std::get<Distribution>(rule).kind).value; }

TEST(SimulationFile, OptionsAndTimesArrive) {
    const auto e = parse(brunel);
    EXPECT_EQ(e.mode, Experiment::Mode::simulate);
    const auto options = simulation_options(e);
    EXPECT_EQ(options.dt, 0.1);
    EXPECT_EQ(options.seed, 3u);
    EXPECT_EQ(options.threads, 2);
    EXPECT_EQ(options.window, 4);
    EXPECT_TRUE(options.half_weights);
    EXPECT_FALSE(options.bit_matrices);
    EXPECT_EQ(options.runaway_rate, 300);
    EXPECT_EQ(e.simulation.duration, 1000);
    EXPECT_EQ(e.simulation.transient, 500);
    EXPECT_EQ(e.simulation.checkpoint_every, 10);
    EXPECT_EQ(e.folder, "results/brunel");
}

TEST(SimulationFile, PopulationsArrive) {
    const auto network = parse(brunel).simulation.network;
    ASSERT_EQ(network.populations.size(), 4u);
    const auto &E = network.populations[0], &I = network.populations[1], &noise = network.populations[2], &given = network.populations[3];
    EXPECT_EQ(E.size, 800u);
    EXPECT_EQ(E.neuron.model, "lif");
    ASSERT_EQ(E.neuron.per_neuron, std::vector<std::string>{"threshold"});
    EXPECT_EQ(E.values.at(0).field, "threshold");
    EXPECT_EQ(std::get<Normal>(E.values[0].value.kind).redraw.low, 0.5);
    EXPECT_EQ(E.initial.at(0).field, "v");
    EXPECT_EQ(std::get<Uniform>(E.initial[0].value.kind).min, -1);
    EXPECT_EQ(I.neuron.written[0], (std::pair<std::string, std::string>{"tau_m", "10 ms"}));
    EXPECT_EQ(std::get<PoissonTrains>(*noise.source).rate, 8);
    EXPECT_EQ(std::get<PoissonTrains>(*noise.source).stop, 100);
    EXPECT_EQ(given.size, 3u);
    EXPECT_EQ(std::get<SpikeList>(*given.source).steps, (std::vector<std::int64_t>{2, 49, 99}));
    EXPECT_EQ(std::get<SpikeList>(*given.source).neurons, (std::vector<std::uint32_t>{0, 2, 0}));
}

TEST(SimulationFile, AParameterThatIsDrawnReachesTheCoefficientsOfEachNeuron) {
    const auto neuron = parse(brunel).simulation.network.populations[0].neuron;
    std::vector<double> low(std::size_t(neuron.coefficients)), high(low);
    neuron.discretise(std::vector{0.75}, 0.1, low);
    neuron.discretise(std::vector{1.25}, 0.1, high);
    EXPECT_GE(std::ranges::count(low, 0.75), 1);
    EXPECT_GE(std::ranges::count(high, 1.25), 1);
    EXPECT_EQ(std::ranges::count(high, 0.75), 0);
}

TEST(SimulationFile, AListOfPopulationsIsOneProjectionForEachPair) {
    const auto e = parse(brunel);
    std::vector<std::string> names;
    for (const auto& p : e.simulation.network.projections) names.push_back(p.name);
    EXPECT_EQ(names, (std::vector<std::string>{"E_to_E", "E_to_I", "I_to_E", "I_to_I", "learning", "noise_to_I", "given_to_I", "E_to_E_2"}));
    EXPECT_EQ(std::get<FixedInDegree>(projection(e, "E_to_I").rule).n, 80u);
    EXPECT_EQ(number(projection(e, "E_to_I").weight), 0.1);
    EXPECT_EQ(number(projection(e, "E_to_I").delay), 1.5);
    EXPECT_FALSE(std::get<FixedInDegree>(projection(e, "I_to_I").rule).autapses);
    EXPECT_EQ(std::get<PairwiseBernoulli>(projection(e, "learning").rule).p, 0.1);
    EXPECT_EQ(std::get<StdpPair>(projection(e, "learning").synapse).lambda, 0.02);
    EXPECT_EQ(projection(e, "learning").axonal_delay, 0.5);
    EXPECT_TRUE(std::holds_alternative<AllToAll>(projection(e, "given_to_I").rule));
}

TEST(SimulationFile, WeightAndDelayAreOneUnlessGiven) {
    const auto e = parse(brunel);
    EXPECT_EQ(number(projection(e, "noise_to_I").weight), 1);
    EXPECT_EQ(number(projection(e, "noise_to_I").delay), 1);
}

TEST(SimulationFile, BoundsMayBeOpen) {
    const auto e = parse(brunel);
    const auto weight = std::get<Normal>(std::get<Distribution>(projection(e, "I_to_E").weight).kind);
    EXPECT_EQ(weight.redraw.low, -std::numeric_limits<double>::infinity());
    EXPECT_EQ(weight.redraw.high, 0);
}

TEST(SimulationFile, DrivesArrive) {
    const auto& drives = parse(brunel).simulation.network.drives;
    ASSERT_EQ(drives.size(), 4u);
    EXPECT_EQ(drives[0].name, "poisson_to_E");
    EXPECT_EQ(drives[1].to, "I");
    EXPECT_EQ(std::get<PoissonDrive>(drives[0].kind).rate, 20'000);
    EXPECT_EQ(drives[2].name, "steps");
    EXPECT_EQ(std::get<PoissonDrive>(drives[2].kind).rates, (std::vector<double>{5, 1000}));
    EXPECT_EQ(std::get<CurrentDrive>(drives[3].kind).offset, 300);
    EXPECT_EQ(drives[3].receptor, "input");
}

TEST(SimulationFile, RecordingsArrive) {
    const auto record = parse(brunel).simulation.record;
    ASSERT_EQ(record.spikes.size(), 2u);
    EXPECT_EQ(record.spikes[0].neurons.begin, 10u);
    EXPECT_EQ(record.spikes[0].neurons.end, 100u);
    EXPECT_EQ(record.spikes[0].times.stop, 500);
    EXPECT_EQ(record.spikes[1].neurons.end, 5u);
    EXPECT_EQ(record.spikes[1].times.stop, never);
    EXPECT_EQ(record.states.at(0).fields, std::vector<std::string>{"v"});
    EXPECT_EQ(record.states[0].times.interval, 2);
    EXPECT_EQ(record.rates.size(), 2u);
    EXPECT_EQ(record.weights.at(0).projection, "learning");
    EXPECT_EQ(record.weights[0].times.interval, 500);
    EXPECT_EQ(record.statistics.bin, 5);
}

TEST(SimulationFile, AllIsEveryPopulation) {
    const auto record = parse(brunel, {"record={spikes: all}"}).simulation.record;
    ASSERT_EQ(record.spikes.size(), 4u);
    EXPECT_EQ(record.spikes[3].population, "given");
    EXPECT_EQ(record.spikes[3].neurons.end, 3u);
}

TEST(SimulationFile, ExpectedValuesArrive) {
    const auto expected = parse(brunel).simulation.expected;
    ASSERT_EQ(expected.size(), 2u);
    EXPECT_EQ(expected[0].population, "E");
    EXPECT_EQ(expected[0].mean_rate_hz.high, 32.5);
    EXPECT_TRUE(std::isinf(expected[0].cv_isi.low));
    EXPECT_EQ(expected[1].cv_isi.low, 0.1);
}

TEST(SimulationFile, ResolvedFileReadsAsTheSameExperiment) {
    const std::vector<std::vector<std::string>> variations = {
        {},
        {"record={}", "input=[]", "expected={}", "output={}"},
        {"network.projections=[]", "record={}"},
        {"network.populations.E.positions={grid: {shape: [20, 40], extent: [2, 2]}, periodic: true}",
         "network.projections.2.rule={spatial: {probability: {gaussian_distance: {a: 0.5, sd: 0.2}}, mask: {circular: 0.5}}}",
         "network.projections.4.rule={spatial: {probability: 0.5, mask: {rectangular: {width: 0.1}}, autapses: false}}",
         "network.projections.4.weight={exponential_distance: {a: 2, beta: 0.1}}"},
        {"network.populations.I.positions={free: {extent: [1, 2], centre: [0.5, 1]}}"},
        {"network.populations.given.source={dataset: {generated: {size: 4}}, encoder: {poisson: {rate: 200 Hz}}, samples: [1, 3], present: 20 ms, between_samples: {rest: 10 ms}}"},
        {"network.projections.2.synapse={stdp_power_law: {mu: 0.4}}", "input.2={noise: {sd: 100 pA}, to: E, receptor: input}"},
        {"network.projections.2.synapse=tsodyks2", "record={}"},
        {"network.projections.2.synapse={stdp_pair: {pairing: nearest_restricted}}"},
        {"network.projections.2.synapse={triplet: {a2_plus: 0, a3_minus: 0}}"},
        {"network.projections.2.synapse={vogels_inhibitory: {eta: 0.1, w_max: 100}}"},
    };
    for (const auto& overrides : variations) {
        const auto resolved = resolved_yaml(parse(brunel, overrides));
        EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
    }
}

TEST(SimulationFile, SamplesOfADataSetBecomeSpikesOfTheirPixels) {
    const auto e = parse(brunel, {"network.populations.given.source={dataset: {generated: {size: 4}}, encoder: {latency: {threshold: 0.5, drop_below: true}}, "
                                  "samples: 2, present: 20 ms, between_samples: {rest: 10 ms}}"});
    const auto& population = e.simulation.network.populations[3];
    EXPECT_EQ(population.size, 16u);
    const auto& spikes = std::get<SpikeList>(*population.source);
    ASSERT_FALSE(spikes.steps.empty());
    EXPECT_TRUE(std::ranges::is_sorted(spikes.steps));
    for (const auto step : spikes.steps) EXPECT_TRUE(step < 200 || (step >= 300 && step < 500)) << step;
    EXPECT_LT(spikes.steps.front(), 200);
    EXPECT_GE(spikes.steps.back(), 300);
}

std::string file_with(const TemporaryFolder& folder, const std::string& name, const std::string& text) {
    put(folder / name, text);
    return folder / name;
}

TEST(SimulationFile, SynapsesOfAFileBringTheirWeightsAndDelays) {
    const TemporaryFolder folder;
    const auto file = file_with(folder, "edges.csv", "source,target,weight,delay\n0,1,0.5,1.5\n799,0,0.25,2\n");
    const std::string rule = "network.projections.4.rule={edges: {file: " + file + "}}";
    const auto from_file = projection(parse(brunel, {rule}), "E_to_E_2");
    EXPECT_EQ(std::get<ListedPairs>(from_file.rule).source, (std::vector<std::uint32_t>{0, 799}));
    EXPECT_EQ(std::get<std::vector<double>>(from_file.weight), (std::vector{0.5, 0.25}));
    EXPECT_EQ(std::get<std::vector<double>>(from_file.delay), (std::vector{1.5, 2.0}));
    const auto given = projection(parse(brunel, {rule, "network.projections.4.weight=3"}), "E_to_E_2");
    EXPECT_EQ(number(given.weight), 3);
    const auto resolved = resolved_yaml(parse(brunel, {rule}));
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

TEST(SimulationFile, SpikesOfAFileArriveInTheirSteps) {
    const TemporaryFolder folder;
    const auto file = file_with(folder, "spikes.csv", "time,neuron\n0.3,4\n10,0\n");
    const auto e = parse(brunel, {"network.populations.given={size: 5, source: {spikes: {file: " + file + "}}}"});
    const auto& spikes = std::get<SpikeList>(*e.simulation.network.populations[3].source);
    EXPECT_EQ(spikes.steps, (std::vector<std::int64_t>{2, 99}));
    EXPECT_EQ(spikes.neurons, (std::vector<std::uint32_t>{4, 0}));
    const auto resolved = resolved_yaml(e);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

/// What the file with these overrides is refused for.
std::string refusal(const std::vector<std::string>& overrides) {
    try {
        parse(brunel, overrides);
    } catch (const ConfigError& error) {
        return error.what();
    }
    return "";
}

TEST(SimulationFile, AFileGivesEachNeuronItsValue) {
    const TemporaryFolder folder;
    const auto taus = file_with(folder, "taus.csv", "value\n10\n20\n30\n"), starts = folder / "starts.h5";
    H5Writer h5(starts);
    h5.write("/v", std::vector{0.1, 0.2, 0.3}, {3});
    h5.commit();
    const auto e = parse(brunel, {"network.populations.I={size: 3, neuron: {lif: {tau_m: {file: " + taus + "}}}, initial: {v: {file: {path: " + starts + ", dataset: /v}}}}", "record.spikes=E"});
    const auto& I = e.simulation.network.populations[1];
    EXPECT_EQ(I.neuron.per_neuron, std::vector<std::string>{"tau_m"});
    EXPECT_EQ(I.values.at(0).each, (std::vector{10.0, 20.0, 30.0}));
    EXPECT_EQ(I.initial.at(0).each, (std::vector{0.1, 0.2, 0.3}));
    const auto resolved = resolved_yaml(e);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

TEST(SimulationFile, EdgesWithoutWeightsNeedAWeight) {
    const TemporaryFolder folder;
    const auto file = file_with(folder, "edges.csv", "source,target\n0,1\n");
    const std::string rule = "network.projections.4.rule={edges: {file: " + file + "}}";
    EXPECT_NE(refusal({rule}).find(file + " has no weights; give the projection a weight"), std::string::npos)
        << refusal({rule});
    EXPECT_EQ(refusal({rule, "network.projections.4.weight=3"}), "");
}

TEST(SimulationFile, WhatARunWouldRefuseIsRefusedAtItsKey) {
    EXPECT_NE(refusal({"network.projections.4.delay=4 s"}).find("delays can have 30000 steps of 0.1 ms at most, and can be 4000 ms"), std::string::npos)
        << refusal({"network.projections.4.delay=4 s"});
    EXPECT_NE(refusal({"network.projections.4.synapse={stdp_pair: {w_max: 0}}"}).find("w_max of stdp_pair is 0, so that every weight would stay 0"), std::string::npos)
        << refusal({"network.projections.4.synapse={stdp_pair: {w_max: 0}}"});
    EXPECT_NE(refusal({"time.duration=2e8 ms"}).find("2000005000 steps are more than the 1073741824 that can be simulated in one run"), std::string::npos)
        << refusal({"time.duration=2e8 ms"});
}

TEST(SimulationFile, AFileOfValuesThatDoNotFitIsAnErrorAtItsKey) {
    const TemporaryFolder folder;
    const auto taus = file_with(folder, "taus.csv", "10\n-20\n30\n"), good = file_with(folder, "good.csv", "10\n20\n");
    const auto of = [](const std::string& file) { return std::vector<std::string>{"network.populations.I={size: 3, neuron: {lif: {tau_m: {file: " + file + "}}}}", "record.spikes=E"}; };
    EXPECT_EQ(refusal(of(taus)), "--set network.populations.I.neuron.lif.tau_m: value 1 in " + taus + " is -20; values must be > 0");
    EXPECT_EQ(refusal(of(good)), "--set network.populations.I: " + good + " has 2 values of tau_m for 3 neurons");
    EXPECT_EQ(refusal(of("nothing.h5")), "--set network.populations.I.neuron.lif.tau_m: say which dataset of nothing.h5 has the values: {path: nothing.h5, dataset: /name}");
}

TEST(SimulationFile, AnUnsortedSpikeFileIsAnErrorAtItsSource) {
    const TemporaryFolder folder;
    const auto file = file_with(folder, "spikes.csv", "10,0\n0.3,4\n");
    EXPECT_EQ(refusal({"network.populations.given={size: 5, source: {spikes: {file: " + file + "}}}"}).find("--set network.populations.given.source.spikes: " + file), 0u);
}

}  // namespace
}  // namespace tripartite
