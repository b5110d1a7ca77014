#pragma once
#include <memory>
#include <vector>

#include "core/parallel.hpp"
#include "engine/population.hpp"

namespace tripartite {

struct EngineOptions {
    double dt = 1;                ///< ms
    int steps = 1;                ///< T
    int samples = 1;              ///< the largest batch
    int window = 0;               ///< steps that are computed at once; 0 = all
    std::uint64_t seed = 1;
    double event_density = 0.4;   ///< below it projections are event-driven; where the two kernels were equally fast
};

/// A network that runs, in windows of steps: `forward` takes its components in topological order and lets each run the
/// whole window; `backward` goes the other way. Within a component that feeds back on itself, all populations take the
/// steps of its smallest delay in turn.
template <class Real> class Engine {
public:
    struct Link {
        int from, to, port, longest;  ///< from = -1: the input; the longest delay
        bool internal;        ///< inside one recurrent component
        std::unique_ptr<Projection<Real>> projection;
    };

    /// Throws Error if the network cannot run. `soft` replaces spikes by that function (float64 only): for gradient checks.
    Engine(const Network& network, const EngineOptions& options, ThreadPool& pool, const Surrogate* soft = nullptr);

    /// Starts a batch: `input` is read until the last backward(). first_sample and epoch key the random numbers.
    void begin(const Signal<Real>& input, Phase phase, int first_sample = 0, int epoch = 0);
    void forward(int begin, int end, Phase phase);

    /// Clears what backward() accumulates between windows: the gradients of states and of spikes in flight.
    void clear_adjoints();
    /// Pulls the populations' output_bar back through the window that forward() ran last, and adds to the gradients.
    void backward(int begin, int end, const Surrogate& surrogate);
    /// After backward() of a window: keeps the adjoints that spikes of the window before will meet.
    void keep_adjoints_in_flight(int begin, int end);
    /// Keeps the state, to come back to it with restore(): windows are run again when memory is dearer than time.
    void save(int slot) { for (auto& p : populations_) p->save(slot); }
    void restore(int slot) { for (auto& p : populations_) p->restore(slot); }

    Population<Real>& population(int i) { return *populations_[i]; }
    int populations() const { return int(populations_.size()); }
    Parameters<Real>& parameters() { return parameters_; }
    std::vector<Link>& links() { return links_; }
    const Shape& shape() const { return shape_; }
    const EngineOptions& options() const { return options_; }
    ThreadPool& pool() { return pool_; }
    /// Gradients are added to until they are cleared.
    void clear_gradients();
    /// Recomputes coefficients after the parameters changed.
    void parameters_changed();
    /// Tells the projections how far training has come, 0 to 1: at 1 they are as the trained network will be.
    void anneal(double progress);
    void record_membrane(int population) { recorded_[population] = true; }
    /// dL/d(input), [T or 1][B][N], filled by backward() if wanted.
    void want_input_adjoint() { wants_input_ = true; }
    const TileArray<Real>& input_adjoint() const { return input_bar_; }
    /// Spikes times the synapses that each reached, since begin().
    double synaptic_operations() const { return synaptic_operations_; }
    /// Takes the normalisers into weights and biases, and removes them; factors of steps remain.
    void fold_normalisers();

private:
    void shape_for(const Signal<Real>& input, Phase phase);
    bool constant_drive(int population, int port) const;
    bool bias_in_steps(int population) const { return recurrent_[population] && !populations_[population]->normaliser && populations_[population]->step_factors.empty(); }
    Signal<Real> source(const Link& link) const { return link.from < 0 ? input_ : populations_[link.from]->signal(); }
    void for_each_tile(int population, const std::function<void(Index block, Chunk chunk, Scratch<Real>& scratch)>& body);

    void fill_drive(int population, const Span& span, Scratch<Real>& scratch);
    PortRows<Real> drive_rows(int population, const Span& span, Scratch<Real>& scratch);
    PortRows<Real> recurrent_rows(int population, const Span& span);
    void forward_feed(int population, int begin, int end, Phase phase);
    void forward_recurrent(const Component& component, int begin, int end, Phase phase);
    void start_recurrent(int population, int begin, int end, Phase phase);
    void measure(int population, int begin, int end, Phase phase);
    void recurrent_chunk(const Component& component, Chunk chunk, int begin, int end, Scratch<Real>& scratch);
    void count_operations();

    InputAdjoint<Real> input_bar_of(const Link& link) const;
    Real* spikes_bar(int population, const Span& span, Scratch<Real>& scratch);
    void backward_feed(int population, int begin, int end, const Surrogate& surrogate);
    void backward_recurrent(const Component& component, int begin, int end, const Surrogate& surrogate);
    void sum_drive_bar(int population, int begin, int end);
    void backward_input(int begin, int end);

    EngineOptions options_;
    ThreadPool& pool_;
    Network network_;
    Parameters<Real> parameters_;
    std::vector<std::unique_ptr<Population<Real>>> populations_;
    std::vector<Link> links_;
    std::vector<Component> components_;
    std::vector<bool> recurrent_, recorded_;
    std::vector<Scratch<Real>> scratch_;  ///< one a worker
    Signal<Real> input_;
    Shape shape_;
    int window_ = 0, tail_ = 0;
    int window_begin_ = 0, window_end_ = 0;
    int in_flight_ = 0;  ///< steps after the window whose adjoints are known
    bool wants_input_ = false, transposed_ = false;
    TileArray<Real> input_bar_;
    double synaptic_operations_ = 0;
};

}  // namespace tripartite
