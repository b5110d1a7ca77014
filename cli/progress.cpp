#include "cli/progress.hpp"

#include <fmt/chrono.h>
#include <spdlog/sinks/basic_file_sink.h>
#include <spdlog/spdlog.h>
#include <unistd.h>

#include <cmath>
#include <csignal>
#include <cstdio>
#include <cstring>

#include "core/error.hpp"

namespace tripartite {
namespace {

volatile std::sig_atomic_t interrupted = 0;

void interrupt(int) {
    interrupted = 1;
    std::signal(SIGINT, SIG_DFL);  // a second Ctrl-C ends at once
}

std::string duration(double seconds) {
    const int s = int(seconds + 0.5);
    return s >= 3600 ? fmt::format("{}:{:02}:{:02}", s / 3600, s / 60 % 60, s % 60) : fmt::format("{}:{:02}", s / 60, s % 60);
}

std::string loss_text(double loss) { return std::isfinite(loss) ? fmt::format("  loss {:.4f}", loss) : ""; }
std::string accuracy_text(const char* of, double accuracy) { return std::isfinite(accuracy) ? fmt::format("  {} {:.2f} %", of, 100 * accuracy) : ""; }

}  // namespace

Progress::Progress(const std::string& log_file, bool go_on) : terminal_(isatty(STDOUT_FILENO)) {
    try {
        log_ = spdlog::basic_logger_st(log_file, log_file, !go_on);
    } catch (const spdlog::spdlog_ex& e) {
        fail("{}: cannot be written: {}; choose another folder with --out", log_file, std::strerror(errno));
    }
    log_->set_pattern("%Y-%m-%d %H:%M:%S %v");
    interrupted = 0;
    std::signal(SIGINT, interrupt);
}

Progress::~Progress() {
    clear_bar();
    std::signal(SIGINT, SIG_DFL);
    spdlog::drop(log_->name());
}

bool Progress::stop_wanted() { return interrupted; }

void Progress::clear_bar() {
    if (bar_shown_) std::fputs("\r\033[K", stdout);
    bar_shown_ = false;
}

void Progress::message(const std::string& text) {
    clear_bar();
    std::printf("%s\n", text.c_str());
    std::fflush(stdout);
    log_->info(text);
    log_->flush();
}

bool Progress::time_to_draw(bool last) {
    const auto now = std::chrono::steady_clock::now();
    if (!terminal_ || (now - drawn_ < std::chrono::milliseconds(100) && !last)) return false;
    drawn_ = now;
    return true;
}

void Progress::draw_bar(double share, const std::string& before, const std::string& after) {
    constexpr int width = 24;
    std::string bar;
    for (int i = 0; i < width; ++i) bar += i < int(width * share) ? "█" : "░";
    std::fputs(fmt::format("\r\033[K{} {} {}", before, bar, after).c_str(), stdout);
    std::fflush(stdout);
    bar_shown_ = true;
}

void Progress::batch_done(const BatchProgress& p) {
    const double done = p.epoch + double(p.batch) / p.batches;
    if (done_before_ < 0) done_before_ = p.epoch + double(p.batch - 1) / p.batches;
    if (!time_to_draw(p.batch == p.batches)) return;
    const auto share = double(p.batch) / p.batches;
    if (p.phase) return draw_bar(share, p.phase, fmt::format("{:.0f} samples/s  {} left", p.samples / p.seconds, duration(p.seconds * (1 - share) / share)));
    const double elapsed = std::chrono::duration<double>(drawn_ - start_).count();
    const double left = elapsed * (p.epochs - done) / (done - done_before_);
    draw_bar(share, fmt::format("epoch {}/{}", p.epoch + 1, p.epochs),
             fmt::format("{:.0f} samples/s{}{}  spikes {:.3g}  {} left", p.samples / p.seconds, loss_text(p.loss), accuracy_text("accuracy", p.accuracy), p.spike_rate, duration(left)));
}

void Progress::simulated(const SimulationProgress& p) {
    if (done_before_ < 0) return done_before_ = p.time, start_ = std::chrono::steady_clock::now(), void();
    const double elapsed = std::chrono::duration<double>(std::chrono::steady_clock::now() - start_).count(), factor = elapsed * 1e3 / (p.time - done_before_);
    const auto text = fmt::format("{:.2f} of {:.2f} s  real-time factor {:.3f}  {} left", p.time * 1e-3, p.end * 1e-3, factor, duration(factor * (p.end - p.time) * 1e-3));
    if (time_to_draw(p.time >= p.end)) draw_bar(p.time / p.end, "simulated", text);
    if (terminal_ || int(10 * p.time / p.end) <= tenths_told_) return;
    tenths_told_ = int(10 * p.time / p.end);
    message("simulated " + text);
}

void Progress::epoch_done(int epoch, int epochs, const EpochSummary& s) {
    const auto validation = s.validation_accuracy < 0 ? std::string() : accuracy_text("validation", s.validation_accuracy);
    message(fmt::format("epoch {:>{}}/{}{}{}{}  spikes {:.3g}  {:.2f} s", epoch + 1, fmt::formatted_size("{}", epochs), epochs, loss_text(s.train_loss),
                        accuracy_text("train", s.train_accuracy), validation, s.spike_rate, s.seconds));
}

}  // namespace tripartite
