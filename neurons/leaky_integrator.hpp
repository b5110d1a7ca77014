#pragma once
#include <array>
#include <cmath>
#include <limits>

#include "core/dual.hpp"
#include "core/field.hpp"

namespace tripartite {

/// A leaky integrator that never fires: the usual read-out, whose membrane u feeds the loss.
///
///   u[t] = beta u[t-1] + gain x[t],   beta = exp(-dt/tau_m) or given,   gain 1 or 1 - beta
struct LeakyIntegrator {
    static constexpr std::string_view name = "leaky_integrator", doc = "membrane that never fires: the usual read-out";
    static constexpr bool spiking = false;

    enum class InputScale { none, one_minus_beta };
    static constexpr std::string_view scales[] = {"none", "one_minus_beta"};

    template <class T> struct Params {
        T tau_m = 10.0;
        T beta = std::numeric_limits<double>::quiet_NaN();
        InputScale input_scale = InputScale::none;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau_m", &P::tau_m, "ms", "membrane time constant").positive().learnable(Learned::by_sigmoid),
            field("beta", &P::beta, "", "decay of one step, in place of tau_m; 1 never forgets").within(0, 1).learnable(Learned::directly),
            field("input_scale", &P::input_scale, "", "gain of the input: 1 or 1 - beta").one_of(scales),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T u; };
    template <class T> static constexpr auto state_fields() { return std::tuple{field("u", &State<T>::u, "", "membrane potential")}; }
    static State<double> initial(const Params<double>&) { return {0}; }

    template <class T> struct Coefficients { T beta, gain; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const T beta = p.beta >= T(0.0) ? p.beta : exp(T(0.0) - T(dt) / p.tau_m);
        return {beta, p.input_scale == InputScale::none ? T(1.0) : T(1.0) - beta};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.u = fma(k.beta, s.u, k.gain * x[0]);
        return s.u;
    }
};

}  // namespace tripartite
