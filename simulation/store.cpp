#include "simulation/store.hpp"

#include "simulation/bit_store.hpp"
#include "simulation/kernels.hpp"
#include "simulation/run_store.hpp"

namespace tripartite {
namespace {

template <class Real, class Weight> class WeightedStore : public RunStore<Real, Weighted<Weight>> {
public:
    using RunStore<Real, Weighted<Weight>>::RunStore;
    std::uint64_t deliver(const Delivery<Real>& to) override {
        this->collect(to, [](Index, std::size_t) {});
        Real* row = to.rows[this->kind_.port] + this->kind_.first;
        return this->visit([row](const auto& entry, std::size_t) { row[entry.target] += Real(entry.weight); });
    }
};

/// All synapses have one weight: their spikes are counted.
struct Counted {
    std::uint16_t target;
    template <class Real> void set(std::uint16_t t, Real) { target = t; }
};
template <class Real> class CountedStore : public RunStore<Real, Counted> {
public:
    using RunStore<Real, Counted>::RunStore;
    std::uint64_t deliver(const Delivery<Real>& to) override {
        this->collect(to, [](Index, std::size_t) {});
        std::uint16_t* counts = to.counts + this->kind_.first;
        const auto events = this->visit([counts](const Counted& entry, std::size_t) { ++counts[entry.target]; });
        if (events) simulation_kernels<Real>().add_counts(counts, Real(this->kind_.weight), to.rows[this->kind_.port] + this->kind_.first, this->kind_.targets);
        return events;
    }
};

}  // namespace

template <class Real> std::unique_ptr<Store<Real>> make_store(const StoreKind& kind, std::uint32_t sources) {
    if (kind.bits) return make_bit_store<Real>(kind, sources);
    if (kind.one_weight) return std::make_unique<CountedStore<Real>>(kind, sources);
    if (kind.half) return std::make_unique<WeightedStore<Real, _Float16>>(kind, sources);
    return std::make_unique<WeightedStore<Real, Real>>(kind, sources);
}

template std::unique_ptr<Store<float>> make_store(const StoreKind&, std::uint32_t);
template std::unique_ptr<Store<double>> make_store(const StoreKind&, std::uint32_t);

}  // namespace tripartite
