#include "learning/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "core/error.hpp"

namespace tripartite {
namespace {

/// From `first` (share 0) to `last` (share 1) along half a cosine.
double cosine(double first, double last, double share) { return last + (first - last) * (1 + std::cos(std::numbers::pi * share)) / 2; }

double factor_at(const ConstantRate&, double, double, double) { return 1; }
double factor_at(const StepDecay& s, double, double epoch, double) { return std::pow(s.factor, std::floor(epoch / s.every)); }
double factor_at(const Cosine& s, double batch, double, double batches) { return cosine(1, s.final_share, batch / batches); }
double factor_at(const OneCycle& s, double batch, double, double batches) {
    const double first = 1 / s.start_divisor, peak = std::max(0.0, s.warm_fraction * batches - 1), end = batches - 1;
    if (batch <= peak) return peak > 0 ? cosine(first, 1, batch / peak) : 1;
    return cosine(1, first / s.final_divisor, (batch - peak) / (end - peak));
}
double factor_at(const Plateau&, double, double, double) { return 1; }

}  // namespace

Schedule::Schedule(const ScheduleSpec& spec, double base_rate, int epochs, std::int64_t batches_per_epoch)
    : spec_(spec), base_rate_(base_rate), batches_per_epoch_(batches_per_epoch), batches_(epochs * batches_per_epoch),
      best_(-std::numeric_limits<double>::infinity()) {}

double Schedule::rate(std::int64_t batch) const {
    const double epoch = double(batch / batches_per_epoch_), warm = spec_.warm_up * double(batches_per_epoch_);
    const double factor = std::visit([&](const auto& s) { return factor_at(s, double(batch), epoch, double(batches_)); }, spec_.kind);
    const double warmed = std::min(1.0, double(batch + 1) / std::max(1.0, warm));
    return base_rate_ * factor * scale_ * warmed;
}

void Schedule::epoch_ended(double validation_accuracy) {
    const auto* plateau = std::get_if<Plateau>(&spec_.kind);
    if (!plateau) return;
    if (validation_accuracy > best_ + plateau->threshold) {
        best_ = validation_accuracy;
        stalled_ = 0;
    } else if (++stalled_ > plateau->patience) {
        scale_ *= plateau->factor;
        stalled_ = 0;
    }
}

void Schedule::restore(std::span<const double> state) {
    TRIPARTITE_CHECK(state.size() == 3);
    best_ = state[0], stalled_ = state[1], scale_ = state[2];
}

}  // namespace tripartite
