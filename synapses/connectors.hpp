#pragma once
#include <array>
#include <memory>
#include <utility>

#include "synapses/connectivity.hpp"

/// What the rules are made of.
namespace tripartite {

/// Collects pairs and hands them over in batches.
class PairBatches {
public:
    explicit PairBatches(const Connector::Visit& visit) : visit_(visit) {}

    /// Adds a pair if it is wanted; without a branch, which would be mispredicted where that is a matter of chance.
    void add(const Pair& pair, bool wanted = true) {
        pairs_[count_] = pair;
        count_ += wanted;
        if (count_ == pairs_.size()) flush();
    }
    void flush() {
        if (count_ > 0) visit_({pairs_.data(), count_});
        count_ = 0;
    }

private:
    const Connector::Visit& visit_;
    std::array<Pair, 1024> pairs_;
    std::size_t count_ = 0;
};

/// A connector whose pairs come from a function (IndexRange targets, PairBatches& to).
template <class Enumerate> class FunctionConnector final : public Connector {
public:
    FunctionConnector(double expected, Enumerate enumerate) : expected_(expected), enumerate_(std::move(enumerate)) {}

    void enumerate(IndexRange targets, const Visit& visit) const override {
        PairBatches batches(visit);
        enumerate_(targets, batches);
        batches.flush();
    }
    double expected() const override { return expected_; }

private:
    double expected_;
    Enumerate enumerate_;
};
template <class Enumerate> std::unique_ptr<Connector> connector_of(double expected, Enumerate enumerate) {
    return std::make_unique<FunctionConnector<Enumerate>>(expected, std::move(enumerate));
}

inline bool contains(IndexRange range, std::uint32_t i) { return i - range.begin < range.end - range.begin; }

/// Pairs that a rule without multapses can choose among.
inline double possible_pairs(const PairSpace& space, bool autapses) {
    return double(space.sources) * space.targets - (space.same_population && !autapses ? space.targets : 0);
}

/// One function per rule; they check what the rule demands of the populations.
std::unique_ptr<Connector> connect(const OneToOne& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const AllToAll& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const AllButOneToOne& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const PairwiseBernoulli& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const FixedInDegree& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const FixedOutDegree& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const FixedTotalNumber& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const Spatial& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const Mean& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const Broadcast& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(const Convolution& rule, const PairSpace& space, const RandomStream& random);
std::unique_ptr<Connector> connect(ListedPairs rule, const PairSpace& space, const RandomStream& random);

}  // namespace tripartite
