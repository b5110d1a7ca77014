#pragma once
#include <cstdint>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/array.hpp"
#include "core/field.hpp"

/// Short-term plasticity: how much of its weight a synapse transmits depends on the spikes before. All synapses of a source
/// share their parameters and so their state, which belongs to the source: it is advanced once per spike.
namespace tripartite {

/// Shares of the resource (x available, y active) and of what a spike uses of the available one (u).
struct ShortTermState {
    double x, y, u;
};

/// At a spike, an interval h after the one before: x <- 1 + (x - x u - 1) e^(-h/tau_rec), with the old u, then
/// u <- U + u (1 - U) e^(-h/tau_fac), and x u of the weight is transmitted; of the first spike, the given x u.
/// Fuhrmann et al. 2002; NEST `tsodyks2_synapse`.
struct Tsodyks2 {
    static constexpr std::string_view name = "tsodyks2", doc = "depression and facilitation, instantaneous release (NEST tsodyks2_synapse)";
    double U = 0.5, tau_rec = 800, tau_fac = 0, x = 1, u = 0.5;
    static constexpr auto fields() {
        return std::tuple{field("U", &Tsodyks2::U, "", "use of the resource by a spike after long rest").within(0, 1),
                          field("tau_rec", &Tsodyks2::tau_rec, "ms", "time constant of recovery").positive(),
                          field("tau_fac", &Tsodyks2::tau_fac, "ms", "time constant of facilitation; 0: none").non_negative(),
                          field("x", &Tsodyks2::x, "", "available resource at the first spike").within(0, 1),
                          field("u", &Tsodyks2::u, "", "use of it by the first spike").within(0, 1)};
    }
    ShortTermState initial() const { return {x, 0, u}; }
    double transmit(ShortTermState& state, double interval, bool first) const;
};

/// Between spikes dx/dt = (1 - x - y)/tau_rec, dy/dt = -y/tau_psc, du/dt = -u/tau_fac; at a spike u += U (1 - u), then u x moves
/// from x to y and is the share of the weight that is transmitted. Tsodyks, Uziel and Markram 2000; NEST `tsodyks_synapse`.
struct Tsodyks {
    static constexpr std::string_view name = "tsodyks", doc = "depression and facilitation, with an active state (NEST tsodyks_synapse)";
    double U = 0.5, tau_psc = 3, tau_rec = 800, tau_fac = 0, x = 1, y = 0, u = 0;
    static constexpr auto fields() {
        return std::tuple{field("U", &Tsodyks::U, "", "use of the resource by a spike after long rest").within(0, 1),
                          field("tau_psc", &Tsodyks::tau_psc, "ms", "time constant of the active state").positive(),
                          field("tau_rec", &Tsodyks::tau_rec, "ms", "time constant of recovery").positive(),
                          field("tau_fac", &Tsodyks::tau_fac, "ms", "time constant of facilitation; 0: none").non_negative(),
                          field("x", &Tsodyks::x, "", "available resource at the start").within(0, 1),
                          field("y", &Tsodyks::y, "", "active resource at the start").within(0, 1),
                          field("u", &Tsodyks::u, "", "use at the start").within(0, 1)};
    }
    ShortTermState initial() const { return {x, y, u}; }
    double transmit(ShortTermState& state, double interval, bool first) const;
};

using ShortTermRule = std::variant<Tsodyks2, Tsodyks>;

class ShortTermPlasticity {
public:
    /// As plain numbers: of each source the state after its last spike, and that spike's step (-1: none yet).
    struct Saved {
        std::vector<double> x, y, u;
        std::vector<std::int64_t> step;
    };
    /// dt in ms. Error: x and y sum to more than 1.
    ShortTermPlasticity(const ShortTermRule& rule, double dt, std::uint32_t sources);

    /// The share of its weight that a spike transmits; to be asked once for each spike, in their order.
    double amplitude(std::uint32_t source, Index step);

    /// As at the start.
    void rest();
    Saved save() const { return state_; }
    void load(const Saved& saved);

private:
    ShortTermRule rule_;
    double dt_;
    Saved state_;
};

}  // namespace tripartite
