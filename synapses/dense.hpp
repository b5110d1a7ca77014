#pragma once
#include <optional>

#include "engine/kernels.hpp"
#include "engine/projection.hpp"
#include "synapses/initialiser.hpp"
#include "synapses/taps.hpp"

namespace tripartite {

struct DenseOptions {
    bool bias = true;
    Initialiser init = UniformFanIn{};
    std::optional<InitialWeights> given = std::nullopt;  ///< in place of `init`
    std::optional<DelayRule> delays = std::nullopt;       ///< if not all synapses have the projection's delay
};

/// Every source to every target: I[t] += W s[t - delay], then + b. Where delays differ, I[t] += sum over taps k of (W share_k) s[t - delay - k]:
/// a target adds what is due in the order of the delays, then of the sources, as simulations do.
/// Over spikes, one of two kernels runs, and both sum in the same order: event-driven where fewer than `event_density` of
/// the sources fire, else a dense product. A signal that is constant in time is multiplied once.
ProjectionKind dense(DenseOptions options = {});

/// Weights are stored in panels, one for each block of W targets: panel[source][target of the block]; temporal kernels have the sources
/// once for each tap, panel[tap][source][target].
template <class Real> class Dense final : public Projection<Real> {
public:
    Dense(const ProjectionContext<Real>& context, const DenseOptions& options);

    void initialise() override;
    void parameters_changed() override;
    void anneal(double progress) override;
    void deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const override;
    void add_bias(const Span& to, Real* input) const override;
    void prepare_back(ThreadPool& pool) override;
    void deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const override;
    void gradient(const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, ThreadPool& pool,
                  std::span<Scratch<Real>> scratch) override;
    double out_degree() const override { return c_.targets; }
    std::vector<int> delays() const override;
    void fold(std::span<const double> scale, std::span<const double> shift) override;

private:
    Index panel(Index post_block) const { return post_block * columns() * c_.target_width; }
    int columns() const { return kernel_ * c_.sources; }
    Index tap_size() const { return Index(c_.sources) * c_.target_width; }
    int taps() const { return taps_ ? taps_->count() : kernel_; }
    const Real* weights(int tap) const { return taps_ ? taps_->weights(tap) : c_.parameters->value(weight_) + tap * tap_size(); }
    void deliver_tap(int tap, const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const;
    void deliver_rows(const Signal<Real>& source, Chunk chunk, int first, int last, const Real* weights, Real* input, Scratch<Real>& scratch) const;
    void gradient_of_blocks(int tap, const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, Index first_post,
                            Index last_post, Index pre_block, Scratch<Real>& scratch);
    void add_gradient(int tap, Index first, Index count, const Real* bar, Real scale);
    void scatter(const SpikeFrame& spikes, Index pre_block, Chunk chunk, int first, int last, const Real* rows, Real* gradient) const;
    void gradient_of_bias(const InputAdjoint<Real>& input_bar, const Shape& shape, Index post_block);

    ProjectionContext<Real> c_;
    DenseOptions options_;
    const Kernels<Real>& kernels_;
    int kernel_ = 1;  ///< taps that have weights of their own
    int weight_, bias_ = -1;
    std::optional<Taps<Real>> taps_;
    Index post_blocks_, pre_blocks_;
    Array<Real> transposed_;  ///< [tap][block of 64 sources][target, blocks padded][64]
};

}  // namespace tripartite
