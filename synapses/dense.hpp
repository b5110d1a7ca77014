#pragma once
#include <optional>

#include "engine/kernels.hpp"
#include "engine/projection.hpp"
#include "synapses/initialiser.hpp"

namespace tripartite {

struct DenseOptions {
    bool bias = true;
    Initialiser init = UniformFanIn{};
    std::optional<InitialWeights> given = std::nullopt;  ///< in place of `init`
};

/// Every source to every target: I[t] += W s[t - delay], then + b.
/// Over spikes, one of two kernels runs, and both sum in the same order: event-driven where fewer than `event_density` of
/// the sources fire, else a dense product. A signal that is constant in time is multiplied once.
ProjectionKind dense(DenseOptions options = {});

/// Weights are stored in panels, one for each block of W targets: panel[source][target of the block].
template <class Real> class Dense final : public Projection<Real> {
public:
    Dense(const ProjectionContext<Real>& context, const DenseOptions& options);

    void initialise() override;
    void deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const override;
    void add_bias(const Span& to, Real* input) const override;
    void prepare_back(ThreadPool& pool) override;
    void deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const override;
    void gradient(const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, ThreadPool& pool,
                  std::span<Scratch<Real>> scratch) override;
    void fold(std::span<const double> scale, std::span<const double> shift) override;

private:
    Index panel(Index post_block) const { return post_block * c_.sources * c_.target_width; }
    void deliver_rows(const Signal<Real>& source, Chunk chunk, int first, int last, const Real* weights, Real* input, Scratch<Real>& scratch) const;
    void gradient_of_blocks(const Signal<Real>& source, const InputAdjoint<Real>& input_bar, const Shape& shape, Index first_post,
                            Index last_post, Index pre_block, Scratch<Real>& scratch);
    void scatter(const SpikeFrame& spikes, Index pre_block, Chunk chunk, int first, int last, const Real* rows, Real* gradient) const;
    void gradient_of_bias(const InputAdjoint<Real>& input_bar, const Shape& shape, Index post_block);

    ProjectionContext<Real> c_;
    DenseOptions options_;
    const Kernels<Real>& kernels_;
    int weight_, bias_ = -1;
    Index post_blocks_, pre_blocks_;
    Array<Real> transposed_;  ///< [block of 64 sources][target, blocks padded][64]
};

}  // namespace tripartite
