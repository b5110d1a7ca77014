// Ten training steps of other frameworks, stored in tests/golden: the same network from the same start must take the same steps.
#include <gtest/gtest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "experiment/read_experiment.hpp"
#include "learning/bptt.hpp"

namespace tripartite {
namespace {

using Json = nlohmann::json;

const std::filesystem::path folder = std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden";

std::vector<std::string> golden_names() {
    std::vector<std::string> names;
    for (const auto& file : std::filesystem::directory_iterator(folder))
        if (file.path().extension() == ".json") names.push_back(file.path().stem().string());
    std::ranges::sort(names);
    return names;
}

Json read_golden(const std::string& name) { return Json::parse(std::ifstream(folder / (name + ".json"))); }

/// Nested lists as one, in C order.
void flatten(const Json& json, std::vector<double>& values) {
    if (json.is_array())
        for (const auto& inner : json) flatten(inner, values);
    else values.push_back(json.get<double>());
}
std::vector<double> flat(const Json& json) {
    std::vector<double> values;
    flatten(json, values);
    return values;
}

/// The network of one file in training, in one precision.
template <class Real> class GoldenRun {
public:
    explicit GoldenRun(const Json& golden)
        : experiment_(parse_experiment(golden["experiment"].dump(), "golden", std::vector<std::string>{"input={dataset: generated}"})),
          labels_(golden["labels"].get<std::vector<int>>()), pool_(2),
          bptt_(make_network(experiment_, 6), {.dt = experiment_.dt, .steps = experiment_.steps, .samples = int(labels_.size())},
                {.surrogate = experiment_.surrogate, .loss = experiment_.loss, .regulariser = {}}, pool_),
          optimiser_(experiment_.optimiser, parameters()) {
        read_input(golden["input"]);
        for (const auto& block : parameters().blocks) block.write(flat(named(golden["initial"], block, "w")), parameters().values.data());
        bptt_.engine().parameters_changed();
    }

    /// Loss, spikes and gradients of one step, which are not yet applied.
    void expect_step(const Json& expected, double tolerance) {
        parameters().gradients.fill(0);
        const auto result = bptt_.gradient(input_, labels_, 0, 0);
        EXPECT_NEAR(result.loss, expected["loss"].get<double>(), tolerance * expected["loss"].get<double>());
        expect_spikes(expected["spikes"]);
        expect_arrays(expected["gradients"], "tau_m", parameters().gradients, tolerance);
    }
    void update() {
        optimiser_.step(parameters(), optimiser_.base_learning_rate(), 1, pool_);
        bptt_.engine().parameters_changed();
    }
    void expect_values(const Json& expected, double tolerance) { expect_arrays(expected, "w", parameters().values, tolerance); }

private:
    Parameters<Real>& parameters() { return bptt_.engine().parameters(); }

    /// A learned time constant is stored as w; its gradient, by w, goes by the name tau_m.
    static const Json& named(const Json& tree, const ParameterBlock& block, const char* time_constant) {
        const auto& owner = tree.at(block.owner.substr(block.owner.find('/') + 1));
        return owner.at(block.name == "tau_m" ? time_constant : block.name);
    }

    void read_input(const Json& steps) {
        const bool constant = std::ranges::all_of(steps, [&](const Json& step) { return step == steps[0]; });
        frame_ = RealFrame<Real>(constant ? 1 : int(steps.size()), int(steps[0].size()), int(steps[0][0].size()));
        for (int t = 0; t < frame_.steps; ++t)
            for (int b = 0; b < frame_.samples; ++b)
                for (int n = 0; n < frame_.neurons; ++n) frame_.row(t, b)[n] = steps[t][b][n].get<Real>();
        input_.values = &frame_, input_.constant = constant;
    }

    void expect_spikes(const Json& expected) {
        for (int i = 0; i < bptt_.engine().populations(); ++i) {
            const auto& p = bptt_.engine().population(i);
            const Json& layer = expected.at(p.spec().name);
            for (int t = 0; t < int(layer.size()); ++t)
                for (int b = 0; b < int(labels_.size()); ++b)
                    for (int n = 0; n < p.spec().size; ++n) ASSERT_EQ(p.spikes(t, b, n), layer[t][b][n] == 1) << p.spec().name << ", step " << t << ", neuron " << n;
        }
    }

    void expect_arrays(const Json& tree, const char* time_constant, const Array<Real>& vector, double tolerance) {
        for (const auto& block : parameters().blocks) {
            const auto expected = flat(named(tree, block, time_constant)), found = block.read(vector.data());
            ASSERT_EQ(found.size(), expected.size());
            double scale = 0;
            for (const double x : expected) scale = std::max(scale, std::fabs(x));
            for (std::size_t i = 0; i < found.size(); ++i) ASSERT_NEAR(found[i], expected[i], tolerance * scale) << block.owner << " " << block.name << " " << i;
        }
    }

    Experiment experiment_;
    std::vector<int> labels_;
    ThreadPool pool_;
    Bptt<Real> bptt_;
    Optimiser<Real> optimiser_;
    RealFrame<Real> frame_;
    Signal<Real> input_;
};

struct Golden : testing::TestWithParam<std::string> {};

TEST_P(Golden, TenStepsInDoubleAreThoseOfTheFramework) {
    const auto golden = read_golden(GetParam());
    GoldenRun<double> run(golden);
    for (const auto& step : golden["steps"]) {
        run.expect_step(step, 1e-9);
        if (HasFatalFailure()) return;
        run.update();
    }
    run.expect_values(golden["final"], 1e-9);
}

TEST_P(Golden, FirstStepInFloatIsThatOfTheFramework) {
    const auto golden = read_golden(GetParam());
    GoldenRun<float>(golden).expect_step(golden["float32"], 1e-5);
}

INSTANTIATE_TEST_SUITE_P(Frameworks, Golden, testing::ValuesIn(golden_names()), [](const auto& info) { return info.param; });

}  // namespace
}  // namespace tripartite
