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
    explicit Progress(const std::string& log_file);
    ~Progress() override;

    void message(const std::string& text) override;
    void batch_done(const BatchProgress& progress) override;
    void epoch_done(int epoch, int epochs, const EpochSummary& summary) override;
    bool stop_wanted() override;

private:
    void clear_bar();

    std::shared_ptr<spdlog::logger> log_;
    bool terminal_, bar_shown_ = false;
    std::chrono::steady_clock::time_point drawn_{};
    std::chrono::steady_clock::time_point start_ = std::chrono::steady_clock::now();
    double done_before_ = -1;  ///< epochs done when this process began
};

}  // namespace tripartite
