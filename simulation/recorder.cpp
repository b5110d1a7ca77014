#include "simulation/recorder.hpp"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <numeric>

#include "core/error.hpp"

namespace tripartite {

Recorder::Steps Recorder::steps_of(const RecordingTimes& times, bool sampled) const {
    const auto step = [&](double time) { return Index(std::min(std::nearbyint(time / dt_), double(last_))); };
    const double interval = times.interval / dt_;
    if (sampled && (interval < 0.5 || std::fabs(interval - std::nearbyint(interval)) > 1e-6))
        fail("a recording every {} ms is not a whole number of steps of {} ms", times.interval, dt_);
    return {std::max(first_, step(times.start)), step(times.stop), sampled ? Index(std::nearbyint(interval)) : 1};
}

std::unique_ptr<Spool> Recorder::spool(const std::string& name) {
    if (!names_.insert(name).second) fail("record: '{}' is recorded twice; name it once", name);
    const std::string attribute = "length " + name;
    if (checkpoint_ && !std::filesystem::exists(folder_))
        fail("{}: the recordings of the run are not there; resume in the folder of a run that has not ended, as --out says", folder_);
    const std::uint64_t length = checkpoint_ ? std::uint64_t(checkpoint_->integer_attribute("/recordings", attribute)) : 0;
    return std::make_unique<Spool>(folder_ + "/" + name, length);
}

Recorder::Recorder(const SimulationNetwork& network, const RecordingSpec& spec, double dt, Index first, Index last, const std::string& folder, const H5Reader* checkpoint)
    : network_(network), dt_(dt), first_(first), last_(last), folder_(folder + "/spool"), checkpoint_(checkpoint) {
    if (double(last) > most_steps) fail("{} steps are more than the {} that can be simulated in one run; take a shorter duration, or a longer dt", last, most_steps);
    if (!checkpoint_) std::filesystem::create_directories(folder_);
    for (const auto& s : spec.spikes) {
        const int p = network.find(s.population);
        spikes_.push_back({p, s.neurons.begin, s.neurons.end, steps_of(s.times, false), spool("spikes_" + s.population)});
    }
    for (const auto& s : spec.states) {
        const int p = network.find(s.population);
        std::vector<std::uint32_t> neurons(std::min(s.neurons.end, population(p).size) - std::min(s.neurons.begin, population(p).size));
        std::iota(neurons.begin(), neurons.end(), s.neurons.begin);
        Steps steps = steps_of(s.times, true);
        steps.first += steps.interval - 1;  // the first sample is the state after one interval
        for (const auto& field : s.fields) {
            const auto& names = population(p).neuron.state_names;
            const auto at = std::ranges::find(names, field) - names.begin();
            if (at == std::ssize(names)) fail("'{}' has no state '{}' that could be recorded", s.population, field);
            states_.push_back({p, int(at), neurons, steps, spool("state_" + s.population + "_" + field)});
        }
    }
    for (const auto& r : spec.rates) rates_.push_back({network.find(r.population), steps_of(r.times, true), spool("rate_" + r.population), 0});
    for (const auto& w : spec.weights) {
        const auto projection = std::ranges::find(network.projections, w.projection, &SimulatedProjection::name);
        const bool plastic = projection != network.projections.end() && plastic_rule(projection->synapse);
        if (!plastic) fail("record.weights: '{}' is no projection whose weights change; leave it out", w.projection);
        weights_.push_back({w.projection, steps_of(w.times, true), spool("weights_" + w.projection)});
    }
    if (checkpoint_)
        for (auto& r : rates_) r.count = std::uint64_t(checkpoint_->integer_attribute("/recordings", "count " + population(r.population).name));
}

void Recorder::attach(Simulation& simulation) {
    for (auto& s : states_)
        simulation.add_probe({s.population, s.field, s.steps.first, s.steps.interval, s.steps.last, s.neurons, [this, &s](Index, std::span<const double> values) {
                                  row_.assign(values.begin(), values.end());
                                  s.spool->append(std::span<const float>(row_));
                              }});
}

void Recorder::take(Index step, const SpikeLists& fired) {
    for (auto& s : spikes_) {
        if (!s.steps.due(step)) continue;
        for (const auto neuron : fired(s.population, step)) {
            if (neuron < s.begin || neuron >= s.end) continue;
            const Record record{std::uint32_t(step), neuron};
            s.spool->append(std::span<const Record>(&record, 1));
        }
    }
    for (auto& r : rates_) {
        if (step < r.steps.first || step >= r.steps.last) continue;
        r.count += fired(r.population, step).size();
        if ((step + 1 - r.steps.first) % r.steps.interval != 0) continue;
        r.spool->append(std::span<const std::uint64_t>(&r.count, 1));
        r.count = 0;
    }
}

Index Recorder::next_weights(Index step) const {
    Index next = last_;
    for (const auto& w : weights_) {
        const Index after = std::max(w.steps.first, w.steps.first + (step - w.steps.first + w.steps.interval) / w.steps.interval * w.steps.interval);
        if (after <= w.steps.last) next = std::min(next, after);
    }
    return next;
}

void Recorder::record_weights(Simulation& simulation) {
    const Index step = simulation.steps_done();
    for (auto& w : weights_) {
        if (step < w.steps.first || step > w.steps.last || (step - w.steps.first) % w.steps.interval != 0) continue;
        row_.clear();
        for (const auto& synapse : simulation.weights(w.projection)) row_.push_back(float(synapse.weight));
        w.spool->append(std::span<const float>(row_));
    }
}

template <class F> void Recorder::for_each_spool(F&& f) {
    for (auto& s : spikes_) f("spikes_" + population(s.population).name, *s.spool);
    for (auto& s : states_) f("state_" + population(s.population).name + "_" + population(s.population).neuron.state_names[std::size_t(s.field)], *s.spool);
    for (auto& r : rates_) f("rate_" + population(r.population).name, *r.spool);
    for (auto& w : weights_) f("weights_" + w.projection, *w.spool);
}

void Recorder::save(H5Writer& checkpoint) {
    checkpoint.write("/recordings/there", std::span<const std::uint64_t>(), {0});
    for_each_spool([&](const std::string& name, Spool& spool) {
        spool.sync();
        checkpoint.attribute("/recordings", "length " + name, std::int64_t(spool.length()));
    });
    for (auto& r : rates_) checkpoint.attribute("/recordings", "count " + population(r.population).name, std::int64_t(r.count));
}

void Recorder::remove_spools() {
    for_each_spool([](const std::string&, Spool& spool) { spool.remove(); });
    std::error_code ignored;
    std::filesystem::remove(folder_, ignored);
}

void Recorder::write(H5Writer& file, Simulation& simulation) {
    for (auto& s : spikes_) write_spikes(file, s);
    for (auto& s : states_) write_state(file, s);
    for (auto& r : rates_) write_rate(file, r);
    for (auto& w : weights_) write_weights(file, w, simulation);
}

void Recorder::write_spikes(H5Writer& file, Spikes& s) {
    const std::string group = "/spikes/" + population(s.population).name;
    const std::uint64_t spikes = s.spool->length() / sizeof(Record);
    file.create<double>(group + "/timestamps", {spikes});
    file.create<std::uint64_t>(group + "/node_ids", {spikes});
    file.attribute(group + "/timestamps", "units", "milliseconds");
    file.attribute(group, "begin", s.begin);  // the neurons recorded, of which some may be silent
    file.attribute(group, "end", std::min(s.end, population(s.population).size));
    file.attribute(group, "dt", dt_);
    file.attribute(group, "first_step", s.steps.first);
    file.attribute(group, "steps", s.steps.samples());
    file.attribute(group, "samples", 1);
    std::uint64_t row = 0;
    s.spool->read<Record>(1, [&](std::span<const Record> records) {
        std::vector<double> times;
        std::vector<std::uint64_t> neurons;
        for (const auto& r : records) times.push_back((double(r.step) + 1) * dt_), neurons.push_back(r.neuron);
        file.write_rows(group + "/timestamps", row, std::span<const double>(times));
        file.write_rows(group + "/node_ids", row, std::span<const std::uint64_t>(neurons));
        row += records.size();
    });
}

void Recorder::write_state(H5Writer& file, State& s) {
    const auto& neuron = population(s.population).neuron;
    const std::string name = "/states/" + population(s.population).name + "/" + neuron.state_names[std::size_t(s.field)];
    const std::uint64_t samples = s.spool->length() / sizeof(float) / std::max<std::size_t>(1, s.neurons.size());
    file.create<float>(name, {samples, s.neurons.size()});
    std::uint64_t row = 0;
    s.spool->read<float>(std::max<std::size_t>(1, s.neurons.size()), [&](std::span<const float> values) {
        file.write_rows(name, row, values);
        row += values.size() / s.neurons.size();
    });
    file.attribute(name, "units", neuron.state_units[std::size_t(s.field)]);
    file.attribute(name, "start", (double(s.steps.first) + 1) * dt_);
    file.attribute(name, "interval", double(s.steps.interval) * dt_);
    constexpr std::size_t most_listed = 4096;  // attributes are small
    const std::vector<std::uint64_t> neurons(s.neurons.begin(), s.neurons.begin() + std::ptrdiff_t(std::min(most_listed, s.neurons.size())));
    file.attribute(name, "neurons", std::span<const std::uint64_t>(neurons));
}

void Recorder::write_rate(H5Writer& file, Rate& r) {
    const std::string name = "/rates/" + population(r.population).name;
    const double seconds = double(r.steps.interval) * dt_ * 1e-3;
    file.create<double>(name, {r.spool->length() / sizeof(std::uint64_t)});
    std::uint64_t row = 0;
    r.spool->read<std::uint64_t>(1, [&](std::span<const std::uint64_t> counts) {
        std::vector<double> rates;
        for (const auto count : counts) rates.push_back(double(count) / population(r.population).size / seconds);
        file.write_rows(name, row, std::span<const double>(rates));
        row += counts.size();
    });
    file.attribute(name, "units", "Hz");
    file.attribute(name, "start", double(r.steps.first) * dt_ + seconds * 1e3);
    file.attribute(name, "interval", seconds * 1e3);
}

void Recorder::write_weights(H5Writer& file, Weights& w, Simulation& simulation) {
    const std::string group = "/weights/" + w.projection;
    const auto synapses = simulation.weights(w.projection);
    const std::uint64_t count = synapses.size(), samples = count ? w.spool->length() / sizeof(float) / count : 0;
    file.create<float>(group + "/weight", {samples, count});
    std::uint64_t row = 0;
    if (count > 0)
        w.spool->read<float>(count, [&](std::span<const float> values) {
            file.write_rows(group + "/weight", row, values);
            row += values.size() / count;
        });
    std::vector<double> times, delays;
    std::vector<std::uint64_t> sources, targets;
    for (std::uint64_t i = 0; i < samples; ++i) times.push_back(double(w.steps.first + Index(i) * w.steps.interval) * dt_);
    for (const auto& s : synapses) sources.push_back(s.source), targets.push_back(s.target), delays.push_back(s.delay * dt_);
    file.write(group + "/times", std::span<const double>(times), {times.size()});
    file.write(group + "/delay", std::span<const double>(delays), {count});
    file.write(group + "/source", std::span<const std::uint64_t>(sources), {count});
    file.write(group + "/target", std::span<const std::uint64_t>(targets), {count});
}

}  // namespace tripartite
