#include "experiment/read_values.hpp"

#include <cmath>

#include "core/error.hpp"
#include "io/csv.hpp"
#include "io/hdf5.hpp"
#include "io/sonata.hpp"

namespace tripartite {
namespace {

/// Whether all that can be drawn is as demanded; reports what is not.
bool check_range(const YamlNode& node, const Distribution& distribution, const Demand& demand, Problems& problems) {
    if (const auto problem = distribution.problem(); !problem.empty()) return problems.value(node, problem), false;
    const auto [low, high] = range_of(distribution);
    const bool above = demand.open_min ? low > demand.min : low >= demand.min, below = demand.open_max ? high < demand.max : high <= demand.max;
    if (above && below) return true;
    problems.value(node, fmt::format("values must be {}, and can be from {:.6g} to {:.6g}; give it redraw: [low, high]", demand.bounds(), low, high));
    return false;
}

/// Values of neurons in a file: `file: values.csv` or `file: {path: values.h5, dataset: /tau_m}`.
struct ValuesFile {
    static constexpr std::string_view name = "file";
    std::string path, dataset;
    static constexpr auto fields() {
        return std::tuple{field("path", &ValuesFile::path, "", "the file"), field("dataset", &ValuesFile::dataset, "", "in an HDF5 file")};
    }
};

std::vector<double> values_in(const ValuesFile& file) {
    if (!is_hdf5_name(file.path)) {
        static constexpr std::string_view columns[] = {"value"};
        return read_csv(file.path, columns, 1).columns[0];
    }
    if (file.dataset.empty()) fail("say which dataset of {} has the values: {{path: {}, dataset: /name}}", file.path, file.path);
    auto values = H5Reader(file.path).read<double>(file.dataset);
    for (std::size_t n = 0; n < values.size(); ++n)
        if (!std::isfinite(values[n])) fail("{}: value {} of '{}' is not a finite number", file.path, n, file.dataset);
    return values;
}

std::optional<NeuronValue> read_values_file(const YamlNode& node, const Demand& demand, Problems& problems) {
    std::variant<ValuesFile> kind;
    const std::size_t before = problems.count();
    read_only_kind(node, "source of values", kind, problems, "");
    if (problems.count() > before) return std::nullopt;
    const auto& file = std::get<ValuesFile>(kind);
    try {
        NeuronValue value{"", ConstantValue{}, values_in(file), file.path, file.dataset};
        if (value.each.empty()) return problems.value(node, file.path + " has no values"), std::nullopt;
        for (std::size_t n = 0; n < value.each.size(); ++n)
            if (!demand.allows(value.each[n])) return problems.value(node, fmt::format("value {} in {} is {:.6g}; values must be {}", n, file.path, value.each[n], demand.bounds())), std::nullopt;
        return value;
    } catch (const Error& error) {
        return problems.value(node, error.what()), std::nullopt;
    }
}

}  // namespace

std::optional<NeuronValue> read_neuron_value(const YamlNode& node, const Demand& demand, Problems& problems) {
    if (node.find("file")) return read_values_file(with_first_parameter<std::variant<ValuesFile>>(node), demand, problems);
    const auto distribution = read_distribution(node, demand, problems);
    return distribution ? std::optional(NeuronValue{"", *distribution}) : std::nullopt;
}

void read_domains(const YamlNode& node, Domains& domains, Problems& problems) {
    if (domains.file.empty()) return;
    try {
        for (const double domain : values_in({domains.file, domains.dataset})) {
            if (!(domain >= 0 && domain < 0x1p32 && domain == std::floor(domain)))
                fail("{}: neuron {} has the domain {:.6g}; domains are whole numbers, from 0", domains.file, domains.of.size(), domain);
            domains.of.push_back(std::uint32_t(domain));
        }
    } catch (const Error& error) {
        problems.value(node, error.what());
    }
}

Interval range_of(const Distribution& distribution) { return {distribution.quantile(0x1p-54), distribution.quantile(1 - 0x1p-53)}; }

std::optional<ValueRule> read_value_rule(const YamlNode& node, const Demand& demand, Problems& problems) {
    if (node.kind != YamlNode::Kind::mapping) {
        const auto number = read_number(node, demand, problems);
        return number ? std::optional<ValueRule>(Distribution(*number)) : std::nullopt;
    }
    const std::size_t before = problems.count();
    AnyValue value;
    read_only_kind(node, "distribution", value, problems, demand.unit);
    if (problems.count() > before) return std::nullopt;
    return std::visit([&]<class Kind>(const Kind& kind) -> std::optional<ValueRule> {
        if constexpr (std::is_constructible_v<DistanceFunction, Kind>) return DistanceFunction(kind);
        else return check_range(node, kind, demand, problems) ? std::optional<ValueRule>(Distribution(kind)) : std::nullopt;
    }, value);
}

std::optional<Distribution> read_distribution(const YamlNode& node, const Demand& demand, Problems& problems) {
    const auto rule = read_value_rule(node, demand, problems);
    if (rule && std::holds_alternative<DistanceFunction>(*rule))
        problems.value(node, "depends on the distance between two neurons, and here is only one");
    const auto* distribution = rule ? std::get_if<Distribution>(&*rule) : nullptr;
    return distribution ? std::optional(*distribution) : std::nullopt;
}

}  // namespace tripartite
