# One library; its folders and what each may include are described in CONTRIBUTING.md.
set(kernel_sources engine/kernels_isa.cpp neurons/kernels_isa.cpp simulation/delivery_isa.cpp simulation/plastic_isa.cpp)
file(GLOB sources CONFIGURE_DEPENDS core/*.cpp engine/*.cpp neurons/*.cpp synapses/*.cpp learning/*.cpp encoders/*.cpp
  datasets/*.cpp io/*.cpp simulation/*.cpp plot/*.cpp experiment/*.cpp)
foreach(source ${kernel_sources})
  list(REMOVE_ITEM sources ${CMAKE_SOURCE_DIR}/${source})
endforeach()

add_library(tripartite STATIC ${sources})
add_library(Tripartite::tripartite ALIAS tripartite)
# Several files in one translation unit: they share the parsing of headers, which is most of the work. Not those that instantiate a
# class whose other members stand in another file.
set_target_properties(tripartite PROPERTIES UNITY_BUILD ${TRIPARTITE_UNITY} UNITY_BUILD_BATCH_SIZE 6)
set_source_files_properties(engine/engine_backward.cpp engine/population_normalised.cpp simulation/checkpoint.cpp simulation/network_access.cpp
  simulation/plastic_upkeep.cpp PROPERTIES SKIP_UNITY_BUILD_INCLUSION ON)
if(TRIPARTITE_UNITY)
  target_compile_options(tripartite PRIVATE -Wno-subobject-linkage) # a false alarm: these anonymous namespaces do not stand in headers
endif()
target_include_directories(tripartite PUBLIC $<BUILD_INTERFACE:${PROJECT_SOURCE_DIR}>)
target_include_directories(tripartite SYSTEM PUBLIC ${RANDOM123_INCLUDE_DIR})
target_include_directories(tripartite SYSTEM PRIVATE ${HDF5_INCLUDE_DIRS} ${CAIRO_INCLUDE_DIR})
target_link_libraries(tripartite PUBLIC fmt::fmt Threads::Threads PRIVATE TBB::tbb Eigen3::Eigen yaml-cpp
  nlohmann_json::nlohmann_json ${HDF5_C_LIBRARIES} ZLIB::ZLIB ${CAIRO_LIBRARY})
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
  list(APPEND kernel_optimisation ${unwatched_stack})
endif()
# Each neuron model is compiled on its own: a file per place in the list of neurons/all.hpp.
set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS neurons/all.hpp)
file(READ neurons/all.hpp models)
if(NOT models MATCHES "NeuronModels =[ \n]*TypeList<([^>]*)>")
  message(FATAL_ERROR "neurons/all.hpp does not name its models as NeuronModels = TypeList<...>")
endif()
string(REGEX MATCHALL "[A-Za-z0-9_]+" models "${CMAKE_MATCH_1}")
list(REMOVE_ITEM kernel_sources neurons/kernels_isa.cpp)
foreach(model ${models})
  list(FIND models ${model} position)
  set(file ${PROJECT_BINARY_DIR}/neurons/${model}.cpp)
  file(CONFIGURE OUTPUT ${file} CONTENT "#define TRIPARTITE_MODEL ${position}\n#include \"neurons/kernels_isa.cpp\"\n")
  list(APPEND kernel_sources ${file})
endforeach()
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
