#pragma once
#include <string>
#include <vector>

#include "io/hdf5.hpp"
#include "simulation/eligibility.hpp"
#include "simulation/spike_history.hpp"

/// Histories of spikes and of dopamine in a checkpoint.
namespace tripartite {

template <class T> void write_vector(H5Writer& file, const std::string& name, const std::vector<T>& values) { file.write(name, std::span<const T>(values), {values.size()}); }

template <class Real> void save_history(H5Writer& file, const std::string& group, const typename SpikeHistory<Real>::Saved& saved) {
    write_vector(file, group + "/count", std::vector<std::uint64_t>(saved.count.begin(), saved.count.end()));
    write_vector(file, group + "/step", std::vector<std::int64_t>(saved.step.begin(), saved.step.end()));
    write_vector(file, group + "/trace", saved.trace);
    write_vector(file, group + "/slow", saved.slow);
    write_vector(file, group + "/rate", saved.rate);
}

/// The neurons begin .. end-1.
template <class Real> typename SpikeHistory<Real>::Saved load_history(const H5Reader& file, const std::string& group, std::size_t begin, std::size_t end) {
    const auto count = file.read<std::uint64_t>(group + "/count");
    const auto step = file.read<std::int64_t>(group + "/step");
    const auto trace = file.read<Real>(group + "/trace"), slow = file.read<Real>(group + "/slow"), rate = file.read<Real>(group + "/rate");
    typename SpikeHistory<Real>::Saved saved;
    std::size_t at = 0;
    for (std::size_t n = 0; n < std::min(end, count.size()); at += count[n++]) {
        if (n < begin) continue;
        saved.count.push_back(std::uint32_t(count[n]));
        for (std::size_t i = at; i < at + count[n]; ++i) saved.add({std::int32_t(step.at(i)), trace.at(i), slow.at(i), rate.at(i)});
    }
    return saved;
}

template <class Real> void save_dopamine(H5Writer& file, const std::string& group, const typename Eligibility<Real>::Saved& saved) {
    write_vector(file, group + "/step", saved.step), write_vector(file, group + "/value", saved.dopamine);
    write_vector(file, group + "/coming_step", saved.coming_step), write_vector(file, group + "/coming", saved.coming);
}
template <class Real> typename Eligibility<Real>::Saved load_dopamine(const H5Reader& file, const std::string& group) {
    return {file.read<std::int64_t>(group + "/step"), file.read<std::int64_t>(group + "/coming_step"), file.read<double>(group + "/value"), file.read<double>(group + "/coming")};
}

}  // namespace tripartite
