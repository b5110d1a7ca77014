#pragma once
#include <vector>

#include "core/field.hpp"
#include "engine/normaliser.hpp"

namespace tripartite {

struct BatchNormOptions {
    static constexpr std::string_view name = "batch", doc = "batch normalisation of the input current, statistics over steps and samples";
    double momentum = 0.1, epsilon = 1e-5;
    template <class O = BatchNormOptions> static constexpr auto fields() {
        return std::tuple{field("momentum", static_cast<double O::*>(&O::momentum), "", "share of a new batch in the running statistics").within(0, 1),
                          field("epsilon", static_cast<double O::*>(&O::epsilon), "", "added to the variance").positive()};
    }
};

struct TdBatchNormOptions : BatchNormOptions {
    static constexpr std::string_view name = "tdbn", doc = "batch normalisation whose gain starts at alpha times the threshold (tdBN, Zheng et al. 2021)";
    double alpha = 1, threshold = 1;
    static constexpr auto fields() {
        using O = TdBatchNormOptions;
        return std::tuple_cat(std::tuple{field("alpha", &O::alpha, "", "1, or 1 / sqrt(n) where n branches meet").positive(),
                                         field("threshold", &O::threshold, "", "V_th of the neurons").positive()},
                              BatchNormOptions::fields<O>());
    }
};

struct TeBatchNormOptions : BatchNormOptions {
    static constexpr std::string_view name = "tebn", doc = "batch normalisation times a learned factor for each step (TEBN, Duan et al. 2022)";
    static constexpr auto fields() { return BatchNormOptions::fields<TeBatchNormOptions>(); }
};

/// Batch normalisation before the neuron (Ioffe and Szegedy 2015), one mean and variance per neuron over all T steps and B
/// samples:  y = gain (x - mean) / sqrt(var + epsilon) + shift.
/// The variance that normalises is the biased one, the unbiased one enters the running average (PyTorch's convention):
/// running <- (1 - momentum) running + momentum batch. For inference the map is folded into the weights.
NormaliserKind batch_norm(BatchNormOptions options = {});

/// Threshold-dependent batch normalisation (tdBN: Zheng et al., AAAI 2021): y = alpha V_th (x - mean) / sqrt(var + epsilon) gain + shift,
/// statistics over steps and samples. As in SpikingJelly, alpha V_th is the initial value of the learned gain.
NormaliserKind td_batch_norm(TdBatchNormOptions options = {});

/// Temporal effective batch normalisation (TEBN: Duan et al., NeurIPS 2022): y[t] = p[t] (gain (x[t] - mean) / sqrt(var + epsilon) + shift),
/// statistics over steps and samples, p[t] learned from 1 on. For inference all but p[t] is folded into the weights.
NormaliserKind te_batch_norm(TeBatchNormOptions options = {});

}  // namespace tripartite
