#pragma once
#include "datasets/spike_trains.hpp"

namespace tripartite {

/// Spike trains that are made of precise motifs, and for each step the motifs that ended in it: the setting of Grimaldi and Perrinet
/// (ICANN 2023). Letters: A address (a train), B motif, T steps, D delays. From step D-1 on, each motif occurs in each step with probability `rate` dt, and
///     p(spike of address a at t) = sigmoid(K_A + sum_{b, 0 <= d < D} B(b, t + d) K_b(a, d)),   sigmoid(K_A) = `background` dt.
/// Ours: a kernel K_b has the value `strength` at a share `synapses` of its places (a, d), drawn at random, and 0 elsewhere; then its mean
/// is taken away, as in the paper. Samples have no label; their targets are B(b, t).
struct Motifs : SpikeTrainSet {
    static constexpr std::string_view name = "motifs", doc = "spike trains made of precise spatio-temporal motifs, and when each of them occurs (Grimaldi and Perrinet 2023)";
    int motifs = 144, delays = 31;
    double rate = 1, background = 10, synapses = 0.01, strength = 8;
    Motifs() { channels = 128; }
    static constexpr auto fields() {
        using M = Motifs;
        return std::tuple_cat(std::tuple{field("motifs", &M::motifs, "", "number of motifs").within(2, 1e5),
                                         field("delays", &M::delays, "", "length of a motif, in steps").within(1, 1000),
                                         field("rate", &M::rate, "Hz", "of each motif").positive(),
                                         field("background", &M::background, "Hz", "of each train between the motifs").positive(),
                                         field("synapses", &M::synapses, "", "share of its places at which a motif has a spike").positive().within(0, 1),
                                         field("strength", &M::strength, "", "by how much the log-odds of a spike are larger there").positive()},
                              common_fields<Motifs>());
    }
    int classes() const { return motifs; }
    std::string problem() const { return ""; }
    ImageSet load(double dt, int steps) const;
    /// The kernels K_b(a, d), [motif][delay][address].
    std::vector<double> kernels() const;
};

}  // namespace tripartite
