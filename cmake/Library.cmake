# One library; its folders and what each may include are described in CONTRIBUTING.md.
set(kernel_sources engine/kernels_isa.cpp neurons/kernels_isa.cpp simulation/kernels_isa.cpp)
file(GLOB sources CONFIGURE_DEPENDS core/*.cpp engine/*.cpp neurons/*.cpp synapses/*.cpp learning/*.cpp encoders/*.cpp
  datasets/*.cpp io/*.cpp simulation/*.cpp experiment/*.cpp)
foreach(source ${kernel_sources})
  list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${source})
endforeach()

add_library(tripartite STATIC ${sources})
add_library(Tripartite::tripartite ALIAS tripartite)
target_include_directories(tripartite PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
target_include_directories(tripartite SYSTEM PUBLIC ${RANDOM123_INCLUDE_DIR})
target_include_directories(tripartite SYSTEM PRIVATE ${HDF5_INCLUDE_DIRS})
target_link_libraries(tripartite PUBLIC fmt::fmt Threads::Threads PRIVATE TBB::tbb Eigen3::Eigen yaml-cpp
  nlohmann_json::nlohmann_json ${HDF5_C_LIBRARIES} ZLIB::ZLIB)
target_link_libraries(tripartite PUBLIC $<BUILD_INTERFACE:tripartite_options>)
target_compile_definitions(tripartite PRIVATE TRIPARTITE_VERSION="${PROJECT_VERSION}" EIGEN_DONT_PARALLELIZE)
target_compile_features(tripartite PUBLIC cxx_std_20)
# A user's own neuron is compiled in the user's program: its loops must round as ours do.
target_compile_options(tripartite INTERFACE $<INSTALL_INTERFACE:-ffp-contract=off>)

# The kernels, once per instruction set. Adjoints multiply by many constant zeros and ones, which may be left out only if
# numbers are finite and the sign of zero does not matter.
set(kernel_optimisation -O3)
if(TRIPARTITE_SANITIZE)
  set(kernel_optimisation -O1)
endif()
function(add_kernels isa)
  add_library(tripartite_${isa} OBJECT ${kernel_sources})
  target_include_directories(tripartite_${isa} PRIVATE ${PROJECT_SOURCE_DIR})
  target_include_directories(tripartite_${isa} SYSTEM PRIVATE ${RANDOM123_INCLUDE_DIR})
  target_link_libraries(tripartite_${isa} PRIVATE tripartite_options fmt::fmt)
  target_compile_definitions(tripartite_${isa} PRIVATE TRIPARTITE_ISA=isa_${isa})
  target_compile_options(tripartite_${isa} PRIVATE ${kernel_optimisation} ${ARGN} -fno-signed-zeros -ffinite-math-only -fno-trapping-math)
  target_sources(tripartite PRIVATE $<TARGET_OBJECTS:tripartite_${isa}>)
endfunction()
if(TRIPARTITE_NATIVE)
  add_kernels(native)
  target_compile_definitions(tripartite PRIVATE TRIPARTITE_NATIVE)
else()
  add_kernels(v3 -march=x86-64-v3)
  add_kernels(v4 -march=x86-64-v4)
endif()
