#pragma once
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite {

/// "; did you mean 'x'?" for the known word nearest to `word` (Damerau-Levenshtein), or nothing if none is near.
std::string did_you_mean(std::string_view word, std::span<const std::string_view> known);

/// "a, b and c".
std::string listed(std::span<const std::string_view> words);

}  // namespace tripartite
