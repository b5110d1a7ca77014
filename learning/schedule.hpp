#pragma once
#include <cstdint>
#include <span>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/field.hpp"

/// Schedules of the learning rate. Letters: r(t) the rate of batch t (from 0), base the optimiser's rate, e = t / batches per
/// epoch the epoch (a whole number where it says so), n batches in all. Forms: PyTorch's torch.optim.lr_scheduler.
namespace tripartite {

/// r = base.
struct ConstantRate {
    static constexpr std::string_view name = "constant", doc = "the same learning rate throughout";
    static constexpr auto fields() { return std::tuple{}; }
};
/// r = base factor^floor(e / every), e the whole epoch.
struct StepDecay {
    static constexpr std::string_view name = "step", doc = "times `factor` after every `every` epochs";
    int every = 10;
    double factor = 0.1;
    static constexpr auto fields() {
        return std::tuple{field("every", &StepDecay::every, "epochs", "epochs between two steps").positive(),
                          field("factor", &StepDecay::factor, "", "of each step").positive()};
    }
};
/// r = base (final + (1 - final) (1 + cos(pi t / n)) / 2): PyTorch's CosineAnnealingLR, stepped per batch over the whole run.
struct Cosine {
    static constexpr std::string_view name = "cosine", doc = "half a cosine over the whole run, updated each batch";
    double final_share = 0;
    static constexpr auto fields() { return std::tuple{field("final", &Cosine::final_share, "", "rate at the end, as a share of the base").within(0, 1)}; }
};
/// Half a cosine from base / start_divisor up to base over warm_fraction of the batches, then half a cosine down to
/// base / start_divisor / final_divisor: PyTorch's OneCycleLR. The optimiser's rate is the maximum.
struct OneCycle {
    static constexpr std::string_view name = "one_cycle", doc = "up to the learning rate and down to almost nothing, along cosines (Smith and Topin 2018)";
    double start_divisor = 25, final_divisor = 1e4, warm_fraction = 0.3;
    static constexpr auto fields() {
        return std::tuple{field("start_divisor", &OneCycle::start_divisor, "", "the first rate is the learning rate divided by it").positive(),
                          field("final_divisor", &OneCycle::final_divisor, "", "the last rate is the first rate divided by it").positive(),
                          field("warm_fraction", &OneCycle::warm_fraction, "", "share of the run in which the rate grows").within(0, 1)};
    }
};
/// Times factor when the validation accuracy has not beaten its best by more than threshold for more than `patience` epochs:
/// PyTorch's ReduceLROnPlateau with mode max and an absolute threshold.
struct Plateau {
    static constexpr std::string_view name = "plateau", doc = "times `factor` when the validation accuracy stops growing";
    double factor = 0.1;
    int patience = 3;
    double threshold = 1e-4;
    static constexpr auto fields() {
        return std::tuple{field("factor", &Plateau::factor, "", "of each step").positive().below(1),
                          field("patience", &Plateau::patience, "epochs", "epochs without progress that are let pass").non_negative(),
                          field("threshold", &Plateau::threshold, "", "growth of the accuracy (0 to 1) that counts as progress").non_negative()};
    }
};

using ScheduleKind = std::variant<ConstantRate, StepDecay, Cosine, OneCycle, Plateau>;

struct ScheduleSpec {
    ScheduleKind kind;
    double warm_up = 0;  ///< epochs in which the scheduled rate is also multiplied by (t+1) / batches of the warm-up
};

/// The learning rate of each batch of a run.
class Schedule {
public:
    Schedule(const ScheduleSpec& spec, double base_rate, int epochs, std::int64_t batches_per_epoch);

    /// The rate of a batch, counted from 0 over the whole run. Only Plateau depends on the epochs that ended before.
    double rate(std::int64_t batch) const;
    void epoch_ended(double validation_accuracy);

    /// What a checkpoint keeps.
    std::vector<double> state() const { return {best_, stalled_, scale_}; }
    void restore(std::span<const double> state);

private:
    ScheduleSpec spec_;
    double base_rate_;
    std::int64_t batches_per_epoch_, batches_;
    double best_, stalled_ = 0, scale_ = 1;  // of Plateau: best accuracy, epochs since, factor of the rate so far
};

}  // namespace tripartite
