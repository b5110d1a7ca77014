#include "experiment/weights_file.hpp"

#include <algorithm>

#include "core/error.hpp"

namespace tripartite {
namespace {

/// f(path, size, running statistics) for each normaliser, of inputs and of membranes.
template <class Real, class F> void for_each_normaliser(Engine<Real>& engine, F&& f) {
    for (int i = 0; i < engine.populations(); ++i) {
        auto& p = engine.population(i);
        const std::string path = "/populations/" + p.spec().name + "/";
        if (p.normaliser) f(path, std::size_t(p.spec().size), p.normaliser->running());
        if (p.membrane_norm) f(path + "membrane_", std::size_t(p.spec().size), p.membrane_norm->running());
    }
}

}  // namespace

template <class Real> Weights<Real> Weights<Real>::of(Engine<Real>& engine) {
    Weights w{engine.parameters().values, {}};
    for_each_normaliser(engine, [&](const std::string& path, std::size_t size, std::span<double> all) { w.running.push_back({path, size, {all.begin(), all.end()}}); });
    return w;
}

template <class Real> void Weights<Real>::restore(Engine<Real>& engine) const {
    engine.parameters().values = values;
    auto from = running.begin();
    for_each_normaliser(engine, [&](const std::string&, std::size_t, std::span<double> all) { std::ranges::copy((from++)->values, all.begin()); });
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
    for (const auto& [path, size, values] : weights.running) {
        const std::span<const double> all(values);
        file.write(root + path + "mean", all.first(size), {size});
        file.write(root + path + "variance", all.subspan(all.size() / 2, size), {size});
    }
}

template <class Real> Weights<Real> read_weights(const H5Reader& file, const std::string& root, const std::string& path, Engine<Real>& engine) {
    auto weights = Weights<Real>::of(engine);
    try {
        read_parameters(file, root, engine.parameters(), weights.values.data());
        for (auto& [name, size, values] : weights.running) {
            const auto mean = file.read<double>(root + name + "mean"), variance = file.read<double>(root + name + "variance");
            if (mean.size() != size || mean.size() != variance.size()) fail("{}mean and {}variance have {} and {} values and the network needs {}", name, name, mean.size(), variance.size(), size);
            std::ranges::copy(mean, values.begin());
            std::ranges::copy(variance, values.begin() + values.size() / 2);
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
