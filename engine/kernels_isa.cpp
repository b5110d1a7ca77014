// Compiled once per instruction set: raw pointers and packs only, so that no function of the standard library is
// instantiated here with instructions that another machine lacks.
#include "engine/kernels_isa.hpp"

#include <bit>

#include "core/philox.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

#if defined(__AVX512F__)
constexpr int packs_at_once = 4;  // 6 x 4 accumulators of 32 registers
#else
constexpr int packs_at_once = 1;  // a pack is two registers of 16
#endif
constexpr int rows_at_once = 6;

/// H rows times Q packs of columns, all accumulators in registers.
template <class Real, int H, int Q>
void multiply_block(const Real* a, Index a_row, Index a_column, Index depth, const Real* b, Real* c, Index c_row, int width) {
    using P = Pack<Real>;
    P sum[H][Q];
    TRIPARTITE_UNROLL for (int r = 0; r < H; ++r)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[r][q] = P::load(c + r * c_row + q * P::width);
    for (Index k = 0; k < depth; ++k, a += a_column, b += width) {
        P column[Q];
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) column[q] = P::load(b + q * P::width);
        TRIPARTITE_UNROLL for (int r = 0; r < H; ++r) {
            const P x(a[r * a_row]);
            TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[r][q] = fma(x, column[q], sum[r][q]);
        }
    }
    TRIPARTITE_UNROLL for (int r = 0; r < H; ++r)
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[r][q].store(c + r * c_row + q * P::width);
}

template <class Real, int Q>
void multiply_columns(const Real* a, Index a_row, Index a_column, Index rows, Index depth, const Real* b, Real* c, Index c_row, int width) {
    constexpr int H = rows_at_once;
    Index r = 0;
    for (; r + H <= rows; r += H) multiply_block<Real, H, Q>(a + r * a_row, a_row, a_column, depth, b, c + r * c_row, c_row, width);
    a += r * a_row;
    c += r * c_row;
    switch (rows - r) {
        case 5: return multiply_block<Real, 5, Q>(a, a_row, a_column, depth, b, c, c_row, width);
        case 4: return multiply_block<Real, 4, Q>(a, a_row, a_column, depth, b, c, c_row, width);
        case 3: return multiply_block<Real, 3, Q>(a, a_row, a_column, depth, b, c, c_row, width);
        case 2: return multiply_block<Real, 2, Q>(a, a_row, a_column, depth, b, c, c_row, width);
        case 1: return multiply_block<Real, 1, Q>(a, a_row, a_column, depth, b, c, c_row, width);
        default: return;
    }
}

/// K in slices whose part of b stays in the second-level cache; the accumulators go on where the last slice stopped.
template <class Real>
void multiply(const Real* a, Index a_row, Index a_column, Index rows, Index depth, const Real* b, Real* c, Index c_row, int width) {
    constexpr Index slice = 1024;
    constexpr int wide = packs_at_once * Pack<Real>::width;
    for (Index k = 0; k < depth; k += slice) {
        const Index deep = depth - k < slice ? depth - k : slice;
        int w = 0;
        for (; w + wide <= width; w += wide)
            multiply_columns<Real, packs_at_once>(a + k * a_column, a_row, a_column, rows, deep, b + k * width + w, c + w, c_row, width);
        for (; w < width; w += Pack<Real>::width)
            multiply_columns<Real, 1>(a + k * a_column, a_row, a_column, rows, deep, b + k * width + w, c + w, c_row, width);
    }
}

template <class Real, int Q>
void add_events_columns(const std::uint64_t* spikes, Index block, Index blocks, Index rows, const Real* b, Real* c, int width) {
    using P = Pack<Real>;
    for (Index r = 0; r < rows; ++r) {
        P sum[Q];
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[q] = P::load(c + r * width + q * P::width);
        for (Index i = 0; i < blocks; ++i) {
            const Real* rows_of_block = b + i * 64 * width;
            for (std::uint64_t word = spikes[i * block + r]; word; word &= word - 1) {
                const Real* row = rows_of_block + std::countr_zero(word) * width;
                TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[q] += P::load(row + q * P::width);
            }
        }
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) sum[q].store(c + r * width + q * P::width);
    }
}

template <class Real, int Q> void scatter_events_columns(const std::uint64_t* spikes, Index rows, const Real* b, Real* c, int width) {
    using P = Pack<Real>;
    for (Index r = 0; r < rows; ++r) {
        if (!spikes[r]) continue;
        P x[Q];
        TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) x[q] = P::load(b + r * width + q * P::width);
        for (std::uint64_t word = spikes[r]; word; word &= word - 1) {
            Real* row = c + std::countr_zero(word) * width;
            TRIPARTITE_UNROLL for (int q = 0; q < Q; ++q) (P::load(row + q * P::width) + x[q]).store(row + q * P::width);
        }
    }
}

/// Widths are 16 or 64: all columns of a float block, and four packs of doubles, fit in registers.
template <class Real, class F> void over_columns(int width, F&& columns) {
    constexpr int four = 4 * Pack<Real>::width;
    int w = 0;
    for (; w + four <= width; w += four) columns.template operator()<4>(w);
    for (; w < width; w += Pack<Real>::width) columns.template operator()<1>(w);
}

template <class Real>
void add_events(const std::uint64_t* spikes, Index block, Index blocks, Index rows, const Real* b, Real* c, int width) {
    over_columns<Real>(width, [&]<int Q>(int w) { add_events_columns<Real, Q>(spikes, block, blocks, rows, b + w, c + w, width); });
}
template <class Real> void scatter_events(const std::uint64_t* spikes, Index rows, const Real* b, Real* c, int width) {
    over_columns<Real>(width, [&]<int Q>(int w) { scatter_events_columns<Real, Q>(spikes, rows, b + w, c + w, width); });
}

template <class Real> void expand(const std::uint64_t* spikes, Index rows, Real* values, Index stride) {
    constexpr int width = Pack<Real>::width;
    for (Index r = 0; r < rows; ++r)
        TRIPARTITE_UNROLL for (int i = 0; i < 64; i += width) from_bits<Real>(std::uint32_t(spikes[r] >> i)).store(values + r * stride + i);
}

template <class Shape, class Real> void slope_of_shape(const Shape& shape, double window, Real* x, Index count) {
    using P = Pack<Real>;
    for (Index i = 0; i < count; i += P::width) {
        const P at = P::load(x + i);
        select(abs(at) > P(Real(window)), P(0), shape.slope(at)).store(x + i);
    }
}
template <class Real> void slope(const Surrogate& surrogate, Real* x, Index count) {
    std::visit([&](const auto& shape) { slope_of_shape(shape, surrogate.window, x, count); }, surrogate.shape);
}

template <class Real> void uniform(std::uint32_t key0, std::uint32_t key1, Index block, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3, Real* to, int width) {
    Numbers u[4];
    draw_block(key0, key1, block, c1, c2, c3, u);
    for (int n = 0; n < width; ++n) to[n] = Real(u[n / 16][n % 16] >> 8) * Real(0x1p-24);
}

template <class Real> constexpr Kernels<Real> table{multiply<Real>, add_events<Real>, scatter_events<Real>, expand<Real>, slope<Real>, uniform<Real>};

}  // namespace

const Kernels<float>& float32_kernels() { return table<float>; }
const Kernels<double>& float64_kernels() { return table<double>; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
