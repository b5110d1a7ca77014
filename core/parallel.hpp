#pragma once
#include <atomic>
#include <functional>
#include <memory>

#include "core/array.hpp"

namespace tripartite {

/// Denormal numbers are flushed to zero while it lives (one loop ran 20 times slower on them); then the caller's mode is back.
class FlushToZero {
public:
    FlushToZero();
    ~FlushToZero();
    FlushToZero(const FlushToZero&) = delete;
    FlushToZero& operator=(const FlushToZero&) = delete;

private:
    unsigned saved_;
};

/// A fixed number of threads that run the tasks of parallel loops. Which thread runs a task is left open, so a task must
/// write to places of its own and sum in an order of its own.
class ThreadPool {
public:
    /// threads = 0 takes all cores.
    explicit ThreadPool(int threads = 0);
    ~ThreadPool();
    ThreadPool(const ThreadPool&) = delete;
    ThreadPool& operator=(const ThreadPool&) = delete;

    int threads() const;

    /// body(task, worker) for each task in 0 .. tasks-1; two tasks that run at once have different workers, 0 .. threads-1.
    /// The first exception that a task throws is thrown here.
    void for_each(Index tasks, const std::function<void(Index task, int worker)>& body);

private:
    struct Implementation;
    std::unique_ptr<Implementation> implementation_;
};

/// Where the threads of a team wait for each other: first awake for some tens of microseconds, then asleep.
class Barrier {
public:
    explicit Barrier(int threads) : threads_(unsigned(threads)) {}
    /// Returns when all threads of the team have come. Throws Aborted if one of them has failed.
    void wait();
    struct Aborted {};

    /// Those who wait, or will, throw Aborted.
    void abort();

private:
    unsigned threads_;
    std::atomic<unsigned> arrived_{0}, round_{0};
    std::atomic<bool> aborted_{false};
};

/// body(worker, barrier) on so many threads at once, this one among them; denormals are flushed to zero. The first exception that
/// one throws is thrown here.
void run_together(int threads, const std::function<void(int worker, Barrier& barrier)>& body);

}  // namespace tripartite
