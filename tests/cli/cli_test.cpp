// The program, run as its users run it; its output goes into a pipe.
#include <sys/wait.h>
#include <unistd.h>

#include <array>

#include "engine/kernels.hpp"
#include "experiment/version.hpp"
#include "tests/experiment/run_cases.hpp"

namespace tripartite {
namespace {

/// A running program whose output, standard error included, is read line by line.
class Process {
public:
    explicit Process(std::vector<std::string> arguments) {
        std::array<int, 2> ends;
        if (::pipe(ends.data()) != 0) throw std::runtime_error("no pipe");
        arguments.insert(arguments.begin(), TRIPARTITE_PROGRAM);
        std::vector<char*> argv;
        for (auto& argument : arguments) argv.push_back(argument.data());
        argv.push_back(nullptr);
        child_ = ::fork();
        if (child_ == 0) {
            ::dup2(ends[1], STDOUT_FILENO);
            ::dup2(ends[1], STDERR_FILENO);
            ::close(ends[0]);
            ::close(ends[1]);
            ::execv(TRIPARTITE_PROGRAM, argv.data());
            ::_exit(127);
        }
        ::close(ends[1]);
        output_ = ::fdopen(ends[0], "r");
    }
    ~Process() { std::fclose(output_); }
    Process(const Process&) = delete;
    Process& operator=(const Process&) = delete;

