// Compiled once per instruction set: raw pointers and vectors only.
#include <cstring>

#include "core/philox.hpp"
#include "simulation/kernels_isa.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

typedef std::int32_t Counts __attribute__((vector_size(64)));
typedef std::uint16_t Shorts __attribute__((vector_size(32)));

template <class V> TRIPARTITE_INLINE V load(const void* from) {
    V v;
    std::memcpy(&v, from, sizeof v);
    return v;
}
template <class V> TRIPARTITE_INLINE void store(const V& v, void* to) { std::memcpy(to, &v, sizeof v); }

TRIPARTITE_INLINE bool any(Counts v) {
#if defined(__AVX512F__)
    return _mm512_test_epi32_mask(reinterpret_cast<__m512i>(v), reinterpret_cast<__m512i>(v)) != 0;
#else
    std::int32_t all = 0;
    for (int i = 0; i < 16; ++i) all |= v[i];
    return all != 0;
#endif
}

/// row[n] += weight * count[n] of 16 neighbours.
template <class Real> TRIPARTITE_INLINE void add_weighted(Counts count, Real weight, Real* row) {
    using P = Pack<Real>;
    if constexpr (sizeof(Real) == 4) (P::load(row) + P(weight) * P(__builtin_convertvector(count, typename P::Vector))).store(row);
    else
        TRIPARTITE_UNROLL for (int h = 0; h < 2; ++h) {
            P x;
            TRIPARTITE_UNROLL for (int i = 0; i < 8; ++i) x.v[i] = count[8 * h + i];
            (P::load(row + 8 * h) + P(weight) * x).store(row + 8 * h);
        }
}

template <class Real>
void add_poisson(const PoissonTable& table, std::uint32_t key0, std::uint32_t key1, std::uint64_t step, Index first, Index blocks, Real weight, Real* row) {
    for (Index b = 0; b < blocks; ++b, row += 64) {
        Numbers u[4];
        draw_block(key0, key1, first + b, std::uint32_t(step), std::uint32_t(step >> 32), 0, u);
        Counts counts[4] = {};
        for (int k = 0; k < table.thresholds; ++k) {
            const Numbers bound = Numbers{} + table.bounds[std::size_t(k)];
            Counts more = {};
            TRIPARTITE_UNROLL for (int w = 0; w < 4; ++w) {
                const Counts reached = reinterpret_cast<Counts>(u[w] >= bound);
                counts[w] -= reached;
                more |= reached;
            }
            if (!any(more)) break;
        }
        TRIPARTITE_UNROLL for (int w = 0; w < 4; ++w) add_weighted(counts[w], weight, row + 16 * w);
    }
}

void draw_bits(std::uint64_t bound, std::uint32_t key0, std::uint32_t key1, std::uint64_t step, Index first, Index blocks, std::uint64_t* words) {
    for (Index b = 0; b < blocks; ++b) {
        Numbers u[4];
        draw_block(key0, key1, first + b, std::uint32_t(step), std::uint32_t(step >> 32), 0, u);
        std::uint64_t word = 0;
        for (int i = 0; i < 64; ++i) word |= std::uint64_t(u[i / 16][i % 16] < bound) << i;
        words[b] = word;
    }
}

template <class Real> void add_counts(std::uint16_t* counts, Real weight, Real* row, Index size) {
    for (Index n = 0; n < size; n += 16) {
        add_weighted(__builtin_convertvector(load<Shorts>(counts + n), Counts), weight, row + n);
        store(Shorts{}, counts + n);
    }
}

/// Binary numbers in 512 columns, bit-sliced: plane k holds bit k of each.
constexpr int planes = 16;

/// a + b + c of one weight: the sum stays, the carry goes to the next.
TRIPARTITE_INLINE Words add_bits(Words a, Words b, Words c, Words& carry) {
    carry = (a & b) | (c & (a ^ b));
    return a ^ b ^ c;
}

/// Adds seven rows to the planes in use; a carry may open another.
TRIPARTITE_INLINE int add_seven(const Words (&r)[7], Words (&sum)[planes], int used) {
    Words twos[3], fours;
    const Words one = add_bits(add_bits(r[0], r[1], r[2], twos[0]), add_bits(r[3], r[4], r[5], twos[1]), r[6], twos[2]);
    const Words two = add_bits(twos[0], twos[1], twos[2], fours);
    Words carry = {};
    sum[0] = add_bits(sum[0], one, carry, carry);
    sum[1] = add_bits(sum[1], two, carry, carry);
    sum[2] = add_bits(sum[2], fours, carry, carry);
    for (int k = 3; k < used; ++k) {
        const Words before = sum[k];
        sum[k] = before ^ carry;
        carry &= before;
    }
    if (!any(reinterpret_cast<Counts>(carry))) return used;
    sum[used] = carry;
    return used + 1;
}

/// counts[n] += value where bit n of the 512 is set.
TRIPARTITE_INLINE void add_where(Words bits, std::uint16_t value, std::uint16_t* counts) {
    for (int w = 0; w < 8; ++w) {
        const std::uint64_t word = bits[w];
        for (int h = 0; h < 2; ++h, counts += 32) {
#if defined(__AVX512BW__)
            const __m512i before = _mm512_loadu_si512(counts);
            _mm512_storeu_si512(counts, _mm512_mask_add_epi16(before, __mmask32(word >> (32 * h)), before, _mm512_set1_epi16(short(value))));
#else
            for (int i = 0; i < 32; ++i) counts[i] = std::uint16_t(counts[i] + (word >> (32 * h + i) & 1) * value);
#endif
        }
    }
}

void count_bits(const std::uint64_t* const* rows, Index number, Index words, std::uint16_t multiplicity, std::uint16_t* counts) {
    constexpr Index ahead = 4 * 8;
    for (Index w = 0; w < words; w += 8) {
        Words sum[planes] = {};
        int used = 3;
        for (Index r = 0; r < number; r += 7) {
            Words seven[7];
            TRIPARTITE_UNROLL for (int i = 0; i < 7; ++i) {
                const bool there = r + i < number;
                const std::uint64_t* row = rows[there ? r + i : r] + w;
                __builtin_prefetch(row + ahead);
                seven[i] = load<Words>(row) & (Words{} - std::uint64_t(there));
            }
            used = add_seven(seven, sum, used);
        }
        for (int k = 0; k < used; ++k)
            if (any(reinterpret_cast<Counts>(sum[k]))) add_where(sum[k], std::uint16_t(multiplicity << k), counts + w * 64);
    }
}

template <class Real> constexpr SimulationKernels<Real> all{add_counts<Real>, add_poisson<Real>, count_bits, draw_bits};

}  // namespace

const SimulationKernels<float>& float32_simulation() { return all<float>; }
const SimulationKernels<double>& float64_simulation() { return all<double>; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
