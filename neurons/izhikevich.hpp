#pragma once
#include "neurons/nest.hpp"

namespace tripartite {

/// Izhikevich's neuron (NEST `izhikevich`; Izhikevich 2003), h = dt in ms, fires at V >= V_th: V becomes c, U grows by d.
///
///   consistent: V' = V + h (0.04 V^2 + 5 V + 140 - U + I_e + current) + weights [mV],   U' = U + h a (b V - U) with the V before
///   otherwise, as in the paper: V moves in two halves of h, the weights are a current, and U moves last, with the new V
///
/// The numbers of the equation carry the units; V is not allowed below V_min. In training the input is `weights`, and a, b, c, d can be
/// learned, which is ours.
struct Izhikevich {
    static constexpr std::string_view name = "izhikevich", doc = "Izhikevich's neuron of two variables (NEST)";
    static constexpr bool spiking = true;
    static constexpr int ports = 2;
    static constexpr const auto& port_names = nest::jump_ports;
    static constexpr std::string_view port_units[] = {"mV", "pA"};

    template <class T> struct Params {
        T V_th = 30.0, V_min = -std::numeric_limits<double>::infinity(), a = 0.02, b = 0.2, c = -65.0, d = 8.0, I_e = 0.0;
        bool consistent_integration = true;
    };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{
            field("V_th", &P::V_th, "mV", "threshold"),
            field("V_min", &P::V_min, "mV", "lowest potential; none unless given"),
            field("a", &P::a, "", "rate of the recovery U [1/ms]").learnable(Learned::directly),
            field("b", &P::b, "", "how U follows V").learnable(Learned::directly),
            field("c", &P::c, "mV", "potential after a spike").learnable(Learned::directly),
            field("d", &P::d, "mV", "what a spike adds to U").learnable(Learned::directly),
            field("I_e", &P::I_e, "pA", "constant current"),
            field("consistent_integration", &P::consistent_integration, "", "one Euler step in each dt; else the scheme of the paper, made for 1 ms"),
        };
    }
    template <class T> static std::string_view problem(const Params<T>& p) { return p.c >= p.V_th ? "c must be below V_th" : ""; }

    template <class T> struct State { T V_m, U_m; };
    template <class T> static constexpr auto state_fields() {
        using S = State<T>;
        return std::tuple{field("V_m", &S::V_m, "mV", "membrane potential"), field("U_m", &S::U_m, "mV", "recovery")};
    }
    static State<double> initial(const Params<double>& p) { return {-65, -65 * p.b}; }

    template <class T> struct Coefficients { T h, a, b, c, d, I_e, V_min, V_th, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        return {T(p.consistent_integration ? dt : dt / 2), p.a * T(dt), p.b, p.c, p.d, p.I_e, T(nest::finite_bound(value(p.V_min))), p.V_th, T(0.0)};
    }

    enum Variant { paper, consistent };
    static constexpr int variants = 2;
    static int variant(const Params<double>& p) { return p.consistent_integration; }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        const T before = s.V_m, drive = k.I_e + x[1];
        if constexpr (variant == consistent) {
            s.V_m = moved(before, s.U_m, drive, k) + x[0];
            s.U_m = fma(k.a, k.b * before - s.U_m, s.U_m);
        } else {
            s.V_m = moved(moved(before, s.U_m, drive + x[0], k), s.U_m, drive + x[0], k);
            s.U_m = fma(k.a, k.b * s.V_m - s.U_m, s.U_m);
        }
        s.V_m = nest::larger(s.V_m, T(k.V_min));
        return s.V_m;
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.V_th; }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.V_m = (value_of<T>(1) - spike) * s.V_m + spike * k.c;
        s.U_m = s.U_m + spike * k.d;
    }

private:
    template <class T> TRIPARTITE_INLINE static T moved(const T& v, const T& u, const T& current, const auto& k) {
        using V = value_of<T>;
        using R = scalar_of<V>;
        return fma(k.h, fma(fma(V(R(0.04)), v, V(R(5))), v, V(R(140)) - u + current), v);
    }
};

}  // namespace tripartite
