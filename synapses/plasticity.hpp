#pragma once
#include <array>
#include <span>
#include <string_view>
#include <tuple>
#include <variant>

#include "core/exponential.hpp"
#include "core/field.hpp"

/// Rules of spike-timing dependent plasticity. A rule says what a postsynaptic spike does to a weight (`potentiate`, with the
/// trace of the presynaptic spikes before it) and what a presynaptic spike does (`depress`, with the trace of the postsynaptic
/// spikes before it), for any scalar or pack; most rules raise a weight by the first and lower it by the second. `pre()` and `post()` are the
/// traces that it reads, with tau 0 if it reads none. The weight is a magnitude:
/// the sign of all weights of a projection is the rule's.
namespace tripartite {

/// The trace of a neuron's spikes: each raises it by 1, or to 1 where only the nearest counts; it decays with tau (ms). A second,
/// slow one is read just before a spike. With a third one, of all spikes, the other side's spikes meet the first times its square.
struct TraceSpec {
    double tau, slow_tau = 0;  ///< slow_tau 0: there is no slow trace
    bool nearest = false;
    double rate_tau = 0;  ///< 0: there is no third trace
};

/// Which pairs of spikes count (Morrison, Diesmann, Gerstner 2008, Biol. Cybern. 98:459, section 4.1.2).
enum class Pairing {
    all,         ///< each spike with all earlier ones of the other side
    symmetric,   ///< each spike with the last one of the other side (NEST stdp_nn_symm_synapse)
    restricted,  ///< the same, and each spike once for each side: only neighbours in the common order (NEST stdp_nn_restr_synapse)
    centred,     ///< a presynaptic spike with the last and the next postsynaptic one (NEST stdp_nn_pre_centered_synapse)
};
inline constexpr std::array<std::string_view, 4> pairings{"all", "nearest_symmetric", "nearest_restricted", "nearest_presynaptic"};
inline constexpr std::string_view pairing_doc = "which pairs of spikes count: all, or the nearest";

/// w += lambda w_max (1 - w/w_max)^mu_plus K_plus, w -= alpha lambda w_max (w/w_max)^mu_minus K_minus, kept from 0 to w_max.
/// NEST `stdp_synapse`; mu 0 is additive (Song et al. 2000), 1 multiplicative (van Rossum et al. 2000), between them
/// Guetig et al. 2003.
struct StdpPair {
    static constexpr std::string_view name = "stdp_pair", doc = "pairs of spikes, bounded weights (NEST stdp_synapse, stdp_nn_…_synapse)";
    double tau_plus = 20, tau_minus = 20, lambda = 0.01, alpha = 1, mu_plus = 1, mu_minus = 1, w_max = 100;
    Pairing pairing = Pairing::all;
    static constexpr auto fields() {
        return std::tuple{field("tau_plus", &StdpPair::tau_plus, "ms", "time constant of the presynaptic trace").positive(),
                          field("tau_minus", &StdpPair::tau_minus, "ms", "time constant of the postsynaptic trace").positive(),
                          field("lambda", &StdpPair::lambda, "", "size of a potentiation, as a share of w_max").non_negative(),
                          field("alpha", &StdpPair::alpha, "", "size of a depression, as a multiple of lambda").non_negative(),
                          field("mu_plus", &StdpPair::mu_plus, "", "exponent of potentiation").non_negative(),
                          field("mu_minus", &StdpPair::mu_minus, "", "exponent of depression").non_negative(),
                          field("w_max", &StdpPair::w_max, "", "largest weight; negative for inhibitory synapses"),
                          field("pairing", &StdpPair::pairing, "", pairing_doc).one_of(pairings)};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = tau_plus, .nearest = pairing != Pairing::all}; }
    TraceSpec post() const { return {.tau = tau_minus, .nearest = pairing != Pairing::all}; }
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
    static constexpr std::string_view name = "stdp_power_law",
                                      doc = "pairs of spikes, potentiation by a power of the weight (NEST stdp_pl_synapse_hom)";
    double tau_plus = 20, tau_minus = 20, lambda = 0.1, alpha = 1, mu = 0.4;
    Pairing pairing = Pairing::all;
    static constexpr auto fields() {
        return std::tuple{field("tau_plus", &StdpPowerLaw::tau_plus, "ms", "time constant of the presynaptic trace").positive(),
                          field("tau_minus", &StdpPowerLaw::tau_minus, "ms", "time constant of the postsynaptic trace").positive(),
                          field("lambda", &StdpPowerLaw::lambda, "", "size of a potentiation").non_negative(),
                          field("alpha", &StdpPowerLaw::alpha, "", "size of a depression, as a multiple of lambda").non_negative(),
                          field("mu", &StdpPowerLaw::mu, "", "exponent of potentiation").non_negative(),
                          field("pairing", &StdpPowerLaw::pairing, "", pairing_doc).one_of(pairings)};
    }
    double sign() const { return 1; }
    TraceSpec pre() const { return {.tau = tau_plus, .nearest = pairing != Pairing::all}; }
    TraceSpec post() const { return {.tau = tau_minus, .nearest = pairing != Pairing::all}; }
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

/// With presynaptic traces r1 (tau_plus), r2 (tau_x) and postsynaptic ones o1 (tau_minus), o2 (tau_y), the slow ones before the
/// spike counts: a postsynaptic spike w += r1 (a2_plus + a3_plus o2), a presynaptic one w -= o1 (a2_minus + a3_minus r2), kept from
/// 0 to w_max. Pfister and Gerstner 2006, J. Neurosci. 26:9673, equations 3 and 4; NEST `stdp_triplet_synapse`. The defaults are
/// those of NEST's synapse with the paper's tau_minus and tau_y (NEST's neurons have 20 and 110 ms). a2_plus = a3_minus = 0 is the
/// minimal model. With the nearest spikes only (the paper's other scheme) each trace is raised to 1; the rule of Diehl and Cook (2015),
/// w += eta_post pre post2, w -= eta_pre post1, is that with a3_plus = eta_post, a2_minus = eta_pre and the others 0 (released code).
struct Triplet {
    static constexpr std::string_view name = "triplet", doc = "triplets of spikes, additive, bounded weights (NEST stdp_triplet_synapse)";
    double tau_plus = 16.8, tau_x = 101, tau_minus = 33.7, tau_y = 125;
    double a2_plus = 5e-10, a3_plus = 6.2e-3, a2_minus = 7e-3, a3_minus = 2.3e-4, w_max = 100;
    Pairing pairing = Pairing::all;
    static constexpr auto fields() {
        return std::tuple{field("tau_plus", &Triplet::tau_plus, "ms", "time constant of the presynaptic trace r1").positive(),
                          field("tau_x", &Triplet::tau_x, "ms", "time constant of the slow presynaptic trace r2").positive(),
                          field("tau_minus", &Triplet::tau_minus, "ms", "time constant of the postsynaptic trace o1").positive(),
                          field("tau_y", &Triplet::tau_y, "ms", "time constant of the slow postsynaptic trace o2").positive(),
                          field("a2_plus", &Triplet::a2_plus, "", "potentiation by a pair").non_negative(),
                          field("a3_plus", &Triplet::a3_plus, "", "potentiation by a triplet").non_negative(),
                          field("a2_minus", &Triplet::a2_minus, "", "depression by a pair").non_negative(),
                          field("a3_minus", &Triplet::a3_minus, "", "depression by a triplet").non_negative(),
                          field("w_max", &Triplet::w_max, "", "largest weight; negative for inhibitory synapses"),
                          field("pairing", &Triplet::pairing, "", pairing_doc).one_of(std::span(pairings).first<2>())};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = tau_plus, .slow_tau = tau_x, .nearest = pairing != Pairing::all}; }
    TraceSpec post() const { return {.tau = tau_minus, .slow_tau = tau_y, .nearest = pairing != Pairing::all}; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T trace, T slow) const {
        using R = scalar_of<T>;
        const T most = T(R(w_max * sign())), next = fma(trace, fma(T(R(a3_plus)), slow, T(R(a2_plus))), w);
        return select(next > most, most, next);
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T trace, T slow) const {
        using R = scalar_of<T>;
        const T next = fma(-trace, fma(T(R(a3_minus)), slow, T(R(a2_minus))), w);
        return select(next > T(R(0)), next, T(R(0)));
    }
};

