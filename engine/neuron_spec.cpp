#include "engine/neuron_spec.hpp"

#include <cmath>

namespace tripartite {

double LearnedParameter::stored(double value, double dt) const { return how == Learned::by_sigmoid ? -std::log(value / dt - 1) : value; }

double LearnedParameter::value(double stored, double dt) const { return how == Learned::by_sigmoid ? dt * (1 + std::exp(-stored)) : stored; }

double LearnedParameter::slope(double stored, double dt) const { return how == Learned::by_sigmoid ? -dt * std::exp(-stored) : 1; }

}  // namespace tripartite
