#include "engine/neuron_spec.hpp"

#include <cmath>

namespace tripartite {

namespace {

double logistic(double x) { return 1 / (1 + std::exp(-x)); }

}  // namespace

double LearnedParameter::stored(double value, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return -std::log(value / dt - 1);
        case Learned::as_fraction: return std::log(value / (1 - value));
        case Learned::by_softplus: return value + std::log(-std::expm1(-value));
        default: return value;
    }
}

double LearnedParameter::value(double stored, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return dt * (1 + std::exp(-stored));
        case Learned::as_fraction: return logistic(stored);
        case Learned::by_softplus: return std::fmax(stored, 0) + std::log1p(std::exp(-std::fabs(stored)));
        default: return stored;
    }
}

double LearnedParameter::slope(double stored, double dt) const {
    switch (how) {
        case Learned::by_sigmoid: return -dt * std::exp(-stored);
        case Learned::as_fraction: return logistic(stored) * logistic(-stored);
        case Learned::by_softplus: return logistic(stored);
        default: return 1;
    }
}

}  // namespace tripartite