/// The minimal triplet model with homeostasis. With traces r1 (tau_plus) of the presynaptic and o1 (tau_minus), o2 (tau_y) and z (tau_hom)
/// of the postsynaptic spikes, o2 before the spike counts: a postsynaptic spike w += a3_plus r1 o2, a presynaptic one w -= h o1 z^2, kept from 0
/// to w_max, with h = a3_plus tau_plus tau_y / (tau_minus rate tau_hom^2). For independent spikes z is tau_hom times the rate, and both balance
/// at the postsynaptic rate `rate`. Zenke, Hennequin and Gerstner 2013, PLoS Comput. Biol. 9:e1003330; Auryn's `TripletConnection` (released code),
/// where a3_plus is 6.5e-3 eta.
struct TripletHomeostatic {
    static constexpr std::string_view name = "triplet_homeostatic", doc = "triplets of spikes, whose depression grows with the rate; holds a rate (Auryn TripletConnection)";
    double tau_plus = 16.8, tau_minus = 33.7, tau_y = 114, tau_hom = 1000, a3_plus = 6.5e-3, rate = 5, w_max = 100;
    static constexpr auto fields() {
        using S = TripletHomeostatic;
        return std::tuple{field("tau_plus", &S::tau_plus, "ms", "time constant of the presynaptic trace r1").positive(),
                          field("tau_minus", &S::tau_minus, "ms", "time constant of the postsynaptic trace o1").positive(),
                          field("tau_y", &S::tau_y, "ms", "time constant of the slow postsynaptic trace o2").positive(),
                          field("tau_hom", &S::tau_hom, "ms", "time constant of the trace that follows the postsynaptic rate").positive(),
                          field("a3_plus", &S::a3_plus, "", "potentiation by a triplet").non_negative(),
                          field("rate", &S::rate, "Hz", "postsynaptic rate at which depression balances potentiation").positive(),
                          field("w_max", &S::w_max, "", "largest weight; negative for inhibitory synapses")};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = tau_plus}; }
    TraceSpec post() const { return {.tau = tau_minus, .slow_tau = tau_y, .rate_tau = tau_hom}; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T trace, T slow) const {
        using R = scalar_of<T>;
        const T most = T(R(w_max * sign())), next = fma(trace, T(R(a3_plus)) * slow, w);
        return select(next > most, most, next);
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T trace) const {
        using R = scalar_of<T>;
        const double h = a3_plus * tau_plus * tau_y / (tau_minus * rate * 1e-3 * tau_hom * tau_hom);
        const T next = fma(T(R(-h)), trace, w);
        return select(next > T(R(0)), next, T(R(0)));
    }
};

