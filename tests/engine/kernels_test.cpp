// The kernels of projections against loops that add one term after the other, in the same order: the bits must be equal.
#include "engine/kernels.hpp"

#include <gtest/gtest.h>

#include <cmath>
#include <vector>

#include "core/random.hpp"
#include "engine/frames.hpp"

namespace tripartite {
namespace {

template <class Real> struct KernelsOf : testing::Test {};
using Precisions = testing::Types<float, double>;
TYPED_TEST_SUITE(KernelsOf, Precisions);

template <class Real> std::vector<Real> random_values(Index size, std::uint32_t purpose) {
    const RandomStream random(1, "test", "values");
    std::vector<Real> values(size);
    for (Index i = 0; i < size; ++i) values[i] = Real(random.normal(std::uint32_t(i), purpose));
    return values;
}

/// [rows][sources], each source fires with probability 0.3.
SpikeFrame random_spikes(int rows, int sources) {
    SpikeFrame frame(1, rows, sources);
    const RandomStream random(2, "test", "spikes");
    for (int r = 0; r < rows; ++r)
        for (int k = 0; k < sources; ++k)
            if (random.uniform(k, r) < 0.3) frame.set(0, r, k);
    return frame;
}

TYPED_TEST(KernelsOf, MultiplyAddsInAscendingOrderWithOneRounding) {
    for (const int width : {16, 64})
        for (const Index rows : {1, 2, 3, 4, 5, 6, 7, 13})
            for (const Index depth : {0, 1, 63, 1024, 1025, 2500}) {
                const Index a_row = depth + 3, c_row = width + 16;
                const auto a = random_values<TypeParam>(rows * a_row, 0), b = random_values<TypeParam>(depth * width, 1);
                auto c = random_values<TypeParam>(rows * c_row, 2), expected = c;
                for (Index r = 0; r < rows; ++r)
                    for (int w = 0; w < width; ++w)
                        for (Index k = 0; k < depth; ++k) expected[r * c_row + w] = std::fma(a[r * a_row + k], b[k * width + w], expected[r * c_row + w]);
                kernels<TypeParam>().multiply(a.data(), a_row, 1, rows, depth, b.data(), c.data(), c_row, width);
                ASSERT_EQ(c, expected) << width << " " << rows << " " << depth;
            }
}

TYPED_TEST(KernelsOf, MultiplyReadsATransposedMatrix) {
    constexpr Index rows = 9, depth = 1100;
    constexpr int width = 64;
    const auto a = random_values<TypeParam>(rows * depth, 0), b = random_values<TypeParam>(depth * width, 1);
    std::vector<TypeParam> transposed(a.size()), c(rows * width), expected(c);
    for (Index r = 0; r < rows; ++r)
        for (Index k = 0; k < depth; ++k) transposed[k * rows + r] = a[r * depth + k];
    kernels<TypeParam>().multiply(a.data(), depth, 1, rows, depth, b.data(), expected.data(), width, width);
    kernels<TypeParam>().multiply(transposed.data(), 1, rows, rows, depth, b.data(), c.data(), width, width);
    EXPECT_EQ(c, expected);
}

TYPED_TEST(KernelsOf, EventsGiveTheBitsOfTheDenseProduct) {
    for (const int width : {16, 64})
        for (const int sources : {1, 64, 65, 1100})
            for (const int rows : {1, 5, 19}) {
                const auto spikes = random_spikes(rows, sources);
                const Index stride = spikes.blocks() * 64;
                const auto b = random_values<TypeParam>(stride * width, 1);
                auto dense = random_values<TypeParam>(rows * width, 2), events = dense;
                std::vector<TypeParam> expanded(rows * stride);
                for (Index i = 0; i < spikes.blocks(); ++i) kernels<TypeParam>().expand(spikes.block(i), rows, expanded.data() + i * 64, stride);
                for (int r = 0; r < rows; ++r)
                    for (int k = 0; k < stride; ++k) ASSERT_EQ(expanded[r * stride + k], k < sources && spikes(0, r, k) ? 1 : 0);
                kernels<TypeParam>().multiply(expanded.data(), stride, 1, rows, sources, b.data(), dense.data(), width, width);
                kernels<TypeParam>().add_events(spikes.words.data(), spikes.rows(), spikes.blocks(), rows, b.data(), events.data(), width);
                ASSERT_EQ(events, dense) << width << " " << sources << " " << rows;
            }
}

TYPED_TEST(KernelsOf, EventsOfSomeRowsOfALongerFrame) {
    constexpr int width = 16, sources = 130;
    const auto spikes = random_spikes(10, sources);
    const auto b = random_values<TypeParam>(spikes.blocks() * 64 * width, 1);
    std::vector<TypeParam> whole(10 * width), part(4 * width);
    kernels<TypeParam>().add_events(spikes.words.data(), spikes.rows(), spikes.blocks(), 10, b.data(), whole.data(), width);
    kernels<TypeParam>().add_events(spikes.words.data() + 3, spikes.rows(), spikes.blocks(), 4, b.data(), part.data(), width);
    EXPECT_EQ(part, std::vector<TypeParam>(whole.begin() + 3 * width, whole.begin() + 7 * width));
}

TYPED_TEST(KernelsOf, ScatteredEventsAddRowByRow) {
    for (const int width : {16, 64})
        for (const int rows : {1, 7, 40}) {
            const auto spikes = random_spikes(rows, 64);
            const auto b = random_values<TypeParam>(rows * width, 1);
            auto c = random_values<TypeParam>(64 * width, 2), expected = c, dense = c;
            for (int r = 0; r < rows; ++r)
                for (int k = 0; k < 64; ++k)
                    for (int w = 0; w < width; ++w)
                        if (spikes(0, r, k)) expected[k * width + w] += b[r * width + w];
            kernels<TypeParam>().scatter_events(spikes.words.data(), rows, b.data(), c.data(), width);
            ASSERT_EQ(c, expected);
            std::vector<TypeParam> expanded(rows * 64);
            kernels<TypeParam>().expand(spikes.words.data(), rows, expanded.data(), 64);
            kernels<TypeParam>().multiply(expanded.data(), 1, 64, 64, rows, b.data(), dense.data(), width, width);
            ASSERT_EQ(c, dense);
        }
}

TYPED_TEST(KernelsOf, UniformNumbersAreThoseOfTheStream) {
    const RandomStream random(1, "test", "uniform");
    for (const int width : {16, 64}) {
        std::vector<TypeParam> u(std::size_t(width), TypeParam(0));
        kernels<TypeParam>().uniform(random.key(0), random.key(1), 3, 5, 7, 11, u.data(), width);
        for (int n = 0; n < width; ++n) {
            const auto word = random.bits(std::uint32_t(3 * 16 + n % 16), 5, 7, 11)[std::size_t(n / 16)];
            ASSERT_EQ(u[std::size_t(n)], TypeParam(word >> 8) / TypeParam(1 << 24));
        }
    }
}

TEST(InstructionSet, HasAName) { EXPECT_FALSE(instruction_set().empty()); }

}  // namespace
}  // namespace tripartite
