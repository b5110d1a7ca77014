#include "experiment/weights_file.hpp"

#include "core/error.hpp"

namespace tripartite {

template <class Real> Weights<Real> Weights<Real>::of(Engine<Real>& engine) {
    Weights w{engine.parameters().values, {}};
    for (int i = 0; i < engine.populations(); ++i) {
        w.running.emplace_back();
        if (auto& n = engine.population(i).normaliser) w.running.back().assign(n->running().begin(), n->running().end());
    }
    return w;
}

template <class Real> void Weights<Real>::restore(Engine<Real>& engine) const {
    engine.parameters().values = values;
    for (int i = 0; i < engine.populations(); ++i)
        if (auto& n = engine.population(i).normaliser) std::copy(running[i].begin(), running[i].end(), n->running().begin());
    engine.parameters_changed();
}

template <class Real> void write_parameters(H5Writer& file, const std::string& root, const Parameters<Real>& layout, const Real* vector) {
    for (const auto& block : layout.blocks) {
        H5Writer::Shape shape{std::uint64_t(block.rows)};
        if (block.columns) shape.push_back(block.columns);
        const auto values = block.read(vector);
        const std::vector<Real> stored(values.begin(), values.end());
        file.write(root + "/" + block.owner + "/" + block.name, std::span<const Real>(stored), shape);
    }
}

template <class Real> void read_parameters(const H5Reader& file, const std::string& root, const Parameters<Real>& layout, Real* vector) {
    for (const auto& block : layout.blocks) {
        const auto values = file.read<double>(root + "/" + block.owner + "/" + block.name);
        if (Index(values.size()) != block.count())
            fail("{}/{} has {} values and the network needs {}: the file is of another network", block.owner, block.name, values.size(), block.count());
        block.write(values, vector);
    }
}

template <class Real> void write_weights(H5Writer& file, const std::string& root, Engine<Real>& engine, const Weights<Real>& weights) {
    write_parameters(file, root, engine.parameters(), weights.values.data());
    for (int i = 0; i < engine.populations(); ++i) {
        if (weights.running[i].empty()) continue;
        const auto& p = engine.population(i);
        const std::span<const double> all(weights.running[i]);
        const auto size = std::size_t(p.spec().size);
        file.write(root + "/populations/" + p.spec().name + "/mean", all.first(size), {size});
        file.write(root + "/populations/" + p.spec().name + "/variance", all.subspan(all.size() / 2, size), {size});
    }
}

template <class Real> Weights<Real> read_weights(const H5Reader& file, const std::string& root, const std::string& path, Engine<Real>& engine) {
    auto weights = Weights<Real>::of(engine);
    try {
        read_parameters(file, root, engine.parameters(), weights.values.data());
        for (int i = 0; i < engine.populations(); ++i) {
            auto& running = weights.running[i];
            if (running.empty()) continue;
            const auto& p = engine.population(i);
            const auto mean = file.read<double>(root + "/populations/" + p.spec().name + "/mean");
            const auto variance = file.read<double>(root + "/populations/" + p.spec().name + "/variance");
            if (int(mean.size()) != p.spec().size || mean.size() != variance.size()) fail("the statistics of population '{}' do not fit", p.spec().name);
            std::copy(mean.begin(), mean.end(), running.begin());
            std::copy(variance.begin(), variance.end(), running.begin() + running.size() / 2);
        }
    } catch (const Error& e) {
        fail("{}: does not fit this experiment's network: {}", path, e.what());
    }
    return weights;
}

template struct Weights<float>;
template struct Weights<double>;
template void write_parameters(H5Writer&, const std::string&, const Parameters<float>&, const float*);
template void write_parameters(H5Writer&, const std::string&, const Parameters<double>&, const double*);
template void read_parameters(const H5Reader&, const std::string&, const Parameters<float>&, float*);
template void read_parameters(const H5Reader&, const std::string&, const Parameters<double>&, double*);
template void write_weights(H5Writer&, const std::string&, Engine<float>&, const Weights<float>&);
template void write_weights(H5Writer&, const std::string&, Engine<double>&, const Weights<double>&);
template Weights<float> read_weights(const H5Reader&, const std::string&, const std::string&, Engine<float>&);
template Weights<double> read_weights(const H5Reader&, const std::string&, const std::string&, Engine<double>&);

}  // namespace tripartite
