#include <immintrin.h>

#include <exception>
#include <mutex>
#include <system_error>
#include <thread>
#include <vector>

#include "core/error.hpp"
#include "core/parallel.hpp"

namespace tripartite {

void Barrier::wait() {
    constexpr int pauses = 4000;
    const unsigned round = round_.load(std::memory_order_acquire);
    if (aborted_.load(std::memory_order_acquire)) throw Aborted{};  // after the round was read: whoever aborts opens the next one last
    if (arrived_.fetch_add(1, std::memory_order_acq_rel) + 1 == threads_) {
        arrived_.store(0, std::memory_order_relaxed);
        round_.store(round + 1, std::memory_order_release);
        round_.notify_all();
    } else {
        for (int i = 0; i < pauses && round_.load(std::memory_order_acquire) == round; ++i) _mm_pause();
        while (round_.load(std::memory_order_acquire) == round) round_.wait(round, std::memory_order_acquire);
    }
    if (aborted_.load(std::memory_order_acquire)) throw Aborted{};
}

void Barrier::abort() {
    aborted_.store(true, std::memory_order_release);
    round_.fetch_add(1, std::memory_order_release);
    round_.notify_all();
}

void run_together(int threads, const std::function<void(int, Barrier&)>& body) {
    Barrier barrier(threads);
    std::exception_ptr failure;
    std::mutex failing;
    const auto work = [&](int worker) {
        const FlushToZero guard;
        try {
            body(worker, barrier);
            return;
        } catch (const Barrier::Aborted&) {
        } catch (...) {
            const std::lock_guard lock(failing);
            if (!failure) failure = std::current_exception();
        }
        barrier.abort();
    };
    std::vector<std::thread> helpers;
    try {
        for (int w = 1; w < threads; ++w) helpers.emplace_back(work, w);
        work(0);
    } catch (const std::system_error& error) {
        barrier.abort();
        failure = std::make_exception_ptr(Error(fmt::format("{} threads cannot be started: {}; take fewer", threads, error.what())));
    }
    for (auto& helper : helpers) helper.join();
    if (failure) std::rethrow_exception(failure);
}

}  // namespace tripartite
