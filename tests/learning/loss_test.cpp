#include "learning/loss.hpp"

#include <gtest/gtest.h>

#include <cmath>

#include "core/error.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace loss_test {

constexpr int T = 4, B = 2, N = 3;
const std::vector<int> labels{1, 2};

double evaluate(const Loss& loss, const Outputs& y, std::span<const int> of, Outputs& bar) {
    return std::visit([&](const auto& l) { return l(y, of, bar); }, loss);
}
std::vector<double> scores_of(const Loss& loss, const Outputs& y, int b) {
    std::vector<double> scores(y.neurons);
    std::visit([&](const auto& l) { l.scores(y, b, scores); }, loss);
    return scores;
}
std::string name_of(const Loss& loss) {
    return std::visit([](const auto& l) { return std::string(l.name); }, loss);
}
bool reads_membrane(const Loss& loss) {
    return std::visit([](const auto& l) { return l.reads_membrane; }, loss);
}

/// [4][2][3]; neuron 1 of sample 1 fires only in the last step.
Outputs example() {
    Outputs y;
    y.shape(T, B, N);
    y.spikes = {0, 1, 0, 1, 0, 0,  //
                1, 1, 0, 0, 0, 0,  //
                0, 1, 0, 1, 0, 1,  //
                0, 0, 1, 1, 1, 0};
    y.membrane = {.3, 1.2, -.4, 1.1, .25, .5,    //
                  1.05, 1.4, .2, -.6, .45, .9,   //
                  .7, 1.15, .85, 1.3, -.15, 1.6,  //
                  -.2, .55, 1.01, 1.25, 1.02, .35};
    return y;
}

Outputs empty_like(const Outputs& y) {
    Outputs bar;
    bar.shape(y.steps, y.samples, y.neurons);
    return bar;
}

