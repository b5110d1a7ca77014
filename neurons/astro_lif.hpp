#pragma once
#include "neurons/lif.hpp"

namespace tripartite {

/// The leaky integrate-and-fire neuron `lif` in the domain of an astrocyte, whose gate g arrives at the port `gain`:
///
///   u[t] = beta v[t-1] + gain (1 + c g[t]) x[t] + (1 - beta) v_rest,   all else as in Lif
///
/// Our design, with `astrocyte`.
struct AstroLif {
    static constexpr std::string_view name = "astro_lif", doc = "lif whose input is multiplied by 1 + c gate, the gate from an astrocyte (ours)";
    static constexpr bool spiking = true;
    static constexpr int ports = 2;
    static constexpr std::string_view port_names[] = {"input", "gain"}, port_units[] = {"", ""};

    template <class T> struct Params : Lif::Params<T> { T c = 1.0; };
    template <class T> static constexpr auto fields() {
        return std::tuple_cat(Lif::fields<T>(), std::tuple{field("c", &Params<T>::c, "", "what an open gate adds to the factor of the input").learnable(Learned::directly)});
    }
    template <class T> static std::string_view problem(const Params<T>& p) { return Lif::problem(p); }

    template <class T> using State = Lif::State<T>;
    template <class T> static constexpr auto state_fields() { return Lif::state_fields<T>(); }
    static State<double> initial(const Params<double>& p) { return Lif::initial(p); }

    template <class T> struct Coefficients {
        Lif::Coefficients<T> lif;
        T c, bound;
    };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        const auto lif = Lif::coefficients<T>(p, dt);
        return {lif, p.c, lif.bound};
    }
    static bool detaches_reset(const Params<double>& p) { return Lif::detaches_reset(p); }

    static constexpr int variants = Lif::variants;
    static int variant(const Params<double>& p) { return Lif::variant(p); }

    template <int variant, class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 2>& x) {
        return Lif::integrate<variant>(s, k.lif, std::array<T, 1>{fma(k.c * x[1], x[0], x[0])});
    }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>& s, const auto& k) { return Lif::threshold(s, k.lif); }
    template <int variant, class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) { Lif::reset<variant>(s, k.lif, spike); }
};

}  // namespace tripartite
