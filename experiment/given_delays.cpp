#include "experiment/given_delays.hpp"

#include "core/error.hpp"
#include "experiment/read_network.hpp"
#include "io/hdf5.hpp"

namespace tripartite {
namespace {

std::string dataset_of(const DelaysFile& file, const std::string& from, const std::string& to) {
    return "/projections/" + (file.projection.empty() ? from + "_to_" + to : file.projection) + "/delay";
}

}  // namespace

std::string name_of(const GivenDelays& given, const std::string& from, const std::string& to) {
    const auto* file = std::get_if<DelaysFile>(&given);
    return file ? fmt::format("{}: {}", file->path, dataset_of(*file, from, to)) : fmt::format("the list of delays from '{}' to '{}'", from, to);
}

std::vector<double> times_of(const GivenDelays& given, const std::string& from, const std::string& to, int targets, double dt) {
    std::vector<double> times;
    if (const auto* list = std::get_if<ListedDelays>(&given)) times = list->times;
    else {
        const auto& of = std::get<DelaysFile>(given);
        const H5Reader file(of.path);
        times = file.read<double>(dataset_of(of, from, to));
        if (const auto shape = file.shape(dataset_of(of, from, to)); shape.size() > 2 || (shape.size() == 2 && shape[0] != std::uint64_t(targets)))
            fail("{} does not have the shape [target][source], with {} targets", name_of(given, from, to), targets);
    }
    for (const double time : times)
        if (time < 0 || !whole_steps(time, dt)) fail("{} has a delay of {} ms, which is not a whole number of steps of {} ms", name_of(given, from, to), time, dt);
    return times;
}

}  // namespace tripartite
