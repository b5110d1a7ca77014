#include "synapses/taps.hpp"

#include <cmath>

#include "core/error.hpp"
#include "core/random.hpp"

namespace tripartite {
namespace {

constexpr double narrowest = 0.27, last_sigma = 0.23, no_division_by_zero = 1e-7;  // DCLS-Delays

}  // namespace

template <class Real>
Taps<Real>::Taps(const ProjectionContext<Real>& context, DelayRule rule, int weight)
    : c_(context), rule_(std::move(rule)), count_(std::visit([&](const auto& r) { return r.taps(); }, rule_)), weight_(weight),
      size_(c_.parameters->blocks[weight].size), shares_(count_ * size_), weights_(count_ * size_) {
    if (const auto* fixed = std::get_if<FixedDelays>(&rule_); fixed && Index(fixed->steps.size()) != Index(c_.sources) * c_.targets)
        fail("{} delays are given for {}, which has {} x {} synapses", fixed->steps.size(), c_.name, c_.targets, c_.sources);
    ParameterBlock block{"projections/" + c_.name, "position", 0, size_, c_.targets, c_.sources, c_.target_width};
    block.min = 0;
    if (const auto* learned = std::get_if<LearnedDelays>(&rule_)) {
        block.max = learned->spread, block.rate = learned->rate;
    } else if (const auto* axonal = std::get_if<AxonalDelays>(&rule_)) {
        block.size = block.rows = c_.sources, block.columns = block.width = 0, block.max = axonal->spread, block.rate = axonal->rate;
        bar_ = Array<Real>(size_);
    } else return;
    slopes_ = Array<Real>(count_ * size_);
    position_ = c_.parameters->add(block);
}

template <class Real> void Taps<Real>::initialise() {
    if (position_ < 0) return;
    const auto& block = c_.parameters->blocks[position_];
    const auto* axonal = std::get_if<AxonalDelays>(&rule_);
    const double range = axonal ? std::min(axonal->initial, block.max) : block.max;
    const RandomStream random(c_.seed, c_.name, "delay");
    std::vector<double> positions(block.count());
    for (std::size_t i = 0; i < positions.size(); ++i) positions[i] = range * random.uniform(std::uint32_t(i));
    block.write(positions, c_.parameters->values.data());
}

template <class Real> double Taps<Real>::sigma() const {
    const double start = std::max(count_ / 2, 1);
    return start * std::pow(last_sigma / start, std::min(1.0, progress_ / std::get<LearnedDelays>(rule_).sharpen));
}

/// q_k = d(ln g_k)/dd = (k - d) / sigma^2, so that d(share_k)/dd = share_k (q_k - sum_m q_m share_m).
template <class Real> void Taps<Real>::set_gaussian(Index synapse, double position, double sigma) {
    double sum = no_division_by_zero, moment = 0;
    for (int k = 0; k < count_; ++k) {
        const double z = (k - position) / sigma, g = std::exp(-z * z / 2);
        shares_[k * size_ + synapse] = Real(g);
        sum += g, moment += g * z;
    }
    for (int k = 0; k < count_; ++k) {
        Real& share = shares_[k * size_ + synapse];
        share = Real(share / sum);
        slopes_[k * size_ + synapse] = Real(share * ((k - position) / sigma - moment / sum) / sigma);
    }
}

template <class Real> std::vector<int> Taps<Real>::steps() const {
    if (const auto* fixed = std::get_if<FixedDelays>(&rule_)) return fixed->steps;
    const auto& block = c_.parameters->blocks[position_];
    const Real* positions = c_.parameters->value(position_);
    const bool axonal = std::holds_alternative<AxonalDelays>(rule_);
    std::vector<int> steps;
    for (int post = 0; post < c_.targets; ++post)
        for (int pre = 0; pre < c_.sources; ++pre) steps.push_back(axonal ? int(positions[pre]) : int(std::lround(positions[block.at(post, pre)])));
    return steps;
}

template <class Real> void Taps<Real>::update() {
    const auto& weights = c_.parameters->blocks[weight_];
    shares_.fill(0);
    if (position_ >= 0) slopes_.fill(0);
    const bool gaussian = std::holds_alternative<LearnedDelays>(rule_) && progress_ < 1, axonal = !bar_.empty();
    const auto whole_steps = gaussian ? std::vector<int>() : steps();
    const double width = gaussian ? sigma() + narrowest : 0;
    for (int post = 0; post < c_.targets; ++post)
        for (int pre = 0; pre < c_.sources; ++pre) {
            const Index i = weights.at(post, pre);
            if (gaussian) {
                set_gaussian(i, double(c_.parameters->value(position_)[i]), width);
                continue;
            }
            const int at = whole_steps[std::size_t(post) * c_.sources + pre];
            shares_[at * size_ + i] = 1;
            if (axonal) slopes_[at * size_ + i] = -1, slopes_[(at + 1) * size_ + i] = 1;
        }
    const Real* w = c_.parameters->value(weight_);
    for (int k = 0; k < count_; ++k)
        for (Index i = 0; i < size_; ++i) weights_[k * size_ + i] = w[i] * shares_[k * size_ + i];
}

template <class Real> void Taps<Real>::clear_gradient() { bar_.fill(0); }

template <class Real> void Taps<Real>::add_gradient(int k, Index first, Index count, const Real* bar, Real scale) {
    const Real *shares = shares_.data() + k * size_ + first, *w = c_.parameters->value(weight_) + first;
    Real* weight_bar = c_.parameters->gradient(weight_) + first;
    for (Index i = 0; i < count; ++i) weight_bar[i] += scale * shares[i] * bar[i];
    if (position_ < 0) return;
    const Real* slopes = slopes_.data() + k * size_ + first;
    Real* position_bar = (bar_.empty() ? c_.parameters->gradient(position_) : bar_.data()) + first;
    for (Index i = 0; i < count; ++i) position_bar[i] += scale * w[i] * slopes[i] * bar[i];
}

template <class Real> void Taps<Real>::finish_gradient() {
    if (bar_.empty()) return;
    const auto& weights = c_.parameters->blocks[weight_];
    Real* gradient = c_.parameters->gradient(position_);
    for (int post = 0; post < c_.targets; ++post)
        for (int pre = 0; pre < c_.sources; ++pre) gradient[pre] += bar_[weights.at(post, pre)];
}

template class Taps<float>;
template class Taps<double>;

}  // namespace tripartite
