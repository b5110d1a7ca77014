#pragma once
#include <CLI/App.hpp>

/// The commands of the program. Each adds itself to the command line and runs when it is given.
namespace tripartite {

void add_run(CLI::App& app, int& status);
void add_check(CLI::App& app);
void add_list(CLI::App& app);
void add_info(CLI::App& app);
void add_plot(CLI::App& app);
void add_version(CLI::App& app);

}  // namespace tripartite
