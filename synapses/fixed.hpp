#pragma once
#include <variant>

#include "engine/projection.hpp"
#include "synapses/connectivity.hpp"

namespace tripartite {

/// Connections between neurons and the domains that they belong to.
using DomainRule = std::variant<Mean, Broadcast>;

/// Synapses with a weight that nobody learns: I_j[t] += sum over i of w_ji x_i[t - delay - d_ji], x spikes or real numbers. `mean` divides the weight
/// by the neurons of the domain. Equal weights multiply the number of spikes, others are added up in the order of the delays, then of the sources, as in
/// simulations. `delays` has d of each synapse in steps, beyond the projection's delay, in the order of their numbers: of `mean` by source, of
/// `broadcast` by target; or it is empty, where all have the projection's delay. Throws Error if there are not as many.
ProjectionKind fixed(DomainRule rule, double weight = 1, std::vector<int> delays = {});

template <class Real> class Fixed final : public Projection<Real> {
public:
    Fixed(const ProjectionContext<Real>& context, const DomainRule& rule, double weight, const std::vector<int>& delays);

    void initialise() override {}
    void deliver(const Signal<Real>& source, const Span& to, Real* input, Scratch<Real>& scratch) const override;
    void add_bias(const Span& to, Real* input) const override;
    void prepare_back(ThreadPool&) override {}
    void deliver_back(const InputAdjoint<Real>& input_bar, const Span& from, Real* spikes_bar) const override;
    void gradient(const Signal<Real>&, const InputAdjoint<Real>&, const Shape&, ThreadPool&, std::span<Scratch<Real>>) override {}
    double out_degree() const override { return double(by_target_.other.size()) / c_.sources; }
    std::vector<int> delays() const override { return delays_; }
    void fold(std::span<const double> scale, std::span<const double> shift) override;

private:
    /// Synapses in rows, one for each neuron of one side: those of row n are begin[n] .. begin[n + 1], those of a target by delay, then by source.
    struct Rows {
        std::vector<std::uint32_t> begin{0}, other;  ///< other: the neuron on the other side
        std::vector<Real> weight;
        std::vector<int> delay;                      ///< steps
    };
    void sort_by_delay(std::uint32_t target);
    Real sum(const Signal<Real>& source, int t, int sample, int target) const;
    void arrange_by_source();

    ProjectionContext<Real> c_;
    Rows by_target_, by_source_;
    bool one_weight_ = true;
    std::vector<int> delays_;   ///< [number] of a synapse, steps, or empty
    std::vector<double> bias_;  ///< [targets] of a folded normaliser, or empty
};

}  // namespace tripartite