    /// The next line with its end; empty when the program has ended.
    std::string line() {
        std::string text;
        for (int c; (c = std::fgetc(output_)) != EOF;) {
            text += char(c);
            if (c == '\n') break;
        }
        return text;
    }
    std::string rest() {
        std::string text;
        for (std::string next; !(next = line()).empty();) text += next;
        return text;
    }
    void interrupt() const { ::kill(child_, SIGINT); }
    void kill() const { ::kill(child_, SIGKILL); }
    int exit_status() {
        int status = 0;
        ::waitpid(child_, &status, 0);
        return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
    }

private:
    pid_t child_;
    FILE* output_;
};

struct Finished {
    int status;
    std::string output;
};
Finished run(const std::vector<std::string>& arguments) {
    Process process(arguments);
    const std::string output = process.rest();
    return {process.exit_status(), output};
}

struct Program : testing::Test {
    TemporaryFolder folder;
    std::string file = folder / "tiny.yaml", out = folder / "out";
    void SetUp() override { put(file, tiny_yaml); }
};

TEST_F(Program, SaysItsVersion) {
    const auto [status, output] = run({"version"});
    EXPECT_EQ(status, 0);
    EXPECT_EQ(output, "tripartite " + version() + ", kernels for " + std::string(instruction_set()) + "\n");
}

TEST_F(Program, ListsWhatAFileCanName) {
    for (const auto word : list_words()) {
        const auto [status, output] = run({"list", std::string(word)});
        EXPECT_EQ(status, 0);
        EXPECT_EQ(output, list_text(word));
    }
    EXPECT_NE(run({"list", "neurons"}).output.find("reset_delay"), std::string::npos);
    const auto [status, output] = run({"list", "neuron"});
    EXPECT_EQ(status, 2);
    EXPECT_EQ(output, "there is no list of 'neuron'; did you mean 'neurons'?\n");
}

TEST_F(Program, ChecksAFileAndPrintsAllOfIt) {
    const auto [status, output] = run({"check", file, "--set", "learning.epochs=7", "--threads", "3"});
    EXPECT_EQ(status, 0);
    EXPECT_EQ(output.find(resolved_yaml(tiny({"learning.epochs=7", "experiment.threads=3"}))), 0u);
    EXPECT_EQ(resolved_yaml(parse_experiment(output, "output")), resolved_yaml(tiny({"learning.epochs=7", "experiment.threads=3"}))) << "the lines on memory are comments";
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(Program, AWrongFileIsStatusTwoAndAllItsMistakes) {
    const auto [status, output] = run({"run", file, "--out", out, "--set", "learning.epoch=3", "--set", "time.steps=-1"});
    EXPECT_EQ(status, 2);
    EXPECT_EQ(output, "--set time.steps: must be within 1 and 1000000, got -1\n--set learning.epoch: unknown key; did you mean 'epochs'?\n");
    EXPECT_FALSE(std::filesystem::exists(out));
}

TEST_F(Program, WrongUsageIsStatusTwo) {
    for (const auto& arguments : std::vector<std::vector<std::string>>{{}, {"train"}, {"run"}, {"run", file, "--thread", "2"}, {"run", file, "--threads", "-2"}})
        EXPECT_EQ(run(arguments).status, 2);
    EXPECT_EQ(run({"--help"}).status, 0);
}

TEST_F(Program, AFileThatIsNotThereIsStatusTwo) {
    const auto [status, output] = run({"run", folder / "nothing.yaml"});
    EXPECT_EQ(status, 2);
    EXPECT_EQ(output, folder / "nothing.yaml cannot be read: No such file or directory\n");
}

TEST_F(Program, AFailingRunIsStatusOne) {
    const auto [status, output] = run({"run", file, "--out", out, "--resume", folder / "nothing.h5"});
    EXPECT_EQ(status, 1);
    EXPECT_EQ(output.find("tripartite: " + folder / "nothing.h5"), 0u) << output;
    put(folder / "file", "");
    const auto blocked = run({"run", file, "--out", folder / "file/below"});
    EXPECT_EQ(blocked.status, 1);
    EXPECT_EQ(blocked.output, "tripartite: " + folder / "file/below: the output folder cannot be made: Not a directory; choose another with --out\n");
}

TEST_F(Program, RunsIntoAPipeWithPlainLinesAndLeavesItsFiles) {
    const auto [status, output] = run({"run", file, "--out", out});
    EXPECT_EQ(status, 0);
    EXPECT_EQ(output.find_first_of("\r\033"), std::string::npos);
    EXPECT_EQ(output.find("48 samples to train on, 16 for validation, 24 to test; "), 0u);
    for (const char* part : {"\nepoch 1/3  loss ", "\nepoch 3/3  loss ", "\ntest accuracy ", "results are in "}) EXPECT_NE(output.find(part), std::string::npos) << part;
    for (const char* name : {"config.yaml", "summary.json", "results.h5", "checkpoint.h5", "log.txt"}) EXPECT_TRUE(std::filesystem::exists(out + "/" + name)) << name;
    EXPECT_NE(contents_of(out + "/log.txt").find("epoch 3/3"), std::string::npos);
    for (const char* name : {"", "/summary.json", "/results.h5", "/checkpoint.h5"}) EXPECT_EQ(run({"info", out + name}).status, 0) << name;
    EXPECT_EQ(run({"info", folder / "nothing"}).status, 1);
}

TEST_F(Program, DrawsARunAndPrintsTheFiles) {
    ASSERT_EQ(run({"run", file, "--out", out, "--set", "record={spikes: [layer1]}"}).status, 0);
    const auto [status, output] = run({"plot", out, "--format", "svg,png", "--to", "2"});
    EXPECT_EQ(status, 0);
    EXPECT_EQ(output, out + "/learning_curves.svg\n" + out + "/learning_curves.png\n" + out + "/raster.svg\n" + out + "/raster.png\n");
    EXPECT_EQ(contents_of(out + "/raster.png").substr(1, 3), "PNG");
    EXPECT_EQ(run({"plot", out, "--format", "gif"}).status, 2);
    EXPECT_EQ(run({"plot", folder / "nothing"}).status, 1);
}

TEST_F(Program, InterruptedItKeepsACheckpointFromWhichItEndsAsIfNothingHadHappened) {
    const std::vector<std::string> arguments{"run", file, "--set", "learning.epochs=60", "--set", "input.dataset.generated.train=256", "--out"};
    const auto with = [&](std::initializer_list<std::string> more) {
        auto all = arguments;
        all.insert(all.end(), more);
        return all;
    };
    ASSERT_EQ(run(with({folder / "whole"})).status, 0);
    Process process(with({out}));
    for (std::string line; !(line = process.line()).starts_with("epoch");) ASSERT_FALSE(line.empty());
    process.interrupt();
    const std::string output = process.rest();
    ASSERT_EQ(process.exit_status(), 1);
    EXPECT_NE(output.find("stopped after this batch; go on with\n  tripartite run " + file + " --resume " + out + "/checkpoint.h5 --out " + out + "\n"), std::string::npos) << output;
    EXPECT_FALSE(std::filesystem::exists(out + "/summary.json"));
    ASSERT_EQ(run(with({out, "--resume", out + "/checkpoint.h5"})).status, 0);
    expect_same_numbers(out + "/checkpoint.h5", folder / "whole/checkpoint.h5");
    expect_same_numbers(out + "/results.h5", folder / "whole/results.h5");
}

TEST_F(Program, KilledItGoesOnFromItsLastCheckpointToTheSameBits) {
    const std::string network = folder / "network.yaml";
    put(network, R"(
experiment: {mode: simulate, seed: 3}
time: {dt: 0.1 ms, duration: 4 s}
network:
  populations: {E: {size: 400, neuron: {iaf_psc_exp: {I_e: 360 pA}}, initial: {V_m: {uniform: {min: -70 mV, max: -56 mV}}}}}
  projections: [{from: E, to: E, rule: {fixed_in_degree: 40}, weight: 10 pA, delay: 1.5 ms, synapse: {stdp_pair: {w_max: 40}}}]
record: {spikes: all, weights: {E_to_E: {interval: 1 s}}}
output: {checkpoint_every: 1 ms}
)");
    ASSERT_EQ(run({"run", network, "--threads", "2", "--out", folder / "whole"}).status, 0);
    Process process({"run", network, "--threads", "1", "--out", out});
    while (!std::filesystem::exists(out + "/checkpoint.h5")) ASSERT_FALSE(process.line().empty());
    process.kill();
    process.rest();
    EXPECT_NE(process.exit_status(), 0);
    ASSERT_FALSE(std::filesystem::exists(out + "/summary.json")) << "it ended before it was killed: make it longer";
    ASSERT_EQ(run({"run", network, "--threads", "2", "--out", out, "--resume", out + "/checkpoint.h5"}).status, 0);
    expect_same_numbers(out + "/results.h5", folder / "whole/results.h5");
}

/// 0101...: the phrases 0, 1 and 0101..., three in 16 steps; 3 log2(16) / 16 = 0.75.
TEST_F(Program, InfoPrintsTheComplexityOfRecordedSpikes) {
    put(file, "experiment: {mode: simulate}\ntime: {dt: 1 ms, duration: 16 ms}\nnetwork: {populations: {S: {size: 1, source: {spikes: {times: [[2, 4, 6, 8, 10, 12, 14, 16]]}}}, "
              "N: {size: 1, neuron: parrot}}}\nrecord: {spikes: [S]}\n");
    ASSERT_EQ(run({"run", file, "--out", out}).status, 0);
    const auto [status, output] = run({"info", out});
    EXPECT_EQ(status, 0);
    EXPECT_NE(output.find("Lempel-Ziv complexity"), std::string::npos) << output;
    EXPECT_NE(output.find("S                                    0.7500             1 of 1         16\n"), std::string::npos) << output;
}

TEST_F(Program, InfoNamesAFileThatIsNoSummary) {
    const std::string file_name = folder / "summary.json";
    put(file_name, R"({"mode": 3})");
    const auto result = run({"info", file_name});
    EXPECT_EQ(result.status, 1);
    EXPECT_TRUE(result.output.starts_with("tripartite: " + file_name + " is not the summary of a run: ")) << result.output;
}

}  // namespace
}  // namespace tripartite
