#pragma once
#include <spdlog/logger.h>

#include <chrono>
#include <memory>

#include "experiment/observer.hpp"

namespace tripartite {

/// Shows a run: a bar that is redrawn on a terminal, plain lines in a pipe; the lines go to a log file as well.
/// Ctrl-C asks the run to end after its batch.
class Progress final : public Observer {
public:
    /// `go_on`: after what the file has, which a resumed run continues.
    explicit Progress(const std::string& log_file, bool go_on = false);
    ~Progress() override;

    void message(const std::string& text) override;
    void batch_done(const BatchProgress& progress) override;
    void epoch_done(int epoch, int epochs, const EpochSummary& summary) override;
    void simulated(const SimulationProgress& progress) override;
    bool stop_wanted() override;

private:
    void clear_bar();
    /// Shows the line in place of the one before, with a bar of that share.
    void draw_bar(double share, const std::string& before, const std::string& after);
    bool time_to_draw(bool last);

    std::shared_ptr<spdlog::logger> log_;
    bool terminal_, bar_shown_ = false;
    std::chrono::steady_clock::time_point drawn_{};
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    double done_before_ = -1;  ///< epochs, or ms, done when this process began
    int tenths_told_ = 0;      ///< of a simulation, in a pipe
};

}  // namespace tripartite
