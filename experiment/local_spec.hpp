#pragma once
#include <string>
#include <string_view>
#include <tuple>
#include <variant>

#include "experiment/simulation_spec.hpp"

namespace tripartite {

/// Learning by plastic synapses alone: samples are shown one after the other, without their classes (unless a population fires them: ClassSpikes), to a network that is simulated. Then
/// neither weights nor what neurons learn by themselves change any more, neurons get the label of the class to which they respond most, and a
/// test sample is of the class whose neurons respond most (learning/response_labels.hpp).
struct LocalLearning {
    static constexpr std::string_view name = "local", doc = "plastic synapses learn without classes, which are then given to neurons by their responses";
    std::string population;
    int samples = 0, label_samples = 0, test_samples = 0, window = 250, least_spikes = 0;
    std::variant<RestBetween, ContinueBetween, ResetBetween> between;
    static constexpr auto fields() {
        using L = LocalLearning;
        return std::tuple{field("population", &L::population, "", "whose spikes are the response to a sample"),
                          field("samples", &L::samples, "", "training samples in each epoch; 0: all").within(0, 1e9),
                          field("label_samples", &L::label_samples, "", "training samples, the first ones, by which neurons get their labels; 0: all").within(0, 1e9),
                          field("test_samples", &L::test_samples, "", "test samples, the first ones; 0: all").within(0, 1e9),
                          field("least_spikes", &L::least_spikes, "", "a sample with fewer responding spikes is shown again, by half brighter each time").within(0, 1e6),
                          field("window", &L::window, "", "training samples between two labellings for the accuracy that is shown while it learns").positive()};
    }
};

}  // namespace tripartite
