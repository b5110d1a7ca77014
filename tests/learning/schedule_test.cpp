#include "learning/schedule.hpp"

#include <gtest/gtest.h>

#include <cmath>

namespace tripartite {
namespace {

void expect_rates(const Schedule& schedule, const std::vector<double>& wanted) {
    for (std::size_t t = 0; t < wanted.size(); ++t) EXPECT_NEAR(schedule.rate(std::int64_t(t)), wanted[t], 1e-15) << t;
}

/// CosineAnnealingLR(T_max=12, eta_min=0.02) of PyTorch.
TEST(Schedule, CosineAgreesWithPyTorch) {
    expect_rates(Schedule({Cosine{.final_share = 0.1}}, 0.2, 3, 4),
                 {0.2, 0.196933324366016, 0.1879422863406, 0.173639610306789, 0.155, 0.133293714059227, 0.11, 0.0867062859407732, 0.065,
                  0.0463603896932107, 0.0320577136594005, 0.0230666756339839});
}

/// OneCycleLR(max_lr=0.2, total_steps=12), and with (10 steps, pct_start=0.45, div_factor=10, final_div_factor=100).
TEST(Schedule, OneCycleAgreesWithPyTorch) {
    expect_rates(Schedule({OneCycle{}}, 0.2, 4, 3),
                 {0.008, 0.0699579308439166, 0.175857031824426, 0.198883087090182, 0.186602593968282, 0.162349130789953, 0.129475799539021,
                  0.092527420533395, 0.0566121996417398, 0.0266955060377661, 0.00691339748507904, 8e-07});
    expect_rates(Schedule({OneCycle{.start_divisor = 10, .final_divisor = 100, .warm_fraction = 0.45}}, 0.2, 1, 10),
                 {0.02, 0.053885917832714, 0.130026884056068, 0.191087198111218, 0.195953348064088, 0.165520587321134, 0.114317252343501,
                  0.0586000402011116, 0.016058772070165, 0.0002});
}

TEST(Schedule, OneCycleOfAShortRunStartsAtItsMaximum) {
    EXPECT_EQ(Schedule({OneCycle{}}, 0.2, 1, 1).rate(0), 0.2);
    EXPECT_EQ(Schedule({OneCycle{.warm_fraction = 0}}, 0.2, 1, 5).rate(0), 0.2);
    EXPECT_NEAR(Schedule({OneCycle{.warm_fraction = 1}}, 0.2, 1, 5).rate(4), 0.2, 1e-16);
}

TEST(Schedule, StepDecayMultipliesBetweenEpochs) {
    const Schedule schedule({StepDecay{.every = 2, .factor = 0.5}}, 0.2, 6, 3);
    for (int batch = 0; batch < 18; ++batch) EXPECT_EQ(schedule.rate(batch), batch < 6 ? 0.2 : batch < 12 ? 0.1 : 0.05) << batch;
}

/// ReduceLROnPlateau(mode="max", factor=0.5, patience=1, threshold=0.01, threshold_mode="abs") of PyTorch.
TEST(Schedule, PlateauAgreesWithPyTorch) {
    Schedule schedule({Plateau{.factor = 0.5, .patience = 1, .threshold = 0.01}}, 0.2, 12, 5);
    const double accuracy[] = {.5, .6, .605, .609, .62, .62, .5, .63, .631, .632, .633, .7};
    const double rate[] = {0.2, 0.2, 0.2, 0.1, 0.1, 0.1, 0.05, 0.05, 0.05, 0.05, 0.025, 0.025};
    for (int epoch = 0; epoch < 12; ++epoch) {
        schedule.epoch_ended(accuracy[epoch]);
        EXPECT_EQ(schedule.rate(5 * (epoch + 1)), rate[epoch]) << epoch;
    }
}

TEST(Schedule, OnlyPlateauListensToTheAccuracy) {
    for (const ScheduleKind& kind : {ScheduleKind(ConstantRate{}), ScheduleKind(StepDecay{}), ScheduleKind(Cosine{}), ScheduleKind(OneCycle{})}) {
        Schedule schedule({kind}, 0.2, 10, 5);
        const double before = schedule.rate(20);
        for (int epoch = 0; epoch < 10; ++epoch) schedule.epoch_ended(0.1);
        EXPECT_EQ(schedule.rate(20), before);
    }
}

TEST(Schedule, WarmUpIsAStraightLineToTheScheduledRate) {
    for (const ScheduleKind& kind : {ScheduleKind(ConstantRate{}), ScheduleKind(Cosine{})}) {
        const Schedule plain({kind}, 0.2, 4, 10), warm({kind, 1.25}, 0.2, 4, 10);
        for (int batch = 0; batch < 40; ++batch) EXPECT_NEAR(warm.rate(batch), plain.rate(batch) * std::min(1.0, (batch + 1) / 12.5), 1e-16) << batch;
    }
}

TEST(Schedule, ResumeEqualsUninterruptedRun) {
    const ScheduleSpec spec{Plateau{.factor = 0.5, .patience = 1}};
    Schedule whole(spec, 0.2, 8, 5), first(spec, 0.2, 8, 5), second(spec, 0.2, 8, 5);
    const double accuracy[] = {.5, .4, .45, .6, .5, .5, .55, .59};
    for (int epoch = 0; epoch < 8; ++epoch) {
        whole.epoch_ended(accuracy[epoch]);
        if (epoch == 5) second.restore(first.state());
        (epoch < 5 ? first : second).epoch_ended(accuracy[epoch]);
        EXPECT_EQ((epoch < 5 ? first : second).rate(0), whole.rate(0)) << epoch;
    }
}

}  // namespace
}  // namespace tripartite
