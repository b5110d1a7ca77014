#include "core/parallel.hpp"

#include <immintrin.h>

#include <optional>
#include <thread>

#ifdef TRIPARTITE_PLAIN_THREADS
#include <atomic>
#include <exception>
#include <mutex>
#include <vector>
#else
#include <tbb/blocked_range.h>
#include <tbb/global_control.h>
#include <tbb/parallel_for.h>
#include <tbb/task_arena.h>
#endif

namespace tripartite {
namespace {

constexpr unsigned flush_to_zero_and_denormals_are_zero = 0x8040;

int available(int threads) { return threads > 0 ? threads : int(std::max(1u, std::thread::hardware_concurrency())); }

}  // namespace

FlushToZero::FlushToZero() : saved_(_mm_getcsr()) { _mm_setcsr(saved_ | flush_to_zero_and_denormals_are_zero); }
FlushToZero::~FlushToZero() { _mm_setcsr(saved_); }

#ifdef TRIPARTITE_PLAIN_THREADS

// The thread sanitizer knows these threads, while a oneTBB that was not built for it raises false alarms.
struct ThreadPool::Implementation {
    int threads;
};
ThreadPool::ThreadPool(int threads) : implementation_(std::make_unique<Implementation>(available(threads))) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::threads() const { return implementation_->threads; }

void ThreadPool::for_each(Index tasks, const std::function<void(Index, int)>& body) {
    std::atomic<Index> next{0};
    std::exception_ptr failure;
    std::mutex failing;
    const auto work = [&](int worker) {
        const FlushToZero guard;
        try {
            for (Index task; (task = next.fetch_add(1)) < tasks;) body(task, worker);
        } catch (...) {
            const std::lock_guard lock(failing);
            if (!failure) failure = std::current_exception();
            next = tasks;
        }
    };
    std::vector<std::thread> helpers;
    for (int w = 1; w < std::min<Index>(implementation_->threads, tasks); ++w) helpers.emplace_back(work, w);
    work(0);
    for (auto& helper : helpers) helper.join();
    if (failure) std::rethrow_exception(failure);
}

#else

struct ThreadPool::Implementation {
    explicit Implementation(int threads) : limit(more_than_allowed(threads)), arena(threads) {}
    /// oneTBB stops at the number of cores unless told otherwise; of several limits the lowest holds, so none is set in vain.
    static std::optional<tbb::global_control> more_than_allowed(int threads) {
        constexpr auto parallelism = tbb::global_control::max_allowed_parallelism;
        if (std::size_t(threads) <= tbb::global_control::active_value(parallelism)) return std::nullopt;
        return std::optional<tbb::global_control>(std::in_place, parallelism, threads);
    }
    std::optional<tbb::global_control> limit;
    tbb::task_arena arena;
};
ThreadPool::ThreadPool(int threads) : implementation_(std::make_unique<Implementation>(available(threads))) {}
ThreadPool::~ThreadPool() = default;
int ThreadPool::threads() const { return implementation_->arena.max_concurrency(); }

void ThreadPool::for_each(Index tasks, const std::function<void(Index, int)>& body) {
    const auto range = [&](const tbb::blocked_range<Index>& some) {
        const FlushToZero guard;
        for (Index task = some.begin(); task != some.end(); ++task) body(task, tbb::this_task_arena::current_thread_index());
    };
    if (tasks == 1 || threads() == 1) {
        const FlushToZero guard;
        for (Index task = 0; task < tasks; ++task) body(task, 0);
        return;
    }
    implementation_->arena.execute([&] { tbb::parallel_for(tbb::blocked_range<Index>(0, tasks, 1), range, tbb::simple_partitioner{}); });
}

#endif

}  // namespace tripartite
