#pragma once
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace tripartite {

/// Columns of finite numbers from a text file, separated by commas. The first line may name the columns.
struct CsvTable {
    std::vector<std::vector<double>> columns;  ///< [columns][rows]
    std::size_t first_line = 1;                ///< line of row 0, counted from 1

    std::size_t rows() const { return columns[0].size(); }
};

/// Reads a table with the columns `names`, of which the last may be missing, but not the first `required`.
/// Errors name file and line: other columns, rows of another length, what is not a finite number.
CsvTable read_csv(const std::string& path, std::span<const std::string_view> names, std::size_t required);

/// The values of a column as indices of neurons. Error: one is not a whole number from 0 up.
std::vector<std::uint32_t> indices_of(const CsvTable& table, std::size_t column, std::string_view name, const std::string& path);

}  // namespace tripartite
