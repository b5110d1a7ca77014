#pragma once
#include <cstdint>
#include <span>
#include <vector>

#include "core/array.hpp"

namespace tripartite {

/// Where synapses stand in an array that is sorted by (source, delay): those of one source with one delay are a run.
/// Built in two passes over the same synapses: count() each, finish(), then place() each, which gives it its index.
class RunIndex {
public:
    struct Run {
        std::uint64_t begin = 0, end = 0;
        bool empty() const { return begin == end; }
    };

    explicit RunIndex(std::uint32_t sources = 0) : sources_(sources) {}

    /// One more synapse; delay in steps, from 0 on.
    void count(std::uint32_t source, int delay) {
        if (delay >= stride_) widen(delay);
        ++ends_[Index(source) * stride_ + delay];
    }
    void finish();
    /// The index of a synapse; within a run in the order of the calls.
    std::uint64_t place(std::uint32_t source, int delay) { return first_[source] + ends_[Index(source) * stride_ + slots_[std::size_t(delay)] + 1]++; }

    /// The delays that occur, ascending.
    std::span<const int> delays() const { return delays_; }
    Run run(std::uint32_t source, int delay_number) const {
        const std::uint32_t* ends = ends_.data() + Index(source) * stride_ + delay_number;
        return {first_[source] + ends[0], first_[source] + ends[1]};
    }
    /// All synapses of a source.
    Run of_source(std::uint32_t source) const { return {first_[source], first_[source + 1]}; }
    std::uint32_t sources() const { return sources_; }
    std::uint64_t size() const { return first_.empty() ? 0 : first_[Index(sources_)]; }
    std::size_t bytes() const { return std::size_t(ends_.size()) * sizeof(std::uint32_t) + std::size_t(first_.size()) * sizeof(std::uint64_t); }

private:
    void widen(int delay);

    std::uint32_t sources_;
    int stride_ = 0;
    Array<std::uint32_t> ends_;  ///< [source][delay], counts; then [source][1 + number of the delay], where the run ends, from `first_` on
    Array<std::uint64_t> first_; ///< [source + 1]
    std::vector<int> delays_, slots_;
};

}  // namespace tripartite
