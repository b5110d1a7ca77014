#pragma once
#include <bit>
#include <cstdint>
#include <span>
#include <vector>

#include "core/array.hpp"

namespace tripartite {

/// The spikes of the latest steps, as ascending lists of neurons for each population.
class SpikeLists {
public:
    SpikeLists(int populations, Index steps) : populations_(populations), steps_(std::size_t(steps)) {
        for (auto& step : steps_) step.ends.assign(std::size_t(populations) + 1, 0);
    }

    /// Neurons of a population that fired in a step: one of the `capacity()` latest that were taken in, or before the first.
    std::span<const std::uint32_t> operator()(int population, Index step) const {
        if (step < 0) return {};
        const Step& s = at(step);
        return {s.neurons.data() + s.ends[std::size_t(population)], s.neurons.data() + s.ends[std::size_t(population) + 1]};
    }
    /// Takes in a step's words; population p has words first_word[p] .. first_word[p + 1]. Those of a level above `last` have not run yet.
    void take(Index step, const std::uint64_t* words, std::span<const Index> first_word, std::span<const int> level, int last) {
        Step& s = at(step);
        s.neurons.clear();
        for (int p = 0; p < populations_; ++p) {
            for (Index w = first_word[std::size_t(p)]; w < first_word[std::size_t(p) + 1] && level[std::size_t(p)] <= last; ++w)
                for (std::uint64_t word = words[w]; word; word &= word - 1)
                    s.neurons.push_back(std::uint32_t((w - first_word[std::size_t(p)]) * 64 + std::countr_zero(word)));
            s.ends[std::size_t(p) + 1] = std::uint32_t(s.neurons.size());
        }
    }
    /// The same from lists.
    void set(Index step, int population, std::span<const std::uint32_t> neurons) {
        Step& s = at(step);
        if (population == 0) s.neurons.clear();
        s.neurons.insert(s.neurons.end(), neurons.begin(), neurons.end());
        s.ends[std::size_t(population) + 1] = std::uint32_t(s.neurons.size());
    }
    Index capacity() const { return Index(steps_.size()); }

private:
    struct Step {
        std::vector<std::uint32_t> neurons, ends;
    };
    Step& at(Index step) { return steps_[std::size_t(step) % steps_.size()]; }
    const Step& at(Index step) const { return steps_[std::size_t(step) % steps_.size()]; }

    int populations_;
    std::vector<Step> steps_;
};

}  // namespace tripartite
