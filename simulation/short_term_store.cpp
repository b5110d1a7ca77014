#include "simulation/short_term_store.hpp"

#include <algorithm>

#include "simulation/run_store.hpp"

namespace tripartite {
namespace {

ShortTermRule rule_of(const SimulatedProjection& projection) {
    if (const auto* two = std::get_if<Tsodyks2>(&projection.synapse)) return *two;
    return std::get<Tsodyks>(projection.synapse);
}

template <class Real> class ShortTermStore : public RunStore<Real, Weighted<Real>> {
public:
    ShortTermStore(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built)
        : RunStore<Real, Weighted<Real>>(kind, shared.sizes[std::size_t(built.from)]),
          dynamics_(rule_of(*built.spec), shared.options.dt, shared.sizes[std::size_t(built.from)]) {}

    void take(Index step, const SpikeLists& fired) override {
        if (amplitudes_.empty()) amplitudes_.resize(std::size_t(fired.capacity()) + longest_window);
        latest_ = step;
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

    void forget_spikes() override { dynamics_.rest(), std::ranges::for_each(amplitudes_, [](auto& of_step) { of_step.clear(); }); }

    void save(H5Writer& file, const std::string& group) const override {
        const auto write = [&](const char* name, const auto& values) { file.write(group + name, std::span(values), {values.size()}); };
        const auto saved = dynamics_.save();
        write("/x", saved.x), write("/y", saved.y), write("/u", saved.u), write("/step", saved.step);
        std::vector<std::int64_t> counts;
        std::vector<Real> values;
        const auto ring = std::int64_t(amplitudes_.size());
        for (std::int64_t step = latest_ - ring + 1; step <= latest_; ++step) {
            const auto& of_step = amplitudes_[std::size_t((step % ring + ring) % ring)];
            counts.push_back(std::int64_t(of_step.size()));
            values.insert(values.end(), of_step.begin(), of_step.end());
        }
        write("/in_flight/count", counts), write("/in_flight/amplitude", values);
        file.attribute(group, "latest", std::int64_t(latest_));
    }
    void load(const H5Reader& file, const std::string& group) override {
        dynamics_.load({file.read<double>(group + "/x"), file.read<double>(group + "/y"), file.read<double>(group + "/u"), file.read<std::int64_t>(group + "/step")});
        const auto counts = file.read<std::int64_t>(group + "/in_flight/count");
        const auto values = file.read<Real>(group + "/in_flight/amplitude");
        latest_ = Index(file.integer_attribute(group, "latest"));
        amplitudes_.assign(counts.size(), {});
        auto next = values.begin();
        for (std::size_t i = 0; i < counts.size(); next += counts[i++])
            if (const Index step = latest_ - Index(counts.size()) + 1 + Index(i); step >= 0) at(step).assign(next, next + counts[i]);
    }

private:
    static constexpr std::size_t longest_window = 64;  ///< spikes are taken in up to so many steps before they can be due
    std::vector<Real>& at(Index step) { return amplitudes_[std::size_t(step) % amplitudes_.size()]; }

    ShortTermPlasticity dynamics_;
    std::vector<std::vector<Real>> amplitudes_;  ///< [step][spike], a ring of steps
    Index latest_ = -1;                          ///< step that was taken in
    std::vector<Real> scale_;                    ///< [run that is due]
};

}  // namespace

template <class Real> std::unique_ptr<Store<Real>> make_short_term_store(const StoreKind& kind, const SharedNetwork& shared, const BuiltProjection& built) {
    return std::make_unique<ShortTermStore<Real>>(kind, shared, built);
}

template std::unique_ptr<Store<float>> make_short_term_store(const StoreKind&, const SharedNetwork&, const BuiltProjection&);
template std::unique_ptr<Store<double>> make_short_term_store(const StoreKind&, const SharedNetwork&, const BuiltProjection&);

}  // namespace tripartite
