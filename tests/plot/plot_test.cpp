#include "plot/plot.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <set>

#include "tests/io/temporary_folder.hpp"
#include "tests/plot/readable.hpp"
#include "tests/plot/synthetic_runs.hpp"

namespace tripartite {
namespace {

using Files = std::vector<std::string>;
const std::vector<Format> all_formats{Format::svg, Format::png, Format::pdf};

struct Pictures : testing::Test {
    TemporaryFolder folder;
    std::string run = folder.path();

    Files names(const Files& files) const {
        Files short_names;
        for (const auto& file : files) short_names.push_back(std::filesystem::path(file).filename());
        return short_names;
    }
};

std::uint32_t big_endian(const std::string& bytes, std::size_t at) {
    std::uint32_t number = 0;
    for (std::size_t i = 0; i < 4; ++i) number = number << 8 | static_cast<unsigned char>(bytes.at(at + i));
    return number;
}

/// Every element that is opened is closed, in order.
void expect_well_formed(const std::string& xml) {
    std::vector<std::string> open;
    for (auto at = xml.find('<'); at != std::string::npos; at = xml.find('<', at + 1)) {
        const auto end = xml.find('>', at);
        ASSERT_NE(end, std::string::npos);
        const auto name = xml.substr(at + 1, xml.find_first_of(" />\n", at + 2) - at - 1);
        if (xml[at + 1] == '?' || xml[end - 1] == '/') continue;
        if (xml[at + 1] != '/') open.push_back(name);
        else {
            ASSERT_FALSE(open.empty());
            EXPECT_EQ("/" + open.back(), xml.substr(at + 1, end - at - 1));
            open.pop_back();
        }
    }
    EXPECT_TRUE(open.empty());
}

TEST_F(Pictures, OfASimulationAreItsRasterAndItsStates) {
    write_simulation(run, ten_neurons, 0, 300, 3);
    EXPECT_EQ(names(plot_runs({run}, "", {Format::png}, {})), (Files{"raster.png", "traces_E.png"}));
    EXPECT_EQ(names(plot_runs({run}, folder / "deep/below", all_formats, {})),
              (Files{"raster.svg", "raster.png", "raster.pdf", "traces_E.svg", "traces_E.png", "traces_E.pdf"}));
    EXPECT_TRUE(std::filesystem::exists(folder / "deep/below/traces_E.pdf"));
}

TEST_F(Pictures, AreValidFilesOfTheirFormats) {
    write_simulation(run, ten_neurons, 0, 300);
    const auto files = plot_runs({run}, "", all_formats, {});
    ASSERT_EQ(files.size(), 3u);
    const auto svg = contents_of(files[0]), png = contents_of(files[1]), pdf = contents_of(files[2]);
    EXPECT_EQ(svg.find("<?xml"), 0u);
    expect_well_formed(svg);
    for (const char* text : {"time (ms)", "Population rate (Hz)", "All 10 neurons"}) EXPECT_NE(svg.find(text), std::string::npos) << text;
    EXPECT_EQ(png.substr(0, 8), "\x89PNG\r\n\x1a\n");
    EXPECT_EQ(big_endian(png, 16), 4 * 540u);
    EXPECT_GT(big_endian(png, 20), 800u);
    EXPECT_EQ(pdf.substr(0, 5), "%PDF-");
    EXPECT_NE(pdf.find("%%EOF"), std::string::npos);
}

TEST_F(Pictures, OfTenNeuronsShowThemAll) {
    write_simulation(run, ten_neurons, 0, 1000, 3);
    const RunFolder results(run);
    const auto raster = draw_raster(results, {});
    expect_readable(raster);
    const auto text = all_text(raster);
    EXPECT_EQ(text.find("synthetic\n"), 0u);
    EXPECT_NE(text.find("All 10 neurons and their "), std::string::npos) << text;
    const auto traces = draw_traces(results, "E", {});
    expect_readable(traces);
    for (const char* part : {"V_m (mV)", "w (pA)", "neuron 0", "neuron 2", "neuron 5", "time (ms)", "States every 0.1"}) EXPECT_NE(all_text(traces).find(part), std::string::npos) << part;
}

TEST_F(Pictures, OfAMicrocircuitShowASubsetAndSaySo) {
    write_simulation(run, microcircuit, 500, 1000);
    const RunFolder results(run);
    const auto raster = draw_raster(results, {}), rates = draw_rates(results, {});
    expect_readable(raster);
    expect_readable(rates);
    const auto text = all_text(raster);
    EXPECT_NE(text.find("1\u202f200 of 77\u202f169 neurons, at even distances within each population"), std::string::npos) << text;
    for (const auto& p : microcircuit) {
        EXPECT_NE(text.find(p.name + "\n"), std::string::npos);
        EXPECT_NE(all_text(rates).find(p.name + " (Hz)\n"), std::string::npos);
    }
    for (const auto format : all_formats) EXPECT_LT(raster.encoded(format).size(), 3'000'000u);
}

TEST_F(Pictures, ShortenTheTimeWhenThereAreTooManySpikesUnlessTheEndIsGiven) {
    write_simulation(run, {{"E", 1000, 200, 1}}, 0, 1000);
    const RunFolder results(run);
    EXPECT_NE(all_text(draw_raster(results, {})).find("200\u00a0ms of the 1000\u00a0ms recorded"), std::string::npos) << all_text(draw_raster(results, {}));
    EXPECT_EQ(all_text(draw_raster(results, {{}, 1000, {}})).find("ms recorded"), std::string::npos);
    EXPECT_NE(all_text(draw_raster(results, {250, 300, 10})).find("10 of 1\u202f000 neurons"), std::string::npos);
}

TEST_F(Pictures, OfSomeNeuronsOfAPopulationSayThatTheyAreSome) {
    H5Writer file(folder / "results.h5");
    write_spikes(file, ten_neurons[0], 0, 500, 0.1);
    file.attribute("/spikes/E", "begin", 2);
    file.attribute("/spikes/E", "end", 6);
    file.commit();
    put(folder / "summary.json", R"({"mode": "simulate", "biological_seconds": 0.5, "populations": {"E": {"neurons": 8}}})");
    EXPECT_NE(all_text(draw_raster(RunFolder(run), {})).find("All 4 recorded neurons"), std::string::npos);
}

TEST_F(Pictures, RatesAreDrawnAsRecorded) {
    H5Writer file(folder / "results.h5");
    file.write("/rates/E", std::vector<double>{3, 4, 5, 6}, {4});
    file.attribute("/rates/E", "interval", 25.0);
    file.attribute("/rates/E", "start", 25.0);
    file.commit();
    put(folder / "summary.json", R"({"mode": "simulate", "biological_seconds": 0.1})");
    EXPECT_EQ(names(plot_runs({run}, "", {Format::svg}, {})), Files{"rates.svg"});
    EXPECT_NE(all_text(draw_rates(RunFolder(run), {})).find("intervals of 25\u00a0ms"), std::string::npos);
}

TEST_F(Pictures, RatesInFineIntervalsAreAveraged) {
    H5Writer file(folder / "results.h5");
    file.write("/rates/E", std::vector<double>(20000, 4), {20000});
    file.attribute("/rates/E", "interval", 0.1);
    file.attribute("/rates/E", "start", 0.1);
    file.commit();
    put(folder / "summary.json", R"({"mode": "simulate", "biological_seconds": 2})");
    EXPECT_NE(all_text(draw_rates(RunFolder(run), {})).find("intervals of 5\u00a0ms"), std::string::npos);
    EXPECT_NE(all_text(draw_rates(RunFolder(run), {100, 130, {}})).find("intervals of 0.1\u00a0ms"), std::string::npos);
}

TEST_F(Pictures, TracesShowTheTimeInWhichTheyWereRecorded) {
    write_simulation(run, ten_neurons, 0, 1000);
    H5Writer file(folder / "results.h5");
    write_states(file, ten_neurons[0], 2, 200, 100);
    file.attribute("/", "start_ms", 0.0);
    file.attribute("/", "duration_ms", 1000.0);
    file.commit();
    const auto text = all_text(draw_traces(RunFolder(run), "E", {}));
    EXPECT_NE(text.find("\n200\n"), std::string::npos) << text;
    EXPECT_NE(text.find("\n300\n"), std::string::npos);
    EXPECT_EQ(text.find("\n400\n"), std::string::npos);
    EXPECT_EQ(error_of([&] { draw_traces(RunFolder(run), "E", {500, {}, {}}); }), run + ": no state of 'E' is recorded from 500 to 1000 ms");
}

TEST_F(Pictures, StatesThatWereNeverSampledAreLeftOut) {
    write_simulation(run, ten_neurons, 0, 100);
    H5Writer file(folder / "results.h5");
    write_spikes(file, ten_neurons[0], 0, 100, 0.1);
    file.write("/states/E/V_m", std::vector<double>(), {0, 2});
    file.commit();
    EXPECT_EQ(names(plot_runs({run}, "", {Format::svg}, {})), Files{"raster.svg"});
}

TEST_F(Pictures, OfATrainedNetworkAreItsLearningCurves) {
    write_training(run, "first", 9, 0.9);
    EXPECT_EQ(names(plot_runs({run}, "", {Format::svg}, {})), Files{"learning_curves.svg"});
    std::vector<RunFolder> runs;
    runs.emplace_back(run);
    const auto one = draw_learning_curves(runs);
    expect_readable(one);
    for (const char* part : {"first: test 90.00 %, epoch 9", "Training loss", "Accuracy (%)", "epoch"}) EXPECT_NE(all_text(one).find(part), std::string::npos) << part;
    for (const std::string name : {"a_long_name_of_a_run", "another_name", "c", "d", "e", "f", "g", "h", "i"}) {
        std::filesystem::create_directory(folder / name);
        write_training(folder / name, "same", 4, 0.85);
        runs.emplace_back(folder / name);
    }
    const auto many = draw_learning_curves(runs);
    expect_readable(many);
    EXPECT_NE(all_text(many).find("a_long_name_of_a_run: test 85.00 %, epoch 4"), std::string::npos) << "runs of one experiment differ by their folders";
    write_training(folder / "c", "short", 1, 0.5);
    expect_readable(draw_learning_curves({&runs.emplace_back(folder / "c"), 1}));
}

TEST_F(Pictures, OfLearningWithoutALossHaveNoPanelForIt) {
    put(folder / "summary.json", R"({"name": "stdp", "test_accuracy": 0.8, "best_epoch": 1, "epochs": [{"train_loss": null, "train_accuracy": 0.7}]})");
    const RunFolder results(run);
    const auto curves = draw_learning_curves({&results, 1});
    expect_readable(curves);
    EXPECT_EQ(all_text(curves).find("Training loss"), std::string::npos);
    EXPECT_NE(all_text(curves).find("Accuracy (%)"), std::string::npos);
}

TEST_F(Pictures, SamplesThatTrainingRecordedAreDrawnToo) {
    write_training(run, "first", 3, 0.9);
    H5Writer file(folder / "results.h5");
    file.write("/spikes/hidden/timestamps", std::vector<double>{1, 2, 2, 20}, {4});
    file.write("/spikes/hidden/node_ids", std::vector<std::int64_t>{0, 3, 1, 2}, {4});
    file.write("/states/out/membrane", std::vector<double>(20 * 3, 0.25), {20, 3});
    file.attribute("/states/out/membrane", "dt", 1.0);
    file.commit();
    EXPECT_EQ(names(plot_runs({run}, "", {Format::svg}, {})), (Files{"learning_curves.svg", "raster.svg", "traces_out.svg"}));
    const RunFolder results(run);
    EXPECT_NE(all_text(draw_raster(results, {})).find("All 4 neurons and their 4 spikes"), std::string::npos);
    expect_readable(draw_traces(results, "out", {}));
}

TEST_F(Pictures, LongNamesLeaveRoomForTheRest) {
    const std::string name(100, 'x');
    write_simulation(run, {{name, 5, 20, 1}, {"y" + name, 5, 20, 1}, {"z", 5, 2000, 1}}, 0, 1e4, 1);
    expect_readable(draw_raster(RunFolder(run), {}));
    expect_readable(draw_traces(RunFolder(run), name, {}));
}

TEST_F(Pictures, MistakesAreToldWithTheirRemedy) {
    EXPECT_EQ(error_of([&] { plot_runs({run}, "", {Format::svg}, {}); }), run + ": there is no summary.json; give a folder that `tripartite run` has written");
    put(folder / "summary.json", "[1]");
    EXPECT_EQ(error_of([&] { plot_runs({run}, "", {Format::svg}, {}); }), run + "/summary.json is not the summary of a run: it is not a JSON object");
    put(folder / "summary.json", R"({"mode": "simulate"})");
    EXPECT_EQ(error_of([&] { plot_runs({run}, "", {Format::svg}, {}); }),
              run + ": nothing is recorded that could be drawn; add `record: {spikes: all}` to the experiment and run it again");
    EXPECT_EQ(error_of([&] { plot_runs({run, run}, "", {Format::svg}, {}); }),
              run + ": it has no learning curve, and only these are drawn of several runs; plot it alone");
    write_simulation(run, ten_neurons, 0, 100);
    EXPECT_EQ(error_of([&] { plot_runs({run}, "", {Format::svg}, {200, 300, {}}); }), run + ": there is nothing from 200 to 300 ms; the recording goes from 0 to 100 ms");
    put(folder / "file", "");
    EXPECT_EQ(error_of([&] { plot_runs({run}, folder / "file/below", {Format::svg}, {}); }),
              folder / "file/below: the folder for the pictures cannot be made: Not a directory; choose another with --out");
}

}  // namespace
}  // namespace tripartite
