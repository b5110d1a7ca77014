#include <gtest/gtest.h>

#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

struct RunErrors : testing::Test {
    TemporaryFolder folder;
    std::string checkpoint = folder / "checkpoint.h5";

    /// What an experiment says when it goes on from the checkpoint of tiny().
    std::string on_resume(const Overrides& overrides) {
        run_in_folder(tiny(), folder.path(), {}, 2);
        return error_of([&] { run_in_folder(tiny(overrides), folder / "resumed", checkpoint); });
    }
};

TEST_F(RunErrors, ResumeFromAFileThatIsNoCheckpoint) {
    put(checkpoint, "experiment: {}\n");
    const auto resume = [&](const std::string& file) { return error_of([&] { run_in_folder(tiny(), folder / "resumed", file); }); };
    EXPECT_EQ(resume(checkpoint), error_of([&] { H5Reader reader(checkpoint); }));
    EXPECT_EQ(resume(folder / "nothing.h5"), error_of([&] { H5Reader reader(folder / "nothing.h5"); }));
    run_in_folder(tiny(), folder.path());
    EXPECT_EQ(resume(folder / "results.h5"), folder / "results.h5 is not a checkpoint of a training run");
}

TEST_F(RunErrors, ResumeWithAnotherSeed) {
    EXPECT_EQ(on_resume({"experiment.seed=4"}), checkpoint + ": was written with seed 3 and this experiment has seed 4");
}

TEST_F(RunErrors, ResumeInAnotherPrecision) {
    EXPECT_EQ(on_resume({"experiment.precision=float64"}), checkpoint + ": was written in float32 and this experiment runs in float64");
}

TEST_F(RunErrors, ResumeOfAnotherNetwork) {
    EXPECT_EQ(on_resume({"network.layers.1.dense=16"}), checkpoint + ": does not fit this experiment's network: projections/layer1_to_layer2/weight has 340 values and "
                                                                     "the network needs 320: the file is of another network");
    EXPECT_EQ(on_resume({"network.layers.1.name=other"}),
              checkpoint + ": does not fit this experiment's network: " + checkpoint + ": there is no dataset '/populations/other/beta'");
}

TEST_F(RunErrors, ResumeWithAnotherOptimiser) {
    EXPECT_EQ(on_resume({"learning.optimiser={adamax: {}}"}), checkpoint + ": was written with the optimiser adamw and this experiment has adamax");
}

TEST_F(RunErrors, ResumeWithinAnEpochWithOtherBatches) {
    EXPECT_EQ(on_resume({"learning.batch=8"}), checkpoint + ": was written within an epoch, after 32 samples in 2 batches; batches of 8 cannot go on from there");
}

TEST_F(RunErrors, OutputFolderThatCannotBeMade) {
    put(folder / "file", "");
    EXPECT_EQ(error_of([&] { run_in_folder(tiny(), folder / "file/below"); }),
              folder / "file/below: the output folder cannot be made: Not a directory; choose another with --out");
}

TEST_F(RunErrors, ACheckpointSurvivesARunThatFails) {
    run_in_folder(tiny(), folder.path(), {}, 2);
    const auto before = contents_of(checkpoint);
    EXPECT_NE(error_of([&] { run_in_folder(tiny({"experiment.seed=4"}), folder.path(), checkpoint); }), "no error");
    EXPECT_EQ(contents_of(checkpoint), before);
}

TEST_F(RunErrors, NumbersThatStopBeingFiniteAreNamed) {
    const auto error = error_of([&] {
        run_in_folder(tiny({"learning.optimiser={sgd: {learning_rate: 1e38}}", "learning.bptt.clip=0", "learning.schedule=constant", "learning.epochs=50",
                            "network.layers.0={dense: 20, neuron: lif}", "network.layers.1={dense: 17, neuron: {lif: {beta: 0.8, learn: {beta: shared}}}, dropout: 0.1}"}), folder.path());
    });
    EXPECT_EQ(error, "a number stopped being finite: population 'layer3', field 'u', neuron 0, step 0; a smaller learning rate or 'clip' may help");
}

TEST_F(RunErrors, TheNetworkMustHaveTheInputsAndClassesOfTheData) {
    auto experiment = tiny();
    experiment.network.layers.back().population.size = 4;
    EXPECT_EQ(error_of([&] { run_in_folder(experiment, folder.path()); }), "the last population has 4 neurons and the data set 3 classes");
}

}  // namespace
}  // namespace tripartite
