#pragma once
#include <cstdint>
#include <cstring>

#include "core/pack.hpp"

/// The numbers of RandomStream, 64 at once.
namespace tripartite {
inline namespace TRIPARTITE_ISA {

typedef std::uint64_t Words __attribute__((vector_size(64)));
typedef std::uint32_t Numbers __attribute__((vector_size(64)));

/// The products of the low halves.
TRIPARTITE_INLINE Words multiply_halves(Words a, Words b) {
#if defined(__AVX512F__)
    return reinterpret_cast<Words>(_mm512_maskz_mul_epu32(__mmask8(-1), reinterpret_cast<__m512i>(a), reinterpret_cast<__m512i>(b)));
#else
    return (a & 0xffffffff) * (b & 0xffffffff);
#endif
}

/// Philox 4x32-10 (Salmon et al., SC 2011) of eight counters, one in the low half of each word. High halves of the results are junk.
TRIPARTITE_INLINE void philox(Words (&c)[4], std::uint32_t key0, std::uint32_t key1) {
    const Words m0 = Words{} + 0xD2511F53u, m1 = Words{} + 0xCD9E8D57u;
    TRIPARTITE_UNROLL for (int round = 0; round < 10; ++round) {
        const Words p0 = multiply_halves(c[0], m0), p1 = multiply_halves(c[2], m1);
        const Words k0 = Words{} + std::uint32_t(key0 + unsigned(round) * 0x9E3779B9u), k1 = Words{} + std::uint32_t(key1 + unsigned(round) * 0xBB67AE85u);
        c[0] = (p1 >> 32) ^ c[1] ^ k0;
        c[2] = (p0 >> 32) ^ c[3] ^ k1;
        c[1] = p1;
        c[3] = p0;
    }
}

TRIPARTITE_INLINE Numbers low_halves(Words a, Words b) {
    typedef std::uint32_t Half __attribute__((vector_size(32)));
    const Half halves[2] = {__builtin_convertvector(a, Half), __builtin_convertvector(b, Half)};
    Numbers both;
    std::memcpy(&both, halves, sizeof both);
    return both;
}

/// The random numbers of the 64 neurons of a block: neuron 16 w + i has word w of the counter (16 block + i, c1, c2, c3).
TRIPARTITE_INLINE void draw_block(std::uint32_t key0, std::uint32_t key1, std::ptrdiff_t block, std::uint32_t c1, std::uint32_t c2, std::uint32_t c3,
                                  Numbers (&u)[4]) {
    const Words lanes = {0, 1, 2, 3, 4, 5, 6, 7};
    Words half[2][4];
    TRIPARTITE_UNROLL for (int h = 0; h < 2; ++h) {
        half[h][0] = lanes + std::uint64_t(std::uint32_t(block) * 16 + unsigned(h) * 8);
        half[h][1] = Words{} + c1;
        half[h][2] = Words{} + c2;
        half[h][3] = Words{} + c3;
        philox(half[h], key0, key1);
    }
    TRIPARTITE_UNROLL for (int w = 0; w < 4; ++w) u[w] = low_halves(half[0][w], half[1][w]);
}

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
