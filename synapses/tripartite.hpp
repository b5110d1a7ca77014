#pragma once
#include <string>

#include "synapses/connectivity.hpp"

/// What astrocytes do to synapses and to each other (Stimberg, Goodman, Brette and De Pitta 2019, and its released code).
namespace tripartite {

/// A synapse in the territory of an astrocyte, which it tells of its releases and which changes them. At a spike, in this order:
///
///   u += U_0 (1 - u),  U_0 = (1 - Gamma_S) U0 + alpha Gamma_S;   r = u x;   x -= r;   Y_S += rho_c Y_T r;   the target receives weight r
///
/// and between spikes du/dt = -Omega_f u, dx/dt = Omega_d (1 - x), dY_S/dt = -Omega_c Y_S; rates per second. Gamma_S is the astrocyte's, and
/// its port `transmitter` receives the mean Y_S of its synapses, of all projections. alpha below U0: gliotransmitter decreases release; above: increases it.
/// With delays everything happens when the spike is due.
struct Tripartite {
    static constexpr std::string_view name = "tripartite", doc = "short-term plasticity that an astrocyte controls, and tells it of releases";
    double U0 = 0.6, alpha = 0, Omega_f = 3.33, Omega_d = 2, rho_c = 0.005, Y_T = 500, Omega_c = 40;
    static constexpr auto fields() {
        using T = Tripartite;
        return std::tuple{field("U0", &T::U0, "", "probability of release at rest, without gliotransmitter").within(0, 1),
                          field("alpha", &T::alpha, "", "the same where gliotransmitter holds all receptors: below U0 it decreases release, above it increases it").within(0, 1),
                          field("Omega_f", &T::Omega_f, "1/s", "rate of facilitation").non_negative(),
                          field("Omega_d", &T::Omega_d, "1/s", "rate of recovery from depression").non_negative(),
                          field("rho_c", &T::rho_c, "", "volume of the vesicles over that outside").non_negative(),
                          field("Y_T", &T::Y_T, "mM", "transmitter in the vesicles").non_negative(),
                          field("Omega_c", &T::Omega_c, "1/s", "rate at which transmitter is cleared").non_negative()};
    }
};

/// Whose territory the synapses of a projection lie in: that of the astrocyte of their target.
struct Territory : Domains {
    std::string from;
    bool nearest = false;
    double delay = 10;  ///< ms
    static constexpr auto fields() {
        return std::tuple_cat(Domains::fields(),
                              std::tuple{field("from", &Territory::from, "", "the population of astrocytes"),
                                         field("nearest", &Territory::nearest, "", "in place of block: each target belongs to the nearest astrocyte; both need positions"),
                                         field("delay", &Territory::delay, "ms", "until gliotransmitter is at the synapses, and transmitter at the astrocyte; whole steps, at least one").positive()});
    }
};

/// The astrocyte of each target. Errors: positions that are missing, astrocytes that are not there.
std::vector<std::uint32_t> territories(const Territory& rule, const PairSpace& space);

/// What flows through a gap junction into a cell whose state is x, from one whose state is y:
///
///   -1/2 (1 + tanh((|x - y| - threshold)/width)) sign(x - y)
///
/// times the weight: hardly anything below the threshold, and the whole weight, however large the difference, above it.
struct GapJunction {
    static constexpr std::string_view name = "gap_junction", doc = "flow between two cells of a population that depends on how much a state of theirs differs";
    std::string state = "I";
    double threshold = 0.3, width = 0.05;
    static constexpr auto fields() {
        using G = GapJunction;
        return std::tuple{field("state", &G::state, "", "the state variable that differs"),
                          field("threshold", &G::threshold, "", "difference at which half of the weight flows, in its unit").non_negative(),
                          field("width", &G::width, "", "of the threshold").positive()};
    }
};

}  // namespace tripartite