/// Values and gradients from snnTorch 1.0 in double (its functional losses); ce_membrane with mean and last, mse_rate, tet and
/// ce_step_membrane from PyTorch's cross_entropy and mse_loss.
TEST(Loss, AgreesWithSnnTorchAndPyTorch) {
    struct Case {
        Loss loss;
        double value;
        std::vector<double> gradient;
    };
    const std::vector<Case> cases{
        {CrossEntropyRate{}, 1.11129694457138,
         {0.0264926947021357, -0.0529853894042714, 0.0264926947021357, 0.0720146105957286, 0.0264926947021357, -0.0985073052978643,
         0.0527898497814398, -0.0722101502185602, 0.0194203004371204, 0.0416666666666667, 0.0416666666666667, -0.0833333333333333,
         0.0264926947021357, -0.0529853894042714, 0.0264926947021357, 0.0527898497814398, 0.0194203004371204, -0.0722101502185602,
         0.0264926947021357, -0.0985073052978643, 0.0720146105957286, 0.0527898497814398, 0.0527898497814398, -0.10557969956288}},
        {CrossEntropyCount{}, 1.23954476622188,
         {0.0532534894596004, -0.106506978919201, 0.0532534894596004, 0.393493021080799, 0.0532534894596004, -0.4467465105404,
         0.0532534894596004, -0.106506978919201, 0.0532534894596004, 0.393493021080799, 0.0532534894596004, -0.4467465105404,
         0.0532534894596004, -0.106506978919201, 0.0532534894596004, 0.393493021080799, 0.0532534894596004, -0.4467465105404,
         0.0532534894596004, -0.106506978919201, 0.0532534894596004, 0.393493021080799, 0.0532534894596004, -0.4467465105404}},
        {CrossEntropyCount{.label_smoothing = 0.1}, 1.27287809955522,
         {0.0365868227929337, -0.0731736455858675, 0.0365868227929337, 0.376826354414133, 0.0365868227929337, -0.413413177207066,
         0.0365868227929337, -0.0731736455858675, 0.0365868227929337, 0.376826354414133, 0.0365868227929337, -0.413413177207066,
         0.0365868227929337, -0.0731736455858675, 0.0365868227929337, 0.376826354414133, 0.0365868227929337, -0.413413177207066,
         0.0365868227929337, -0.0731736455858675, 0.0365868227929337, 0.376826354414133, 0.0365868227929337, -0.413413177207066}},
        {CrossEntropyMembrane{}, 0.850527015682516,
         {0, 0, 0, 0, 0, 0,
         0.147935253418373, -0.290069882581068, 0, 0, 0, 0,
         0, 0, 0, 0.160997279019084, 0, -0.282676404920318,
         0, 0, 0.142134629162695, 0, 0.121679125901235, 0}},
        {CrossEntropyMembrane{.reduce = Reduce::mean}, 0.832746926302475,
         {0.0329064384880587, -0.064286362863766, 0.0313799243757073, 0.0451488714802207, 0.0311858755209222, -0.0763347470011429,
         0.0329064384880587, -0.064286362863766, 0.0313799243757073, 0.0451488714802207, 0.0311858755209222, -0.0763347470011429,
         0.0329064384880587, -0.064286362863766, 0.0313799243757073, 0.0451488714802207, 0.0311858755209222, -0.0763347470011429,
         0.0329064384880587, -0.064286362863766, 0.0313799243757073, 0.0451488714802207, 0.0311858755209222, -0.0763347470011429}},
        {CrossEntropyMembrane{.reduce = Reduce::last}, 1.40310486671751,
         {0, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, 0,
         0.0772739640946833, -0.336411016727828, 0.259137052633145, 0.227158811027462, 0.180485308466024, -0.407644119493486}},
        {SquaredErrorCount{.correct = 0.8, .incorrect = 0.3}, 0.333333333333333,
         {0, 0, 0, 0.166666666666667, 0, -0.166666666666667,
         0, 0, 0, 0.166666666666667, 0, -0.166666666666667,
         0, 0, 0, 0.166666666666667, 0, -0.166666666666667,
         0, 0, 0, 0.166666666666667, 0, -0.166666666666667}},
        {SquaredErrorRate{.correct = 0.8, .incorrect = 0.1}, 0.1325,
         {0.0125, -0.00416666666666666, 0.0125, 0.0541666666666667, 0.0125, -0.0458333333333333,
         0.0125, -0.00416666666666666, 0.0125, 0.0541666666666667, 0.0125, -0.0458333333333333,
         0.0125, -0.00416666666666666, 0.0125, 0.0541666666666667, 0.0125, -0.0458333333333333,
         0.0125, -0.00416666666666666, 0.0125, 0.0541666666666667, 0.0125, -0.0458333333333333}},
        {SquaredErrorMembrane{.on = 1.25, .off = 0.25}, 0.370541666666667,
         {0.00416666666666667, -0.00416666666666667, -0.0541666666666667, 0.0708333333333333, 0, -0.0625,
         0.0666666666666667, 0.0125, -0.00416666666666667, -0.0708333333333333, 0.0166666666666667, -0.0291666666666667,
         0.0375, -0.00833333333333334, 0.05, 0.0875, -0.0333333333333333, 0.0291666666666667,
         -0.0375, -0.0583333333333333, 0.0633333333333333, 0.0833333333333333, 0.0641666666666667, -0.075}},
        {CrossEntropyTemporal{}, 1.25942911816224,
         {0, -0.147307743650879, 0, 0.42189736724067, 0, 0,
         0.12974823017121, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, -0.442902400307703,
         0, 0, 0.0175595134796699, 0, 0.021005033067033, 0}},
        {CrossEntropyTemporal{.map = TimeMap::reciprocal}, 1.04225893327586,
         {0, -0.259487868373315, 0, 0.251789762957122, 0, 0,
         0.0364694954661062, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, -0.0411918694778506,
         0, 0, 0.00710061790680564, 0, 0.00743356639647081, 0}},
        {SquaredErrorTemporal{.on_target = 1, .off_target = 2}, 0.09375,
         {0, 0.0208333333333333, 0, 0.0416666666666667, 0, 0,
         0.0208333333333333, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, -0.0208333333333333,
         0, 0, -0.0208333333333333, 0, -0.0208333333333333, 0}},
        {SquaredErrorTemporal{}, 0.177083333333333,
         {0, 0, 0, 0.0625, 0, 0,
         0.0416666666666667, 0, 0, 0, 0, 0,
         0, 0, 0, 0, 0, -0.0416666666666667,
         0, 0, 0, 0, 0, 0}},
        {TemporalEfficient{.lambda = 0.05}, 0.9012039893033,
         {0.0270995983704853, -0.0440885677959762, 0.00907230275882423, 0.060505930681374, 0.0225580486896952, -0.0878556460377359,
         0.0419264892720235, -0.0578824520535851, 0.0144976294482283, 0.0075730690099236, 0.0384005299104654, -0.055348598920389,
         0.0305852113744543, -0.0681974500737881, 0.0363622386993339, 0.0471982522461015, 0.00598642810010785, -0.054226347012876,
         0.0133525664724873, -0.0817726164728592, 0.0615867166670386, 0.0549918842856889, 0.0429485940940139, -0.0995238117130362}},
        {CrossEntropyStepMembrane{}, 3.69785013039986,
         {0.12638427384064, -0.189144846860251, 0.0627605730196108, 0.253007427430347, 0.108139152377664, -0.361146579808011,
         0.175655393426064, -0.250733131453692, 0.0750777380276278, 0.0599567817961696, 0.171335564535293, -0.231292346331463,
         0.13404299526086, -0.289778737152792, 0.155735741891932, 0.193466325246743, 0.0453814516495769, -0.23884777689632,
         0.0772739640946833, -0.336411016727828, 0.259137052633145, 0.227158811027462, 0.180485308466024, -0.407644119493486}},
    };
    for (const auto& [loss, value, gradient] : cases) {
        SCOPED_TRACE(name_of(loss));
        const Outputs y = example();
        Outputs bar = empty_like(y);
        EXPECT_NEAR(evaluate(loss, y, labels, bar), value, 1e-13);
        const auto& read = reads_membrane(loss) ? bar.membrane : bar.spikes;
        const auto& other = reads_membrane(loss) ? bar.spikes : bar.membrane;
        for (std::size_t i = 0; i < gradient.size(); ++i) EXPECT_NEAR(read[i], gradient[i], 1e-13) << i;
        for (double x : other) EXPECT_EQ(x, 0);
    }
}

