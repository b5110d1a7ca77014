#include "simulation/drive_input.hpp"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "core/error.hpp"
#include "core/random.hpp"
#include "simulation/kernels.hpp"

namespace tripartite {
namespace {

constexpr double slack = 1e-9;  ///< steps: times are sums of decimal fractions

bool active(double start, double stop, double time, double dt) { return time >= start - slack * dt && time < stop - slack * dt; }

double sine(double amplitude, double frequency, double phase, double time) {
    return amplitude == 0 ? 0 : amplitude * std::sin(2 * std::numbers::pi * frequency * 1e-3 * time + phase);
}

/// values[i] from times[i] on; `before` until then.
double stepwise(const std::vector<double>& times, const std::vector<double>& values, double before, double time, double dt) {
    const auto after = std::ranges::upper_bound(times, time + slack * dt);
    return after == times.begin() ? before : values[std::size_t(after - times.begin()) - 1];
}

void check_schedule(const Drive& drive, const std::vector<double>& times, const std::vector<double>& values) {
    if (times.size() != values.size()) fail("the drive of '{}' has {} times and {} values; it needs one for each", drive.to, times.size(), values.size());
    if (!std::ranges::is_sorted(times, std::less_equal<>())) fail("the times of the drive of '{}' must ascend", drive.to);
}

PoissonTable poisson_table(double mean) {
    PoissonTable table;
    double term = std::exp(-mean), sum = 0;
    for (int k = 0; k < PoissonTable::most; ++k) {
        sum += term;
        term *= mean / (k + 1);
        const double bound = std::floor(sum * 0x1p32);
        if (bound > double(UINT32_MAX) || (k > mean && bound == (table.thresholds ? double(table.bounds[std::size_t(table.thresholds) - 1]) : -1.0))) break;
        table.bounds[std::size_t(table.thresholds++)] = std::uint32_t(bound);
    }
    return table;
}

template <class Real> class PoissonInput : public DriveInput<Real> {
public:
    PoissonInput(const PoissonDrive& drive, const Drive& of, const Share& share, double dt, std::uint64_t seed)
        : drive_(drive), share_(share), dt_(dt), random_(seed, of.name, "poisson") {
        check_schedule(of, drive.times, drive.rates);
        const double most = std::max(drive.rate, drive.rates.empty() ? 0 : std::ranges::max(drive.rates)) + drive.amplitude;
        if (most * dt * 1e-3 > largest_mean)
            fail("the Poisson drive of '{}' brings {} spikes in a step of {} ms; at most {} are possible: take several spikes as one of a larger weight",
                 of.to, most * dt * 1e-3, dt, largest_mean);
    }
    void add(Index step, Real* row) override {
        const double time = double(step) * dt_;
        if (!active(drive_.start, drive_.stop, time, dt_)) return;
        const double rate = std::max(0.0, stepwise(drive_.times, drive_.rates, drive_.rate, time, dt_) + sine(drive_.amplitude, drive_.frequency, drive_.phase, time));
        if (rate != rate_) table_ = poisson_table(rate * dt_ * 1e-3), rate_ = rate;
        if (rate == 0) return;
        simulation_kernels<Real>().add_poisson(table_, random_.key(0), random_.key(1), std::uint64_t(step), Index(share_.begin) / 64, share_.padded() / 64,
                                               Real(drive_.weight), row);
    }

private:
    static constexpr double largest_mean = 150;
    PoissonDrive drive_;
    Share share_;
    double dt_, rate_ = -1;
    RandomStream random_;
    PoissonTable table_;
};

template <class Real> class CurrentInput : public DriveInput<Real> {
public:
    CurrentInput(const CurrentDrive& drive, const Drive& of, const Share& share, double dt) : drive_(drive), share_(share), dt_(dt) {
        check_schedule(of, drive.times, drive.values);
    }
    void add(Index step, Real* row) override {
        const double time = double(step) * dt_;
        if (!active(drive_.start, drive_.stop, time, dt_)) return;
        const Real current = Real(stepwise(drive_.times, drive_.values, 0, time, dt_) + drive_.offset + sine(drive_.amplitude, drive_.frequency, drive_.phase, time));
        for (Index n = 0; n < share_.padded(); ++n) row[n] += current;
    }

private:
    CurrentDrive drive_;
    Share share_;
    double dt_;
};

template <class Real> class NoiseInput : public DriveInput<Real> {
public:
    NoiseInput(const NoiseDrive& drive, const Drive& of, const Share& share, double dt, std::uint64_t seed)
        : drive_(drive), share_(share), dt_(dt), interval_(Index(std::lround(drive.interval / dt))), random_(seed, of.name, "noise"), values_(share.padded()) {
        if (interval_ < 1 || std::fabs(double(interval_) * dt - drive.interval) > slack)
            fail("the noise of '{}' changes every {} ms, which is not a whole number of steps of {} ms", of.to, drive.interval, dt);
    }
    void add(Index step, Real* row) override {
        if (!active(drive_.start, drive_.stop, double(step) * dt_, dt_)) return;
        if (step / interval_ != drawn_) draw(drawn_ = step / interval_);
        for (Index n = 0; n < share_.padded(); ++n) row[n] += values_[n];
    }

private:
    void draw(Index number) {
        for (std::uint32_t n = share_.begin; n < share_.end; ++n)
            values_[Index(n - share_.begin)] = Real(drive_.mean + drive_.sd * random_.normal(n, std::uint32_t(number), std::uint32_t(std::uint64_t(number) >> 32)));
    }
    NoiseDrive drive_;
    Share share_;
    double dt_;
    Index interval_, drawn_ = -1;
    RandomStream random_;
    Array<Real> values_;
};

template <class Real> class GivenInput : public DriveInput<Real> {
public:
    GivenInput(const GivenCurrents& currents, const Share& share, std::uint32_t neurons) : currents_(currents), share_(share), neurons_(neurons) {}
    void add(Index step, Real* row) override {
        const auto after = std::ranges::upper_bound(currents_.steps, std::int64_t(step)) - currents_.steps.begin();
        if (after == 0) return;
        const double* values = currents_.values.data() + std::size_t(after - 1) * neurons_ + share_.begin;
        for (Index n = 0; n < Index(share_.owned()); ++n) row[n] += Real(values[n]);
    }

private:
    const GivenCurrents& currents_;
    Share share_;
    std::size_t neurons_;
};

class PoissonSource : public SourceInput {
public:
    PoissonSource(const PoissonTrains& source, const std::string& population, const Share& share, double dt, std::uint64_t seed)
        : source_(source), share_(share), dt_(dt), bound_(probability_bound(-std::expm1(-source.rate * dt * 1e-3))), random_(seed, population, "spikes") {}
    void fire(Index step, std::uint64_t* words) override {
        const Index blocks = share_.padded() / 64;
        if (!active(source_.start, source_.stop, double(step) * dt_, dt_)) return std::fill_n(words, blocks, 0), void();
        simulation_kernels<float>().draw_bits(bound_, random_.key(0), random_.key(1), std::uint64_t(step), Index(share_.begin) / 64, blocks, words);
    }

private:
    PoissonTrains source_;
    Share share_;
    double dt_;
    std::uint64_t bound_;
    RandomStream random_;
};

class ListSource : public SourceInput {
public:
    ListSource(const SpikeList& list, const Share& share) : list_(list), share_(share) {}
    void fire(Index step, std::uint64_t* words) override {
        std::fill_n(words, share_.padded() / 64, 0);
        const auto [first, last] = std::ranges::equal_range(list_.steps, std::int64_t(step));
        for (auto at = first; at != last; ++at) {
            const std::uint32_t neuron = list_.neurons[std::size_t(at - list_.steps.begin())];
            if (neuron >= share_.begin && neuron < share_.end) words[(neuron - share_.begin) / 64] |= std::uint64_t(1) << (neuron % 64);
        }
    }

private:
    const SpikeList& list_;
    Share share_;
};

}  // namespace

template <class Real> std::unique_ptr<DriveInput<Real>> make_drive_input(const Drive& drive, const Share& share, double dt, std::uint64_t seed) {
    if (const auto* poisson = std::get_if<PoissonDrive>(&drive.kind)) return std::make_unique<PoissonInput<Real>>(*poisson, drive, share, dt, seed);
    if (const auto* current = std::get_if<CurrentDrive>(&drive.kind)) return std::make_unique<CurrentInput<Real>>(*current, drive, share, dt);
    return std::make_unique<NoiseInput<Real>>(std::get<NoiseDrive>(drive.kind), drive, share, dt, seed);
}

template std::unique_ptr<DriveInput<float>> make_drive_input(const Drive&, const Share&, double, std::uint64_t);
template std::unique_ptr<DriveInput<double>> make_drive_input(const Drive&, const Share&, double, std::uint64_t);

template <class Real> std::unique_ptr<DriveInput<Real>> make_given_input(const GivenCurrents& currents, const Share& share, std::uint32_t neurons) {
    return std::make_unique<GivenInput<Real>>(currents, share, neurons);
}

template std::unique_ptr<DriveInput<float>> make_given_input(const GivenCurrents&, const Share&, std::uint32_t);
template std::unique_ptr<DriveInput<double>> make_given_input(const GivenCurrents&, const Share&, std::uint32_t);

std::unique_ptr<SourceInput> make_source_input(const SourceKind& source, const std::string& population, const Share& share, double dt, std::uint64_t seed) {
    if (const auto* poisson = std::get_if<PoissonTrains>(&source)) return std::make_unique<PoissonSource>(*poisson, population, share, dt, seed);
    return std::make_unique<ListSource>(std::get<SpikeList>(source), share);
}

}  // namespace tripartite
