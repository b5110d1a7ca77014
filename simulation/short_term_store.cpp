#include "simulation/short_term_store.hpp"

#include "simulation/run_store.hpp"

namespace tripartite {
namespace {

ShortTermPlasticity dynamics_of(const SimulatedProjection& projection, double dt, std::uint32_t sources) {
    if (const auto* two = std::get_if<Tsodyks2>(&projection.synapse)) return ShortTermPlasticity(*two, dt, sources);
    return ShortTermPlasticity(std::get<Tsodyks>(projection.synapse), dt, sources);
}

template <class Real> class ShortTermStore : public RunStore<Real, Weighted<Real>> {
public:
    ShortTermStore(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built)
        : RunStore<Real, Weighted<Real>>(kind, shared.sizes[std::size_t(built.from)]),
          dynamics_(dynamics_of(*built.spec, shared.options.dt, shared.sizes[std::size_t(built.from)])) {}

    void seal() override { amplitudes_.resize(std::size_t(this->index_.delays().empty() ? 1 : this->index_.delays().back() + longest_window + 1)); }

    void take(Index step, const SpikeLists& fired) override {
        auto& of_step = at(step);
        of_step.clear();
        for (const auto source : fired(this->kind_.population, step)) of_step.push_back(Real(dynamics_.amplitude(source, step)));
    }
    std::uint64_t deliver(const Delivery<Real>& to) override {
        scale_.clear();
        this->collect(to, [&](Index step, std::size_t i) { scale_.push_back(at(step)[i]); });
        Real* row = to.rows[this->kind_.port] + this->kind_.first;
        return this->visit([&](const auto& entry, std::size_t run) { row[entry.target] += Real(entry.weight) * scale_[run]; });
    }

private:
    static constexpr int longest_window = 64;  ///< spikes are taken in up to so many steps before they can be due
    std::vector<Real>& at(Index step) { return amplitudes_[std::size_t(step) % amplitudes_.size()]; }

    ShortTermPlasticity dynamics_;
    std::vector<std::vector<Real>> amplitudes_;  ///< [step][spike], a ring of steps
    std::vector<Real> scale_;                    ///< [run that is due]
};

}  // namespace

template <class Real> std::unique_ptr<Store<Real>> make_short_term_store(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built) {
    return std::make_unique<ShortTermStore<Real>>(kind, shared, built);
}

template std::unique_ptr<Store<float>> make_short_term_store(const StoreKind&, const SharedNetwork&, const BuiltProjection&);
template std::unique_ptr<Store<double>> make_short_term_store(const StoreKind&, const SharedNetwork&, const BuiltProjection&);

}  // namespace tripartite