TEST(Loss, AdjointMatchesFiniteDifferences) {
    const std::vector<Loss> losses{
        CrossEntropyRate{}, CrossEntropyRate{.label_smoothing = 0.2}, CrossEntropyCount{}, CrossEntropyCount{.label_smoothing = 0.2},
        CrossEntropyMembrane{}, CrossEntropyMembrane{.reduce = Reduce::mean, .label_smoothing = 0.1}, CrossEntropyMembrane{.reduce = Reduce::last},
        CrossEntropyMembrane{.reduce = Reduce::sum}, SquaredErrorCount{.correct = 0.8, .incorrect = 0.3}, SquaredErrorRate{.correct = 0.9, .incorrect = 0.1},
        SquaredErrorMembrane{.on = 1.5, .off = -0.5}, TemporalEfficient{.lambda = 0.3, .mean = 0.7, .label_smoothing = 0.1},
        TemporalEfficient{.lambda = 0.3, .of = Readout::spikes}, CrossEntropyStepMembrane{.label_smoothing = 0.1},
        CrossEntropyStepMembrane{.reduce = StepReduce::mean}, TempotronLoss{}, TempotronLoss{.threshold = 0.9, .form = TempotronForm::linear}};
    const RandomStream random(7, "outputs", "finite differences");
    Outputs y = example();
    for (std::size_t i = 0; i < y.spikes.size(); ++i) y.spikes[i] = random.uniform(i, 0), y.membrane[i] = 3 * random.uniform(i, 1) - 1;
    for (const Loss& loss : losses) {
        SCOPED_TRACE(name_of(loss));
        Outputs bar = empty_like(y), unused = empty_like(y);
        evaluate(loss, y, labels, bar);
        constexpr double h = 1e-5;
        for (auto values : {&Outputs::spikes, &Outputs::membrane})
            for (std::size_t i = 0; i < y.spikes.size(); ++i) {
                Outputs up = y, down = y;
                (up.*values)[i] += h, (down.*values)[i] -= h;
                const double slope = (evaluate(loss, up, labels, unused) - evaluate(loss, down, labels, unused)) / (2 * h);
                EXPECT_NEAR((bar.*values)[i], slope, 1e-9) << i;
            }
    }
}

