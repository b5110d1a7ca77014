#pragma once
#include <algorithm>
#include <array>
#include <cmath>
#include <limits>
#include <string_view>

#include "core/dual.hpp"
#include "core/field.hpp"
#include "core/ode.hpp"

/// What the models with NEST's names share. Their equations, parameters, units, defaults and order of operations are those of
/// NEST 3.10; times in ms, potentials in mV, currents in pA, conductances in nS, capacitances in pF.
///
/// Two things differ. A current that arrives in a step acts during that step; NEST keeps it for the next one. A neuron fires at
/// most once a step.
namespace tripartite::nest {

inline constexpr std::string_view synapse_ports[] = {"excitatory", "inhibitory", "current"};
inline constexpr std::string_view current_units[] = {"pA", "pA", "pA"}, conductance_units[] = {"nS", "nS", "pA"};
/// How differential equations are solved: the classical Runge-Kutta method with the fixed steps that the model names, or
/// Runge-Kutta-Fehlberg 4(5) with steps that keep the error of each below gsl_error_tol, as NEST does: slow, to validate.
enum class Integrator { fixed, adaptive };
inline constexpr std::string_view integrators[] = {"fixed", "adaptive"};

constexpr bool is_adaptive(int variant) { return variant == int(Integrator::adaptive); }

inline constexpr std::string_view jump_ports[] = {"input", "current"};

/// A refractory period in steps, rounded up as NEST does.
inline double whole_steps(double t_ref, double dt) { return std::ceil(t_ref / dt - 1e-6); }

/// A lower bound that is not given (minus infinity) as a number that every potential is above: the loops know only finite ones.
inline double finite_bound(double V_min) { return std::max(V_min, -1e30); }

/// The part of its way to V_inf that a membrane goes in a step h: 1 - e^(-h/tau_m).
inline double leak(double tau_m, double h) { return -std::expm1(-h / tau_m); }

/// What a synaptic current I e^(-t/tau_s) adds to a membrane over one step h, per pA: (h/C) (e^-b - e^-a)/(a - b) with
/// a = h/tau_s, b = h/tau_m, without the cancellation near a = b.
inline double from_exponential(double tau_s, double tau_m, double C, double h) {
    const double a = h / tau_s, b = h / tau_m, z = a - b;
    if (std::fabs(z) > 1) return h / C * (std::exp(-b) - std::exp(-a)) / z;
    return h / C * std::exp(-a) * (z == 0 ? 1 : std::expm1(z) / z);
}

/// The same for a current y t e^(-t/tau_s): (h^2/C) (e^-b - e^-a (1 + z))/z^2 with z = a - b; near 0 by its Taylor series.
inline double from_alpha(double tau_s, double tau_m, double C, double h) {
    const double a = h / tau_s, b = h / tau_m, z = a - b;
    if (std::fabs(z) > 1) return h * h / C * (std::exp(-b) - std::exp(-a) * (1 + z)) / (z * z);
    double sum = 0, term = 0.5;  // z^i / (i + 2)!
    for (int i = 0; i < 20; ++i, term *= z / (i + 2)) sum += term;
    return h * h / C * std::exp(-a) * sum;
}

inline namespace TRIPARTITE_ISA {

template <class T> TRIPARTITE_INLINE T smaller(const T& a, const T& b) { return select(a < b, a, b); }
template <class T> TRIPARTITE_INLINE T larger(const T& a, const T& b) { return select(a > b, a, b); }
/// Whether a spike resets. A step function in training too: no gradient passes through the reset of V and the refractory period.
template <class T> TRIPARTITE_INLINE auto fired(const T& spike) { return spike > T(scalar_of<T>(0.5)); }

template <class T> TRIPARTITE_INLINE T count_down(const T& steps) { return larger(steps - T(1), T(0)); }

/// A synaptic variable after 0, 1 and 2 half steps.
template <class T> TRIPARTITE_INLINE std::array<T, 3> halves(const T& g, const auto& decay) { return {g, g * decay, g * decay * decay}; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite::nest
