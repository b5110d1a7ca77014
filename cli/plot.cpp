#include "plot/plot.hpp"

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <memory>

#include "cli/commands.hpp"

namespace tripartite {
namespace {

struct PlotArguments {
    std::vector<std::string> runs;
    std::string out;
    std::vector<std::string> formats{"svg"};
    PlotOptions options;
};

}  // namespace

void add_plot(CLI::App& app) {
    auto a = std::make_shared<PlotArguments>();
    auto* command = app.add_subcommand("plot", "draw what a run recorded: spikes, rates, states, learning curves, weights of images");
    command->add_option("RUN", a->runs, "folder of a run; of several, the learning curves are drawn into one picture")->required();
    command->add_option("--out", a->out, "folder for the pictures, in place of the run's");
    command->add_option("--format", a->formats, "svg, png, pdf, or several of them; svg unless given")
        ->delimiter(',')->check(CLI::IsMember({"svg", "png", "pdf"}).description(""))->type_name("FORMAT");
    command->add_option("--from", a->options.from, "draw from this time on")->type_name("MS");
    command->add_option("--to", a->options.to, "draw up to this time")->type_name("MS");
    command->add_option("--neurons", a->options.neurons, "rows of the raster, 1200 unless given; images of weights, 400")->check(CLI::Range(1, 1'000'000'000));
    command->callback([a] {
        std::vector<Format> formats;
        for (const auto& name : a->formats) formats.push_back(Format(std::ranges::find(format_names, name) - std::begin(format_names)));
        for (const auto& file : plot_runs(a->runs, a->out, formats, a->options)) std::printf("%s\n", file.c_str());
    });
}

}  // namespace tripartite
