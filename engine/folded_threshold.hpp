#pragma once
#include "engine/neuron_model.hpp"

/// A neuron whose membrane is normalised for the decision, m = scale u + offset, fires where m reaches its threshold: where u is at its critical
/// membrane or beyond,
///
///     u* = (threshold - offset) / scale,        beyond: above it where scale > 0, below it where scale < 0
///
/// so that no step normalises anything. What a step reads of each neuron, as NeuronSpec::fold_threshold writes it, in rows:
///
///   the threshold is constant             u*, whose last bit is the side: one number in place of the threshold, and no more work than
///                                         the subtraction and a change of sign
///   the threshold changes with the state  1 / scale and -offset / scale, of which the first has the side as its sign
///   neurons that fire by chance           scale and offset: their probability needs the distance m - threshold itself
///
/// That the threshold takes the normalisation is from MPBN (Guo et al. 2023); the side and these forms are ours. The last bit of u* is
/// 6e-8 of it in float32, as much as rounding changes it.
namespace tripartite {

/// Whether the threshold follows from the coefficients alone: its type is then theirs, not that of the state.
template <class M> inline constexpr bool threshold_is_constant =
    std::is_same_v<decltype(M::threshold(std::declval<const typename M::template State<Dual<double, 1>>&>(), std::declval<const typename M::template Coefficients<double>&>())), double>;

inline namespace TRIPARTITE_ISA {

template <class M, int variant, class Real> struct FoldedThreshold {
    Pack<Real> row[threshold_is_constant<M> && !is_stochastic<M>(variant) ? 1 : 2];

    /// The distance of u from the critical membrane, positive beyond it; of neurons that fire by chance, m - threshold.
    template <class S, class K> TRIPARTITE_INLINE Pack<Real> distance(Pack<Real> u, const S& s, const K& k) const {
        if constexpr (is_stochastic<M>(variant)) return fma(row[0], u, row[1]) - M::threshold(s, k);
        else if constexpr (threshold_is_constant<M>) return negate_where_odd(u - row[0], row[0]);
        else return negate_where_negative(u - fma(row[0], M::threshold(s, k), row[1]), row[0]);
    }
};

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
