#pragma once
#include <cstdint>
#include <span>
#include <vector>

namespace tripartite {

/// Classes from the spikes of neurons that learned without labels (Diehl and Cook 2015): each neuron stands for the class to whose samples it
/// responds most, a sample is of the class whose neurons respond most to it. Letters: N neurons, C classes.
class ResponseLabels {
public:
    struct Saved {
        std::vector<double> responses, samples;  ///< [C][N] sums, [C] of the samples added since the last assignment
        std::vector<std::int64_t> labels;        ///< [N]
    };
    static constexpr int nothing = -1;  ///< label of a neuron that never fired

    ResponseLabels(int classes, std::size_t neurons);

    /// The spikes [N] of a sample whose class is known.
    void add(std::span<const std::uint32_t> spikes, int label);
    /// Labels of the samples added since the last time: the class with the largest mean response, the first of equal ones. False if there
    /// are none yet.
    bool assign();
    bool assigned() const { return assigned_; }
    /// The class with the most spikes per neuron of that label, the first of equal ones.
    int predict(std::span<const std::uint32_t> spikes) const;

    const std::vector<std::int64_t>& labels() const { return saved_.labels; }
    const Saved& save() const { return saved_; }
    void load(const Saved& saved);

private:
    std::size_t neurons_;
    Saved saved_;
    std::vector<double> neurons_of_;  ///< [C] neurons of each label
    bool assigned_ = false;
};

}  // namespace tripartite
