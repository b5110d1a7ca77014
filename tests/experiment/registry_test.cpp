#include <gtest/gtest.h>

#include <fstream>
#include <sstream>

#include "experiment/read_experiment.hpp"

namespace tripartite {
namespace {

/// A user's own model.
struct PerfectIntegrator {
    static constexpr std::string_view name = "perfect_integrator", doc = "sums its input";
    static constexpr bool spiking = true;
    template <class T> struct Params { T threshold = 1.0; };
    template <class T> static constexpr auto fields() {
        return std::tuple{field("threshold", &Params<T>::threshold, "", "firing threshold").positive().learnable(Learned::directly)};
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }
    template <class T> struct State { T v; };
    template <class T> static constexpr auto state_fields() { return std::tuple{field("v", &State<T>::v, "", "membrane")}; }
    static State<double> initial(const Params<double>&) { return {0}; }
    template <class T> struct Coefficients { T threshold, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double) { return {p.threshold, T(0.0)}; }
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto&, const std::array<T, 1>& x) { return s.v = s.v + x[0]; }
    template <class T> TRIPARTITE_INLINE static auto threshold(const State<T>&, const auto& k) { return k.threshold; }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) { s.v = s.v - spike * k.threshold; }
};

const std::string with_own_model = R"(
time: {steps: 5}
network: {layers: [{dense: 4, neuron: {perfect_integrator: {threshold: 2, learn: {threshold: shared}}}}]}
input: {dataset: generated}
learning: {bptt: {loss: ce_count}, optimiser: adam}
)";

Lif::Params<double> preset(const std::string& text) {
    Problems problems("FILE");
    const YamlNode root = parse_yaml(text, problems);
    Lif::Params<double> params;
    Section section(root, problems);
    read_preset(section, params);
    section.read(params, Lif::fields<double>());
    section.close();
    problems.raise();
    return params;
}

TEST(Registry, AUsersOwnModelIsReadWrittenAndListed) {
    auto neurons = NeuronRegistry::shipped();
    EXPECT_THROW(parse_experiment(with_own_model, "FILE", {}, neurons), ConfigError);
    neurons.add<PerfectIntegrator>();
    const auto e = parse_experiment(with_own_model, "FILE", {}, neurons);
    EXPECT_EQ(make_network(e, 64).populations[0].neuron.learned.at(0).initial, 2);
    const auto resolved = resolved_yaml(e);
    EXPECT_EQ(resolved, resolved_yaml(parse_experiment(resolved, "RESOLVED", {}, neurons)));
    EXPECT_NE(list_text("neurons", neurons).find("perfect_integrator\n  sums its input\n"), std::string::npos);
}

TEST(Presets, AreTheFrameworksOwnDefaults) {
    const auto snntorch = preset("like: snntorch"), spikingjelly = preset("like: spikingjelly"), norse = preset("like: norse");
    EXPECT_EQ(snntorch.beta, 0.9);
    EXPECT_EQ(snntorch.compare, Lif::Compare::gt);
    EXPECT_TRUE(snntorch.reset_delay && snntorch.detach_reset);
    EXPECT_EQ(spikingjelly.tau_m, 2);
    EXPECT_EQ(spikingjelly.input_scale, Lif::InputScale::dt_over_tau);
    EXPECT_EQ(spikingjelly.compare, Lif::Compare::ge);
    EXPECT_FALSE(spikingjelly.reset_delay || spikingjelly.detach_reset);
    EXPECT_EQ(norse.tau_m, 10);
    EXPECT_EQ(norse.decay, Lif::Decay::euler);
    EXPECT_EQ(norse.reset, Lif::Reset::zero);
    EXPECT_EQ(norse.compare, Lif::Compare::gt);
}

TEST(Presets, DecayAndGainAreThoseOfTheFrameworksEquations) {
    const auto beta_and_gain = [](const std::string& text) {
        const auto k = Lif::coefficients(preset(text), 1.0);
        return std::pair(k.beta, k.gain);
    };
    EXPECT_EQ(beta_and_gain("like: snntorch"), std::pair(0.9, 1.0));
    EXPECT_EQ(beta_and_gain("like: spikingjelly"), std::pair(0.5, 0.5));
    EXPECT_EQ(beta_and_gain("like: norse"), std::pair(0.9, 0.1));
}

TEST(Presets, GiveWayToWhatTheFileSays) {
    const auto given = preset("{like: snntorch, tau_m: 5 ms, reset: zero}");
    EXPECT_EQ(given.tau_m, 5);
    EXPECT_TRUE(std::isnan(given.beta));
    EXPECT_EQ(given.reset, Lif::Reset::zero);
    EXPECT_TRUE(given.reset_delay);
}

TEST(Lists, EveryParameterOfEveryKindIsDocumented) {
    for (const auto word : list_words()) {
        if (word == "yaml") continue;
        for (const auto& kind : descriptions(word)) {
            EXPECT_FALSE(kind.doc.empty()) << kind.name;
            for (const auto& p : kind.parameters) EXPECT_FALSE(p.doc.empty()) << kind.name << "." << p.name;
        }
    }
}

TEST(Lists, DefaultsLieWithinTheirBounds) {
    for (const auto word : list_words()) {
        if (word == "yaml") continue;
        for (const auto& kind : descriptions(word))
            for (const auto& p : kind.parameters)
                EXPECT_TRUE(!p.allowed.starts_with("> 0") || std::stod(p.initial) > 0) << kind.name << "." << p.name;
    }
}

TEST(Lists, AnUnknownWordIsAnError) {
    try {
        list_text("neuron");
        FAIL();
    } catch (const Error& error) {
        EXPECT_STREQ(error.what(), "there is no list of 'neuron'; did you mean 'neurons'?");
    }
}

TEST(Reference, IsTheOneInTheTree) {
    std::ifstream file(TRIPARTITE_SOURCE_DIR "/docs/yaml.md");
    std::ostringstream text;
    text << file.rdbuf();
    EXPECT_EQ(text.str(), yaml_reference()) << "run: tripartite list yaml > docs/yaml.md";
}

TEST(Reference, NamesEveryKind) {
    const auto reference = yaml_reference();
    for (const auto word : list_words()) {
        if (word == "yaml") continue;
        for (const auto& kind : descriptions(word)) EXPECT_NE(reference.find(fmt::format("### {}\n", kind.name)), std::string::npos) << kind.name;
    }
}

}  // namespace
}  // namespace tripartite
