#pragma once
#include <string>
#include <vector>

#include "plot/pictures.hpp"

namespace tripartite {

/// Draws everything that a run recorded: raster.*, rates.*, traces_<population>.*, learning_curves.*; several runs give one picture
/// of their learning curves. Writes into `out`, or where it is empty into the folder of the first run. Returns the files.
/// Errors: a folder without results, nothing recorded, several runs of which one was not trained, a file that cannot be written.
std::vector<std::string> plot_runs(const std::vector<std::string>& folders, const std::string& out, const std::vector<Format>& formats,
                                   const PlotOptions& options);

}  // namespace tripartite
