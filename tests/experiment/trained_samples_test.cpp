// How samples are shown to a trained network that is simulated.
#include <gtest/gtest.h>

#include "tests/experiment/trained_simulations.hpp"

namespace tripartite {
namespace trained_simulations {
namespace {

/// A network that was trained once, for what depends on how samples are shown.
class Shown : public testing::Test {
protected:
    Shown() { run_in_folder(parse_experiment(with_delay("{learned: {max: 4 ms}}"), "train"), trained()); }
    std::string trained() const { return folder_.path() + "/trained"; }
    Recorded spikes(const Overrides& overrides) {
        const std::string to = folder_.path() + "/" + std::to_string(++runs_);
        simulate(simulation_of(trained(), {"hidden", "output"}), to, overrides);
        return spikes_in(to, {"hidden", "output"});
    }

    TemporaryFolder folder_;
    int runs_ = 0;
};

TEST_F(Shown, ASampleAfterAResetIsTheOnlySample) {
    const auto all = spikes({"input.samples=4"}), last = spikes({"input.samples=[3, 4]"});
    for (const auto& [name, spikes] : last) {
        EXPECT_TRUE(name != "hidden" || spikes.first.size() > 10u);
        const auto& [times, neurons] = all.at(name);
        const auto first = std::ranges::upper_bound(times, 45.0) - times.begin();
        ASSERT_EQ(times.size() - std::size_t(first), spikes.first.size());
        for (std::size_t i = 0; i < spikes.first.size(); ++i) {
            EXPECT_DOUBLE_EQ(times[std::size_t(first) + i], spikes.first[i] + 45);
            EXPECT_EQ(neurons[std::size_t(first) + i], spikes.second[i]);
        }
    }
}

TEST_F(Shown, ARestOfNoTimeIsToContinueAndALongOneIsAlmostAReset) {
    const auto reset = spikes({}), going_on = spikes({"input.between_samples=continue"});
    EXPECT_NE(going_on, reset);
    EXPECT_EQ(spikes({"input.between_samples={rest: 0 ms}"}), going_on);
    const auto rested = spikes({"input.between_samples={rest: 200 ms}"}), first = spikes({"input.samples=1"});
    const std::size_t count = first.at("hidden").first.size();
    EXPECT_TRUE(std::ranges::equal(std::span(rested.at("hidden").first).first(count), first.at("hidden").first));
}

TEST_F(Shown, TheSpikesDoNotDependOnThreadsOrOnAStop) {
    const auto expected = spikes({"input.samples=6"});
    EXPECT_EQ(spikes({"input.samples=6", "experiment.threads=1"}), expected);
    EXPECT_EQ(spikes({"input.samples=6", "experiment.threads=3"}), expected);
    const std::string to = folder_.path() + "/stopped", yaml = simulation_of(trained(), {"hidden", "output"});
    EXPECT_TRUE(simulate(yaml, to, {"input.samples=6"}, 4).stopped);
    const auto summary = simulate(yaml, to, {"input.samples=6"}, -1, to + "/checkpoint.h5");
    EXPECT_EQ(spikes_in(to, {"hidden", "output"}), expected);
    EXPECT_EQ(H5Reader(to + "/results.h5").read<std::int64_t>("/samples/predictions").size(), 6u);
    EXPECT_GE(summary.accuracy, 0);
}

TEST_F(Shown, TheExperimentIsWrittenAsItIsRead) {
    const auto resolved = resolved_yaml(parse_experiment(simulation_of(trained(), {"hidden"}), "simulate", Overrides{"input.between_samples={rest: 3 ms}"}));
    EXPECT_EQ(resolved_yaml(parse_experiment(resolved, "RESOLVED")), resolved);
}

TEST_F(Shown, MistakesAreReportedInPlace) {
    const auto message = [&](const std::string& from, const std::string& to) {
        auto yaml = simulation_of(trained(), {"hidden"});
        return refusal_of_file(yaml.replace(yaml.find(from), from.size(), to));
    };
    EXPECT_EQ(message("samples: 20", "samples: 31"), "FILE:3:18: input.samples: there are samples up to 31, and the data set has 30");
    EXPECT_EQ(message("samples: 20", "present: 15 ms"), "FILE:3:1: input.samples: is required");
    EXPECT_EQ(message("samples: 20", "samples: 20, encoder: direct"), "FILE:3:22: input.encoder: is that of the trained network; leave it out");
    EXPECT_EQ(message("samples: 20", "samples: 20, between_samples: {rest: 0.3 ms}"),
              "FILE:3:46: input.between_samples.rest: must be a whole number of steps of 0.5 ms, got 0.3 ms");
    EXPECT_EQ(message("record", "time: {dt: 1 ms}\nrecord"), "FILE:4:1: time: follows from the trained network and its samples");
    EXPECT_EQ(message(trained(), "nowhere.h5"), "FILE:2:20: network.trained: there is no 'nowhere.h5'; give the folder of a finished training run, its results.h5 or checkpoint.h5");
}

}  // namespace
}  // namespace trained_simulations
}  // namespace tripartite
