# How everything of ours is compiled. Contraction is off, so that the same source gives the same bits wherever it is
# inlined; where one rounding is wanted, fma() says so. g++ 12 raises two false alarms: on masked AVX-512 intrinsics
# (maybe-uninitialized) and on std::string's operator+ (restrict).
add_library(tripartite_options INTERFACE)
target_compile_options(tripartite_options INTERFACE -ffp-contract=off -fno-math-errno -Wall -Wextra -Wpedantic -Wno-psabi
  "$<$<CXX_COMPILER_ID:GNU>:-Wno-maybe-uninitialized;-Wno-restrict>")
if(TRIPARTITE_NATIVE)
  target_compile_options(tripartite_options INTERFACE -march=native)
endif()
if(CMAKE_COMPILE_WARNING_AS_ERROR)
  target_compile_options(tripartite_options INTERFACE -Werror)
endif()
if(TRIPARTITE_SANITIZE)
  target_compile_options(tripartite_options INTERFACE -fsanitize=${TRIPARTITE_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=all)
  # What pointers point to is left to the address sanitizer: checking pointers too takes a third of the compiling.
  target_compile_options(tripartite_options INTERFACE -fno-sanitize=null,alignment,object-size,pointer-overflow)
  target_link_options(tripartite_options INTERFACE -fsanitize=${TRIPARTITE_SANITIZE})
endif()
# For code that inlines the equations of neurons: their thousands of temporaries are registers, of fixed extents, and watching each as
# an object on the stack takes minutes of compiling. What such code loads and stores is watched.
set(unwatched_stack)
if(TRIPARTITE_SANITIZE MATCHES address AND CMAKE_CXX_COMPILER_ID STREQUAL GNU)
  set(unwatched_stack --param=asan-stack=0)
endif()
if(TRIPARTITE_COVERAGE)
  target_compile_options(tripartite_options INTERFACE --coverage)
  target_link_options(tripartite_options INTERFACE --coverage)
endif()
if(TRIPARTITE_PLAIN_THREADS)
  target_compile_definitions(tripartite_options INTERFACE TRIPARTITE_PLAIN_THREADS)
endif()