TEST(Loss, AddsToTheAdjoint) {
    const Outputs y = example();
    Outputs once = empty_like(y), twice = empty_like(y);
    for (const Loss& loss : {Loss(CrossEntropyCount{}), Loss(CrossEntropyMembrane{}), Loss(SquaredErrorTemporal{})}) evaluate(loss, y, labels, once);
    for (int k = 0; k < 2; ++k)
        for (const Loss& loss : {Loss(CrossEntropyCount{}), Loss(CrossEntropyMembrane{}), Loss(SquaredErrorTemporal{})}) evaluate(loss, y, labels, twice);
    for (std::size_t i = 0; i < once.spikes.size(); ++i) {
        EXPECT_NEAR(twice.spikes[i], 2 * once.spikes[i], 1e-15);
        EXPECT_NEAR(twice.membrane[i], 2 * once.membrane[i], 1e-15);
    }
}

TEST(Loss, CrossEntropyOfEqualOutputsIsTheLogarithmOfTheClasses) {
    Outputs y;
    y.shape(5, 2, 10);
    Outputs bar = empty_like(y);
    const std::vector<int> of{3, 9};
    for (const Loss& loss : {Loss(CrossEntropyRate{}), Loss(CrossEntropyCount{}), Loss(CrossEntropyMembrane{}), Loss(CrossEntropyTemporal{}),
                             Loss(TemporalEfficient{.lambda = 0}), Loss(CrossEntropyStepMembrane{.reduce = StepReduce::mean}),
                             Loss(CrossEntropyCount{.label_smoothing = 0.3})})
        EXPECT_NEAR(evaluate(loss, y, of, bar), std::log(10.0), 1e-14) << name_of(loss);
    EXPECT_NEAR(evaluate(CrossEntropyStepMembrane{}, y, of, bar), 5 * std::log(10.0), 1e-13);
}

TEST(Loss, PerfectSpikesReachTheLowerBoundOfTheRateCrossEntropy) {
    Outputs y;
    y.shape(25, 1, 10);
    for (int t = 0; t < 25; ++t) y.spikes[y.at(t, 0, 4)] = 1;
    Outputs bar = empty_like(y);
    const std::vector<int> of{4};
    EXPECT_NEAR(evaluate(CrossEntropyRate{}, y, of, bar), std::log(1 + 9 / std::exp(1.0)), 1e-14);
    EXPECT_NEAR(evaluate(CrossEntropyRate{}, y, of, bar), 1.46115, 1e-5);
}

TEST(Loss, TargetsThatAreMetCostNothing) {
    Outputs y;
    y.shape(10, 1, 2);
    for (int t = 0; t < 10; ++t) {
        y.spikes[y.at(t, 0, 0)] = t < 7, y.spikes[y.at(t, 0, 1)] = t == 9;
        y.membrane[y.at(t, 0, 0)] = 2, y.membrane[y.at(t, 0, 1)] = -1;
    }
    Outputs bar = empty_like(y);
    const std::vector<int> of{0};
    EXPECT_EQ(evaluate(SquaredErrorCount{.correct = 0.79, .incorrect = 0.1}, y, of, bar), 0);  // 7.9 spikes are rounded down
    EXPECT_NEAR(evaluate(SquaredErrorRate{.correct = 0.7, .incorrect = 0.1}, y, of, bar), 0, 1e-30);
    EXPECT_EQ(evaluate(SquaredErrorMembrane{.on = 2, .off = -1}, y, of, bar), 0);
    EXPECT_EQ(evaluate(SquaredErrorTemporal{.on_target = 0, .off_target = -1}, y, of, bar), 0);
    EXPECT_EQ(evaluate(SquaredErrorTemporal{.on_target = -10, .off_target = 9}, y, of, bar), 0);
    for (double x : bar.membrane) EXPECT_EQ(x, 0);
}

TEST(Loss, SilentNeuronIsPushedToFireInTheLastStep) {
    Outputs y;
    y.shape(5, 1, 2);
    Outputs bar = empty_like(y);
    const std::vector<int> of{1};
    // Both silent, t = 4: (4/5)^2 / 2 for the label, nothing for the other; slope -2 (4/5) / 5 / 2.
    EXPECT_NEAR(evaluate(SquaredErrorTemporal{}, y, of, bar), 0.32, 1e-15);
    for (int t = 0; t < 5; ++t) {
        EXPECT_EQ(bar.spikes[y.at(t, 0, 0)], 0);
        EXPECT_NEAR(bar.spikes[y.at(t, 0, 1)], t == 4 ? -0.16 : 0, 1e-15);
    }
    bar.clear();
    evaluate(CrossEntropyTemporal{}, y, of, bar);
    EXPECT_NEAR(bar.spikes[y.at(4, 0, 1)], -0.5, 1e-15);
    EXPECT_NEAR(bar.spikes[y.at(4, 0, 0)], 0.5, 1e-15);
}

