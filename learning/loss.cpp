#include "learning/loss.hpp"

#include <cmath>

#include "core/error.hpp"

namespace tripartite {
namespace {

using Values = std::vector<double> Outputs::*;  // the spikes or the membranes

void check_labels(const Outputs& y, std::span<const int> labels) {
    TRIPARTITE_CHECK(Index(labels.size()) == y.samples);
    for (int b = 0; b < y.samples; ++b)
        if (labels[b] < 0 || labels[b] >= y.neurons)
            fail("loss: sample {} of the batch has label {}, but the output population has {} neurons, one per class from 0; "
                 "give it as many neurons as the data set has classes", b, labels[b], y.neurons);
}

/// Returns weight CE(x, label), and adds its derivative to bar: the target is 1 - smoothing for the label, and smoothing is
/// spread over all classes, as PyTorch's CrossEntropyLoss.
double cross_entropy(std::span<const double> x, int label, double smoothing, double weight, std::span<double> bar) {
    const double highest = *std::max_element(x.begin(), x.end());
    double sum = 0;
    for (double v : x) sum += std::exp(v - highest);
    const double log_sum = highest + std::log(sum);
    double loss = 0;
    for (int n = 0; n < int(x.size()); ++n) {
        const double target = (n == label ? 1 - smoothing : 0) + smoothing / double(x.size()), log_p = x[n] - log_sum;
        loss -= target * log_p;
        bar[n] += weight * (std::exp(log_p) - target);
    }
    return weight * loss;
}

/// weight sum_t sum_b CE(x_t, y).
double stepwise_cross_entropy(Values values, const Outputs& y, std::span<const int> labels, double smoothing, double weight, Outputs& bar) {
    check_labels(y, labels);
    double loss = 0;
    for (int t = 0; t < y.steps; ++t)
        for (int b = 0; b < y.samples; ++b)
            loss += cross_entropy(y.row(y.*values, t, b), labels[b], smoothing, weight, bar.row(bar.*values, t, b));
    return loss;
}

/// One number for the T values of a neuron.
double reduced(Values values, const Outputs& y, int b, int n, Reduce how) {
    const auto& x = y.*values;
    if (how == Reduce::last) return x[y.at(y.steps - 1, b, n)];
    double result = x[y.at(0, b, n)];
    for (int t = 1; t < y.steps; ++t) {
        const double v = x[y.at(t, b, n)];
        result = how == Reduce::max ? std::max(result, v) : result + v;
    }
    return how == Reduce::mean ? result / y.steps : result;
}

/// The adjoint of reduced().
void spread(Values values, const Outputs& y, int b, int n, Reduce how, double reduced_bar, Outputs& bar) {
    auto& x_bar = bar.*values;
    if (how == Reduce::last) x_bar[y.at(y.steps - 1, b, n)] += reduced_bar;
    if (how == Reduce::mean) reduced_bar /= y.steps;
    if (how == Reduce::mean || how == Reduce::sum)
        for (int t = 0; t < y.steps; ++t) x_bar[y.at(t, b, n)] += reduced_bar;
    if (how == Reduce::max) {
        const double highest = reduced(values, y, b, n, how);
        int t = 0;
        while (t + 1 < y.steps && (y.*values)[y.at(t, b, n)] < highest) ++t;
        x_bar[y.at(t, b, n)] += reduced_bar;
    }
}

void reduced_scores(Values values, const Outputs& y, int b, Reduce how, std::span<double> scores) {
    for (int n = 0; n < y.neurons; ++n) scores[n] = reduced(values, y, b, n, how);
}

/// (1/B) sum_b CE(reduced x, y).
double reduced_cross_entropy(Values values, const Outputs& y, std::span<const int> labels, Reduce how, double smoothing, Outputs& bar) {
    check_labels(y, labels);
    double loss = 0;
    std::vector<double> x(y.neurons), x_bar(y.neurons);
    for (int b = 0; b < y.samples; ++b) {
        reduced_scores(values, y, b, how, x);
        std::fill(x_bar.begin(), x_bar.end(), 0);
        loss += cross_entropy(x, labels[b], smoothing, 1.0 / y.samples, x_bar);
        for (int n = 0; n < y.neurons; ++n) spread(values, y, b, n, how, x_bar[n], bar);
    }
    return loss;
}

/// weight times the mean over B and N of (reduced x - target)^2.
double reduced_squared_error(const Outputs& y, std::span<const int> labels, Reduce how, double correct, double incorrect, double weight, Outputs& bar) {
    check_labels(y, labels);
    weight /= double(y.samples) * y.neurons;
    double loss = 0;
    for (int b = 0; b < y.samples; ++b)
        for (int n = 0; n < y.neurons; ++n) {
            const double error = reduced(&Outputs::spikes, y, b, n, how) - (n == labels[b] ? correct : incorrect);
            loss += weight * error * error;
            spread(&Outputs::spikes, y, b, n, how, 2 * weight * error, bar);
        }
    return loss;
}

/// weight times the mean over T, B and N of (x - target)^2; target(b, n).
double stepwise_squared_error(Values values, const Outputs& y, const auto& target, double weight, Outputs& bar) {
    weight /= double(y.steps) * y.samples * y.neurons;
    double loss = 0;
    for (int t = 0; t < y.steps; ++t)
        for (int b = 0; b < y.samples; ++b)
            for (int n = 0; n < y.neurons; ++n) {
                const Index i = y.at(t, b, n);
                const double error = (y.*values)[i] - target(b, n);
                loss += weight * error * error;
                (bar.*values)[i] += 2 * weight * error;
            }
    return loss;
}

int first_spike(const Outputs& y, int b, int n) {
    int t = 0;
    while (t + 1 < y.steps && y.spikes[y.at(t, b, n)] <= 0.5) ++t;
    return t;
}

double score_of_time(TimeMap map, int t) { return map == TimeMap::negate ? -double(t) : 1 / (t + 1.0); }

Values values_of(Readout readout) { return readout == Readout::membrane ? &Outputs::membrane : &Outputs::spikes; }

}  // namespace

double CrossEntropyRate::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    return stepwise_cross_entropy(&Outputs::spikes, y, labels, label_smoothing, 1 / (double(y.steps) * y.samples), bar);
}
void CrossEntropyRate::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::spikes, y, b, Reduce::sum, scores); }

