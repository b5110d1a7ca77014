#include "core/parallel.hpp"

#include <gtest/gtest.h>
#include <immintrin.h>

#include <atomic>
#include <stdexcept>
#include <vector>

namespace tripartite {
namespace {

TEST(ThreadPool, RunsEachTaskOnceWithAWorkerInRange) {
    for (const int threads : {1, 2, 5}) {
        ThreadPool pool(threads);
        EXPECT_EQ(pool.threads(), threads);
        for (const Index tasks : {0, 1, 2, 1000}) {
            std::vector<std::atomic<int>> runs(tasks), inside(threads);
            pool.for_each(tasks, [&](Index task, int worker) {
                ASSERT_TRUE(worker >= 0 && worker < threads);
                EXPECT_EQ(inside[worker]++, 0) << "two tasks at once have the same worker";
                ++runs[task];
                --inside[worker];
            });
            for (const auto& n : runs) EXPECT_EQ(n, 1);
        }
    }
}

TEST(ThreadPool, ZeroThreadsAreAllCores) { EXPECT_GE(ThreadPool(0).threads(), 1); }

TEST(ThreadPool, AnExceptionOfATaskArrivesAtTheCallerAndThePoolGoesOn) {
    for (const int threads : {1, 3}) {
        ThreadPool pool(threads);
        const auto failing = [](Index task, int) { if (task == 17) throw std::runtime_error("task 17"); };
        EXPECT_THROW(pool.for_each(100, failing), std::runtime_error);
        std::atomic<int> runs = 0;
        pool.for_each(100, [&](Index, int) { ++runs; });
        EXPECT_EQ(runs, 100);
    }
}

/// Whether denormal numbers survive a multiplication here and now.
bool keeps_denormals() {
    volatile float x = 1e-39f;
    return x * 1.0f != 0;
}

TEST(FlushToZero, ActsWhileItLivesAndRestoresTheCallersMode) {
    constexpr unsigned modes = ~0x3fu;  // the rest are flags of what happened
    const unsigned before = _mm_getcsr() & modes;
    EXPECT_TRUE(keeps_denormals());
    {
        const FlushToZero guard;
        EXPECT_FALSE(keeps_denormals());
        {
            const FlushToZero inner;
        }
        EXPECT_FALSE(keeps_denormals());
    }
    EXPECT_TRUE(keeps_denormals());
    EXPECT_EQ(_mm_getcsr() & modes, before);
}

TEST(FlushToZero, HoldsInEveryTaskAndNotInTheCaller) {
    for (const int threads : {1, 4}) {
        ThreadPool pool(threads);
        std::atomic<int> kept = 0;
        pool.for_each(50, [&](Index, int) { kept += keeps_denormals(); });
        EXPECT_EQ(kept, 0);
        EXPECT_TRUE(keeps_denormals());
    }
}

}  // namespace
}  // namespace tripartite