/// With traces K_plus and K_minus of one tau: a postsynaptic spike w += eta K_plus, a presynaptic one w += eta K_minus, then
/// w -= alpha eta, kept from 0 to w_max. In equilibrium the postsynaptic rate is alpha / (2 tau). Vogels, Sprekeler et al. 2011,
/// Science 334:1569; NEST `vogels_sprekeler_synapse`.
struct VogelsInhibitory {
    static constexpr std::string_view name = "vogels_inhibitory", doc = "coincidences in any order; holds a rate of alpha / (2 tau) (NEST vogels_sprekeler_synapse)";
    double tau = 20, eta = 1e-3, alpha = 0.12, w_max = 1;
    static constexpr auto fields() {
        return std::tuple{field("tau", &VogelsInhibitory::tau, "ms", "time constant of both traces").positive(),
                          field("eta", &VogelsInhibitory::eta, "", "size of a change").non_negative(),
                          field("alpha", &VogelsInhibitory::alpha, "", "depression by each presynaptic spike, as a multiple of eta").non_negative(),
                          field("w_max", &VogelsInhibitory::w_max, "", "largest weight; negative for inhibitory synapses")};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = tau}; }
    TraceSpec post() const { return {.tau = tau}; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T trace) const {
        using R = scalar_of<T>;
        const T most = T(R(w_max * sign())), next = fma(T(R(eta)), trace, w);
        return select(next > most, most, next);
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T trace) const {
        using R = scalar_of<T>;
        const T next = potentiate(w, trace) - T(R(alpha * eta));
        return select(next > T(R(0)), next, T(R(0)));
    }
};

/// A presynaptic spike w += dw_plus, a postsynaptic one w -= dw_minus, kept from 0 to w_max: in equilibrium the postsynaptic rate is the presynaptic
/// one times dw_plus / dw_minus. Breitwieser's example for Brian 2 (spike-based homeostasis).
struct SpikeHomeostasis {
    static constexpr std::string_view name = "spike_homeostasis", doc = "each presynaptic spike raises the weight, each postsynaptic one lowers it";
    double dw_plus = 0.1, dw_minus = 0.1, w_max = 100;
    static constexpr auto fields() {
        return std::tuple{field("dw_plus", &SpikeHomeostasis::dw_plus, "", "by how much a presynaptic spike raises the weight").non_negative(),
                          field("dw_minus", &SpikeHomeostasis::dw_minus, "", "by how much a postsynaptic spike lowers it").non_negative(),
                          field("w_max", &SpikeHomeostasis::w_max, "", "largest weight; negative for inhibitory synapses")};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = 0}; }
    TraceSpec post() const { return {.tau = 0}; }
    template <class T> TRIPARTITE_INLINE T potentiate(T w, T) const {
        using R = scalar_of<T>;
        const T next = w - T(R(dw_minus));
        return select(next > T(R(0)), next, T(R(0)));
    }
    template <class T> TRIPARTITE_INLINE T depress(T w, T) const {
        using R = scalar_of<T>;
        const T most = T(R(w_max * sign())), next = w + T(R(dw_plus));
        return select(next > most, most, next);
    }
};

