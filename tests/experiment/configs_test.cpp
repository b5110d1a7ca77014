// Every file in configs/ is read; those that train by gradients are built and trained on one batch, the others are written and read again.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <sstream>

#include "experiment/read_experiment.hpp"
#include "learning/bptt.hpp"

namespace tripartite {
namespace {

const std::string folder = std::string(TRIPARTITE_SOURCE_DIR) + "/configs/";

/// Those that have these words.
std::vector<std::string> config_names(const std::string& word) {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::recursive_directory_iterator(folder)) {
        std::ostringstream text;
        text << std::ifstream(file.path()).rdbuf();
        if (file.path().extension() == ".yaml" && text.str().find(word) != std::string::npos)
            names.push_back(file.path().string().substr(folder.size()));
    }
    std::ranges::sort(names);
    return names;
}

/// The sets of images need not be installed to try a network for them.
int features_of(const Experiment& e) {
    return std::visit([&]<class Kind>(const Kind& set) {
        if constexpr (makes_trains<Kind>) return set.channels * e.steps;
        else return set.pixels();
    }, e.dataset);
}

/// From the root of the clone: the names of files in a configuration count from there.
struct Config : testing::TestWithParam<std::string> {
    Config() { std::filesystem::current_path(TRIPARTITE_SOURCE_DIR); }
    ~Config() override { std::filesystem::current_path(before_); }

private:
    std::filesystem::path before_ = std::filesystem::current_path();
};

TEST_P(Config, TrainsABatch) {
    const auto experiment = read_experiment(folder + GetParam());
    constexpr int samples = 4;
    RealFrame<float> images(1, samples, features_of(experiment));
    const RandomStream random(1, "test", "images");
    for (int b = 0; b < samples; ++b)
        for (int n = 0; n < images.neurons; ++n) images.row(0, b)[n] = float(random.uniform(n, 0, b));
    ThreadPool pool(2);
    Encoded<float> input;
    encode(experiment.encoder, images, std::vector{0, 1, 2, 3}, experiment.steps, experiment.dt, 1, 0, input);
    Bptt<float> bptt(make_network(experiment, inputs_of(experiment.encoder, images.neurons, experiment.steps)), {.dt = experiment.dt, .steps = experiment.steps, .samples = samples},
                     {experiment.surrogate, experiment.loss, experiment.regulariser, experiment.truncate, experiment.recompute, experiment.rmp, experiment.epochs}, pool);
    const int outputs = bptt.engine().population(bptt.engine().populations() - 1).spec().size;
    const std::vector<std::uint8_t> targets(std::size_t(experiment.steps) * std::size_t(outputs));
    if (std::holds_alternative<BinaryCrossEntropySteps>(experiment.loss)) bptt.set_targets(std::vector(samples, targets.data()));
    const auto result = bptt.gradient(input.signal, std::vector{0, 1, 0, 1}, 0, experiment.epochs / 2);
    EXPECT_TRUE(std::isfinite(result.loss));
    EXPECT_GT(global_norm<float>(bptt.engine().parameters().gradients, pool), 0);
}

struct SimulatedConfig : testing::TestWithParam<std::string> {};

TEST_P(SimulatedConfig, ReadsBackAsItIsWritten) {
    const auto experiment = read_experiment(folder + GetParam());
    EXPECT_EQ(experiment.mode, Experiment::Mode::simulate);
    EXPECT_EQ(experiment.name, std::filesystem::path(GetParam()).stem());
    EXPECT_FALSE(experiment.simulation.expected.empty());
    experiment.simulation.network.validate();
    const auto resolved = resolved_yaml(experiment);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

struct LocalConfig : testing::TestWithParam<std::string> {};

TEST_P(LocalConfig, ReadsBackAsItIsWritten) {
    const auto experiment = read_experiment(folder + GetParam());
    ASSERT_TRUE(experiment.local);
    EXPECT_EQ(experiment.name, std::filesystem::path(GetParam()).stem());
    experiment.simulation.network.validate();
    const auto resolved = resolved_yaml(experiment);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED")));
}

std::string test_name(const testing::TestParamInfo<std::string>& info) {
    std::string name = info.param;
    std::ranges::replace_if(name, [](unsigned char c) { return !std::isalnum(c); }, '_');
    return name;
}
INSTANTIATE_TEST_SUITE_P(Files, Config, testing::ValuesIn(config_names("bptt:")), test_name);
INSTANTIATE_TEST_SUITE_P(Files, SimulatedConfig, testing::ValuesIn(config_names("mode: simulate")), test_name);
INSTANTIATE_TEST_SUITE_P(Files, LocalConfig, testing::ValuesIn(config_names("  local: {")), test_name);

}  // namespace
}  // namespace tripartite
