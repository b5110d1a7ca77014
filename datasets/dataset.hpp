#pragma once
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <variant>

#include "core/field.hpp"
#include "datasets/motifs.hpp"
#include "datasets/motion.hpp"
#include "datasets/spike_trains.hpp"

/// The data sets that `input.dataset` names.
namespace tripartite {

/// 70 000 grey images of clothes, 28 x 28, 10 classes (Xiao, Rasul and Vollgraf 2017). Mean and sd of its pixels: 0.2860, 0.3530.
struct FashionMnist {
    static constexpr std::string_view name = "fashion_mnist", doc = "grey images of clothes, 28 x 28, 10 classes, 60 000 to train and 10 000 to test";
    static constexpr int classes = 10, train = 60'000;
    std::string folder = "/usr/share/datasets/fashion-mnist";
    static constexpr auto fields() { return std::tuple{field("folder", &FashionMnist::folder, "", "where the four IDX files are")}; }
    static constexpr int pixels() { return 28 * 28; }
    ImageSet load() const;
};

/// 70 000 grey images of digits, or any set in the same four files (LeCun et al. 1998). Mean and sd of its pixels: 0.1307, 0.3081.
struct Mnist {
    static constexpr std::string_view name = "mnist", doc = "grey images of digits in 10 classes, or any set in the same four IDX files";
    static constexpr int classes = 10, train = 60'000;
    std::string folder;
    static constexpr auto fields() { return std::tuple{field("folder", &Mnist::folder, "", "where the four IDX files are")}; }
    static constexpr int pixels() { return 28 * 28; }
    ImageSet load() const;
};

/// A small set that can be learned and needs no file: class c is a bright bar at the angle pi c / classes, shifted a little from
/// the centre, in normal noise. Sample i has label i mod classes.
struct Generated {
    static constexpr std::string_view name = "generated", doc = "small images of bars whose angle is the class, made from random numbers";
    int classes = 4, size = 8, train = 512, test = 128;
    double noise = 0.1;
    std::uint64_t seed = 1;
    static constexpr auto fields() {
        return std::tuple{field("classes", &Generated::classes, "", "number of angles").within(2, 256),
                          field("size", &Generated::size, "", "pixels per side").within(2, 1024),
                          field("train", &Generated::train, "", "images to train on").positive(),
                          field("test", &Generated::test, "", "images to test on").positive(),
                          field("noise", &Generated::noise, "", "sd of the noise, as a part of full brightness").non_negative(),
                          field("seed", &Generated::seed, "", "of the random numbers")};
    }
    int pixels() const { return size * size; }
    ImageSet load() const;
};

/// Spatio-temporal patterns that nothing but their timing tells apart: in class c channel i has the time t_ci, uniform in 0 .. `span`.
/// A sample is moved as a whole by an offset, uniform in 0 .. 1 - `span`, and each time by normal jitter. A pixel is 1 - time, so that
/// `latency: {mapping: linear}` gives one spike per channel at that part of the steps. Sample i has label i mod classes.
struct LatencyPatterns {
    static constexpr std::string_view name = "latency_patterns", doc = "patterns of one spike per channel whose relative times are the class, for the linear latency encoder";
    int classes = 8, channels = 16, train = 1024, test = 512;
    double span = 0.6, jitter = 0.01;
    std::uint64_t seed = 1;
    static constexpr auto fields() {
        using L = LatencyPatterns;
        return std::tuple{field("classes", &L::classes, "", "number of patterns").within(2, 256),
                          field("channels", &L::channels, "", "channels, each a pixel").within(1, 4096),
                          field("train", &L::train, "", "samples to train on").positive(),
                          field("test", &L::test, "", "samples to test on").positive(),
                          field("span", &L::span, "", "length of a pattern, as a part of the steps").positive().within(0, 1),
                          field("jitter", &L::jitter, "", "sd of each time, as a part of the steps").non_negative(),
                          field("seed", &L::seed, "", "of the random numbers")};
    }
    int pixels() const { return channels; }
    ImageSet load() const;
};

using Dataset = std::variant<FashionMnist, Mnist, Generated, LatencyPatterns, BernoulliSource, MarkovSource, PoissonSource, Motifs, Motion>;

template <class Kind> inline constexpr bool makes_trains = std::is_base_of_v<SpikeTrainSet, Kind>;

/// Whether its samples are spike trains, for the encoder `trains`, rather than images.
inline bool has_trains(const Dataset& dataset) {
    return std::visit([]<class Kind>(const Kind&) { return makes_trains<Kind>; }, dataset);
}

/// Spike trains are of `steps` steps of `dt` ms; images do not depend on them.
inline ImageSet load(const Dataset& dataset, double dt, int steps) {
    return std::visit([&]<class Kind>(const Kind& d) {
        if constexpr (makes_trains<Kind>) return d.load(dt, steps);
        else return d.load();
    }, dataset);
}

}  // namespace tripartite
