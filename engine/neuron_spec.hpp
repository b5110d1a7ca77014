#pragma once
#include <functional>
#include <limits>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "core/field.hpp"
#include "engine/tile.hpp"

namespace tripartite {

/// A parameter of a neuron model that training changes.
struct LearnedParameter {
    std::string name;
    bool per_neuron = false;  ///< else one value for the population
    Learned how = Learned::directly;
    double initial = 0;       ///< in the units of the field table
    double min = 0, max = 0;  ///< its bounds

    /// What is stored and updated, and back, as Learned says.
    double stored(double value, double dt) const;
    double value(double stored, double dt) const;
    double slope(double stored, double dt) const;  ///< d value / d stored
};

/// A neuron model with its parameters, without its type: all that the engine knows of it. Made by make_neuron<Model>().
struct NeuronSpec {
    std::string model;
    int states = 0, coefficients = 0, ports = 1, substeps = 1;
    double interval = 0;  ///< ms between two steps in a simulation; 0: each dt
    double longest_dt = std::numeric_limits<double>::infinity();  ///< ms
    int lasting = 0;  ///< of the states, the last ones: what a neuron has learned
    bool spiking = true, detach_reset = false, trainable = true, stochastic = false;
    std::vector<std::string> port_names, port_units;  ///< [ports]
    std::vector<double> initial;            ///< [states]
    std::vector<std::string> state_names, state_units;
    std::vector<LearnedParameter> learned;
    std::vector<std::string> per_neuron;    ///< parameters that differ from neuron to neuron without being learned
    std::vector<std::pair<std::string, std::string>> written;  ///< the others as an experiment file shows them: key, value with unit

    /// Coefficients [C] for the values [L + P] of the learned parameters, then of those in per_neuron; dt in ms. And their derivative
    /// by learned parameter j.
    std::function<void(std::span<const double> values, double dt, std::span<double> coefficients)> discretise;
    std::function<void(std::span<const double> learned, int j, double dt, std::span<double> derivative)> derivative;

    /// The threshold for coefficients [C]; null where it changes with the state, of neurons that fire by chance and of models that never fire.
    std::function<double(std::span<const double> coefficients)> threshold;

    /// How many numbers of each neuron a step reads where the membrane is normalised; and these numbers, of a neuron with these coefficients
    /// and m = scale u + offset: see FoldedThreshold. They stand `row` numbers apart.
    int fold_rows() const { return threshold ? 1 : 2; }
    template <class Real> void fold_threshold(double scale, double offset, std::span<const double> coefficients, Real* to, std::ptrdiff_t row) const;

    NeuronKernels<float> float32;
    NeuronKernels<double> float64;

    template <class Real> const NeuronKernels<Real>& kernels() const {
        if constexpr (sizeof(Real) == 4) return float32; else return float64;
    }
};

/// What is wrong with steps of dt ms, or "".
std::string problem_of_step(const NeuronSpec& neuron, double dt);

/// The place of a receptor among the ports of a neuron; "": the first. Throws Error that names those that there are; `what` is what reaches it.
int port_of(const NeuronSpec& neuron, const std::string& population, const std::string& receptor, const std::string& what);

}  // namespace tripartite
