#pragma once
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>
#include <vector>

#include "core/field.hpp"
#include "datasets/images.hpp"

/// Data sets of spike trains in which each class is a source of its own. A sample is an image of one row a step and one column a
/// channel, with pixels 0 or 255, for the encoder `trains`. All channels of a sample come from the source of its class, independently;
/// sample i has label i mod classes. Sources of Rudnicka, Szczepanski and Pregowska (2025); sizes and parameters are ours.
namespace tripartite {

/// What the sources have in common.
struct SpikeTrainSet {
    int channels = 20, train = 512, test = 256;
    std::uint64_t seed = 1;

    /// In a sample.
    int trains() const { return channels; }
    template <class Source> static constexpr auto common_fields() {
        return std::tuple_cat(std::tuple{field("channels", static_cast<int Source::*>(&SpikeTrainSet::channels), "", "trains in a sample").within(1, 1e6)}, sample_fields<Source>());
    }
    template <class Source> static constexpr auto sample_fields() {
        return std::tuple{field("train", static_cast<int Source::*>(&SpikeTrainSet::train), "", "samples to train on").positive(),
                          field("test", static_cast<int Source::*>(&SpikeTrainSet::test), "", "samples to test on").positive(),
                          field("seed", static_cast<std::uint64_t Source::*>(&SpikeTrainSet::seed), "", "of the random numbers")};
    }
};

/// A spike in each step with the same probability, whatever came before.
struct BernoulliSource : SpikeTrainSet {
    static constexpr std::string_view name = "bernoulli", doc = "spike trains without memory; a class is a probability of spikes";
    std::vector<double> probability{0.2, 0.3};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("probability", &BernoulliSource::probability, "", "of a spike in a step, one for each class").within(0, 1)},
                              common_fields<BernoulliSource>());
    }
    int classes() const { return int(probability.size()); }
    std::string problem() const { return ""; }
    ImageSet load(double dt, int steps) const;
};

/// Silence becomes a spike with probability `onset`, a spike is followed by silence with probability `offset`; the first step is
/// drawn from the stationary distribution: mean rate onset / (onset + offset). Sources of one rate differ in their memory only.
struct MarkovSource : SpikeTrainSet {
    static constexpr std::string_view name = "markov", doc = "spike trains of two-state Markov chains; a class is a pair of probabilities";
    std::vector<double> onset{0.5, 0.2}, offset{0.5, 0.2};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("onset", &MarkovSource::onset, "", "probability of a spike after silence, one for each class").positive().within(0, 1),
                                         field("offset", &MarkovSource::offset, "", "probability of silence after a spike, one for each class").within(0, 1)},
                              common_fields<MarkovSource>());
    }
    int classes() const { return int(onset.size()); }
    std::string problem() const;
    ImageSet load(double dt, int steps) const;
};

/// At least one event of a Poisson process within the step: probability 1 - exp(-rate dt).
struct PoissonSource : SpikeTrainSet {
    static constexpr std::string_view name = "poisson", doc = "Poisson spike trains; a class is a rate";
    std::vector<double> rate{40, 60};
    static constexpr auto fields() {
        return std::tuple_cat(std::tuple{field("rate", &PoissonSource::rate, "Hz", "one for each class").non_negative()}, common_fields<PoissonSource>());
    }
    int classes() const { return int(rate.size()); }
    std::string problem() const { return ""; }
    ImageSet load(double dt, int steps) const;
};

}  // namespace tripartite
