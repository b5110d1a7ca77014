#pragma once
#include <array>
#include <span>
#include <string_view>
#include <tuple>
#include <variant>

#include "core/field.hpp"
#include "learning/outputs.hpp"

/// Losses of a classifier with one output neuron per class. Letters: T steps, B samples, N classes; y the label of a sample;
/// S_t spikes and u_t membranes of step t; CE(x, y) = -log softmax(x)_y; MSE the mean of squares over B and N.
///
/// Each returns the mean over the batch and ADDS its derivative by spikes and membranes to `bar`, which has the shape of
/// the outputs. `scores` writes the N class scores whose (first) maximum is the prediction. Throws Error for a label that
/// is no neuron. Forms: snnTorch's functional losses, unless said otherwise.
namespace tripartite {

/// (1/T) sum_t CE(S_t, y). Spikes are at most 1, so that it never falls below ln(1 + (N-1)/e) (without smoothing).
struct CrossEntropyRate {
    static constexpr std::string_view name = "ce_rate", doc = "cross-entropy of the spikes of each step, averaged over the steps";
    static constexpr bool reads_membrane = false;
    double label_smoothing = 0;
    static constexpr auto fields() {
        return std::tuple{field("label_smoothing", &CrossEntropyRate::label_smoothing, "", "share of the target spread over all classes").within(0, 1)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// CE(sum_t S_t, y).
struct CrossEntropyCount {
    static constexpr std::string_view name = "ce_count", doc = "cross-entropy of the spike counts";
    static constexpr bool reads_membrane = false;
    double label_smoothing = 0;
    static constexpr auto fields() {
        return std::tuple{field("label_smoothing", &CrossEntropyCount::label_smoothing, "", "share of the target spread over all classes").within(0, 1)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// How the membranes of T steps become one number.
enum class Reduce { max, mean, last, sum };
inline constexpr std::array<std::string_view, 4> reduce_names{"max", "mean", "last", "sum"};

/// CE(reduce_t u_t, y). With max: snnTorch's ce_max_membrane_loss; of equal maxima the first step takes the gradient.
struct CrossEntropyMembrane {
    static constexpr std::string_view name = "ce_membrane", doc = "cross-entropy of the membranes, reduced over the steps";
    static constexpr bool reads_membrane = true;
    Reduce reduce = Reduce::max;
    double label_smoothing = 0;
    static constexpr auto fields() {
        return std::tuple{field("reduce", &CrossEntropyMembrane::reduce, "", "how the steps become one number").one_of(reduce_names),
                          field("label_smoothing", &CrossEntropyMembrane::label_smoothing, "", "share of the target spread over all classes").within(0, 1)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// MSE(sum_t S_t, q) / T, with the count q = int(T correct) for the label and int(T incorrect) for the other classes.
struct SquaredErrorCount {
    static constexpr std::string_view name = "mse_count", doc = "squared error of the spike counts, divided by the steps";
    static constexpr bool reads_membrane = false;
    double correct = 1, incorrect = 0;
    static constexpr auto fields() {
        return std::tuple{field("correct", &SquaredErrorCount::correct, "1/step", "target rate of the label; its count is rounded down").within(0, 1),
                          field("incorrect", &SquaredErrorCount::incorrect, "1/step", "target rate of the other classes; its count is rounded down").within(0, 1)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// MSE((1/T) sum_t S_t, q), q = correct for the label and incorrect for the other classes: SpikingJelly's usual loss.
struct SquaredErrorRate {
    static constexpr std::string_view name = "mse_rate", doc = "squared error of the mean rates";
    static constexpr bool reads_membrane = false;
    double correct = 1, incorrect = 0;
    static constexpr auto fields() {
        return std::tuple{field("correct", &SquaredErrorRate::correct, "1/step", "target rate of the label").within(0, 1),
                          field("incorrect", &SquaredErrorRate::incorrect, "1/step", "target rate of the other classes").within(0, 1)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// (1/T) sum_t MSE(u_t, q), q = on for the label and off for the other classes. (snnTorch 1.0 takes a negative off below on
/// for 0, because it clamps the targets; here it is what it says.)
struct SquaredErrorMembrane {
    static constexpr std::string_view name = "mse_membrane", doc = "squared error of the membranes of each step, averaged over the steps";
    static constexpr bool reads_membrane = true;
    double on = 1, off = 0;
    static constexpr auto fields() {
        return std::tuple{field("on", &SquaredErrorMembrane::on, "", "target membrane of the label, in the neuron's unit"),
                          field("off", &SquaredErrorMembrane::off, "", "target membrane of the other classes, in the neuron's unit")};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// How an early spike becomes a large score.
enum class TimeMap { negate, reciprocal };
inline constexpr std::array<std::string_view, 2> time_map_names{"negate", "reciprocal"};

/// CE(f(t_first), y), f(t) = -t (negate) or 1/(t+1) (reciprocal). t_first is the step of the first spike, 0 to T-1; a silent
/// neuron has T-1. The derivative of t_first is estimated as -1 at its spike; a silent neuron takes it at step T-1, so that
/// it can be pushed to fire.
struct CrossEntropyTemporal {
    static constexpr std::string_view name = "ce_temporal", doc = "cross-entropy of the first spike times: the label should fire first";
    static constexpr bool reads_membrane = false;
    TimeMap map = TimeMap::negate;
    static constexpr auto fields() {
        return std::tuple{field("map", &CrossEntropyTemporal::map, "", "score of a first spike at step t: -t or 1/(t+1)").one_of(time_map_names)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// MSE(t_first / T, q / T), q = on_target for the label and off_target for the other classes; negative targets count from
/// the end: -1 is T-1. t_first and its derivative as in ce_temporal. (snnTorch 1.0 documents the same, but clamps the targets
/// first: its -1 becomes 0, the same target as the label's.)
struct SquaredErrorTemporal {
    static constexpr std::string_view name = "mse_temporal", doc = "squared error of the first spike times, as shares of the steps";
    static constexpr bool reads_membrane = false;
    int on_target = 0, off_target = -1;
    static constexpr auto fields() {
        return std::tuple{field("on_target", &SquaredErrorTemporal::on_target, "step", "first spike of the label; negative: from the end"),
                          field("off_target", &SquaredErrorTemporal::off_target, "step", "first spike of the other classes; negative: from the end")};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// Which output a loss reads, where it can read either.
enum class Readout { membrane, spikes };
inline constexpr std::array<std::string_view, 2> readout_names{"membrane", "spikes"};

/// (1-lambda) (1/T) sum_t CE(x_t, y) + lambda (1/T) sum_t MSE(x_t, mean), x the membranes or spikes. Temporal efficient
/// training, Deng et al. 2022; the term with lambda holds outliers back. lambda and mean are those of the released code.
struct TemporalEfficient {
    static constexpr std::string_view name = "tet", doc = "cross-entropy of each step, averaged, plus a pull towards `mean` (Deng et al. 2022)";
    static constexpr bool reads_membrane = true;
    double lambda = 0.001, mean = 1, label_smoothing = 0;
    Readout of = Readout::membrane;
    static constexpr auto fields() {
        return std::tuple{field("lambda", &TemporalEfficient::lambda, "", "share of the squared error").within(0, 1),
                          field("mean", &TemporalEfficient::mean, "", "target of the squared error, for every class and step"),
                          field("label_smoothing", &TemporalEfficient::label_smoothing, "", "share of the target spread over all classes").within(0, 1),
                          field("of", &TemporalEfficient::of, "", "what is read").one_of(readout_names)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// How the losses of T steps become one number.
enum class StepReduce { sum, mean };
inline constexpr std::array<std::string_view, 2> step_reduce_names{"sum", "mean"};

/// sum_t CE(u_t, y), or its mean over the steps: snnTorch's tutorial 5, which predicts by the spike counts.
struct CrossEntropyStepMembrane {
    static constexpr std::string_view name = "ce_step_membrane", doc = "cross-entropy of the membranes of each step, summed or averaged over the steps";
    static constexpr bool reads_membrane = true;
    StepReduce reduce = StepReduce::sum;
    double label_smoothing = 0;
    Readout predict = Readout::membrane;
    static constexpr auto fields() {
        return std::tuple{field("reduce", &CrossEntropyStepMembrane::reduce, "", "how the steps become one number").one_of(step_reduce_names),
                          field("label_smoothing", &CrossEntropyStepMembrane::label_smoothing, "", "share of the target spread over all classes").within(0, 1),
                          field("predict", &CrossEntropyStepMembrane::predict, "", "the prediction has the largest mean membrane, or most spikes").one_of(readout_names)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// How much an output that is wrong counts.
enum class TempotronForm { squared, linear };
inline constexpr std::array<std::string_view, 2> tempotron_form_names{"squared", "linear"};

/// sum over the outputs that are wrong of f(V_max - threshold), V_max = max_t u_t: the label should fire (V_max >= threshold), the
/// other classes should not. squared: f(x) = x^2, the loss of SpikingJelly's tempotron. linear: f(x) = |x|, whose steepest descent is the
/// tempotron's rule itself, dw_i = +-rate sum_{t_i < t_max} K(t_max - t_i), + if the neuron should have fired, - if it fired wrongly
/// (Guetig and Sompolinsky 2006); take `sgd` for it. With the encoder `potentials` and neurons that add up their input and are never reset,
/// `lif: {beta: 0, reset: none}`, these are tempotrons. Of equal maxima the first step takes the gradient. The prediction has the largest V_max.
struct TempotronLoss {
    static constexpr std::string_view name = "tempotron", doc = "outputs whose largest membrane is on the wrong side of the threshold";
    static constexpr bool reads_membrane = true;
    double threshold = 1;
    TempotronForm form = TempotronForm::squared;
    static constexpr auto fields() {
        return std::tuple{field("threshold", &TempotronLoss::threshold, "", "that of the output neurons, in their unit"),
                          field("form", &TempotronLoss::form, "", "distance from the threshold as it is (the classical rule), or squared").one_of(tempotron_form_names)};
    }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    void scores(const Outputs& y, int b, std::span<double> scores) const;
};

/// Each output, in each step, is a logistic regression of its own: (1/(T B N)) sum_t sum_b sum_n [ln(1 + exp(u)) - q u], with the target
/// q of the neuron in this step. Grimaldi and Perrinet 2023: the loss of their detection of motifs and of motion. Targets come from the data, which may
/// not ask in all cells; else the neuron of the label has the target 1 in all steps. Samples with a label: the neuron with the largest sum of membranes,
/// which are log-odds, where it was asked. Samples without: as many cells (step, neuron) as there are targets are detected, those of the largest membranes;
/// `detected` is the share of them that are targets.
struct BinaryCrossEntropySteps {
    static constexpr std::string_view name = "bce_steps", doc = "binary cross-entropy of the membranes of each output in each step, whose target is the label, or in the data";
    static constexpr bool reads_membrane = true;
    static constexpr auto fields() { return std::tuple{}; }
    double operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const;
    /// Sums of membranes over the steps where there is a target, divided by all steps.
    void scores(const Outputs& y, int b, std::span<double> scores) const;
    double detected(const Outputs& y, int b) const;
};

using Loss = std::variant<CrossEntropyRate, CrossEntropyCount, CrossEntropyMembrane, SquaredErrorCount, SquaredErrorRate, SquaredErrorMembrane,
                          CrossEntropyTemporal, SquaredErrorTemporal, TemporalEfficient, CrossEntropyStepMembrane, TempotronLoss, BinaryCrossEntropySteps>;

/// Whether its value or its prediction needs spikes: an output population that never fires cannot be trained with it.
bool reads_spikes(const Loss& loss);

}  // namespace tripartite
