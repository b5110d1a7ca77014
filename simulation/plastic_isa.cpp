// Compiled once per instruction set: raw pointers and packs only.
#include "core/pack.hpp"
#include "simulation/plastic_kernels.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

template <class Real>
void potentiate(const PlasticRule& rule, Real* weight, const EchoList& list, Index count, Real scale, const Real* decay) {
    using P = Pack<Real>;
    std::visit(
        [=, &list](const auto r) {
            for (Index i = 0; i < count; i += P::width) {
                const P next = r.potentiate(gather(weight, list.synapse + i), P(scale) * gather(decay, list.age + i));
                Real to[P::width];
                next.store(to);
                const Index lanes = count - i < P::width ? count - i : P::width;
                for (Index lane = 0; lane < lanes; ++lane) weight[list.synapse[i + lane]] = to[lane];
            }
        },
        rule);
}

template <class Real> void depress(const PlasticRule& rule, Real* weight, const Real* trace, Index count) {
    using P = Pack<Real>;
    std::visit(
        [=](const auto r) {
            for (Index i = 0; i < count; i += P::width) {
                const P w = P::load(weight + i);
                select(first_lanes<Real>(count - i), r.depress(w, P::load(trace + i)), w).store(weight + i);
            }
        },
        rule);
}

/// Synapses one after the other, or those of a list.
template <class Target> struct Block {
    const Target* targets;
    std::int32_t synapse(Index i) const { return std::int32_t(i); }
    std::int32_t target(Index i) const { return std::int32_t(targets[i]); }
};
struct Listed {
    const EchoList& list;
    std::int32_t synapse(Index i) const { return list.synapse[i]; }
    std::int32_t target(Index i) const { return list.target[i]; }
};

/// Sixteen synapses at once; those without an echo are squeezed out.
template <class Synapses> TRIPARTITE_INLINE Index list_echoes(const Synapses& from, Index count, const EchoWindow& window, const EchoList& to) {
    Index listed = 0;
    for (Index i = 0; i < count; i += 16) {
        alignas(64) std::int32_t synapse[16], target[16];
        for (int lane = 0; lane < 16; ++lane) synapse[lane] = from.synapse(i + lane), target[lane] = from.target(i + lane);
#if defined(__AVX512F__)
        const __m512i targets = _mm512_load_si512(target), step = _mm512_i32gather_epi32(targets, window.steps, 4);
        const __mmask16 inside = count - i < 16 ? __mmask16((1u << (count - i)) - 1) : __mmask16(0xffff);
        const __mmask16 counts = _mm512_mask_cmpgt_epi32_mask(inside, step, _mm512_set1_epi32(window.after));
        const __m512i age = _mm512_min_epi32(_mm512_sub_epi32(step, _mm512_set1_epi32(window.origin)), _mm512_set1_epi32(window.oldest));
        _mm512_storeu_si512(to.synapse + listed, _mm512_maskz_compress_epi32(counts, _mm512_load_si512(synapse)));
        _mm512_storeu_si512(to.target + listed, _mm512_maskz_compress_epi32(counts, targets));
        _mm512_storeu_si512(to.age + listed, _mm512_maskz_compress_epi32(counts, age));
        listed += __builtin_popcount(counts);
#else
        for (Index lane = 0; lane < 16 && i + lane < count; ++lane) {
            const std::int32_t step = window.steps[target[lane]], age = step - window.origin;
            to.synapse[listed] = synapse[lane], to.target[listed] = target[lane], to.age[listed] = age < window.oldest ? age : window.oldest;
            listed += step > window.after;
        }
#endif
    }
    return listed;
}
Index list_narrow(const std::uint16_t* targets, Index count, const EchoWindow& window, const EchoList& to) {
    return list_echoes(Block<std::uint16_t>{targets}, count, window, to);
}
Index list_wide(const std::uint32_t* targets, Index count, const EchoWindow& window, const EchoList& to) {
    return list_echoes(Block<std::uint32_t>{targets}, count, window, to);
}
Index list_listed(const EchoList& from, Index count, const EchoWindow& window, const EchoList& to) {
    return list_echoes(Listed{from}, count, window, to);
}

template <class Real>
void decay_traces(const Real* trace, const std::int32_t* steps, Index count, std::int32_t step, const Real* decay, std::int32_t oldest, Real* now) {
    using P = Pack<Real>;
    for (Index i = 0; i < count; i += P::width) {
        std::int32_t age[P::width];
        for (int lane = 0; lane < P::width; ++lane) age[lane] = step - steps[i + lane] < oldest ? step - steps[i + lane] : oldest;
        (P::load(trace + i) * gather(decay, age)).store(now + i);
    }
}

template <class Real, class Target> void gather_targets(const Real* from, const Target* index, Index count, Real* to) {
    using P = Pack<Real>;
    for (Index i = 0; i < count; i += P::width) {
        std::int32_t of[P::width];
        for (int lane = 0; lane < P::width; ++lane) of[lane] = std::int32_t(index[i + lane]);
        gather(from, of).store(to + i);
    }
}

template <class Real>
constexpr PlasticKernels<Real> table{potentiate<Real>, depress<Real>, list_narrow, list_wide, list_listed, decay_traces<Real>,
                                     gather_targets<Real, std::uint16_t>, gather_targets<Real, std::uint32_t>};

}  // namespace

const PlasticKernels<float>& float32_plastic_kernels() { return table<float>; }
const PlasticKernels<double>& float64_plastic_kernels() { return table<double>; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