double CrossEntropyCount::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    return reduced_cross_entropy(&Outputs::spikes, y, labels, Reduce::sum, label_smoothing, bar);
}
void CrossEntropyCount::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::spikes, y, b, Reduce::sum, scores); }

double CrossEntropyMembrane::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    return reduced_cross_entropy(&Outputs::membrane, y, labels, reduce, label_smoothing, bar);
}
void CrossEntropyMembrane::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::membrane, y, b, reduce, scores); }

double SquaredErrorCount::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    return reduced_squared_error(y, labels, Reduce::sum, std::trunc(y.steps * correct), std::trunc(y.steps * incorrect), 1.0 / y.steps, bar);
}
void SquaredErrorCount::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::spikes, y, b, Reduce::sum, scores); }

double SquaredErrorRate::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    return reduced_squared_error(y, labels, Reduce::mean, correct, incorrect, 1, bar);
}
void SquaredErrorRate::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::spikes, y, b, Reduce::mean, scores); }

double SquaredErrorMembrane::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    check_labels(y, labels);
    return stepwise_squared_error(&Outputs::membrane, y, [&](int b, int n) { return n == labels[b] ? on : off; }, 1, bar);
}
void SquaredErrorMembrane::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::membrane, y, b, Reduce::mean, scores); }

double CrossEntropyTemporal::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    check_labels(y, labels);
    double loss = 0;
    std::vector<double> x(y.neurons), x_bar(y.neurons);
    for (int b = 0; b < y.samples; ++b) {
        scores(y, b, x);
        std::fill(x_bar.begin(), x_bar.end(), 0);
        loss += cross_entropy(x, labels[b], 0, 1.0 / y.samples, x_bar);
        for (int n = 0; n < y.neurons; ++n) {
            const int t = first_spike(y, b, n);
            const double slope = map == TimeMap::negate ? -1 : -1 / ((t + 1.0) * (t + 1.0));
            bar.spikes[y.at(t, b, n)] -= x_bar[n] * slope;
        }
    }
    return loss;
}
void CrossEntropyTemporal::scores(const Outputs& y, int b, std::span<double> scores) const {
    for (int n = 0; n < y.neurons; ++n) scores[n] = score_of_time(map, first_spike(y, b, n));
}

double SquaredErrorTemporal::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    check_labels(y, labels);
    const double weight = 1 / (double(y.samples) * y.neurons), T = y.steps;
    double loss = 0;
    for (int b = 0; b < y.samples; ++b)
        for (int n = 0; n < y.neurons; ++n) {
            const int wanted = n == labels[b] ? on_target : off_target, t = first_spike(y, b, n);
            const double error = (t - (wanted < 0 ? T + wanted : wanted)) / T;
            loss += weight * error * error;
            bar.spikes[y.at(t, b, n)] -= 2 * weight * error / T;
        }
    return loss;
}
void SquaredErrorTemporal::scores(const Outputs& y, int b, std::span<double> scores) const {
    for (int n = 0; n < y.neurons; ++n) scores[n] = score_of_time(TimeMap::negate, first_spike(y, b, n));
}

