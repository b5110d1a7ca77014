// Compiled once per instruction set: raw pointers and packs only.
#include "core/pack.hpp"
#include "simulation/plastic_kernels.hpp"

namespace tripartite {
inline namespace TRIPARTITE_ISA {
namespace {

/// Gathered first, so that the processor works on several packs at once.
template <class Real>
void potentiate(const PlasticRule& rule, Real* weight, const EchoList& list, Index count, const EchoTraces<Real>& traces) {
    using P = Pack<Real>;
    constexpr Index together = 128;
    Real w[together], trace[together];
    for (Index begin = 0; begin < count; begin += together) {
        const Index size = count - begin < together ? count - begin : together;
        const std::int32_t *synapse = list.synapse + begin, *age = list.age + begin;
        for (Index i = 0; i < size; i += P::width) {
            gather(weight, synapse + i).store(w + i);
            const P previous = traces.unpaired ? gather(traces.unpaired, synapse + i) : P(traces.previous);
            (previous * gather(traces.decay, age + i)).store(trace + i);
        }
        std::visit(
            [&](const auto r) {
                for (Index i = 0; i < size; i += P::width) {
                    const P before = P::load(w + i), fast = P::load(trace + i);
                    if constexpr (requires { r.potentiate(before, fast, fast); }) r.potentiate(before, fast, P::load(traces.slow + begin + i)).store(w + i);
                    else r.potentiate(before, fast).store(w + i);
                }
            },
            rule);
        for (Index i = 0; i < size; ++i) weight[synapse[i]] = w[i];
        for (Index i = 0; traces.unpaired && i < size; ++i) traces.unpaired[synapse[i]] = 0;
    }
}

template <class Real> void depress(const PlasticRule& rule, Real* weight, const Real* trace, Real slow, Index count) {
    using P = Pack<Real>;
    std::visit(
        [=](const auto r) {
            for (Index i = 0; i < count; i += P::width) {
                const P w = P::load(weight + i), fast = P::load(trace + i);
                P next;
                if constexpr (requires { r.depress(w, fast, fast); }) next = r.depress(w, fast, P(slow));
                else next = r.depress(w, fast);
                select(first_lanes<Real>(count - i), next, w).store(weight + i);
            }
        },
        rule);
}

using Sixteen = Lanes<float>::Integers;

/// Synapses one after the other, or those of a list.
template <class Target> struct Block {
    const Target* targets;
    TRIPARTITE_INLINE Sixteen synapse(Index i) const { return Sixteen{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + std::int32_t(i); }
    TRIPARTITE_INLINE Sixteen target(Index i) const { return load_integers<Sixteen>(targets + i); }
};
struct Listed {
    const EchoList& list;
    TRIPARTITE_INLINE Sixteen synapse(Index i) const { return load_integers<Sixteen>(list.synapse + i); }
    TRIPARTITE_INLINE Sixteen target(Index i) const { return load_integers<Sixteen>(list.target + i); }
};

/// Sixteen synapses at once; those without an echo are squeezed out.
template <class Synapses> TRIPARTITE_INLINE Index list_echoes(const Synapses& from, Index count, const EchoWindow window, const EchoList to) {
    Index listed = 0;
    for (Index i = 0; i < count; i += 16) {
        const Sixteen synapse = from.synapse(i), target = from.target(i);
#if defined(__AVX512F__)
        const auto squeeze = [](__mmask16 where, auto x, std::int32_t* end) {
            _mm512_storeu_si512(end, _mm512_maskz_compress_epi32(where, reinterpret_cast<__m512i>(x)));
        };
        const auto step = reinterpret_cast<Sixteen>(_mm512_i32gather_epi32(reinterpret_cast<__m512i>(target), window.steps, 4));
        const Sixteen age = step - window.origin;
        const __mmask16 inside = count - i < 16 ? __mmask16((1u << (count - i)) - 1) : __mmask16(0xffff);
        const __mmask16 counts = _mm512_mask_cmpgt_epi32_mask(inside, reinterpret_cast<__m512i>(step), _mm512_set1_epi32(window.after));
        squeeze(counts, synapse, to.synapse + listed);
        squeeze(counts, target, to.target + listed);
        squeeze(counts, age < window.oldest ? age : Sixteen{} + window.oldest, to.age + listed);
        listed += __builtin_popcount(counts);
#else
        for (int lane = 0; lane < 16 && i + lane < count; ++lane) {
            const std::int32_t step = window.steps[target[lane]], age = step - window.origin;
            if (step <= window.after) continue;
            to.synapse[listed] = synapse[lane], to.target[listed] = target[lane], to.age[listed++] = age < window.oldest ? age : window.oldest;
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
    for (Index i = 0; i < count; i += P::width) gather(from, index + i).store(to + i);
}

template <class Real>
constexpr PlasticKernels<Real> table{potentiate<Real>, depress<Real>, list_narrow, list_wide, list_listed, decay_traces<Real>,
                                     gather_targets<Real, std::uint16_t>, gather_targets<Real, std::uint32_t>};

}  // namespace

const PlasticKernels<float>& float32_plastic_kernels() { return table<float>; }
const PlasticKernels<double>& float64_plastic_kernels() { return table<double>; }

}  // namespace TRIPARTITE_ISA
}  // namespace tripartite
