#include "synapses/short_term.hpp"

#include <cmath>

#include "core/error.hpp"

namespace tripartite {

namespace {
double decay(double interval, double tau) { return tau > 0 ? std::exp(-interval / tau) : 0; }
}  // namespace

double Tsodyks2::transmit(ShortTermState& s, double interval, bool first) const {
    if (!first) {
        s.x = 1 + (s.x - s.x * s.u - 1) * decay(interval, tau_rec);
        s.u = U + s.u * (1 - U) * decay(interval, tau_fac);
    }
    return s.x * s.u;
}

double Tsodyks::transmit(ShortTermState& s, double interval, bool) const {
    const double active = decay(interval, tau_psc), recovered = -std::expm1(-interval / tau_rec);
    // What becomes available of the active resource: exact solution, which has a limit where both time constants are equal.
    const double released = tau_psc == tau_rec ? recovered - interval / tau_rec * active
                                               : ((1 - active) * tau_psc - recovered * tau_rec) / (tau_psc - tau_rec);
    s.x += released * s.y + recovered * (1 - s.x - s.y);
    s.y *= active;
    s.u *= decay(interval, tau_fac);
    s.u += U * (1 - s.u);
    const double used = s.u * s.x;
    s.x -= used;
    s.y += used;
    return used;
}

ShortTermPlasticity::ShortTermPlasticity(const ShortTermRule& rule, double dt, std::uint32_t sources) : rule_(rule), dt_(dt) {
    state_.step.resize(sources);
    rest();
}

void ShortTermPlasticity::rest() {
    const ShortTermState start = std::visit([](const auto& r) { return r.initial(); }, rule_);
    if (start.x + start.y > 1) fail("tsodyks: x and y are shares of one resource, but sum to {}: let them sum to at most 1", start.x + start.y);
    const auto sources = state_.step.size();
    state_ = {std::vector(sources, start.x), std::vector(sources, start.y), std::vector(sources, start.u), std::vector(sources, std::int64_t(-1))};
}

double ShortTermPlasticity::amplitude(std::uint32_t source, Index step) {
    ShortTermState s{state_.x[source], state_.y[source], state_.u[source]};
    std::int64_t& last = state_.step[source];
    const double share = std::visit([&](const auto& r) { return r.transmit(s, double(step - last) * dt_, last < 0); }, rule_);
    state_.x[source] = s.x, state_.y[source] = s.y, state_.u[source] = s.u, last = step;
    return share;
}

void ShortTermPlasticity::load(const Saved& saved) {
    TRIPARTITE_CHECK(saved.step.size() == state_.step.size());
    state_ = saved;
}

}  // namespace tripartite
