#pragma once
#include <string_view>
#include <tuple>
#include <variant>

#include "core/exponential.hpp"
#include "core/field.hpp"

/// Rules of spike-timing dependent plasticity. A rule says what a postsynaptic spike does to a weight (`potentiate`, with the
/// trace of the presynaptic spikes before it) and what a presynaptic spike does (`depress`, with the trace of the postsynaptic
/// spikes before it), for any scalar or pack. A trace grows by 1 at each spike and decays with tau_plus (presynaptic) or
/// tau_minus (postsynaptic). The weight is a magnitude: the sign of all weights of a projection is the rule's.
namespace tripartite {

/// w += lambda w_max (1 - w/w_max)^mu_plus K_plus, w -= alpha lambda w_max (w/w_max)^mu_minus K_minus, kept from 0 to w_max.
/// NEST `stdp_synapse`; mu 0 is additive (Song et al. 2000), 1 multiplicative (van Rossum et al. 2000), between them
/// Guetig et al. 2003.
struct StdpPair {
    static constexpr std::string_view name = "stdp_pair", doc = "all pairs of spikes, bounded weights (NEST stdp_synapse)";
    double tau_plus = 20, tau_minus = 20, lambda = 0.01, alpha = 1, mu_plus = 1, mu_minus = 1, w_max = 100;
    static constexpr auto fields() {
        return std::tuple{field("tau_plus", &StdpPair::tau_plus, "ms", "time constant of the presynaptic trace").positive(),
                          field("tau_minus", &StdpPair::tau_minus, "ms", "time constant of the postsynaptic trace").positive(),
                          field("lambda", &StdpPair::lambda, "", "size of a potentiation, as a share of w_max").non_negative(),
                          field("alpha", &StdpPair::alpha, "", "size of a depression, as a multiple of lambda").non_negative(),
                          field("mu_plus", &StdpPair::mu_plus, "", "exponent of potentiation").non_negative(),
                          field("mu_minus", &StdpPair::mu_minus, "", "exponent of depression").non_negative(),
                          field("w_max", &StdpPair::w_max, "", "largest weight; negative for inhibitory synapses")};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T trace) const {
        using R = scalar_of<T>;
        const double most = w_max * sign();
        const T next = fma(T(R(lambda * most)) * trace, power(fma(w, T(R(-1 / most)), T(R(1))), mu_plus), w);
        return select(next > T(R(most)), T(R(most)), next);
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T trace) const {
        using R = scalar_of<T>;
        const double most = w_max * sign();
        const T next = fma(T(R(-alpha * lambda * most)) * trace, power(w * T(R(1 / most)), mu_minus), w);
        return select(next > T(R(0)), next, T(R(0)));
    }
};

/// w += lambda w^mu K_plus, w -= alpha lambda w K_minus, kept from 0 on. Morrison et al. 2007; NEST `stdp_pl_synapse_hom`.
struct StdpPowerLaw {
    static constexpr std::string_view name = "stdp_power_law", doc = "all pairs of spikes, potentiation by a power of the weight (NEST stdp_pl_synapse_hom)";
    double tau_plus = 20, tau_minus = 20, lambda = 0.1, alpha = 1, mu = 0.4;
    static constexpr auto fields() {
        return std::tuple{field("tau_plus", &StdpPowerLaw::tau_plus, "ms", "time constant of the presynaptic trace").positive(),
                          field("tau_minus", &StdpPowerLaw::tau_minus, "ms", "time constant of the postsynaptic trace").positive(),
                          field("lambda", &StdpPowerLaw::lambda, "", "size of a potentiation").non_negative(),
                          field("alpha", &StdpPowerLaw::alpha, "", "size of a depression, as a multiple of lambda").non_negative(),
                          field("mu", &StdpPowerLaw::mu, "", "exponent of potentiation").non_negative()};
    }
    double sign() const { return 1; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T trace) const {
        using R = scalar_of<T>;
        return fma(T(R(lambda)) * trace, power(w, mu), w);
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T trace) const {
        using R = scalar_of<T>;
        const T next = fma(T(R(-alpha * lambda)) * trace, w, w);
        return select(next > T(R(0)), next, T(R(0)));
    }
};

using PlasticRule = std::variant<StdpPair, StdpPowerLaw>;

}  // namespace tripartite
