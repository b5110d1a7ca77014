#pragma once
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/field.hpp"
#include "core/parallel.hpp"
#include "engine/frames.hpp"

/// Read-out by Lempel-Ziv complexity. Letters: T steps, B samples, N neurons.
namespace tripartite {

/// A sample is described by the complexity c log2(T) / T of each neuron's spike train (core/lempel_ziv.hpp), one bit a step, and goes to
/// the class with the nearest mean of the training samples. That complexity of output spike trains classifies is from Rudnicka, Szczepanski
/// and Pregowska (2025); the nearest mean is our reconstruction, for their abstract does not say how.
struct ComplexityReadout {
    static constexpr std::string_view name = "complexity", doc = "the nearest class mean of the Lempel-Ziv complexities of spike trains (the rule is our reconstruction)";
    std::string population;
    static constexpr auto fields() {
        return std::tuple{field("population", &ComplexityReadout::population, "", "whose spikes are read; the last one unless given")};
    }
};

/// Appends the complexities of each sample's trains, [B][N], to `to`.
void append_complexities(const SpikeFrame& spikes, ThreadPool& pool, std::vector<double>& to);

/// Classification by the nearest mean, in Euclidean distance; of equal ones the first class.
class NearestMean {
public:
    NearestMean(int classes, std::size_t features) : features_(features), count_(std::size_t(classes)), sum_(std::size_t(classes) * features) {}

    void learn(std::span<const double> sample, int label);
    /// A class that has no samples is never predicted.
    int predict(std::span<const double> sample) const;

private:
    std::size_t features_;
    std::vector<double> count_, sum_;  ///< [class], [class][feature]
};

}  // namespace tripartite
