#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <variant>
#include <vector>

#include "core/field.hpp"
#include "core/random.hpp"
#include "synapses/distance_function.hpp"
#include "synapses/positions.hpp"

/// Which neurons of a source population are connected with which of a target population. Rules are never stored as pairs but
/// enumerated, each time alike: random numbers are keyed by the number of the pair. S sources, T targets. An autapse connects a neuron
/// with itself, multapses are several synapses of one pair; both are allowed unless a rule says otherwise, as in NEST.
namespace tripartite {

struct OneToOne {
    static constexpr std::string_view name = "one_to_one", doc = "neuron i with neuron i";
    static constexpr auto fields() { return std::tuple{}; }
};

struct AllToAll {
    static constexpr std::string_view name = "all_to_all", doc = "every pair once";
    bool autapses = true;
    static constexpr auto fields() { return std::tuple{field("autapses", &AllToAll::autapses, "", "a neuron may connect with itself")}; }
};

struct AllButOneToOne {
    static constexpr std::string_view name = "all_but_one_to_one", doc = "every pair once but neuron i with neuron i";
    static constexpr auto fields() { return std::tuple{}; }
};

struct PairwiseBernoulli {
    static constexpr std::string_view name = "pairwise_bernoulli", doc = "every pair with probability p";
    double p = 0.1;
    bool autapses = true;
    static constexpr auto fields() {
        return std::tuple{field("p", &PairwiseBernoulli::p, "", "probability of a synapse").within(0, 1),
                          field("autapses", &PairwiseBernoulli::autapses, "", "a neuron may connect with itself")};
    }
};

template <class Rule> constexpr auto fields_of_random_draws(std::string_view doc_of_n) {
    return std::tuple{field("n", &Rule::n, "", doc_of_n), field("autapses", &Rule::autapses, "", "a neuron may connect with itself"),
                      field("multapses", &Rule::multapses, "", "two neurons may have several synapses")};
}

/// Each target draws n sources.
struct FixedInDegree {
    static constexpr std::string_view name = "fixed_in_degree", doc = "each target draws n sources";
    std::uint32_t n = 1;
    bool autapses = true, multapses = true;
    static constexpr auto fields() { return fields_of_random_draws<FixedInDegree>("synapses per target"); }
};

/// Each source draws n targets.
struct FixedOutDegree {
    static constexpr std::string_view name = "fixed_out_degree", doc = "each source draws n targets";
    std::uint32_t n = 1;
    bool autapses = true, multapses = true;
    static constexpr auto fields() { return fields_of_random_draws<FixedOutDegree>("synapses per source"); }
};

/// n synapses, source and target drawn for each; without multapses: n distinct pairs, every set of them with the same probability.
struct FixedTotalNumber {
    static constexpr std::string_view name = "fixed_total_number", doc = "n synapses between neurons drawn at random";
    std::uint64_t n = 1;
    bool autapses = true, multapses = true;
    static constexpr auto fields() { return fields_of_random_draws<FixedTotalNumber>("synapses of the projection"); }
};

/// Which targets a source can reach; the mask lies around the source.
struct Circular {
    static constexpr std::string_view name = "circular", doc = "all within a radius";
    double radius = 1;
    static constexpr auto fields() { return std::tuple{field("radius", &Circular::radius, "", "largest distance").positive()}; }
};
struct Rectangular {
    static constexpr std::string_view name = "rectangular", doc = "all within a rectangle";
    double width = 1, height = 1;
    static constexpr auto fields() {
        return std::tuple{field("width", &Rectangular::width, "", "from left to right, the source in the middle").positive(),
                          field("height", &Rectangular::height, "", "from top to bottom, the source in the middle").positive()};
    }
};
struct NoMask {
    static constexpr std::string_view name = "none", doc = "no limit";
    static constexpr auto fields() { return std::tuple{}; }
};
using SpatialMask = std::variant<NoMask, Circular, Rectangular>;

/// Every pair within the mask with a probability that may depend on the distance, cut off at 0 and 1.
struct Spatial {
    static constexpr std::string_view name = "spatial", doc = "every pair within a mask with a probability that depends on the distance";
    std::variant<double, DistanceFunction> probability = 1.0;
    SpatialMask mask{};
    bool autapses = true;
    static constexpr auto fields() { return std::tuple{field("autapses", &Spatial::autapses, "", "a neuron may connect with itself")}; }
};

/// Pairs from a file; pair i has number i.
struct ListedPairs {
    static constexpr std::string_view name = "edges", doc = "pairs from a file: CSV or SONATA edges";
    std::string file, population;
    std::vector<std::uint32_t> source, target;
    static constexpr auto fields() {
        return std::tuple{field("file", &ListedPairs::file, "", "the file"),
                          field("population", &ListedPairs::population, "", "its name in a SONATA file; its only one unless given")};
    }
};

/// Domains of neurons, each the territory of one astrocyte: blocks of neighbours, or the domain of each neuron from a file.
struct Domains {
    std::uint32_t block = 0;           ///< neurons of a domain; the last may have fewer. 0: those of the file
    std::string file = {}, dataset = {};
    std::vector<std::uint32_t> of = {};   ///< [neurons] from the file
    static constexpr auto fields() {
        return std::tuple{field("block", &Domains::block, "", "neurons of a domain, neighbours; the last domain may have fewer"),
                          field("file", &Domains::file, "", "in place of block: the domain of each neuron, from 0, as CSV with the column value, or HDF5"),
                          field("dataset", &Domains::dataset, "", "in an HDF5 file")};
    }
};

/// Every neuron onto its domain, with the weight divided by the number of neurons there: target j receives their mean.
struct Mean : Domains {
    static constexpr std::string_view name = "mean", doc = "each target receives the mean of the sources of its domain";
};
/// Every domain onto each of its neurons.
struct Broadcast : Domains {
    static constexpr std::string_view name = "broadcast", doc = "each source reaches all targets of its domain";
};

/// Layers whose neurons stand as [channel][row][column]: target (o, y, x) has a synapse from each source (i, y stride + ky - padding,
/// x stride + kx - padding) that there is. The synapses of one place (o, i, ky, kx) of the kernels share weight and delay.
struct Convolution {
    static constexpr std::string_view name = "convolution", doc = "neurons of [channel][row][column]; synapses of one place of a kernel share their weight, plastic or not";
    std::uint32_t kernel = 3, channels = 1, height = 1, width = 1, stride = 1, padding = 0;
    static constexpr auto fields() {
        using C = Convolution;
        return std::tuple{field("kernel", &C::kernel, "", "side of the square kernel").positive(), field("channels", &C::channels, "", "of the sources").positive(),
                          field("height", &C::height, "", "rows of the sources").positive(), field("width", &C::width, "", "columns of the sources").positive(),
                          field("stride", &C::stride, "", "sources from one target to the next").positive(),
                          field("padding", &C::padding, "", "rows and columns of nothing around the sources")};
    }
};

using ConnectionRule =
    std::variant<OneToOne, AllToAll, AllButOneToOne, PairwiseBernoulli, FixedInDegree, FixedOutDegree, FixedTotalNumber, Spatial, ListedPairs, Mean, Broadcast, Convolution>;

/// One synapse. `source` and `target` count within their populations; `number` is the key of weight and delay, of one synapse or, in a
/// convolution, of those that share them.
struct Pair {
    std::uint32_t source, target;
    std::uint64_t number;
};

struct IndexRange {
    std::uint32_t begin = 0, end = 0;
};

/// Two populations. Positions are needed by what depends on the distance only.
struct PairSpace {
    std::uint32_t sources = 0, targets = 0;
    bool same_population = false;
    const Positions *source_positions = nullptr, *target_positions = nullptr;
};

/// A rule between two populations.
class Connector {
public:
    using Visit = std::function<void(std::span<const Pair>)>;

    virtual ~Connector() = default;
    /// Hands over, batch by batch, all pairs whose target lies in `targets`: for any range exactly that subsequence of the order over
    /// all targets. Thread-safe.
    virtual void enumerate(IndexRange targets, const Visit& visit) const = 0;
    /// Number of synapses: exact where the rule fixes it, else the expected number.
    virtual double expected() const = 0;
};

/// Errors: what cannot be, such as an in-degree above the number of sources without multapses, or probabilities outside 0..1.
/// Positions must outlive the connector.
std::unique_ptr<Connector> make_connector(ConnectionRule rule, const PairSpace& space, const RandomStream& random);

}  // namespace tripartite
