#include <tripartite/experiment/version.hpp>
#include <tripartite/learning/batch_norm.hpp>
#include <tripartite/neurons/compiled.hpp>
#include <tripartite/synapses/dense.hpp>

#include <fmt/format.h>

#include <tripartite/engine/engine.hpp>

/// A neuron that is driven at twice its threshold, without leak to speak of, fires at every step.
int main() {
    using namespace tripartite;
    Lif::Params<double> params;
    params.tau_m = 1e6;
    const Network network{1, {{"neurons", 3, make_neuron<Lif>(params)}}, {{"input", "neurons", dense({.init = Constant{2}})}}};
    ThreadPool pool(1);
    Engine<float> engine(network, {.steps = 5}, pool);
    RealFrame<float> ones(5, 1, 1);
    for (int t = 0; t < 5; ++t) ones.row(t, 0)[0] = 1;
    engine.begin({.values = &ones}, Phase::inference);
    engine.forward(0, 5, Phase::inference);
    fmt::print("tripartite {}: {} spikes\n", version(), engine.population(0).spikes_in_window());
}
