#include "synapses/initialiser.hpp"

#include <Eigen/QR>
#include <algorithm>
#include <cmath>

namespace tripartite {
namespace {

void uniform(std::vector<double>& values, double bound, const RandomStream& random, std::uint32_t purpose) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = bound * (2 * random.uniform(std::uint32_t(i), purpose) - 1);
}
void normal(std::vector<double>& values, double sd, const RandomStream& random) {
    for (std::size_t i = 0; i < values.size(); ++i) values[i] = sd * random.normal(std::uint32_t(i));
}

}  // namespace

void UniformFanIn::fill(InitialWeights& to, const RandomStream& random) const {
    const double bound = 1 / std::sqrt(double(to.sources));
    uniform(to.weight, bound, random, 0);
    uniform(to.bias, bound, random, 1);
}

void Kaiming::fill(InitialWeights& to, const RandomStream& random) const { normal(to.weight, gain / std::sqrt(double(to.sources)), random); }

void Xavier::fill(InitialWeights& to, const RandomStream& random) const {
    uniform(to.weight, gain * std::sqrt(6.0 / (to.sources + to.targets)), random, 0);
}

void Orthogonal::fill(InitialWeights& to, const RandomStream& random) const {
    normal(to.weight, 1, random);
    const int tall = std::max(to.sources, to.targets), thin = std::min(to.sources, to.targets);
    const Eigen::Map<Eigen::MatrixXd> gaussian(to.weight.data(), tall, thin);
    const Eigen::HouseholderQR<Eigen::MatrixXd> qr(gaussian);
    Eigen::MatrixXd q = qr.householderQ() * Eigen::MatrixXd::Identity(tall, thin);
    // Signs that make R's diagonal positive: without them the distribution is not uniform over orthogonal matrices.
    for (int i = 0; i < thin; ++i)
        if (qr.matrixQR()(i, i) < 0) q.col(i) = -q.col(i);
    for (int post = 0; post < to.targets; ++post)
        for (int pre = 0; pre < to.sources; ++pre)
            to.weight[std::size_t(post) * to.sources + pre] = gain * (to.targets >= to.sources ? q(post, pre) : q(pre, post));
}

void Constant::fill(InitialWeights& to, const RandomStream&) const { std::ranges::fill(to.weight, value); }

}  // namespace tripartite
