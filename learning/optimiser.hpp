#pragma once
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/parallel.hpp"
#include "engine/parameters.hpp"

/// Optimisers. Letters: w value, g gradient, m and v running moments, t updates so far (this one included), lr the learning
/// rate of the moment. Forms and defaults: PyTorch's torch.optim.
namespace tripartite {

/// m = momentum m + g (m = g at first); w -= lr m, or lr (g + momentum m) with Nesterov; g += weight_decay w before.
struct Sgd {
    static constexpr std::string_view name = "sgd", doc = "gradient descent with momentum";
    double learning_rate = 0.1, momentum = 0;
    bool nesterov = false;
    double weight_decay = 0;
    static constexpr auto fields() {
        return std::tuple{field("learning_rate", &Sgd::learning_rate, "", "learning rate").positive(),
                          field("momentum", &Sgd::momentum, "", "share of the last update that is kept").within(0, 1).below(1),
                          field("nesterov", &Sgd::nesterov, "", "look ahead along the momentum"),
                          field("weight_decay", &Sgd::weight_decay, "", "added to the gradient, times the weight").non_negative()};
    }
};

/// m = beta1 m + (1-beta1) g, v = beta2 v + (1-beta2) g^2, w -= lr m / (1-beta1^t) / (sqrt(v / (1-beta2^t)) + epsilon);
/// g += weight_decay w before. Kingma and Ba 2015.
struct Adam {
    static constexpr std::string_view name = "adam", doc = "steps scaled by running moments of the gradient (Kingma and Ba 2015)";
    double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
    static constexpr auto fields() {
        return std::tuple{field("learning_rate", &Adam::learning_rate, "", "learning rate").positive(),
                          field("beta1", &Adam::beta1, "", "memory of the mean").within(0, 1).below(1),
                          field("beta2", &Adam::beta2, "", "memory of the mean square").within(0, 1).below(1),
                          field("epsilon", &Adam::epsilon, "", "keeps the divisor from zero").positive(),
                          field("weight_decay", &Adam::weight_decay, "", "added to the gradient, times the weight").non_negative()};
    }
};

/// Adam without the decay in its gradient: w *= 1 - lr weight_decay first. Loshchilov and Hutter 2019.
struct AdamW {
    static constexpr std::string_view name = "adamw", doc = "Adam with decoupled weight decay (Loshchilov and Hutter 2019)";
    double learning_rate = 1e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0.01;
    static constexpr auto fields() {
        return std::tuple{field("learning_rate", &AdamW::learning_rate, "", "learning rate").positive(),
                          field("beta1", &AdamW::beta1, "", "memory of the mean").within(0, 1).below(1),
                          field("beta2", &AdamW::beta2, "", "memory of the mean square").within(0, 1).below(1),
                          field("epsilon", &AdamW::epsilon, "", "keeps the divisor from zero").positive(),
                          field("weight_decay", &AdamW::weight_decay, "", "share of a weight lost at each update, times the learning rate").non_negative()};
    }
};

/// m as Adam, v = max(beta2 v, |g| + epsilon), w -= lr m / (1-beta1^t) / v; g += weight_decay w before. Kingma and Ba 2015.
struct Adamax {
    static constexpr std::string_view name = "adamax", doc = "Adam with the largest recent gradient as divisor (Kingma and Ba 2015)";
    double learning_rate = 2e-3, beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8, weight_decay = 0;
    static constexpr auto fields() {
        return std::tuple{field("learning_rate", &Adamax::learning_rate, "", "learning rate").positive(),
                          field("beta1", &Adamax::beta1, "", "memory of the mean").within(0, 1).below(1),
                          field("beta2", &Adamax::beta2, "", "memory of the largest gradient").within(0, 1).below(1),
                          field("epsilon", &Adamax::epsilon, "", "keeps the divisor from zero").positive(),
                          field("weight_decay", &Adamax::weight_decay, "", "added to the gradient, times the weight").non_negative()};
    }
};

using OptimiserSpec = std::variant<Sgd, Adam, AdamW, Adamax>;

/// Updates a parameter vector in one pass, in parallel over pieces of fixed size: the same bits for any number of threads.
template <class Real> class Optimiser {
public:
    Optimiser(const OptimiserSpec& spec, const Parameters<Real>& parameters);

    /// One update by the gradients times gradient_scale (below 1 to clip them). Weight decay acts only on blocks that
    /// decay; values are clamped to their block's bounds afterwards.
    void step(Parameters<Real>& parameters, double learning_rate, double gradient_scale, ThreadPool& pool);

    std::string_view name() const;
    double base_learning_rate() const;
    std::int64_t steps() const { return steps_; }
    void set_steps(std::int64_t steps) { steps_ = steps; }
    /// The moments by name, as long as the parameter vector: what a checkpoint keeps, together with steps().
    std::vector<std::pair<std::string, std::span<Real>>> state();

private:
    struct Piece {
        Index begin, end;
        bool decays;
        Real min, max;
        double rate;
    };
    OptimiserSpec spec_;
    std::vector<Piece> pieces_;
    Array<Real> m_, v_;
    std::int64_t steps_ = 0;
};

/// sqrt(sum g^2), summed in double over pieces of fixed size: the same bits for any number of threads.
template <class Real> double global_norm(const Array<Real>& gradients, ThreadPool& pool);

extern template class Optimiser<float>;
extern template class Optimiser<double>;

}  // namespace tripartite
