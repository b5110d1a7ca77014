#include "plot/plot.hpp"

#include <algorithm>
#include <filesystem>

#include "core/error.hpp"
#include "io/atomic_file.hpp"
#include "plot/groups.hpp"

namespace tripartite {
namespace {

struct Picture {
    std::string name;
    Canvas canvas;
};

std::vector<Picture> pictures_of(const RunFolder& run, const PlotOptions& options) {
    std::vector<Picture> pictures;
    std::vector<std::string> names;
    for (const auto& p : run.spiking()) names.push_back(p.name);
    const bool pooled = grouped(names).size() < names.size();  // in the raster's rates
    if (!run.training().epochs.empty()) pictures.push_back({"learning_curves", draw_learning_curves({&run, 1})});
    if (!run.spiking().empty()) pictures.push_back({"raster", draw_raster(run, options)});
    if (!run.with_rates().empty() || pooled) pictures.push_back({"rates", draw_rates(run, options)});
    for (const auto& population : run.with_states()) pictures.push_back({"traces_" + population, draw_traces(run, population, options)});
    for (const auto& projection : run.with_weight_images()) pictures.push_back({"weights_" + projection, draw_weights(run, projection, options)});
    if (pictures.empty()) fail("{}: nothing is recorded that could be drawn; add `record: {{spikes: all}}` to the experiment and run it again", run.folder());
    return pictures;
}

std::vector<Picture> overlay(const std::vector<RunFolder>& runs) {
    for (const auto& run : runs)
        if (run.training().epochs.empty()) fail("{}: it has no learning curve, and only these are drawn of several runs; plot it alone", run.folder());
    std::vector<Picture> pictures;
    pictures.push_back({"learning_curves", draw_learning_curves(runs)});
    return pictures;
}

}  // namespace

std::vector<std::string> plot_runs(const std::vector<std::string>& folders, const std::string& out, const std::vector<Format>& formats,
                                   const PlotOptions& options) {
    std::vector<RunFolder> runs;
    for (const auto& folder : folders) runs.emplace_back(folder);
    const auto pictures = runs.size() == 1 ? pictures_of(runs[0], options) : overlay(runs);
    const std::filesystem::path target = out.empty() ? folders.at(0) : out;
    std::error_code error;
    std::filesystem::create_directories(target, error);
    if (error) fail("{}: the folder for the pictures cannot be made: {}; choose another with --out", target.string(), error.message());
    std::vector<std::string> files;
    for (const auto& [name, canvas] : pictures)
        for (const auto format : formats) {
            files.push_back(target / (name + "." + std::string(format_names[std::size_t(format)])));
            write_atomically(files.back(), canvas.encoded(format));
        }
    return files;
}

}  // namespace tripartite
