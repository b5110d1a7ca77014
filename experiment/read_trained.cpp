#include <algorithm>
#include <filesystem>
#include <numeric>

#include "datasets/loader.hpp"
#include "experiment/checkpoint.hpp"
#include "experiment/read_experiment.hpp"
#include "experiment/read_simulation.hpp"
#include "io/hdf5.hpp"
#include "neurons/compiled.hpp"

namespace tripartite {
namespace {

/// A trained network as one that is simulated, and the samples that it is shown. Letters: N neurons, C coefficients of a neuron.
template <class Real> class Trained {
public:
    /// `seed` is that of the encoder.
    Trained(const Experiment& run, const Images& images, const std::string& file, std::uint64_t seed, TrainedNetwork& trained, SimulationNetwork& to)
        : run_(run), config_(run.network.expanded()), seed_(seed), from_(trained.samples), steps_(int(from_.present_steps(run.dt))), images_(images),
          network_(make_network(run, inputs_of(run.encoder, images_.size(), steps_))), engine_(network_, engine_options(run, steps_), pool_), to_(to) {
        trained.labels.assign(images_.labels.begin() + from_.first, images_.labels.begin() + from_.end);
        trained.output = engine_.population(engine_.populations() - 1).spec().name;
        read_weights(file, engine_);
        engine_.fold_normalisers();
        engine_.anneal(1);
        check_simulable();
        if (is_spiking(run.encoder)) to_.populations.push_back(input_spikes());
        for (int i = 0; i < engine_.populations(); ++i)
            if (has_drive(i)) add_drive(i);
        for (const int i : order_of_sources(network_))
            if (i >= 0) to_.populations.push_back(population(i));
        for (auto& link : engine_.links()) {
            if (link.from < 0 && !is_spiking(run.encoder)) to_.currents.push_back(input_currents(link));
            else add_projections(link);
        }
        for (const auto& link : engine_.links())
            if (const auto bias = numbers(link, "bias"); !bias.empty()) to_.currents.push_back({target(link), {0}, bias});
    }

private:
    using Link = typename Engine<Real>::Link;

    static EngineOptions engine_options(const Experiment& run, int steps) {
        EngineOptions options;
        options.dt = run.dt, options.steps = steps, options.seed = run.seed;
        return options;
    }
    std::string name(int population) { return population < 0 ? Network::input : engine_.population(population).spec().name; }

    /// Whether what comes from outside a loop is multiplied by a factor of the step (tebn) before it meets what feeds back: it then has a population of its
    /// own, whose neurons add up what arrives, never fire, and send the sum on in the same step. It stands before all that fires, so that its
    /// sum is the first to arrive, as in training.
    bool has_drive(int i) {
        return !engine_.population(i).step_factors.empty() && std::ranges::any_of(engine_.links(), [&](const Link& l) { return l.to == i && l.port == 0 && l.internal; });
    }
    std::string drive_of(int i) { return name(i) + "_drive"; }
    std::string target(const Link& link) { return link.port == 0 && !link.internal && has_drive(link.to) ? drive_of(link.to) : name(link.to); }
    void add_drive(int i) {
        auto& p = engine_.population(i);
        LeakyIntegrator::Params<double> sum;
        sum.beta = 0;
        SimulatedPopulation drive;
        drive.name = drive_of(i), drive.size = std::uint32_t(p.spec().size), drive.neuron = make_neuron<LeakyIntegrator>(sum);
        drive.step_factors.assign(p.step_factors.begin(), p.step_factors.end());
        to_.populations.push_back(std::move(drive));
        SimulatedProjection on;
        on.name = drive_of(i) + "_to_" + name(i), on.from = drive_of(i), on.to = name(i);
        on.rule = OneToOne{}, on.weight = Distribution(1.0), on.delay = Distribution(0.0);
        on.receptor = p.spec().neuron.port_names.front();
        to_.projections.push_back(std::move(on));
    }

    /// Refuses what a simulation would not do with training's bits.
    void check_simulable() {
        for (const auto& link : engine_.links()) {
            if (link.port == 0 && !config_of(link).dense() && network_.populations[std::size_t(link.to)].normalise)
                fail("the normaliser of '{}' is folded into a mean or broadcast, which only training and evaluation do", name(link.to));
            if (link.port > 0 && (!numbers(link, "bias").empty() || (link.from < 0 && !is_spiking(run_.encoder))))
                fail("a bias, or samples that are currents, reach '{}' not by its first receptor, which only training and evaluation do", name(link.to));
        }
    }
    const ProjectionConfig& config_of(const Link& link) {
        return *std::ranges::find_if(config_.projections, [&](const auto& p) { return p.from == name(link.from) && p.to == name(link.to); });
    }

    /// What a projection learned, row after row; nothing if it has no such numbers.
    std::vector<double> numbers(const Link& link, std::string_view what) {
        const auto& parameters = engine_.parameters();
        for (const auto& block : parameters.blocks)
            if (block.owner == "projections/" + name(link.from) + "_to_" + name(link.to) && block.name == what) return block.read(parameters.values.data());
        return {};
    }

    /// Its coefficients are those of training, whatever they were learned from.
    SimulatedPopulation population(int i) {
        auto& p = engine_.population(i);
        const auto& spec = p.spec();
        SimulatedPopulation to;
        to.name = spec.name, to.size = std::uint32_t(spec.size), to.neuron = spec.neuron;
        to.neuron.learned.clear();
        to.neuron.discretise = [k = p.coefficients(0)](std::span<const double> each, double, std::span<double> out) {
            std::ranges::copy(each.empty() ? std::span(k) : each, out.begin());
        };
        if (std::ranges::any_of(spec.neuron.learned, &LearnedParameter::per_neuron)) {
            for (int c = 0; c < spec.neuron.coefficients; ++c) to.values.push_back({fmt::format("coefficient {}", c), ConstantValue{}, std::vector<double>(to.size)});
            for (std::uint32_t n = 0; n < to.size; ++n)
                for (std::size_t c = 0; c < to.values.size(); ++c) to.values[c].each[n] = p.coefficients(n)[c];
        }
        if (!has_drive(i)) to.step_factors.assign(p.step_factors.begin(), p.step_factors.end());
        for (Index n = 0; p.membrane_norm && n < spec.size; ++n) {
            const auto map = p.membrane_norm->running_map(n);
            to.membrane_maps.push_back({map.scale, map.offset});
        }
        return to;
    }

    /// One projection; of a temporal kernel, one for each delay.
    void add_projections(const Link& link) {
        SimulatedProjection to;
        to.from = name(link.from), to.to = target(link), to.name = to.from + "_to_" + to.to;
        to.rule = AllToAll{}, to.axonal_delay = config_of(link).axonal_delay;
        if (to.to == name(link.to)) to.receptor = engine_.population(link.to).spec().neuron.port_names[std::size_t(link.port)];
        if (const auto& config = config_of(link); !config.dense()) {
            if (const auto* mean = std::get_if<Mean>(&config.rule)) to.rule = *mean;
            if (const auto* broadcast = std::get_if<Broadcast>(&config.rule)) to.rule = *broadcast;
            to.weight = Distribution(config.weight), to.delay = delay_of(link);
            return to_.projections.push_back(std::move(to));
        }
        const auto weights = numbers(link, "weight");
        const auto sources = std::size_t(link.from < 0 ? network_.inputs : engine_.population(link.from).spec().size), targets = std::size_t(engine_.population(link.to).spec().size);
        const auto columns = weights.size() / targets, taps = columns / sources;
        for (std::size_t k = 0; taps > 1 && k < taps; ++k) {
            auto one = to;
            std::vector<double> of_tap;
            for (std::size_t post = 0; post < targets; ++post)
                of_tap.insert(of_tap.end(), weights.begin() + std::ptrdiff_t(post * columns + k * sources), weights.begin() + std::ptrdiff_t(post * columns + (k + 1) * sources));
            one.weight = std::move(of_tap), one.delay = Distribution(double(link.longest + int(k + 1) - int(taps)) * run_.dt);
            one.name += fmt::format("_{}", k);
            to_.projections.push_back(std::move(one));
        }
        if (taps > 1) return;
        to.weight = weights, to.delay = delay_of(link);
        to_.projections.push_back(std::move(to));
    }

    ValueRule delay_of(const Link& link) {
        std::vector<double> times;
        for (const int steps : link.projection->delays()) times.push_back(steps * run_.dt);
        return times.empty() ? ValueRule(Distribution(link.longest * run_.dt)) : ValueRule(std::move(times));
    }

    /// body(number of the sample, what the network receives), as in an evaluation.
    template <class Body> void for_each_sample(Body&& body) {
        std::vector<int> samples(std::size_t(from_.samples()));
        std::iota(samples.begin(), samples.end(), from_.first);
        Loader<Real> loader(images_, samples, 1, run_.transform, seed_, 0, false);
        Batch<Real> batch;
        Encoded<Real> encoded;
        for (int i = 0; loader.next(batch); ++i) {
            encode(run_.encoder, batch.images, batch.samples, steps_, run_.dt, seed_, -1, encoded);
            body(i, encoded);
        }
    }

    SimulatedPopulation input_spikes() {
        SimulatedPopulation to;
        SpikeList list;
        for_each_sample([&](int i, const Encoded<Real>& encoded) {
            to.size = std::uint32_t(encoded.spikes.neurons);
            for (int t = 0; t < steps_; ++t)
                for (int n = 0; n < encoded.spikes.neurons; ++n)
                    if (encoded.spikes(t, 0, n)) list.steps.push_back(i * from_.period(run_.dt) + t), list.neurons.push_back(std::uint32_t(n));
        });
        to.name = Network::input, to.source = std::move(list);
        return to;
    }

    /// What the projection makes of samples that are currents themselves.
    GivenCurrents input_currents(const Link& link) {
        if (link.longest > 0 && !std::holds_alternative<ResetBetween>(from_.between))
            fail("the samples are currents that arrive with a delay, so that one would reach into the next; take between_samples: reset");
        auto& p = engine_.population(link.to);
        const int rows = is_constant(run_.encoder) && link.longest == 0 ? 1 : steps_;
        GivenCurrents to{target(link), {}, {}, true};
        Scratch<Real> scratch;
        for_each_sample([&](int i, const Encoded<Real>& encoded) {
            const auto begin = i * from_.period(run_.dt), size = std::int64_t(p.spec().size);
            for (int t = 0; t < rows; ++t) to.steps.push_back(begin + t);
            to.values.resize(to.steps.size() * std::size_t(size));
            double* values = to.values.data() + (to.steps.size() - std::size_t(rows)) * std::size_t(size);
            for (Index block = 0; block < p.blocks(); ++block) {
                std::vector<Real> tile(std::size_t(rows) * std::size_t(p.width()));
                link.projection->deliver(encoded.signal, {block, {0, 1}, 0, rows}, tile.data(), scratch);
                for (int t = 0; t < rows; ++t)
                    for (Index n = block * p.width(); n < std::min<Index>(size, (block + 1) * p.width()); ++n)
                        values[t * size + n] = double(tile[std::size_t(t * p.width() + n % p.width())]);
            }
            if (from_.period(run_.dt) == steps_) return;
            to.steps.push_back(begin + steps_);
            to.values.resize(to.steps.size() * std::size_t(size));
        });
        return to;
    }

    const Experiment& run_;
    NetworkConfig config_;
    std::uint64_t seed_;
    const SampleSpikes& from_;
    int steps_;
    const Images& images_;
    ThreadPool pool_{1};
    Network network_;
    Engine<Real> engine_;
    SimulationNetwork& to_;
};

}  // namespace

void read_trained(const YamlNode& network, const YamlNode* input, const YamlNode* experiment, const NeuronRegistry& neurons, Problems& problems, Experiment& to) {
    const std::size_t before = problems.count();
    Section section(network, problems);
    const YamlNode* path = section.take("trained");
    section.refuse({"populations", "projections", "layers"}, "is that of the trained network; leave it out");
    section.close();
    auto& config = to.simulation;
    auto& trained = config.trained.emplace();
    trained.path = read_word(*path, problems).value_or("");
    if (problems.count() > before || !input) return;
    try {
        if (!std::filesystem::exists(trained.path)) fail("there is no '{}'; give the folder of a finished training run, its results.h5 or checkpoint.h5", trained.path);
        const std::string file = std::filesystem::is_directory(trained.path) ? trained.path + "/results.h5" : trained.path;
        const auto run = parse_experiment(H5Reader(file).text_attribute("/", "config"), "the experiment in " + file, {}, neurons);
        if (run.mode == Experiment::Mode::simulate) fail("{} was written by a simulation; give the folder of a training run", file);
        if (run.local) fail("{} was written by local learning; take mode: evaluate for its network", file);
        const auto given = [&](std::string_view key) { return experiment && experiment->find(key); };
        to.dt = run.dt;
        if (!given("seed")) to.seed = run.seed;
        if (!given("precision")) to.precision = run.precision;
        if (!given("runaway_rate")) config.options.runaway_rate = 0;  // trained networks may fire in every step
        trained.loss = run.loss;
        auto& samples = trained.samples;
        samples.dataset = run.dataset, samples.encoder = run.encoder, samples.present = run.steps * run.dt, samples.between = ResetBetween{};
        Section presentation(*input, problems);
        presentation.need("samples");
        presentation.refuse({"dataset", "encoder", "transform"}, "is that of the trained network; leave it out");
        read_presentation(presentation, samples, run.dt);
        presentation.close();
        if (problems.count() > before) return;
        const auto data = load(run.dataset, run.dt, int(samples.present_steps(run.dt)));
        const auto& images = samples.set == SampleSpikes::Set::test ? data.test : data.train;
        if (samples.end > images.count)
            return problems.value(*input->find("samples"), fmt::format("there are samples up to {}, and the data set has {}", samples.end, images.count));
        if (to.precision == Experiment::Precision::float32) Trained<float>(run, images, file, to.seed, trained, config.network);
        else Trained<double>(run, images, file, to.seed, trained, config.network);
        config.duration = double(samples.samples() * samples.period(run.dt)) * run.dt;
        config.options.period = int(samples.period(run.dt)), config.options.first_sample = samples.first;
        if (std::holds_alternative<ResetBetween>(samples.between)) config.reset_every = samples.period(run.dt);
    } catch (const Error& error) {
        problems.value(*path, error.what());
    }
}

}  // namespace tripartite
