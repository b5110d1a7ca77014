// Neurons in the domains of astrocytes: trained and simulated alike, read and written.
#include "tests/experiment/trained_cases.hpp"

#include <fstream>

#include "tests/io/temporary_folder.hpp"

namespace tripartite {
namespace {

/// `mean` and `broadcast` with their parameters; c scales the effect of the gates.
Trained with_astrocytes(const std::string& domains, int astrocytes, const std::string& c = "2") {
    return Trained("  populations:\n"
                   "    hidden: {size: 70, neuron: {astro_lif: {tau_m: 3 ms, c: " + c + "}}}\n"
                   "    astrocytes: {size: " + std::to_string(astrocytes) + ", neuron: {astrocyte: {tau: 5 ms, kappa: 20, a0: 0.1}}}\n"
                   "    output: {size: 4, neuron: {lif: {tau_m: 5 ms}}}\n  projections:\n"
                   "    - {from: input, to: hidden, dense: {}, bias: false, init: {kaiming: {gain: 3}}, delay: 1 ms}\n"
                   "    - {from: hidden, to: astrocytes, mean: " + domains + "}\n"
                   "    - {from: astrocytes, to: hidden, broadcast: " + domains + ", receptor: gain, weight: 0.9}\n"
                   "    - {from: hidden, to: output, dense: {}, bias: false, init: {kaiming: {gain: 3}}}\n");
}

TEST(Astrocytes, OfATrainedNetworkGiveTheSpikesOfASimulation) {
    with_astrocytes("7", 10).expect_same();
    with_astrocytes("{block: 8}", 9).expect_same();  // the last domain is smaller
}

TEST(Astrocytes, ChangeWhatNeuronsDo) { EXPECT_NE(with_astrocytes("7", 10).answer(0), with_astrocytes("7", 10, "0").answer(0)); }

TEST(Astrocytes, TakeTheirDomainsFromAFile) {
    const TemporaryFolder folder;
    const std::string path = folder / "domains.csv";
    std::ofstream file(path);
    file << "value\n";
    for (int n = 0; n < 70; ++n) file << n * 11 % 9 << "\n";
    file.close();
    const auto trained = with_astrocytes("{file: " + path + "}", 9);
    trained.expect_same();
    trained.expect_written_as_read();
}

TEST(Astrocytes, AreWrittenAsTheyAreRead) { with_astrocytes("7", 10).expect_written_as_read(); }

TEST(Astrocytes, OfASimulationAreWrittenAsTheyAreRead) {
    const auto experiment = parse_experiment("experiment: {mode: simulate}\ntime: {duration: 10 ms}\nnetwork:\n  populations:\n"
                                             "    E: {size: 80, neuron: astro_lif}\n    A: {size: 10, neuron: astrocyte}\n  projections:\n"
                                             "    - {from: E, to: A, rule: {mean: 8}}\n    - {from: A, to: E, rule: {broadcast: {block: 8}}, receptor: gain, weight: 2}\n", "TEST");
    const auto resolved = resolved_yaml(experiment);
    EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
}

std::string refusal(const std::string& domains, int astrocytes) {
    try {
        with_astrocytes(domains, astrocytes);
    } catch (const Error& error) {
        const std::string text = error.what();
        return text.substr(0, text.find('\n'));
    }
    return "no error";
}

TEST(Astrocytes, OfADomainsFileThatDoesNotFitAreRefused) {
    const TemporaryFolder folder;
    const std::string path = folder / "domains.csv";
    const auto with = [&](const std::string& values) {
        std::ofstream(path) << "value\n" << values;
        return refusal("{file: " + path + "}", 9);
    };
    EXPECT_EQ(with("0\n1.5\n"), "TEST:10:7: network.projections.1: " + path + ": neuron 1 has the domain 1.5; domains are whole numbers, from 0");
    EXPECT_EQ(with("0\n1\n"), "TEST:10:7: network.projections.1: mean: " + path + " has the domains of 2 neurons, and there are 70");
    std::string values;
    for (int n = 0; n < 70; ++n) values += std::to_string(n % 10) + "\n";
    EXPECT_EQ(with(values), "TEST:10:7: network.projections.1: mean: " + path + " puts neuron 9 into domain 9, and there are 9, counted from 0");
    values.clear();
    for (int n = 0; n < 70; ++n) values += std::to_string(n % 8) + "\n";
    EXPECT_EQ(with(values), "TEST:10:7: network.projections.1: mean: no neuron of " + path + " belongs to domain 8");
}

}  // namespace
}  // namespace tripartite
