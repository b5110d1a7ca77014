#include <gtest/gtest.h>

#include "core/quantity.hpp"

namespace tripartite {
namespace {

double number(std::string_view text, std::string_view unit) { return std::get<double>(parse_quantity(text, unit)); }
std::string problem(std::string_view text, std::string_view unit) { return std::get<std::string>(parse_quantity(text, unit)); }

TEST(Quantity, ABareNumberIsInTheFieldsUnit) {
    EXPECT_EQ(number("10", "ms"), 10);
    EXPECT_EQ(number("-65.5", "mV"), -65.5);
    EXPECT_EQ(number("+.5", ""), 0.5);
    EXPECT_EQ(number("1e-3", ""), 1e-3);
    EXPECT_EQ(number("0", "ms"), 0);
}

TEST(Quantity, PrefixesAreExactPowersOfTen) {
    EXPECT_EQ(number("0.1 s", "ms"), 100);
    EXPECT_EQ(number("100 us", "ms"), 0.1);
    EXPECT_EQ(number("0.1 nA", "pA"), 100);
    EXPECT_EQ(number("3 kHz", "Hz"), 3000);
    EXPECT_EQ(number("50 MOhm", "GOhm"), 0.05);
    EXPECT_EQ(number("2 m", "m"), 2);
    EXPECT_EQ(number("2  ms", "ms"), 2);
}

TEST(Quantity, AUnitThatIsNoPrefixAndBaseMayBeRepeated) {
    EXPECT_EQ(number("5 epochs", "epochs"), 5);
    EXPECT_EQ(number("0.2 1/step", "1/step"), 0.2);
}

TEST(Quantity, AnotherQuantityIsRefused) {
    EXPECT_EQ(problem("1 mV", "ms"), "expected a quantity in ms, got '1 mV'");
    EXPECT_EQ(problem("1 Hz", "s"), "expected a quantity in s, got '1 Hz'");
    EXPECT_EQ(problem("1 ms", ""), "expected a number without a unit, got '1 ms'");
    EXPECT_EQ(problem("1 Ms ", "s"), "'Ms ' is not a unit that is known here; expected s");
}

TEST(Quantity, OnlyPlainDecimalsAreNumbers) {
    for (const auto* text : {"", " ", "010", "-010", "0x10", "1_000", "12abc", "1ms", ".inf", ".nan", "inf", "nan", "--1", "1,5", "-", ".", "e5", " 1"})
        EXPECT_EQ(problem(text, "ms"), std::string("expected a number in ms, got '") + text + "'") << text;
    EXPECT_EQ(problem("1e999", "ms"), "must be finite, got '1e999'");
}

}  // namespace
}  // namespace tripartite
