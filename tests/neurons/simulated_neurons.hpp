#pragma once
#include <string_view>
#include <vector>

#include "core/error.hpp"
#include "core/random.hpp"
#include "neurons/compiled.hpp"

/// Neurons of one model that take steps of a simulation, without a network.
namespace tripartite {

template <class Real> struct SimulatedNeurons {
    NeuronSpec spec;
    double dt;
    Index N;
    std::vector<Real> state, coefficients, input;  ///< [S][N]; [C], or [C][N] where `per_neuron`; [P][N]
    std::vector<Real> uniform;                     ///< [N] random numbers, as the last step used them
    std::vector<std::uint64_t> spikes;             ///< of the last step
    std::vector<Real> values;                      ///< [N] that a model that never fires sent in the last step
    int steps = 0;

    SimulatedNeurons(const NeuronSpec& spec, double dt, Index N = 64, bool per_neuron = false)
        : spec(spec), dt(dt), N(N), state(spec.states * N), input(spec.ports * N), uniform(N), spikes(N / 64), values(N) {
        for (std::size_t i = 0; i < state.size(); ++i) state[i] = Real(spec.initial[i / N]);
        std::vector<double> k(spec.coefficients);
        spec.discretise({}, dt, k);
        for (const double x : k) coefficients.insert(coefficients.end(), per_neuron ? N : 1, Real(x));
    }
    /// One step with what stands in `input`, which is zero afterwards.
    void step() {
        StepRange<Real> a;
        a.neurons = N, a.state = state.data(), a.state_variable = N, a.coefficients = coefficients.data();
        a.coefficient = Index(coefficients.size()) == spec.coefficients ? 0 : N;
        for (int p = 0; p < spec.ports; ++p) a.input[p] = input.data() + p * N, a.input_neuron[p] = 1;
        const RandomStream random(4, "test", "uniform");
        for (Index n = 0; n < N; ++n) uniform[n] = Real(float(random.uniform(std::uint32_t(n), std::uint32_t(steps))));
        ++steps;
        a.uniform = uniform.data(), a.spikes = spikes.data(), a.values = values.data();
        spec.kernels<Real>().step(a);
    }
    Real& arriving(int port, Index n = 0) { return input[port * N + n]; }
    Real& value(std::string_view name, Index n = 0) {
        const auto at = std::ranges::find(spec.state_names, name);
        TRIPARTITE_CHECK(at != spec.state_names.end());
        return state[(at - spec.state_names.begin()) * N + n];
    }
    bool fired(Index n = 0) const { return spikes[n / 64] >> (n % 64) & 1; }
};

/// The times at which the first neuron fires, in ms, with nothing arriving.
template <class M, class Real = double>
std::vector<double> spike_times(const typename M::template Params<double>& params, double dt, double duration) {
    SimulatedNeurons<Real> neurons(make_neuron<M>(params), dt);
    std::vector<double> times;
    for (int step = 1; step * dt <= duration + 1e-9; ++step) {
        neurons.step();
        if (neurons.fired()) times.push_back(step * dt);
    }
    return times;
}

}  // namespace tripartite
