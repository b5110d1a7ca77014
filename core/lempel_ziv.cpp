#include "core/lempel_ziv.hpp"

#include <cmath>

#include "core/error.hpp"

namespace tripartite {

void LempelZiv::append(bool symbol) {
    const auto made = std::int32_t(states_.size());
    states_.push_back({{-1, -1}, 0, states_[std::size_t(last_)].length + 1});
    std::int32_t p = last_;
    last_ = made;
    for (; p >= 0 && states_[std::size_t(p)].next[symbol] < 0; p = states_[std::size_t(p)].link) states_[std::size_t(p)].next[symbol] = made;
    if (p < 0) return;
    const std::int32_t q = states_[std::size_t(p)].next[symbol], length = states_[std::size_t(p)].length + 1;
    if (states_[std::size_t(q)].length == length) {
        states_[std::size_t(made)].link = q;
        return;
    }
    // The shorter sequences of q now end at one more place than the longer ones: they become a state of their own.
    const auto split = std::int32_t(states_.size());
    states_.push_back({states_[std::size_t(q)].next, states_[std::size_t(q)].link, length});
    states_[std::size_t(q)].link = states_[std::size_t(made)].link = split;
    for (; p >= 0 && states_[std::size_t(p)].next[symbol] == q; p = states_[std::size_t(p)].link) states_[std::size_t(p)].next[symbol] = split;
}

Index LempelZiv::words(const BitTrain& train) {
    TRIPARTITE_CHECK(train.steps < Index(1) << 30);
    states_.assign(1, {{-1, -1}, -1, 0});
    last_ = 0;
    Index count = 0;
    std::int32_t at = 0, length = 0;  // the state of the word so far, which has occurred before, and its length
    for (Index t = 0; t < train.steps; ++t) {
        const std::int32_t next = states_[std::size_t(at)].next[train[t]];
        const bool occurred = next >= 0;
        count += !occurred;
        at = occurred ? next : 0;
        length = occurred ? length + 1 : 0;
        append(train[t]);
        // append() may have split the state of the word; the shorter sequences went to its link.
        if (const std::int32_t link = states_[std::size_t(at)].link; link >= 0 && states_[std::size_t(link)].length >= length) at = link;
    }
    return count + (length > 0);
}

double LempelZiv::complexity(const BitTrain& train) {
    return train.steps < 2 ? 0 : double(words(train)) * std::log2(double(train.steps)) / double(train.steps);
}

double coin_entropy(double p) { return p <= 0 || p >= 1 ? 0 : -p * std::log2(p) - (1 - p) * std::log2(1 - p); }

double markov_entropy(double onset, double offset) {
    return onset + offset == 0 ? 0 : (offset * coin_entropy(onset) + onset * coin_entropy(offset)) / (onset + offset);
}

}  // namespace tripartite
