#pragma once
#include <span>
#include <string>
#include <string_view>

#include "experiment/registry.hpp"

/// Pieces of docs/yaml.md.
namespace tripartite {

std::string reference_table(std::span<const ParameterDescription> rows);

template <class Owner, class Fields> std::string reference_section(std::string_view title, std::string_view text, const Owner& owner, const Fields& fields) {
    return fmt::format("\n## {}\n{}{}", title, text.empty() ? "" : fmt::format("\n{}\n", text), reference_table(describe_fields(owner, fields)));
}

/// All that `tripartite list WORD` knows.
std::string reference_kinds(std::string_view title, std::string_view text, std::string_view word);

/// The part on mode: simulate.
std::string simulation_reference();

}  // namespace tripartite