/// STDP that waits for a reward: spikes change an eligibility c, which turns into weight while there is dopamine n:
///
///   c' = -c/tau_c + a_plus K_plus at a postsynaptic spike - a_minus K_minus at a presynaptic one
///   n' = -n/tau_n + 1/tau_n at a dopamine spike,   w' = c (n - b), kept from w_min to w_max
///
/// Izhikevich 2007, Cereb. Cortex 17:2443; NEST `stdp_dopamine_synapse` (Potjans, Morrison and Diesmann 2010), which bounds w at dopamine spikes
/// and at those of the synapse. potentiate() and depress() are of c. Dopamine that is short compared to tau_c turns as much of c into weight as
/// there were spikes: reward-modulated STDP with eligibility, dw = (R - b tau) c.
struct StdpDopamine {
    static constexpr std::string_view name = "stdp_dopamine", doc = "eligibility by pairs of spikes, weights by eligibility and dopamine (NEST stdp_dopamine_synapse)";
    double tau_plus = 20, tau_minus = 20, tau_c = 1000, tau_n = 200, a_plus = 1, a_minus = 1.5, b = 0, w_min = 0, w_max = 200;
    static constexpr auto fields() {
        using S = StdpDopamine;
        return std::tuple{field("tau_plus", &S::tau_plus, "ms", "time constant of the presynaptic trace").positive(),
                          field("tau_minus", &S::tau_minus, "ms", "time constant of the postsynaptic trace").positive(),
                          field("tau_c", &S::tau_c, "ms", "time constant of the eligibility").positive(),
                          field("tau_n", &S::tau_n, "ms", "time constant of the dopamine").positive(),
                          field("a_plus", &S::a_plus, "", "eligibility by a postsynaptic spike").non_negative(),
                          field("a_minus", &S::a_minus, "", "what a presynaptic spike takes from it").non_negative(),
                          field("b", &S::b, "", "dopamine at which weights stay, per ms"),
                          field("w_min", &S::w_min, "", "smallest magnitude of a weight").non_negative(),
                          field("w_max", &S::w_max, "", "largest weight; negative for inhibitory synapses")};
    }
    double sign() const { return w_max < 0 ? -1 : 1; }
    TraceSpec pre() const { return {.tau = tau_plus}; }
    TraceSpec post() const { return {.tau = tau_minus}; }
    template <class T> TRIPARTITE_INLINE T potentiate(T c, T trace) const { return fma(T(scalar_of<T>(a_plus)), trace, c); }
    template <class T> TRIPARTITE_INLINE T depress(T c, T trace) const { return fma(T(scalar_of<T>(-a_minus)), trace, c); }
};

using PlasticRule = std::variant<StdpPair, StdpPowerLaw, Triplet, TripletHomeostatic, VogelsInhibitory, SpikeHomeostasis, StdpDopamine>;

/// The traces that a rule reads, and the sign of its weights.
inline TraceSpec presynaptic_trace(const PlasticRule& rule) {
    return std::visit([](const auto& r) { return r.pre(); }, rule);
}
inline TraceSpec postsynaptic_trace(const PlasticRule& rule) {
    return std::visit([](const auto& r) { return r.post(); }, rule);
}
inline double sign_of(const PlasticRule& rule) {
    return std::visit([](const auto& r) { return r.sign(); }, rule);
}
inline Pairing pairing_of(const PlasticRule& rule) {
    return std::visit([](const auto& r) {
        if constexpr (requires { r.pairing; }) return r.pairing;
        else return Pairing::all;
    }, rule);
}
/// Whether a synapse must remember which presynaptic spikes have not met a postsynaptic one.
inline bool remembers_spikes(Pairing pairing) { return pairing == Pairing::restricted || pairing == Pairing::centred; }

}  // namespace tripartite
