// A neuron model of one's own: its equations, and nothing else. The library makes the vectorised loops, the gradients and the
// YAML keys from this one struct.
#include <cstdio>
#include <cstdlib>
#include <filesystem>

#include "core/dual.hpp"
#include "core/field.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/run.hpp"

using namespace tripartite;

/// A leaky integrate-and-fire neuron whose threshold grows with its own activity, but only as far as the activity exceeds a floor:
///
///   u[t] = beta v[t-1] + x[t]
///   s[t] = H(u[t] - threshold - strength max(0, a[t-1] - floor))
///   v[t] = u[t] - s[t] threshold
///   a[t] = rho a[t-1] + s[t]          beta = exp(-dt/tau_m), rho = exp(-dt/tau_a)
struct AdaptiveLif {
    static constexpr std::string_view name = "adaptive_lif", doc = "leaky integrate-and-fire with a threshold that grows with activity";
    static constexpr bool spiking = true;

    // What a user writes. The field table gives YAML keys, units, bounds and documentation.
    template <class T> struct Params { T tau_m = 5.0, tau_a = 20.0, threshold = 1.0, strength = 0.2, floor = 0.5; };
    template <class T> static constexpr auto fields() {
        using P = Params<T>;
        return std::tuple{field("tau_m", &P::tau_m, "ms", "membrane time constant").positive().learnable(Learned::by_sigmoid),
                          field("tau_a", &P::tau_a, "ms", "time constant of the adaptation").positive(),
                          field("threshold", &P::threshold, "", "firing threshold at rest").positive(),
                          field("strength", &P::strength, "", "growth of the threshold").non_negative().learnable(Learned::directly),
                          field("floor", &P::floor, "", "activity that does not adapt").non_negative()};
    }
    template <class T> static std::string_view problem(const Params<T>&) { return ""; }

    // What a neuron remembers.
    template <class T> struct State { T v, a; };
    template <class T> static constexpr auto state_fields() {
        return std::tuple{field("v", &State<T>::v, "", "membrane potential"), field("a", &State<T>::a, "", "recent activity")};
    }
    static State<double> initial(const Params<double>&) { return {0, 0}; }

    // The constants of one step. `bound` is 0 for a neuron that fires at its threshold.
    template <class T> struct Coefficients { T beta, rho, threshold, strength, floor, bound; };
    template <class T> static Coefficients<T> coefficients(const Params<T>& p, double dt) {
        return {tripartite::exp(T(0.0) - T(dt) / p.tau_m), tripartite::exp(T(0.0) - T(dt) / p.tau_a), p.threshold, p.strength, p.floor, T(0.0)};
    }

    // One step. T is a number, a pack of numbers, or a pack with derivatives: no `if`, but select().
    template <class T> TRIPARTITE_INLINE static T integrate(State<T>& s, const auto& k, const std::array<T, 1>& x) {
        s.v = fma(k.beta, s.v, x[0]);
        return s.v;
    }
    template <class T> TRIPARTITE_INLINE static T threshold(const State<T>& s, const auto& k) {
        using V = value_of<T>;
        const T above = s.a - k.floor;
        return select(value(above) > V(0), k.strength * above, T(V(0))) + k.threshold;
    }
    template <class T> TRIPARTITE_INLINE static void reset(State<T>& s, const auto& k, const T& spike) {
        s.v = s.v - spike * k.threshold;
        s.a = k.rho * s.a + spike;
    }
};

/// In a file the model is a name like any other, and its parameters can be learned.
constexpr const char* experiment_file = R"(
experiment: {name: custom_neuron}
time: {dt: 1 ms, steps: 8}
network:
  layers:
    - {dense: 50, neuron: {adaptive_lif: {tau_a: 10 ms, learn: {tau_m: shared, strength: per_neuron}}}}
    - {dense: 4, neuron: {leaky_integrator: {tau_m: 5 ms}}}
input: {dataset: {generated: {classes: 4}}}
learning:
  bptt: {surrogate: atan, loss: {ce_membrane: {reduce: mean}}}
  optimiser: {adam: {learning_rate: 5e-3}}
  epochs: 5
  batch: 32
)";

struct Printer : Observer {
    void epoch_done(int epoch, int, const EpochSummary& s) override {
        std::printf("epoch %d: loss %.4f, %.1f %% of the training set\n", epoch + 1, s.train_loss, 100 * s.train_accuracy);
    }
};

int main() {
    auto neurons = NeuronRegistry::shipped();
    neurons.add<AdaptiveLif>();
    Experiment experiment = parse_experiment(experiment_file, "custom_neuron.yaml", {}, neurons);

    const auto folder = std::filesystem::temp_directory_path() / "tripartite_custom_neuron";
    Printer printer;
    const double from_file = run_experiment(experiment, {folder, {}}, printer).test_accuracy;
    std::printf("test accuracy: %.1f %%\n", 100 * from_file);

    // The same in C++, with another strength.
    experiment.network.layers[0].population.neuron = configure<AdaptiveLif>({.tau_a = 10, .strength = 0.5});
    const double from_code = run_experiment(experiment, {folder, {}}, printer).test_accuracy;
    std::printf("test accuracy: %.1f %%\n", 100 * from_code);

    std::filesystem::remove_all(folder);
    return from_file > 0.9 && from_code > 0.9 ? EXIT_SUCCESS : EXIT_FAILURE;
}
