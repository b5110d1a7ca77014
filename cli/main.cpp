#include <CLI/CLI.hpp>
#include <cstdio>
#include <new>

#include "cli/commands.hpp"
#include "core/error.hpp"
#include "experiment/read_experiment.hpp"

/// Exit status: 0 done, 1 the run failed, 2 wrong configuration or usage.
int main(int argc, char** argv) {
    using namespace tripartite;
    CLI::App app{"Tripartite trains and simulates spiking neural networks that a YAML file describes."};
    app.name("tripartite");
    app.require_subcommand(1);
    int status = 0;
    add_run(app, status);
    add_check(app);
    add_list(app);
    add_info(app);
    add_plot(app);
    add_version(app);
    try {
        app.parse(argc, argv);
        return status;
    } catch (const CLI::ParseError& e) {
        const int code = app.exit(e);
        return code == 0 ? 0 : 2;
    } catch (const ConfigError& e) {
        std::fprintf(stderr, "%s\n", e.what());
        return 2;
    } catch (const Error& e) {
        std::fprintf(stderr, "tripartite: %s\n", e.what());
        return 1;
    } catch (const std::bad_alloc&) {
        std::fprintf(stderr, "tripartite: the memory is used up; make the network smaller, or close other programs\n");
        return 1;
    } catch (const std::exception& e) {
        std::fprintf(stderr, "tripartite: %s\nThis is a fault of the program; please report it.\n", e.what());
        return 1;
    }
}
