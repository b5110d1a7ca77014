#pragma once
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/random.hpp"

/// Initial weights. Each fills weight[post][pre] and bias[post]; fan_in = sources, fan_out = targets.
namespace tripartite {

/// A dense matrix of initial weights and the biases that go with it.
struct InitialWeights {
    int sources = 0, targets = 0;
    std::vector<double> weight, bias;  ///< [targets][sources], [targets]
    InitialWeights(int sources, int targets) : sources(sources), targets(targets), weight(std::size_t(sources) * targets), bias(targets) {}
};

/// Weights and biases uniform within +-1/sqrt(fan_in): PyTorch's default for a linear layer.
struct UniformFanIn {
    static constexpr std::string_view name = "uniform_fan_in", doc = "weights and biases uniform within +-1/sqrt(fan_in), as PyTorch's Linear";
    static constexpr auto fields() { return std::tuple{}; }
    void fill(InitialWeights& to, const RandomStream& random) const;
};
/// Normal with standard deviation gain / sqrt(fan_in); biases 0. He et al. 2015: gain sqrt(2).
struct Kaiming {
    static constexpr std::string_view name = "kaiming", doc = "normal, sd gain/sqrt(fan_in) (He et al. 2015); biases 0";
    double gain = 1.4142135623730951;
    static constexpr auto fields() { return std::tuple{field("gain", &Kaiming::gain, "", "scale of the standard deviation").positive()}; }
    void fill(InitialWeights& to, const RandomStream& random) const;
};
/// Uniform within +-gain sqrt(6 / (fan_in + fan_out)); biases 0. Glorot and Bengio 2010.
struct Xavier {
    static constexpr std::string_view name = "xavier", doc = "uniform within +-gain sqrt(6/(fan_in + fan_out)) (Glorot and Bengio 2010); biases 0";
    double gain = 1;
    static constexpr auto fields() { return std::tuple{field("gain", &Xavier::gain, "", "scale of the bound").positive()}; }
    void fill(InitialWeights& to, const RandomStream& random) const;
};
/// Gain times a matrix with orthonormal rows or columns, whichever are fewer; biases 0. Saxe et al. 2014.
struct Orthogonal {
    static constexpr std::string_view name = "orthogonal", doc = "gain times a matrix with orthonormal rows or columns (Saxe et al. 2014); biases 0";
    double gain = 1;
    static constexpr auto fields() { return std::tuple{field("gain", &Orthogonal::gain, "", "scale of the matrix").positive()}; }
    void fill(InitialWeights& to, const RandomStream& random) const;
};
/// The same weight everywhere; biases 0.
struct Constant {
    static constexpr std::string_view name = "constant", doc = "the same weight everywhere; biases 0";
    double value = 0;
    static constexpr auto fields() { return std::tuple{field("value", &Constant::value, "", "the weight")}; }
    void fill(InitialWeights& to, const RandomStream& random) const;
};

using Initialiser = std::variant<UniformFanIn, Kaiming, Xavier, Orthogonal, Constant>;

}  // namespace tripartite
