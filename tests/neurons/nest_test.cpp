// The models with NEST's names against recordings of NEST (tests/golden/make_nest_neurons.py).
#include <gtest/gtest.h>

#include <cmath>
#include <fstream>
#include <nlohmann/json.hpp>

#include "tests/neurons/simulated_neurons.hpp"

namespace tripartite {
namespace {

using Json = nlohmann::json;

/// What a case asks of an implementation: how far a sample may be away, absolutely and relatively, and a spike, in steps; samples
/// that are later than `until` are left out.
struct Tolerance {
    double absolute, relative;
    int steps = 0;
    double until = 1e9;
};

template <class M> typename M::template Params<double> parameters_of(const Json& given) {
    typename M::template Params<double> params;
    std::size_t set = 0;
    for_each_field(M::template fields<double>(), [&](const auto& f) {
        using T = typename std::decay_t<decltype(f)>::type;
        if constexpr (!std::is_enum_v<T>)
            if (const std::string name(f.name); given.contains(name)) params.*(f.member) = given[name].get<T>(), ++set;
    });
    EXPECT_EQ(set, given.size()) << given;
    return params;
}

/// The weights that arrive in each step of a case: excitatory first.
std::vector<std::array<double, 2>> arrivals(const Json& c, double dt) {
    std::vector<std::array<double, 2>> steps(std::size_t(std::lround(c["duration"].get<double>() / dt)));
    for (const int sign : {0, 1})
        for (const double t : c[sign == 0 ? "excitatory" : "inhibitory"])
            if (const auto step = std::lround(t / dt) - 1; step < long(steps.size())) steps[step][sign] += c["weights"][sign].get<double>();
    return steps;
}

/// The first ten spikes, and every sample.
template <class M, class Real> void expect_recording(const Json& c, const typename M::template Params<double>& params, Tolerance tolerance) {
    const double dt = 0.1;
    const long every = std::lround(c["every"].get<double>() / dt);
    SimulatedNeurons<Real> neurons(make_neuron<M>(params), dt);
    const bool two_ports = neurons.spec.port_names[0] == "excitatory";
    std::vector<double> spikes;
    long step = 0;
    for (const auto& arriving : arrivals(c, dt)) {
        for (const int sign : {0, 1}) neurons.arriving(two_ports ? sign : 0) += Real(arriving[sign]);
        neurons.step();
        ++step;
        if (neurons.fired()) spikes.push_back(step * dt);
        if (step % every != 0 || step * dt > tolerance.until) continue;
        for (const auto& [name, values] : c["samples"].items()) {
            const double expected = values[step / every - 1];
            ASSERT_NEAR(neurons.value(name), expected, tolerance.absolute + tolerance.relative * std::fabs(expected))
                << name << " at " << step * dt << " ms";
        }
    }
    ASSERT_EQ(spikes.size(), c["spikes"].size());
    for (std::size_t i = 0; i < std::min<std::size_t>(10, spikes.size()); ++i)
        EXPECT_NEAR(spikes[i], c["spikes"][i].get<double>(), (tolerance.steps + 0.5) * dt);
}

template <class M, class Real, class F> void expect_recordings(Tolerance tolerance, F&& change) {
    static const Json golden = Json::parse(std::ifstream(std::string(TRIPARTITE_SOURCE_DIR) + "/tests/golden/nest/neurons.json"));
    int cases = 0;
    for (const auto& c : golden["cases"]) {
        if (c["model"] != std::string(M::name)) continue;
        SCOPED_TRACE(++cases);
        auto params = parameters_of<M>(c["parameters"]);
        change(params);
        expect_recording<M, Real>(c, params, tolerance);
    }
    EXPECT_EQ(cases, 2);
}
template <class M, class Real = double> void expect_recordings(Tolerance tolerance) {
    expect_recordings<M, Real>(tolerance, [](auto&) {});
}
template <class M> void expect_recordings_adaptive(Tolerance tolerance) {
    expect_recordings<M, double>(tolerance, [](auto& params) { params.integrator = nest::Integrator::adaptive; });
}

// NEST solves differential equations with errors of its own: about 1e-4 in iaf_cond_exp's conductances, 5e-3 mV in hh_psc_alpha
// after many spikes. A spike of aeif resets the potential at the end of a step of 0.01 ms. The upstroke of izhikevich multiplies
// a rounding error by hundreds.
TEST(IafPscExp, EqualsNest) { expect_recordings<IafPscExp>({1e-9, 0}); }
TEST(IafPscDelta, EqualsNest) { expect_recordings<IafPscDelta>({1e-9, 0}); }
TEST(IafPscAlpha, EqualsNest) { expect_recordings<IafPscAlpha>({1e-9, 0}); }
TEST(IafCondExp, FollowsNest) { expect_recordings<IafCondExp>({1e-4, 1e-4}); }
TEST(IafCondExp, FollowsNestAdaptively) { expect_recordings_adaptive<IafCondExp>({1e-4, 1e-4}); }

TEST(Izhikevich, EqualsNest) { expect_recordings<Izhikevich>({1e-9, 0}); }
TEST(AeifCondExp, FollowsNest) { expect_recordings<AeifCondExp>({0.02, 3e-4}); }
TEST(AeifCondExp, FollowsNestAdaptively) { expect_recordings_adaptive<AeifCondExp>({1e-4, 1e-5}); }
TEST(AeifPscExp, FollowsNest) { expect_recordings<AeifPscExp>({0.02, 1e-4}); }
TEST(AeifPscExp, FollowsNestAdaptively) { expect_recordings_adaptive<AeifPscExp>({1e-4, 1e-5}); }
TEST(HhPscAlpha, FollowsNest) { expect_recordings<HhPscAlpha>({6e-3, 1e-4}); }
TEST(HhPscAlpha, FollowsNestAdaptively) { expect_recordings_adaptive<HhPscAlpha>({6e-3, 1e-4}); }

TEST(IafPscExp, FollowsNestInSinglePrecision) { expect_recordings<IafPscExp, float>({0, 1e-4, 1}); }
TEST(IafPscDelta, FollowsNestInSinglePrecision) { expect_recordings<IafPscDelta, float>({0, 1e-4, 1}); }
TEST(IafPscAlpha, FollowsNestInSinglePrecision) { expect_recordings<IafPscAlpha, float>({0, 1e-4, 1}); }
TEST(IafCondExp, FollowsNestInSinglePrecision) { expect_recordings<IafCondExp, float>({1e-4, 1e-4, 1}); }
TEST(Izhikevich, FollowsNestInSinglePrecision) { expect_recordings<Izhikevich, float>({5e-3, 1e-4, 1, 150}); }
TEST(AeifCondExp, FollowsNestInSinglePrecision) { expect_recordings<AeifCondExp, float>({0.02, 1e-3, 1}); }
TEST(AeifPscExp, FollowsNestInSinglePrecision) { expect_recordings<AeifPscExp, float>({0.02, 1e-3, 1}); }
TEST(HhPscAlpha, FollowsNestInSinglePrecision) { expect_recordings<HhPscAlpha, float>({0.05, 1e-3, 1}); }

}  // namespace
}  // namespace tripartite