double TemporalEfficient::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    const double each = (1 - lambda) / (double(y.steps) * y.samples);
    return stepwise_cross_entropy(values_of(of), y, labels, label_smoothing, each, bar) +
           stepwise_squared_error(values_of(of), y, [&](int, int) { return mean; }, lambda, bar);
}
void TemporalEfficient::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(values_of(of), y, b, Reduce::mean, scores); }

double CrossEntropyStepMembrane::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    const double each = 1.0 / y.samples / (reduce == StepReduce::mean ? y.steps : 1);
    return stepwise_cross_entropy(&Outputs::membrane, y, labels, label_smoothing, each, bar);
}
void CrossEntropyStepMembrane::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(values_of(predict), y, b, Reduce::mean, scores); }

double TempotronLoss::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    check_labels(y, labels);
    double loss = 0;
    for (int b = 0; b < y.samples; ++b)
        for (int n = 0; n < y.neurons; ++n) {
            const double distance = reduced(&Outputs::membrane, y, b, n, Reduce::max) - threshold;
            if ((distance >= 0) == (n == labels[b])) continue;
            const double slope = form == TempotronForm::squared ? 2 * distance : distance < 0 ? -1 : 1;
            loss += (form == TempotronForm::squared ? distance * distance : std::fabs(distance)) / y.samples;
            spread(&Outputs::membrane, y, b, n, Reduce::max, slope / y.samples, bar);
        }
    return loss;
}
void TempotronLoss::scores(const Outputs& y, int b, std::span<double> scores) const { reduced_scores(&Outputs::membrane, y, b, Reduce::max, scores); }

double BinaryCrossEntropySteps::operator()(const Outputs& y, std::span<const int> labels, Outputs& bar) const {
    if (y.targets.empty()) check_labels(y, labels);
    const double weight = 1 / (double(y.steps) * y.samples * y.neurons);
    double loss = 0;
    for (int t = 0; t < y.steps; ++t)
        for (int b = 0; b < y.samples; ++b)
            for (int n = 0; n < y.neurons; ++n) {
                const int target = y.targets.empty() ? n == labels[b] : y.targets[b][Index(t) * y.neurons + n];
                if (target == not_asked) continue;
                const double u = y.membrane[y.at(t, b, n)], e = std::exp(-std::fabs(u)), q = target;
                loss += weight * (std::fmax(u, 0) + std::log1p(e) - q * u);
                bar.membrane[y.at(t, b, n)] += weight * ((u < 0 ? e : 1) / (1 + e) - q);
            }
    return loss;
}
void BinaryCrossEntropySteps::scores(const Outputs& y, int b, std::span<double> scores) const {
    std::ranges::fill(scores, 0);
    for (int t = 0; t < y.steps; ++t)
        for (int n = 0; n < y.neurons; ++n)
            if (y.targets.empty() || y.targets[b][Index(t) * y.neurons + n] != not_asked) scores[n] += y.membrane[y.at(t, b, n)] / y.steps;
}

double BinaryCrossEntropySteps::detected(const Outputs& y, int b) const {
    std::vector<std::pair<double, bool>> cells;
    std::ptrdiff_t targets = 0, found = 0;
    for (int t = 0; t < y.steps; ++t)
        for (int n = 0; n < y.neurons; ++n) {
            const bool target = y.targets[b][Index(t) * y.neurons + n] == 1;
            targets += target;
            cells.push_back({-y.membrane[y.at(t, b, n)], target});
        }
    if (targets == 0) return 1;
    std::ranges::nth_element(cells, cells.begin() + targets - 1);
    for (std::ptrdiff_t i = 0; i < targets; ++i) found += cells[i].second;
    return double(found) / double(targets);
}

bool reads_spikes(const Loss& loss) {
    if (const auto* tet = std::get_if<TemporalEfficient>(&loss)) return tet->of == Readout::spikes;
    if (const auto* step = std::get_if<CrossEntropyStepMembrane>(&loss)) return step->predict == Readout::spikes;
    return std::visit([](const auto& l) { return !l.reads_membrane; }, loss);
}

}  // namespace tripartite
