#include "io/csv.hpp"

#include <cctype>
#include <cerrno>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <limits>

#include "core/error.hpp"
#include "core/text.hpp"

namespace tripartite {
namespace {

std::string_view trimmed(std::string_view text) {
    const auto from = text.find_first_not_of(" \t\r"), to = text.find_last_not_of(" \t\r");
    return from == std::string_view::npos ? "" : text.substr(from, to - from + 1);
}

std::vector<std::string_view> split(std::string_view line) {
    std::vector<std::string_view> parts;
    for (std::size_t from = 0; from <= line.size();) {
        const std::size_t to = std::min(line.find(',', from), line.size());
        parts.push_back(trimmed(line.substr(from, to - from)));
        from = to + 1;
    }
    return parts;
}

bool names_columns(std::string_view line) {
    return !line.empty() && (std::isalpha(static_cast<unsigned char>(line[0])) || line[0] == '_' || line[0] == '"');
}

double number(std::string_view text) {
    double value = NAN;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    return error == std::errc() && end == text.data() + text.size() && std::isfinite(value) ? value : NAN;
}

std::string contents(const std::string& path) {
    std::ifstream stream(path, std::ios::binary);
    if (!stream) fail("{}: cannot be read: {}", path, std::strerror(errno));
    if (std::filesystem::is_directory(path)) fail("{}: is a folder, and a file is expected", path);
    return {std::istreambuf_iterator<char>(stream), {}};
}

/// How many of the columns a line has: as names, or as numbers.
std::size_t columns_of(const std::string& path, std::string_view line, std::span<const std::string_view> names, std::size_t required) {
    const auto parts = split(line);
    bool known = parts.size() >= required && parts.size() <= names.size();
    for (std::size_t i = 0; known && names_columns(line) && i < parts.size(); ++i) known = parts[i] == names[i];
    const auto range = required == names.size() ? fmt::format("{}", required) : fmt::format("{} to {}", required, names.size());
    if (!known) fail("{}:1: expected {} columns: {}; got '{}'", path, range, listed(names), line);
    return parts.size();
}

}  // namespace

CsvTable read_csv(const std::string& path, std::span<const std::string_view> names, std::size_t required) {
    const std::string file = contents(path);
    const std::string_view text(file.data(), file.find_last_not_of(" \t\r\n") + 1);
    CsvTable table;
    for (std::size_t from = 0, line_number = 1; from < text.size() || line_number == 1; ++line_number) {
        const std::size_t to = std::min(text.find('\n', from), text.size());
        const std::string_view line = trimmed(text.substr(from, to - from));
        from = to + 1;
        if (line_number == 1) {
            table.columns.resize(columns_of(path, line, names, required));
            if (names_columns(line)) {
                table.first_line = 2;
                continue;
            }
        }
        const auto parts = split(line);
        if (parts.size() != table.columns.size()) fail("{}:{}: expected {} numbers, got '{}'", path, line_number, table.columns.size(), line);
        for (std::size_t i = 0; i < parts.size(); ++i) {
            const double value = number(parts[i]);
            if (std::isnan(value)) fail("{}:{}: {} '{}' is not a finite number", path, line_number, names[i], parts[i]);
            table.columns[i].push_back(value);
        }
    }
    return table;
}

std::vector<std::uint32_t> indices_of(const CsvTable& table, std::size_t column, std::string_view name, const std::string& path) {
    std::vector<std::uint32_t> indices(table.rows());
    for (std::size_t row = 0; row < indices.size(); ++row) {
        const double value = table.columns[column][row];
        if (!(value >= 0 && value <= std::numeric_limits<std::uint32_t>::max() && value == std::floor(value)))
            fail("{}:{}: {} {} is not the index of a neuron: a whole number from 0 up", path, table.first_line + row, name, value);
        indices[row] = std::uint32_t(value);
    }
    return indices;
}

}  // namespace tripartite
