#include "simulation/bit_store.hpp"

#include <bit>

#include "core/error.hpp"
#include "simulation/kernels.hpp"

namespace tripartite {
namespace {

constexpr int digits = 3;
constexpr double rare_digit = 0.01;  ///< share of the pairs that have it

template <class Real> class BitStore : public Store<Real> {
public:
    BitStore(const StoreKind& kind, std::uint32_t sources)
        : kind_(kind), words_((kind.targets + counted_at_once - 1) / counted_at_once * (counted_at_once / 64)), sources_(sources), degree_(Index(sources)), rare_(sources) {}

    void count(std::uint32_t source, std::uint32_t, int delay) override {
        delay_ = delay;
        ++degree_[Index(source)];
        ++synapses_;
    }
    void finish() override {
        for (auto& plane : planes_) plane = Array<std::uint64_t>(Index(sources_) * words_);
    }
    /// Adds 1 to the binary number of the pair.
    void add(std::uint32_t source, std::uint32_t target, int, Real) override {
        const std::uint32_t column = target - kind_.first;
        const Index word = Index(source) * words_ + column / 64;
        const std::uint64_t bit = std::uint64_t(1) << column % 64;
        if (planes_[0][word] & planes_[1][word] & planes_[2][word] & bit) return extra_.push_back({source, std::uint16_t(column)});
        for (auto& plane : planes_)
            if ((plane[word] ^= bit) & bit) return;
    }
    void seal() override {
        for (int d = 1; d < digits; ++d) list_if_rare(d);
        for (const auto& e : extra_) rare_.count(e.source, 0);
        rare_.finish();
        rare_targets_ = Array<std::uint16_t>(Index(extra_.size()));
        for (const auto& e : extra_) rare_targets_[Index(rare_.place(e.source, 0))] = e.target;
        extra_ = {};
    }

    std::uint64_t deliver(const Delivery<Real>& to) override {
        const auto fired = (*to.fired)(kind_.population, to.step - delay_);
        if (fired.empty()) return 0;
        const auto& kernels = simulation_kernels<Real>();
        std::uint16_t* counts = to.counts + kind_.first;
        for (int d = 0; d < digits; ++d) {
            if (planes_[d].empty()) continue;
            rows_.clear();
            for (const auto source : fired) rows_.push_back(planes_[d].data() + Index(source) * words_);
            kernels.count_bits(rows_.data(), Index(rows_.size()), words_, std::uint16_t(1 << d), counts);
        }
        std::uint64_t events = 0;
        for (const auto source : fired) {
            events += degree_[Index(source)];
            const auto run = rare_.of_source(source);
            for (auto i = run.begin; i < run.end; ++i) ++counts[rare_targets_[Index(i)]];
        }
        kernels.add_counts(counts, Real(kind_.weight), to.rows[kind_.port] + kind_.first, kind_.targets);
        return events;
    }
    std::uint64_t synapses() const override { return synapses_; }
    std::size_t bytes() const override {
        std::size_t sum = rare_.bytes() + std::size_t(rare_targets_.size()) * 2 + std::size_t(degree_.size()) * 4;
        for (const auto& plane : planes_) sum += std::size_t(plane.size()) * 8;
        return sum;
    }

private:
    struct Pair {
        std::uint32_t source;
        std::uint16_t target;
    };
    template <class F> void each_bit(int digit, std::uint32_t source, F&& f) const {
        if (planes_[digit].empty()) return;
        const std::uint64_t* row = planes_[digit].data() + Index(source) * words_;
        for (Index w = 0; w < words_; ++w)
            for (std::uint64_t word = row[w]; word; word &= word - 1) f(std::uint16_t(w * 64 + std::countr_zero(word)));
    }
    void list_if_rare(int digit) {
        std::uint64_t set = 0;
        for (const auto word : planes_[digit]) set += std::uint64_t(std::popcount(word));
        if (double(set) > rare_digit * double(sources_) * double(kind_.targets)) return;
        for (std::uint32_t s = 0; s < sources_; ++s)
            each_bit(digit, s, [&](std::uint16_t target) { extra_.insert(extra_.end(), std::size_t(1) << digit, Pair{s, target}); });
        planes_[digit] = {};
    }

    StoreKind kind_;
    Index words_;
    std::uint32_t sources_;
    int delay_ = 1;
    std::uint64_t synapses_ = 0;
    Array<std::uint32_t> degree_;
    Array<std::uint64_t> planes_[digits];  ///< [source][target / 64]
    std::vector<Pair> extra_;              ///< while it is built
    RunIndex rare_;
    Array<std::uint16_t> rare_targets_;
    std::vector<const std::uint64_t*> rows_;
};

}  // namespace

template <class Real> std::unique_ptr<Store<Real>> make_bit_store(const StoreKind& kind, std::uint32_t sources) {
    return std::make_unique<BitStore<Real>>(kind, sources);
}

template std::unique_ptr<Store<float>> make_bit_store(const StoreKind&, std::uint32_t);
template std::unique_ptr<Store<double>> make_bit_store(const StoreKind&, std::uint32_t);

}  // namespace tripartite
