#include "experiment/predictions.hpp"

#include <algorithm>
#include <numeric>

namespace tripartite {

Predictions::Predictions(const TrainedNetwork& trained, const SimulationNetwork& network, double dt, const H5Reader* checkpoint)
    : trained_(trained), output_(network.find(trained.output)), present_(trained.samples.present_steps(dt)), period_(trained.samples.period(dt)),
      last_(period_ * trained.samples.samples()) {
    outputs_.shape(int(present_), 1, int(network.populations[std::size_t(output_)].size));
    if (checkpoint) predictions_ = checkpoint->read<std::int64_t>("/samples/predictions");
}

void Predictions::attach(Simulation& simulation) {
    StateProbe probe;
    probe.population = output_, probe.field = StateProbe::membrane, probe.last = last_;
    probe.neurons.resize(std::size_t(outputs_.neurons));
    std::iota(probe.neurons.begin(), probe.neurons.end(), 0u);
    probe.take = [this](Index step, std::span<const double> values) {
        if (step % period_ < present_) std::ranges::copy(values, outputs_.row(outputs_.membrane, int(step % period_), 0).begin());
    };
    simulation.add_probe(std::move(probe));
}

void Predictions::take(Index step, const SpikeLists& fired) {
    if (step % period_ >= present_) return;
    for (const auto neuron : fired(output_, step)) outputs_.spikes[std::size_t(outputs_.at(int(step % period_), 0, int(neuron)))] = 1;
}

void Predictions::predict() {
    std::vector<double> scores(std::size_t(outputs_.neurons));
    std::visit([&](const auto& loss) { loss.scores(outputs_, 0, scores); }, trained_.loss);
    predictions_.push_back(std::ranges::max_element(scores) - scores.begin());
    outputs_.clear();
}

double Predictions::accuracy() const {
    int correct = 0;
    for (std::size_t i = 0; i < predictions_.size(); ++i) correct += predictions_[i] == trained_.labels[i];
    return double(correct) / double(predictions_.size());
}

void Predictions::write(H5Writer& file) const {
    const std::vector<std::int64_t> labels(trained_.labels.begin(), trained_.labels.end());
    file.write("/samples/predictions", std::span(predictions_), {predictions_.size()});
    file.write("/samples/labels", std::span(labels), {labels.size()});
}

}  // namespace tripartite
