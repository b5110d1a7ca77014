#include "core/array.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace tripartite {
namespace {

TEST(Array, IsZeroAtBirthAndOnACacheLine) {
    const Array<float> a(100);
    EXPECT_EQ(std::ranges::count(a, 0.0f), 100);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(a.data()) % 64, 0u);
    EXPECT_TRUE(Array<float>().empty());
    EXPECT_TRUE(Array<float>(0).empty());
}

TEST(Array, CopiesAreApartAndMovesTakeTheMemory) {
    Array<int> a(3);
    a[1] = 7;
    Array<int> b = a;
    b[1] = 8;
    EXPECT_EQ(a[1], 7);
    const int* memory = b.data();
    const Array<int> c = std::move(b);
    EXPECT_EQ(c.data(), memory);
    EXPECT_TRUE(b.empty());  // NOLINT: what is left of a moved array is promised
    a = c;
    EXPECT_EQ(a[1], 8);
    EXPECT_NE(a.data(), memory);
}

TEST(Array, EnsureKeepsMemoryThatSuffices) {
    Array<double> a(10);
    const double* memory = a.data();
    a.ensure(5);
    EXPECT_EQ(a.data(), memory);
    EXPECT_EQ(a.size(), 10);
    a.ensure(11);
    EXPECT_EQ(a.size(), 11);
    a.fill(2);
    EXPECT_EQ(std::ranges::count(a, 2.0), 11);
}

}  // namespace
}  // namespace tripartite
