// Steps in halves, between which nothing is normalised, are whole steps: for every neuron model.
#include "engine/steps_in_halves.hpp"

#include "tests/neurons/model_name.hpp"
#include "tests/neurons/training_cases.hpp"

namespace tripartite {
namespace {

template <class M> struct StepsInHalves : testing::Test {};
TYPED_TEST_SUITE(StepsInHalves, TrainableModels, ModelName);

/// Leaves the membranes as they are.
template <class Real> struct NoNorm {
    std::vector<Real> one = std::vector<Real>(64, 1), zero = std::vector<Real>(64, 0);
    void measure(int, const Real*) {}
    NormalisedStep<Real> step(int) const {
        NormalisedStep<Real> n;
        n.scale = one.data(), n.offset = zero.data();
        return n;
    }
    void adjoint(int, const Real*, Real*) {}
};

template <class M, class Real> void expect_equal_spikes(const typename M::template Params<double>& params) {
    const auto spec = make_neuron<M>(params);
    TileBuffers<Real> whole(spec, 40, 3, 16);
    if (AdjointCheck::in_units(spec)) AdjointCheck::scale_input(whole);
    auto halves = whole;
    Array<Real> scratch;
    whole.run();
    run_in_halves(halves.tile(0, halves.T), spec, NoNorm<Real>{}, scratch);
    ASSERT_EQ(halves.spikes, whole.spikes);
    ASSERT_EQ(halves.state, whole.state);
    ASSERT_EQ(halves.membrane, whole.membrane);
}

TYPED_TEST(StepsInHalves, HaveTheSpikesOfWholeSteps) {
    if constexpr (TypeParam::spiking)
        for_each_trainable<TypeParam>([](const auto& params) {
            expect_equal_spikes<TypeParam, float>(params);
            expect_equal_spikes<TypeParam, double>(params);
        });
}

/// That of whole steps is held to finite differences.
TYPED_TEST(StepsInHalves, HaveTheAdjointOfWholeSteps) {
    if constexpr (TypeParam::spiking)
        for_each_trainable<TypeParam>([](const auto& params) {
            for (const bool constant_input : {false, true}) {
                AdjointCheck check(make_neuron<TypeParam>(params), constant_input);
                check.adjoint(has_learnable<TypeParam>);
                const auto state_bar = check.state_bar, input_bar = check.input_bar, coefficients_bar = check.coefficients_bar;
                std::ranges::fill(check.input_bar, 7);
                Array<double> scratch;
                NoNorm<double> norm;
                AdjointInHalves<double, NoNorm<double>>(check.start(), check.tile.spec, norm, scratch).run();
                for (const auto& [found, expected] : {std::pair{&check.state_bar, &state_bar}, {&check.input_bar, &input_bar}, {&check.coefficients_bar, &coefficients_bar}})
                    for (std::size_t i = 0; i < expected->size(); ++i) ASSERT_NEAR((*found)[i], (*expected)[i], 1e-11 * (1 + std::fabs((*expected)[i])));
            }
        });
}

}  // namespace
}  // namespace tripartite