TEST(Loss, ScoresAreWhatTheLossCompares) {
    const Outputs y = example();
    const auto expect = [&](const Loss& loss, std::vector<double> wanted) {
        const auto scores = scores_of(loss, y, 1);
        for (int n = 0; n < N; ++n) EXPECT_NEAR(scores[n], wanted[n], 1e-15) << name_of(loss) << " " << n;
    };
    const std::vector<double> counts{3, 1, 1}, rates{0.75, 0.25, 0.25}, means{3.05 / 4, 1.57 / 4, 3.35 / 4};
    for (const Loss& loss : {Loss(CrossEntropyRate{}), Loss(CrossEntropyCount{}), Loss(SquaredErrorCount{})}) expect(loss, counts);
    for (const Loss& loss : {Loss(SquaredErrorRate{}), Loss(TemporalEfficient{.of = Readout::spikes}),
                             Loss(CrossEntropyStepMembrane{.predict = Readout::spikes})}) expect(loss, rates);
    for (const Loss& loss : {Loss(SquaredErrorMembrane{}), Loss(TemporalEfficient{}), Loss(CrossEntropyStepMembrane{}),
                             Loss(CrossEntropyMembrane{.reduce = Reduce::mean})}) expect(loss, means);
    expect(CrossEntropyMembrane{}, {1.3, 1.02, 1.6});
    expect(CrossEntropyMembrane{.reduce = Reduce::last}, {1.25, 1.02, 0.35});
    expect(CrossEntropyMembrane{.reduce = Reduce::sum}, {3.05, 1.57, 3.35});
    for (const Loss& loss : {Loss(CrossEntropyTemporal{}), Loss(SquaredErrorTemporal{})}) expect(loss, {0, -3, -2});
    expect(CrossEntropyTemporal{.map = TimeMap::reciprocal}, {1, 0.25, 1.0 / 3});
}

TEST(Loss, LargeMembranesDoNotOverflow) {
    Outputs y;
    y.shape(1, 1, 2);
    y.membrane = {1e4, -1e4};
    Outputs bar = empty_like(y);
    const std::vector<int> of{1};
    EXPECT_EQ(evaluate(CrossEntropyMembrane{}, y, of, bar), 2e4);
    EXPECT_EQ(bar.membrane, (std::vector<double>{1, -1}));
}

TEST(Loss, SaysWhetherItNeedsSpikes) {
    EXPECT_TRUE(reads_spikes(CrossEntropyCount{}));
    EXPECT_FALSE(reads_spikes(CrossEntropyMembrane{}));
    EXPECT_FALSE(reads_spikes(TemporalEfficient{}));
    EXPECT_TRUE(reads_spikes(TemporalEfficient{.of = Readout::spikes}));
    EXPECT_TRUE(reads_spikes(CrossEntropyStepMembrane{.predict = Readout::spikes}));
}

TEST(Loss, LabelWithoutANeuronIsAnError) {
    const Outputs y = example();
    Outputs bar = empty_like(y);
    for (const Loss& loss : {Loss(CrossEntropyRate{}), Loss(CrossEntropyCount{}), Loss(SquaredErrorCount{}), Loss(SquaredErrorMembrane{}),
                             Loss(CrossEntropyTemporal{}), Loss(SquaredErrorTemporal{}), Loss(TemporalEfficient{}), Loss(CrossEntropyStepMembrane{})}) {
        try {
            evaluate(loss, y, std::vector<int>{0, 3}, bar);
            FAIL() << name_of(loss);
        } catch (const Error& error) {
            EXPECT_STREQ(error.what(), "loss: sample 1 of the batch has label 3, but the output population has 3 neurons, one per class from 0; "
                                       "give it as many neurons as the data set has classes");
        }
    }
}

}  // namespace loss_test
}  // namespace tripartite
