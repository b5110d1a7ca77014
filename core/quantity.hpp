#pragma once
#include <string>
#include <string_view>
#include <variant>

namespace tripartite {

/// Reads "10 ms", "0.1 nA", "-65 mV" or a bare "10" as a number in `unit`, the unit that a field table names.
/// Returns the number, or what is wrong with the text. Exact decimals only: "010", "1_000" and "12abc" are refused.
std::variant<double, std::string> parse_quantity(std::string_view text, std::string_view unit);

}  // namespace tripartite
