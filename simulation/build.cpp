#include "simulation/build.hpp"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>

#include "core/error.hpp"
#include "simulation/convolution_store.hpp"
#include "simulation/graded_store.hpp"
#include "simulation/plastic_link.hpp"
#include "simulation/short_term_store.hpp"
#include "simulation/tripartite_store.hpp"

namespace tripartite {
namespace {

constexpr double largest_half = 65504;
constexpr Index page = 1 << 16;  ///< targets that 16 bits tell apart

std::uint64_t synapse_hash(std::uint64_t projection, const Pair& pair, std::uint64_t delay, double weight) {
    std::uint64_t z = std::bit_cast<std::uint64_t>(weight) + (std::uint64_t(pair.source) << 32) + pair.target + (delay << 20) + (projection << 48);
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

/// The synapses of one projection onto targets whose local index lies in a page, in batches: delays in steps, weights.
template <class Real> class Enumeration {
public:
    Enumeration(const SharedNetwork& shared, int projection, const Partition& partition, Index first, Index last)
        : built_(shared.projections[std::size_t(projection)]), projection_(projection), dt_(shared.options.dt), half_weights_(shared.options.half_weights) {
        const Share& share = partition.shares[std::size_t(built_.to)];
        const auto local = [&](Index n) { return std::uint32_t(std::clamp<Index>(n - share.local + Index(share.begin), share.begin, share.end)); };
        range_ = {local(first), local(last)};
        offset_ = share.local - Index(share.begin);
    }
    bool empty() const { return range_.begin == range_.end; }

    /// each(source, local target, delay)
    template <class Each> void count(Each&& each) const {
        built_.connector->enumerate(range_, [&](std::span<const Pair> pairs) {
            std::array<double, batch> delays;
            TRIPARTITE_CHECK(pairs.size() <= batch);
            built_.delay->fill(pairs, {delays.data(), pairs.size()});
            for (std::size_t i = 0; i < pairs.size(); ++i) each(pairs[i].source, std::uint32_t(pairs[i].target + offset_), steps(delays[i], pairs[i]));
        });
    }
    /// each(source, local target, delay, weight); returns the hash.
    template <class Each> std::uint64_t add(Each&& each) const {
        std::uint64_t hash = 0;
        built_.connector->enumerate(range_, [&](std::span<const Pair> pairs) {
            std::array<double, batch> delays, weights;
            built_.delay->fill(pairs, {delays.data(), pairs.size()});
            built_.weight->fill(pairs, {weights.data(), pairs.size()});
            for (std::size_t i = 0; i < pairs.size(); ++i) {
                const int delay = steps(delays[i], pairs[i]);
                if (half_weights_ && std::fabs(weights[i]) > largest_half)
                    fail("projection '{}': a weight of {:.6g} is more than 16 bits hold, {}; leave out half_weights", built_.spec->name, weights[i], largest_half);
                hash += synapse_hash(std::uint64_t(projection_), pairs[i], std::uint64_t(delay), weights[i]);
                each(pairs[i].source, std::uint32_t(pairs[i].target + offset_), delay, Real(weights[i]));
            }
        });
        return hash;
    }

private:
    static constexpr std::size_t batch = 1024;

    int steps(double delay, const Pair& pair) const {
        const double whole = std::round(delay / dt_);
        if (!(whole >= 1) && !(built_.same_step && delay == 0))
            fail("projection '{}': the delay from neuron {} to neuron {} is {} ms, less than one step of {} ms; bound it with redraw, or take a shorter step",
                 built_.spec->name, pair.source, pair.target, delay, dt_);
        if (whole > longest_delay)
            fail("projection '{}': a delay of {} ms has more than {} steps of {} ms; shorten it, or take a longer step", built_.spec->name, delay, longest_delay, dt_);
        return int(whole);
    }

    const BuiltProjection& built_;
    int projection_;
    double dt_;
    bool half_weights_;
    IndexRange range_;
    Index offset_ = 0;
};

template <class Real> std::unique_ptr<Store<Real>> empty_store(const SharedNetwork& shared, const StorePlan& plan, const Partition& partition, Index first) {
    const std::uint32_t sources = shared.sizes[std::size_t(plan.population)];
    const auto& built = shared.projections[std::size_t(plan.projections.front())];
    if (plan.form == StorePlan::Form::plastic) return make_plastic_link<Real>(shared, built, partition);
    if (plan.form == StorePlan::Form::convolution) return std::make_unique<ConvolutionStore<Real>>(shared, built, partition);
    Index last = first;
    for (const int i : plan.projections) {
        const Share& share = partition.shares[std::size_t(shared.projections[std::size_t(i)].to)];
        last = std::max(last, std::min(share.local + share.padded(), first + page));
    }
    StoreKind kind{plan.population, plan.port, plan.channel, std::uint32_t(first), plan.form == StorePlan::Form::counted || plan.form == StorePlan::Form::bits, plan.weight,
                   shared.options.half_weights, plan.form == StorePlan::Form::bits, last - first};
    if (plan.form == StorePlan::Form::short_term) return make_short_term_store<Real>(kind, shared, built);
    if (plan.form == StorePlan::Form::graded) return std::make_unique<GradedStore<Real, Sent<Real>>>(kind, Sent<Real>());
    const Share& share = partition.shares[std::size_t(built.to)];
    if (plan.form == StorePlan::Form::tripartite) return std::make_unique<TripartiteStore<Real>>(kind, shared, built, share);
    if (plan.form == StorePlan::Form::gap_junctions)
        return std::make_unique<GradedStore<Real, Flow<Real>>>(kind, Flow<Real>(std::get<GapJunction>(built.spec->synapse), first - share.local + share.begin));
    return make_store<Real>(kind, sources);
}

}  // namespace

template <class Real> Stores<Real> build_stores(const SharedNetwork& shared, const std::vector<StorePlan>& plans, const Partition& partition) {
    Stores<Real> stores;
    for (const auto& plan : plans) {
        const bool whole = plan.form == StorePlan::Form::plastic || plan.form == StorePlan::Form::convolution;  // which count targets by themselves
        const Index part_size = whole ? partition.neurons : page;
        for (Index first = 0; first < partition.neurons; first += part_size) {
            std::vector<Enumeration<Real>> parts;
            for (const int i : plan.projections)
                if (Enumeration<Real> part(shared, i, partition, first, first + part_size); !part.empty()) parts.push_back(part);
            if (parts.empty()) continue;
            auto store = empty_store<Real>(shared, plan, partition, first);
            const auto first_needed = [&](int steps) {
                if (steps > 0) stores.smallest_delay = stores.smallest_delay ? std::min(stores.smallest_delay, steps) : steps;
            };
            for (const auto& part : parts)
                part.count([&](std::uint32_t source, std::uint32_t target, int delay) {
                    store->count(source, target, delay);
                    first_needed(delay);
                    stores.largest_delay = std::max(stores.largest_delay, delay);
                });
            first_needed(store->needs_others_after());
            stores.largest_delay = std::max(stores.largest_delay, store->looks_back());
            store->finish();
            for (const auto& part : parts)
                stores.hash += part.add([&](std::uint32_t source, std::uint32_t target, int delay, Real weight) { store->add(source, target, delay, weight); });
            store->seal();
            stores.all.push_back(std::move(store));
            stores.plans.push_back(&plan);
        }
    }
    return stores;
}

template Stores<float> build_stores(const SharedNetwork&, const std::vector<StorePlan>&, const Partition&);
template Stores<double> build_stores(const SharedNetwork&, const std::vector<StorePlan>&, const Partition&);

}  // namespace tripartite
