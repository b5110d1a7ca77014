#include "experiment/recorded_complexity.hpp"

#include <algorithm>
#include <cmath>

#include "core/lempel_ziv.hpp"

namespace tripartite {
namespace {

constexpr std::int64_t most_trains = 1000, most_steps = 1 << 27;

/// Train number n S + s is that of neuron `begin` + n in sample s of S.
RecordedComplexity complexity_of(const H5Reader& file, const std::string& population) {
    const std::string group = "/spikes/" + population;
    const auto integer = [&](const char* name) { return file.integer_attribute(group, name); };
    const std::int64_t begin = integer("begin"), samples = integer("samples"), steps = integer("steps"), first_step = integer("first_step");
    const std::int64_t trains = (integer("end") - begin) * samples;
    const double dt = file.real_attribute(group, "dt");
    const std::int64_t most = std::clamp<std::int64_t>(most_steps / std::max<std::int64_t>(steps, 1), 1, most_trains), stride = (trains + most - 1) / most;
    if (trains == 0) return {population, 0, 0, 0, steps};
    std::vector<BitTrain> read(std::size_t((trains + stride - 1) / stride), BitTrain(steps));

    const std::uint64_t spikes = file.shape(group + "/timestamps").at(0), part = 1 << 20;
    for (std::uint64_t row = 0; row < spikes; row += part) {
        const std::vector<H5Range> range{{row, std::min(part, spikes - row)}};
        const auto times = file.read<double>(group + "/timestamps", range);
        const auto neurons = file.read<std::int64_t>(group + "/node_ids", range);
        for (std::size_t i = 0; i < times.size(); ++i) {
            const std::int64_t step = std::llround(times[i] / dt) - 1 - first_step, train = (neurons[i] - begin) * samples + step / steps;
            if (train % stride == 0) read[std::size_t(train / stride)].set(step % steps);
        }
    }
    LempelZiv memory;
    double sum = 0;
    for (const auto& train : read) sum += memory.complexity(train);
    return {population, sum / double(read.size()), read.size(), std::uint64_t(trains), steps};
}

}  // namespace

std::vector<RecordedComplexity> recorded_complexities(const H5Reader& results) {
    std::vector<RecordedComplexity> all;
    if (results.has("/spikes"))
        for (const auto& population : results.children("/spikes"))
            if (results.has_attribute("/spikes/" + population, "steps")) all.push_back(complexity_of(results, population));
    return all;
}

}  // namespace tripartite
