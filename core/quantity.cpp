#include "core/quantity.hpp"

#include <fmt/format.h>

#include <cctype>
#include <cmath>
#include <optional>
#include <utility>

namespace tripartite {
namespace {

struct Scaled {
    double factor;
    std::string_view base;
};

/// A unit is an SI prefix and a base: "ms" is (1e-3, "s"). Compound units ("1/ms") are only ever bare.
std::optional<Scaled> scaled(std::string_view unit) {
    static constexpr std::string_view bases[] = {"s", "V", "A", "F", "S", "Hz", "Ohm", "m", "M"};
    static constexpr std::pair<std::string_view, double> prefixes[] = {
        {"", 1}, {"G", 1e9}, {"M", 1e6}, {"k", 1e3}, {"m", 1e-3}, {"u", 1e-6}, {"n", 1e-9}, {"p", 1e-12}};
    for (const auto& [prefix, factor] : prefixes)
        for (const auto base : bases)
            if (unit.size() == prefix.size() + base.size() && unit.starts_with(prefix) && unit.ends_with(base)) return Scaled{factor, base};
    return std::nullopt;
}

bool leading_zero(std::string_view text) {
    if (!text.empty() && (text[0] == '-' || text[0] == '+')) text.remove_prefix(1);
    return text.size() > 1 && text[0] == '0' && std::isdigit(static_cast<unsigned char>(text[1]));
}

}  // namespace

std::variant<double, std::string> parse_quantity(std::string_view text, std::string_view unit) {
    const std::string whole(text);
    const auto expected = [&] {
        return fmt::format("expected a number{}, got '{}'", unit.empty() ? "" : fmt::format(" in {}", unit), whole);
    };
    const char first = whole.empty() ? ' ' : whole[whole[0] == '-' || whole[0] == '+' ? 1 : 0];
    if (!(std::isdigit(static_cast<unsigned char>(first)) || first == '.') || leading_zero(text)) return expected();
    if (whole.find_first_of("xX") != std::string::npos) return expected();
    char* end = nullptr;
    const double value = std::strtod(whole.c_str(), &end);
    std::string_view rest(end);
    if (end == whole.c_str()) return expected();
    if (!std::isfinite(value)) return fmt::format("must be finite, got '{}'", whole);
    if (rest.empty()) return value;
    if (rest[0] != ' ') return expected();
    rest.remove_prefix(rest.find_first_not_of(' '));
    const auto given = scaled(rest), wanted = scaled(unit);
    if (rest == unit) return value;
    if (unit.empty()) return fmt::format("expected a number without a unit, got '{}'", whole);
    if (!given) return fmt::format("'{}' is not a unit that is known here; expected {}", rest, unit);
    if (!wanted || given->base != wanted->base) return fmt::format("expected a quantity in {}, got '{}'", unit, whole);
    // A ratio of powers of ten that is not below 1 is exact; dividing by the inverse keeps 0.1 ms from becoming 0.1000…01.
    const double ratio = std::round(std::log10(given->factor / wanted->factor));
    return ratio >= 0 ? value * std::pow(10, ratio) : value / std::pow(10, -ratio);
}

}  // namespace tripartite
