#pragma once

/// Code that must be inlined into the loop that calls it, or never, on a CPU and on a GPU.
#ifdef __CUDACC__
#define TRIPARTITE_INLINE __host__ __device__ __forceinline__
#define TRIPARTITE_NOINLINE __host__ __device__ __noinline__
#else
#define TRIPARTITE_INLINE __attribute__((always_inline)) inline
#define TRIPARTITE_NOINLINE __attribute__((noinline))
#endif

#if defined(__clang__)
#define TRIPARTITE_UNROLL _Pragma("clang loop unroll(full)")
#else
#define TRIPARTITE_UNROLL _Pragma("GCC unroll 32")
#endif

/// Kernels are compiled once per instruction set; everything whose machine code depends on it lives in this inline
/// namespace, so that the linker can never mix two of them.
#ifndef TRIPARTITE_ISA
#define TRIPARTITE_ISA isa_local
#endif
