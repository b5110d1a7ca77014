#pragma once
#include <algorithm>
#include <variant>
#include <vector>

#include "engine/projection.hpp"

/// Delays that differ between the synapses of a trained projection. A synapse has K taps; what it delivers k steps after the
/// projection's shortest delay is weight x share[k]. Letters: d position (delay beyond the shortest, in steps), S sources, T targets.
namespace tripartite {

/// Given delays: share[k] is 1 at k = d and 0 elsewhere.
struct FixedDelays {
    std::vector<int> steps;  ///< [T][S], beyond the projection's delay
    int taps() const { return 1 + std::ranges::max(steps); }
};

/// A delay for each synapse, learned through a Gaussian over its taps:
///     share[k] = g[k] / (sum_m g[m] + 1e-7),   g[k] = exp(-((k - d) / (sigma + 0.27))^2 / 2)
/// d starts uniform in 0 .. K-1 and is clamped to it after each update; sigma falls from K/2 by the same factor in each part of
/// training until it is 0.23. The trained network has whole steps: share[k] = 1 at the step nearest to d. Gradients are those of
/// the normalised Gaussian. DCLS-Delays (Hammouamri, Khalfaoui-Hassani and Masquelier, ICLR 2024), from its released code; there d is
/// a position K-1-d in a kernel that slides over the input, and sigma changes once an epoch, as when `anneal` is called then.
struct LearnedDelays {
    int spread = 25;        ///< K-1
    double rate = 100;      ///< learning rate of d over that of the weights
    double sharpen = 0.25;  ///< part of training after which sigma stays
    int taps() const { return spread + 1; }
};

/// A delay for each source, the same for all its targets: d is rounded down to whole steps. Its gradient takes the train as
/// continuous: dL/dd = -sum_t g[t] (s[t-d] - s[t-d-1]), g the adjoint of what arrives. Starts uniform in 0 .. `initial`, clamped to
/// 0 .. `spread`. SLAYER (Shrestha and Orchard 2018), from its released code, which shifts filtered trains and so has smoother differences.
struct AxonalDelays {
    int spread = 25;     ///< the largest d
    double rate = 100;   ///< learning rate of d over that of the weights
    double initial = 1;  ///< steps
    int taps() const { return spread + 2; }  // the slope at the largest d looks a step further
};

/// A weight for each delay: the synapse is a temporal kernel, W share[k] is any [K][T][S]. Grimaldi and Perrinet 2023.
struct TemporalKernel {
    int spread = 25;     ///< K-1
    int taps() const { return spread + 1; }
};

using DelayRule = std::variant<FixedDelays, LearnedDelays, AxonalDelays, TemporalKernel>;

/// The shares of all synapses, and their derivatives by the position. Arrays are laid out as the weights of a dense projection.
template <class Real> class Taps {
public:
    /// Adds the parameter "position" if the rule learns: [T][S], or [S] for axonal delays.
    Taps(const ProjectionContext<Real>& context, DelayRule rule, int weight);

    void initialise();
    /// How far training has come, see Projection.
    void anneal(double progress) { progress_ = progress; }
    /// Recomputes shares, slopes and weight x share from the parameters.
    void update();

    int count() const { return count_; }
    /// weight x share of tap k.
    const Real* weights(int k) const { return weights_.data() + k * size_; }
    void clear_gradient();
    /// Adds dL/d(weight) and dL/d(position) of `count` synapses from `first` on, given dL/d(weight x share) at tap k.
    void add_gradient(int k, Index first, Index count, const Real* bar, Real scale);
    /// To be called after the last add_gradient().
    void finish_gradient();
    /// Whole steps beyond the shortest delay as the trained network has them, [T][S].
    std::vector<int> steps() const;

private:
    void set_gaussian(Index synapse, double position, double sigma);
    double sigma() const;

    ProjectionContext<Real> c_;
    DelayRule rule_;
    int count_, weight_, position_ = -1;
    Index size_;
    double progress_ = 0;
    Array<Real> shares_, slopes_, weights_;  ///< [K][size]; slopes: d(share)/d(position)
    Array<Real> bar_;                        ///< dL/d(position) of each synapse, axonal only
};

}  // namespace tripartite
