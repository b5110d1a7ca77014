#include "io/spike_file.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <functional>
#include <string_view>
#include <utility>

#include "core/error.hpp"
#include "io/csv.hpp"
#include "io/sonata.hpp"

namespace tripartite {
namespace {

/// The rows of a file.
struct Rows {
    std::vector<double> time;  ///< ms
    std::vector<std::uint32_t> neuron;
    std::function<std::string(std::size_t row)> place;
};

Rows read_csv_rows(const std::string& path) {
    static constexpr std::array<std::string_view, 2> names{"time", "neuron"};
    CsvTable table = read_csv(path, names, 2);
    auto neurons = indices_of(table, 1, names[1], path);
    const auto place = [path, line = table.first_line](std::size_t row) { return fmt::format("{}:{}", path, line + row); };
    return {std::move(table.columns[0]), std::move(neurons), place};
}

double milliseconds_per_unit(const H5Reader& file, const std::string& path, const std::string& dataset) {
    if (!file.has_attribute(dataset, "units")) return 1;
    const std::string unit = file.text_attribute(dataset, "units");
    if (unit == "ms" || unit == "milliseconds") return 1;
    if (unit == "s" || unit == "seconds") return 1000;
    fail("{}: '{}' has the units '{}'; expected ms, milliseconds, s or seconds", path, dataset, unit);
}

Rows read_sonata_rows(const std::string& path, const std::string& population) {
    const H5Reader file(path);
    const std::string group = population_group(file, path, "/spikes", population), times = group + "/timestamps";
    Rows rows{file.read<double>(times), node_ids(file, path, group + "/node_ids"),
              [=](std::size_t row) { return fmt::format("{}: '{}': spike {}", path, group, row); }};
    check_size(path, group + "/node_ids", rows.neuron.size(), rows.time.size());
    const double factor = milliseconds_per_unit(file, path, times);
    for (double& time : rows.time) time *= factor;
    return rows;
}

/// The step of a row.
std::uint64_t step_of(const Rows& rows, std::size_t row, const SpikeFile& spikes) {
    constexpr double tolerance = 1e-4;  // of a step: what decimals lose in binary and in files
    const double time = rows.time[row], position = time / spikes.dt, nearest = std::round(position);
    if (row > 0 && time < rows.time[row - 1])
        fail("{}: time {} ms comes after {} ms; sort the spikes by time", rows.place(row), time, rows.time[row - 1]);
    if (!(nearest >= 1 && nearest < 0x1p53)) fail("{}: time {} ms is in no step; the first one ends at {} ms", rows.place(row), time, spikes.dt);
    if (!spikes.round && std::abs(position - nearest) > tolerance)
        fail("{}: time {} ms is not a multiple of dt = {} ms; choose another dt, or round the times", rows.place(row), time, spikes.dt);
    if (rows.neuron[row] >= spikes.neurons)
        fail("{}: neuron {} is not one of the {} of the population", rows.place(row), rows.neuron[row], spikes.neurons);
    return std::uint64_t(nearest) - 1;
}

}  // namespace

StepSpikes read_spikes(const SpikeFile& spikes) {
    Rows rows = is_hdf5_name(spikes.path) ? read_sonata_rows(spikes.path, spikes.population) : read_csv_rows(spikes.path);
    StepSpikes result{std::vector<std::uint64_t>(rows.time.size()), {}};
    for (std::size_t row = 0; row < rows.time.size(); ++row) result.step[row] = step_of(rows, row, spikes);
    result.neuron = std::move(rows.neuron);
    for (std::size_t from = 0, to = 0; from < result.step.size(); from = to) {
        while (to < result.step.size() && result.step[to] == result.step[from]) ++to;
        const auto begin = result.neuron.begin() + std::ptrdiff_t(from), end = result.neuron.begin() + std::ptrdiff_t(to);
        std::sort(begin, end);
        if (const auto twice = std::adjacent_find(begin, end); twice != end && !spikes.round)
            fail("{}: neuron {} fires twice in the step that ends at {} ms; a neuron fires at most once a step", spikes.path, *twice, double(result.step[from] + 1) * spikes.dt);
    }
    return result;
}

}  // namespace tripartite
