#pragma once
#include "core/dual.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {

/// One step of the gliotransmitter around a presynaptic terminal, `around`, and of the share `held` of the terminal's receptors that it holds:
///
///   dGamma_S/dt = O_G G_A (1 - Gamma_S) - Omega_G Gamma_S,   dG_A/dt = -Omega_e G_A        (Stimberg, Goodman, Brette and De Pitta 2019)
///
/// Coefficients: bound_by = O_G (1 - e^(-Omega_e dt))/Omega_e, unbound = Omega_G dt, cleared = e^(-Omega_e dt).
template <class T> TRIPARTITE_INLINE void bind_gliotransmitter(T& held, T& around, const auto& k) {
    const T binding = k.bound_by * around, both = binding + k.unbound, rest = binding / both;
    held = fma(held - rest, exp(-both), rest);
    around = around * k.cleared;
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
