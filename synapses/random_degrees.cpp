#include <algorithm>
#include <cmath>

#include "core/error.hpp"
#include "synapses/connectors.hpp"

/// fixed_in_degree, fixed_out_degree and fixed_total_number: an owner draws its partners.
namespace tripartite {
namespace {

/// Draws partners for one owner after the other.
class Partners {
public:
    /// `partners`: how many neurons there are to choose among.
    Partners(const RandomStream& random, std::uint32_t partners, bool without_owner, bool distinct)
        : sequence_(random), candidates_(partners - without_owner), without_owner_(without_owner), distinct_(distinct),
          taken_(distinct ? partners : 0) {}

    /// Calls to(partner, number) for the numbers first .. first+count-1.
    template <class To> void draw(std::uint32_t owner, std::uint64_t first, std::uint64_t count, To&& to) {
        const auto partner_at = [&](std::uint32_t i) { return i + (without_owner_ && i >= owner); };
        if (!distinct_) {
            for (std::uint64_t k = first; k < first + count; ++k) to(partner_at(sequence_.below(candidates_, k)), k);
            return;
        }
        // Floyd's sampling without replacement: every set has the same probability (Bentley and Floyd 1987).
        const auto start = std::uint32_t(candidates_ - count);
        for (std::uint32_t last = start; last < candidates_; ++last) {
            const std::uint64_t k = first + (last - start);
            const std::uint32_t i = sequence_.below(last + 1, k), chosen = taken_[i] ? last : i;
            taken_[chosen] = true;
            drawn_.push_back(chosen);
            to(partner_at(chosen), k);
        }
        for (const auto i : drawn_) taken_[i] = false;
        drawn_.clear();
    }

private:
    RandomSequence sequence_;
    std::uint32_t candidates_;
    bool without_owner_, distinct_;
    std::vector<bool> taken_;
    std::vector<std::uint32_t> drawn_;
};

/// Refuses degrees that cannot be drawn.
template <class Rule> void check_degree(const Rule& rule, std::uint32_t owners, std::uint32_t partners, bool without_owner, std::string_view what) {
    const std::uint32_t candidates = partners - (partners > 0 && without_owner);
    if (owners == 0 || rule.n == 0) return;
    if (candidates == 0) fail("{}: there are no {} to draw", Rule::name, what);
    if (!rule.multapses && rule.n > candidates)
        fail("{}: n = {} is more than the {} {} that can be drawn; allow multapses or choose a smaller n", Rule::name, rule.n, candidates, what);
}

/// Draws a number k >= 0 from a unimodal distribution of which the mode and the ratios P(k+1) / P(k) are known: inversion from the mode
/// outwards, exact up to rounding.
template <class Ratio> std::uint64_t draw_around(double mode, double u, Ratio ratio) {
    constexpr double negligible = 1e-17;
    double total = 1;
    for (double p = ratio(mode), k = mode + 1; p > negligible; p *= ratio(k++)) total += p;
    const auto down = [&](double k) { return k > 0 ? 1 / ratio(k - 1) : 0; };
    for (double p = down(mode), k = mode - 1; p > negligible; p *= down(k--)) total += p;
    double left = u * total - 1;
    if (left < 0) return std::uint64_t(mode);
    for (double p = ratio(mode), k = mode + 1; p > negligible; p *= ratio(k++))
        if ((left -= p) < 0) return std::uint64_t(k);
    for (double p = down(mode), k = mode - 1; p > negligible; p *= down(k--))
        if ((left -= p) < 0) return std::uint64_t(k);
    return std::uint64_t(mode);
}

/// How many of n draws fall on the first of `owners` equal ones: binomial.
std::uint64_t share_of_first(double n, double owners, double u) {
    if (owners == 1) return std::uint64_t(n);
    const double odds = 1 / (owners - 1);
    return draw_around(std::floor((n + 1) / owners), u, [=](double k) { return (n - k) / (k + 1) * odds; });
}

/// The same if the draws are distinct and each owner has this many places: hypergeometric.
std::uint64_t distinct_share_of_first(double n, double owners, double places, double u) {
    const double others = places * (owners - 1);
    return draw_around(std::floor((n + 1) * (places + 1) / (others + places + 2)), u,
                       [=](double k) { return (places - k) * (n - k) / ((k + 1) * (others - n + k + 1)); });
}

/// The number of the first synapse of each source, and of the end: multinomial counts, one source after the other.
std::vector<std::uint64_t> first_numbers(const FixedTotalNumber& rule, std::uint32_t sources, double places, const RandomStream& random) {
    std::vector<std::uint64_t> first(sources + 1);
    for (std::uint32_t s = 0; s < sources; ++s) {
        const auto left = double(rule.n - first[s]);
        const double owners = sources - s, u = random.uniform(s, 0, 1);  // the draws of partners use sample 0
        first[s + 1] = first[s] + (rule.multapses ? share_of_first(left, owners, u) : distinct_share_of_first(left, owners, places, u));
    }
    return first;
}

}  // namespace

std::unique_ptr<Connector> connect(const FixedInDegree& rule, const PairSpace& space, const RandomStream& random) {
    const bool without_owner = space.same_population && !rule.autapses;
    check_degree(rule, space.targets, space.sources, without_owner, "sources");
    return connector_of(double(rule.n) * space.targets, [=](IndexRange targets, PairBatches& to) {
        Partners partners(random, space.sources, without_owner, !rule.multapses);
        for (std::uint32_t t = targets.begin; t < targets.end; ++t)
            partners.draw(t, std::uint64_t(t) * rule.n, rule.n, [&](std::uint32_t s, std::uint64_t k) { to.add({s, t, k}); });
    });
}

std::unique_ptr<Connector> connect(const FixedOutDegree& rule, const PairSpace& space, const RandomStream& random) {
    const bool without_owner = space.same_population && !rule.autapses;
    check_degree(rule, space.sources, space.targets, without_owner, "targets");
    return connector_of(double(rule.n) * space.sources, [=](IndexRange targets, PairBatches& to) {
        Partners partners(random, space.targets, without_owner, !rule.multapses);
        for (std::uint32_t s = 0; s < space.sources; ++s)
            partners.draw(s, std::uint64_t(s) * rule.n, rule.n,
                          [&](std::uint32_t t, std::uint64_t k) { to.add({s, t, k}, contains(targets, t)); });
    });
}

std::unique_ptr<Connector> connect(const FixedTotalNumber& rule, const PairSpace& space, const RandomStream& random) {
    const bool without_owner = space.same_population && !rule.autapses;
    const double pairs = possible_pairs(space, rule.autapses);
    if (rule.n > 0 && pairs == 0) fail("fixed_total_number: there are no pairs to draw");
    constexpr std::uint64_t most = 1'000'000'000'000;
    if (rule.n > most) fail("fixed_total_number: n = {} synapses fit in no memory; the most are {}", rule.n, most);
    if (!rule.multapses && double(rule.n) > pairs)
        fail("fixed_total_number: n = {} is more than the {} pairs there are; allow multapses or choose a smaller n", rule.n, pairs);
    auto first = first_numbers(rule, space.sources, space.sources > 0 ? pairs / space.sources : 0, random);
    return connector_of(double(rule.n), [=, first = std::move(first)](IndexRange targets, PairBatches& to) {
        Partners partners(random, space.targets, without_owner, !rule.multapses);
        for (std::uint32_t s = 0; s < space.sources; ++s)
            partners.draw(s, first[s], first[s + 1] - first[s],
                          [&](std::uint32_t t, std::uint64_t k) { to.add({s, t, k}, contains(targets, t)); });
    });
}

}  // namespace tripartite
