#pragma once
#include <array>
#include <concepts>
#include <string_view>
#include <type_traits>

#include "core/dual.hpp"
#include "core/field.hpp"

/// The contract of a neuron model: one plain struct with the equations of ONE neuron over ONE step.
///
///   name, doc                     what `tripartite list neurons` prints
///   Params<T>, fields<T>()        what the user writes: YAML keys, units, bounds, documentation
///   State<T>, state_fields<T>()   what a neuron remembers: a plain struct of T only
///   Coefficients<T>               the constants of one step, a plain struct of T only
///   spiking                       whether it has a threshold at all; a model without one sends u itself to those that project from it
///   coefficients(params, dt)      Params to Coefficients, dt in ms
///   initial(params)               the state at the start of a sample
///   problem(params)               what is wrong with a combination of parameters, or ""
///   integrate(state, k, input)    one step up to the membrane variable u that is compared with the threshold
///   threshold(state, k)           the threshold
///   reset(state, k, spike)        what a spike (0 or 1) does to the state
///
/// A neuron fires where u - threshold >= k.bound: 0, or `fires_above` for models that fire only above their threshold.
///
/// The functions are templates on the scalar and branch-free: use select(). Optional:
///
///   ports                         how many inputs a neuron has (default 1), with port_names[ports] and port_units[ports]; input is
///                                 an array over them; a projection names one, or reaches the first. Of the names "excitatory", "inhibitory", "current", projections choose by the
///                                 weight's sign
///   variants, variant(params)     kinds that are compiled on their own: integrate, reset and receive take a leading template argument
///   substeps                      integrate, decision and reset run so many times in a step of dt; coefficients are for dt/substeps
///   receive(state, k, input)      once a step, after the last reset: takes what arrived, where integrate must not
///   needs_double(variant)         kinds that exist in double precision only: they validate, and rounding would spoil it; no adjoint is compiled
///   stochastic(variant)           kinds that fire with probability(x, k) at a distance x = u - threshold, in place of firing at x >= k.bound:
///                                 backwards its derivative takes the place of the surrogate
///   detaches_reset(params)        whether a reset passes no gradient
///   interval(params)              ms between two steps of the model, which is slow: in a simulation it rests in between, what arrives adds up, and
///                                 coefficients are for this time in place of dt; in training it must be dt
///   longest_dt(params)            ms: the longest dt in which its integration is stable
///   lasting                       so many state fields, the last ones, are what a neuron has learned: in a simulation they outlive a sample, and
///                                 stay as they are while the network does not learn
namespace tripartite {

template <class M> inline constexpr int num_states = sizeof(typename M::template State<float>) / sizeof(float);  // 0 for an empty struct
template <class M> inline constexpr int num_coefficients = sizeof(typename M::template Coefficients<float>) / sizeof(float);
template <class M> inline constexpr int num_ports = [] {
    if constexpr (requires { M::ports; }) return M::ports; else return 1;
}();
template <class M> inline constexpr int num_variants = [] {
    if constexpr (requires { M::variants; }) return M::variants; else return 1;
}();

template <class M> inline constexpr int num_substeps = [] {
    if constexpr (requires { M::substeps; }) return M::substeps; else return 1;
}();
template <class M, class Real> constexpr bool exists_in(int variant) {
    if constexpr (requires { M::needs_double(variant); }) return sizeof(Real) == sizeof(double) || !M::needs_double(variant);
    else return variant >= 0;
}
template <class M> constexpr bool is_stochastic(int variant) {
    if constexpr (requires { M::stochastic(variant); }) return M::stochastic(variant);
    else return false;
}
template <class M> constexpr bool is_trainable(int variant) {
    return exists_in<M, float>(variant);
}
/// Whether a field can be learned: if none can, no derivative by the coefficients is compiled.
template <class M> inline constexpr bool has_learnable = [] {
    bool any = false;
    for_each_field(M::template fields<double>(), [&](const auto& f) { any = any || f.learned != Learned::no; });
    return any;
}();

template <class M>
concept NeuronModel = requires(typename M::template Params<double> p, typename M::template State<double> s, double dt) {
    { M::name } -> std::convertible_to<std::string_view>;
    { M::doc } -> std::convertible_to<std::string_view>;
    { M::spiking } -> std::convertible_to<bool>;
    { M::problem(p) } -> std::convertible_to<std::string_view>;
    { M::initial(p) } -> std::same_as<typename M::template State<double>>;
    { M::coefficients(p, dt) } -> std::same_as<typename M::template Coefficients<double>>;
    M::template fields<double>();
    M::template state_fields<double>();
};

/// The members of a plain struct of T only, as an array.
template <class T, class S> TRIPARTITE_INLINE T* members(S& s) {
    static_assert(std::is_standard_layout_v<S> && (std::is_empty_v<S> || sizeof(S) % sizeof(T) == 0));
    return reinterpret_cast<T*>(&s);
}
template <class T, class S> TRIPARTITE_INLINE const T* members(const S& s) { return reinterpret_cast<const T*>(&s); }

inline namespace TRIPARTITE_ISA {

template <class M, int variant, class S, class K, class I> TRIPARTITE_INLINE auto integrate(S& s, const K& k, const I& input) {
    if constexpr (requires { M::variants; }) return M::template integrate<variant>(s, k, input);
    else return M::integrate(s, k, input);
}
template <class M, int variant, class S, class K, class T> TRIPARTITE_INLINE void reset(S& s, const K& k, const T& spike) {
    if constexpr (requires { M::variants; }) M::template reset<variant>(s, k, spike);
    else M::reset(s, k, spike);
}
template <class M, int variant, class S, class K, class I> inline constexpr bool has_receive =
    requires(S& s, const K& k, const I& input) { M::variants; M::template receive<variant>(s, k, input); } ||
    requires(S& s, const K& k, const I& input) { M::receive(s, k, input); };
template <class M, int variant, class S, class K, class I> TRIPARTITE_INLINE void receive(S& s, const K& k, const I& input) {
    if constexpr (requires { M::variants; M::template receive<variant>(s, k, input); }) M::template receive<variant>(s, k, input);
    else if constexpr (requires { M::receive(s, k, input); }) M::receive(s, k, input);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
