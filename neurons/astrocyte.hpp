#pragma once
#include "neurons/escape.hpp"

namespace tripartite {

/// The astrocyte of a domain of neurons, input x = their mean spike. It never fires and sends the gate g:
///
///   a[t] = lambda a[t-1] + (1 - lambda) x[t],   lambda = exp(-dt/tau)      g[t] = 1 / (1 + exp(-kappa (a[t] - a0)))
///
/// Our design: the equations of AM-SU (Shen et al., arXiv 2312.07625) were not at hand, and no relation to its numbers is claimed.
struct Astrocyte {
    static constexpr std::string_view name = "astrocyte", doc = "slow trace of the spikes of a domain; sends a gate for their gain (ours)";
    static constexpr bool spiking = false;

    template <class T> struct Params { T tau = 50.0, kappa = 10.0, a0 = 0.1; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("tau", &P::tau, "ms", "time constant of the trace").positive().learnable(Learned::by_sigmoid),
            field("kappa", &P::kappa, "", "steepness of the gate").learnable(Learned::directly),
            field("a0", &P::a0, "", "trace at which the gate is half open").learnable(Learned::directly),
        };
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    template <class T> struct State { T a; };
    template <class T> static constexpr auto state_fields() { return std::tuple{field("a", &State<T>::a, "", "calcium: trace of the mean spike")}; }
    static State<double> initial(const Params<double>&) { return {0}; }

    template <class T> struct Coefficients { T lambda, share, kappa, a0; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const T lambda = exp(T(0.0) - T(dt) / p.tau);
        return {lambda, T(1.0) - lambda, p.kappa, p.a0};
    }

    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.a = fma(k.lambda, s.a, k.share * x[0]);
        return escape_probability(s.a - k.a0, k.kappa);
    }
};

}  // namespace tripartite
