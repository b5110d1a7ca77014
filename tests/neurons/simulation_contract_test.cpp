// What every neuron model owes in simulation, whatever its equations.
#include <gtest/gtest.h>

#include <cctype>
#include <cmath>
#include <set>

#include "tests/neurons/allocations.hpp"
#include "tests/neurons/model_name.hpp"
#include "tests/neurons/simulated_neurons.hpp"
#include "tests/neurons/tile_buffers.hpp"

namespace tripartite {
namespace {

template <class M> struct Contract : testing::Test {};
TYPED_TEST_SUITE(Contract, NeuronModels::apply<testing::Types>, ModelName);

/// Ours are snake_case; those of NEST keep its capitals.
bool is_name(std::string_view name) {
    return !name.empty() && std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_'; });
}

TYPED_TEST(Contract, DefaultsAreValidAndEveryFieldIsDocumented) {
    const typename TypeParam::template Params<double> defaults;
    EXPECT_EQ(TypeParam::problem(defaults), "");
    EXPECT_TRUE(is_name(TypeParam::name) && std::ranges::none_of(TypeParam::name, [](unsigned char c) { return std::isupper(c); }));
    EXPECT_FALSE(std::string_view(TypeParam::doc).empty());
    std::set<std::string_view> names;
    for_each_field(TypeParam::template fields<double>(), [&](const auto& f) {
        EXPECT_TRUE(is_name(f.name) && names.insert(f.name).second) << f.name;
        EXPECT_FALSE(f.doc.empty()) << f.name;
        if constexpr (std::is_same_v<typename std::decay_t<decltype(f)>::type, double>) {
            const double value = defaults.*(f.member);
            if (!std::isfinite(value)) return;  // stands for 'not given'
            EXPECT_TRUE(f.open_min ? value > f.min : value >= f.min) << f.name;
            EXPECT_TRUE(f.open_max ? value < f.max : value <= f.max) << f.name;
        }
    });
    for_each_field(TypeParam::template state_fields<double>(), [&](const auto& f) { EXPECT_TRUE(is_name(f.name) && !f.doc.empty()) << f.name; });
}

TYPED_TEST(Contract, PortsHaveNamesAndUnitsInTheOrderThatProjectionsExpect) {
    const auto spec = make_neuron<TypeParam>();
    ASSERT_EQ(int(spec.port_names.size()), spec.ports);
    ASSERT_EQ(int(spec.port_units.size()), spec.ports);
    const std::set<std::string> names(spec.port_names.begin(), spec.port_names.end());
    EXPECT_EQ(int(names.size()), spec.ports) << "each has a name of its own";
    EXPECT_FALSE(names.contains(""));
    EXPECT_EQ(names.contains("excitatory"), names.contains("inhibitory")) << "the sign of a weight chooses one of them";
    if (names.contains("excitatory")) {
        EXPECT_EQ(spec.port_names[0], "excitatory");
        EXPECT_EQ(spec.port_names[1], "inhibitory");
    }
    if (names.contains("current")) {
        EXPECT_EQ(spec.port_names.back(), "current") << "of drives that bring a current";
    }
}

TYPED_TEST(Contract, NoMoreThan16KernelsAreCompiled) { EXPECT_LE(num_variants<TypeParam> * 2 * 2, 16); }

/// Random numbers on every port: inhibitory ones negative, excitatory ones positive, the others both.
template <class Real> void arrive(SimulatedNeurons<Real>& neurons, int step, double strength) {
    const RandomStream random(3, "test", "arrivals");
    for (int p = 0; p < neurons.spec.ports; ++p)
        for (Index n = 0; n < neurons.N; ++n) {
            const double x = random.uniform(std::uint32_t(p * neurons.N + n), std::uint32_t(step));
            const auto& port = neurons.spec.port_names[p];
            neurons.arriving(p, n) = Real(strength * (port == "excitatory" ? x : port == "inhibitory" ? -x : 2 * x - 0.6));
        }
}

/// Kinds that exist in double precision only have no kernel for float.
template <class M> bool exists_in_float(const typename M::template Params<double>& params) { return make_neuron<M>(params).float32.step != nullptr; }

TYPED_TEST(Contract, StateStaysFiniteUnderStrongInput) {
    for_each_option<TypeParam>([](const auto& params) {
        if (!exists_in_float<TypeParam>(params)) return;
        const auto spec = make_neuron<TypeParam>(params);
        SimulatedNeurons<float> neurons(spec, std::isfinite(spec.longest_dt) ? spec.longest_dt : 0.1);
        for (int t = 0; t < 1000; ++t) {
            arrive(neurons, t, 1e4);
            neurons.step();
            for (const float x : neurons.state) ASSERT_TRUE(std::isfinite(x)) << "step " << t;
        }
    });
}

template <class M, class Real> void expect_equal_runs(const typename M::template Params<double>& params) {
    SimulatedNeurons<Real> whole(make_neuron<M>(params), 0.1, 128), each(make_neuron<M>(params), 0.1, 128, true);
    auto resumed = std::make_unique<SimulatedNeurons<Real>>(whole);
    for (int t = 0; t < 60; ++t) {
        for (auto* neurons : {&whole, &each, resumed.get()}) {
            arrive(*neurons, t, 30);
            neurons->step();
        }
        ASSERT_EQ(whole.state, resumed->state);
        ASSERT_EQ(whole.spikes, resumed->spikes);
        ASSERT_EQ(whole.state, each.state);
        ASSERT_EQ(whole.spikes, each.spikes);
        if (t != 20) continue;
        const auto state = resumed->state;
        const int steps = resumed->steps;
        resumed = std::make_unique<SimulatedNeurons<Real>>(make_neuron<M>(params), 0.1, 128);
        resumed->state = state, resumed->steps = steps;
    }
}

TYPED_TEST(Contract, OneRunEqualsTwoHalvesAndParametersPerNeuronChangeNoBit) {
    for_each_option<TypeParam>([](const auto& params) {
        if (exists_in_float<TypeParam>(params)) expect_equal_runs<TypeParam, float>(params);
        expect_equal_runs<TypeParam, double>(params);
    });
}

TYPED_TEST(Contract, ANeuronDoesNotDependOnItsNeighbours) {
    for_each_option<TypeParam>([](const auto& params) {
        if (!exists_in_float<TypeParam>(params)) return;
        SimulatedNeurons<float> all(make_neuron<TypeParam>(params), 0.1), one(all);
        const Index n = 5;
        for (int t = 0; t < 60; ++t) {
            arrive(all, t, 30);
            for (int p = 0; p < all.spec.ports; ++p) one.arriving(p, n) = all.arriving(p, n);
            all.step(), one.step();
            ASSERT_EQ(all.fired(n), one.fired(n));
            for (int i = 0; i < all.spec.states; ++i) ASSERT_EQ(all.state[i * all.N + n], one.state[i * one.N + n]);
        }
    });
}

TYPED_TEST(Contract, AStepTakesItsInputAndAllocatesNothing) {
    SimulatedNeurons<double> neurons(make_neuron<TypeParam>(), 0.1);
    arrive(neurons, 0, 30);
    const auto before = allocations();
    neurons.step();
    EXPECT_EQ(allocations(), before);
    for (const double x : neurons.input) EXPECT_EQ(x, 0);
    std::vector<double> shown(1);
    EXPECT_GT(allocations(), before) << "the count does not count";
}

/// One step of the model's own functions on plain doubles; how far the closest decision was from the other one, and whether it fired.
template <class M, int variant> std::pair<double, bool> step_in_double(auto& s, const auto& k, const std::array<double, num_ports<M>>& x, double uniform) {
    double smallest = 1e300;
    bool fired = false;
    for (int i = 0; i < num_substeps<M>; ++i) {
        const double u = integrate<M, variant>(s, k, x);
        if constexpr (M::spiking) {
            double distance = u - M::threshold(s, k);
            bool spike = distance >= k.bound;
            if constexpr (is_stochastic<M>(variant)) distance = M::probability(distance, k) - uniform, spike = distance > 0;
            smallest = std::min(smallest, std::fabs(distance));
            reset<M, variant>(s, k, spike ? 1.0 : 0.0);
            fired = fired || spike;
        }
    }
    receive<M, variant>(s, k, x);
    return {smallest, fired};
}

template <class M, int variant> void expect_float_follows_double(const typename M::template Params<double>& params) {
    constexpr bool parabola = std::is_same_v<M, Izhikevich> || std::is_same_v<M, QuadraticMeta>;
    constexpr double tolerance = std::is_same_v<M, HhPscAlpha> ? 2e-3 : parabola ? 5e-4 : 1e-4;  // an upstroke multiplies what was rounded
    SimulatedNeurons<float> neurons(make_neuron<M>(params), 0.1);
    const auto k = M::coefficients(params, 0.1 / num_substeps<M>);
    std::vector<typename M::template State<double>> states(neurons.N, M::initial(params));
    std::vector<bool> apart(neurons.N);  // float may decide the other way near the threshold, and goes its own way from there
    for (int t = 0; t < 60; ++t) {
        arrive(neurons, t, 30);
        const auto input = neurons.input;
        neurons.step();
        for (Index n = 0; n < neurons.N; ++n) {
            std::array<double, num_ports<M>> x;
            for (int p = 0; p < num_ports<M>; ++p) x[p] = double(input[p * neurons.N + n]);
            const auto [distance, fired] = step_in_double<M, variant>(states[n], k, x, double(neurons.uniform[n]));
            apart[n] = apart[n] || distance < 1e-3;
            if (apart[n]) continue;
            ASSERT_EQ(neurons.fired(n), fired);
            for (int i = 0; i < num_states<M>; ++i) {
                const double expected = members<double>(states[n])[i];
                ASSERT_NEAR(neurons.state[i * neurons.N + n], expected, tolerance * (1 + std::fabs(expected))) << "step " << t << " state " << i;
            }
        }
    }
}

TYPED_TEST(Contract, FloatFollowsTheEquationsInDouble) {
    for_each_option<TypeParam>([](const auto& params) {
        if (!exists_in_float<TypeParam>(params)) return;
        int chosen = 0;
        if constexpr (requires { TypeParam::variant(params); }) chosen = TypeParam::variant(params);
        [&]<int... variant>(std::integer_sequence<int, variant...>) {
            ((variant == chosen ? expect_float_follows_double<TypeParam, variant>(params) : void()), ...);
        }(std::make_integer_sequence<int, num_variants<TypeParam>>{});
    });
}

}  // namespace
}  // namespace tripartite
