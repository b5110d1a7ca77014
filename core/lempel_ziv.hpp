#pragma once
#include <array>
#include <cstdint>
#include <vector>

#include "core/array.hpp"

namespace tripartite {

/// A spike train, one bit a step: step t is bit t % 64 of words[t / 64].
struct BitTrain {
    explicit BitTrain(Index steps = 0) : steps(steps), words(std::size_t(steps + 63) / 64) {}

    bool operator[](Index t) const { return words[std::size_t(t / 64)] >> (t % 64) & 1; }
    void set(Index t) { words[std::size_t(t / 64)] |= std::uint64_t(1) << (t % 64); }

    Index steps;
    std::vector<std::uint64_t> words;
};

/// Lempel-Ziv complexity of 1976: the number c of words of the exhaustive history of a sequence s_1 .. s_n. A word that begins at i
/// is the shortest s_i .. s_j that does not occur in s_1 .. s_{j-1} (occurrences may overlap it); the next one begins at j+1. What is
/// left at the end, and has occurred before, counts as a word. (It is not the dictionary of Lempel and Ziv 1978.)
///
/// Found with a suffix automaton that grows with the sequence: O(n) steps and 32 n bytes. Its memory is used again.
/// Sources: Lempel and Ziv, IEEE Trans. Inf. Theory 22, 75 (1976); Blumer et al., Theor. Comput. Sci. 40, 31 (1985).
class LempelZiv {
public:
    /// c; 0 for an empty train.
    Index words(const BitTrain& train);
    /// c log2(n) / n: towards the entropy per step for long trains (1 for a fair coin, 0 if periodic), above it for short ones.
    /// 0 for trains of fewer than two steps.
    double complexity(const BitTrain& train);

private:
    /// All sequences that end at the same places; the longest has `length` symbols.
    struct State {
        std::array<std::int32_t, 2> next;
        std::int32_t link, length;
    };
    void append(bool symbol);

    std::vector<State> states_;
    std::int32_t last_ = 0;  ///< the state of the whole sequence
};

/// -p log2(p) - (1-p) log2(1-p), the entropy of a biased coin in bits.
double coin_entropy(double p);
/// Entropy per step, in bits, of a two-state Markov source that fires after silence with probability `onset` and falls silent after
/// a spike with probability `offset`: (offset H(onset) + onset H(offset)) / (onset + offset), H the coin's. Cover and Thomas, eq. 4.28.
double markov_entropy(double onset, double offset);

}  // namespace tripartite
