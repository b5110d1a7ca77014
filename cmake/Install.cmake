# What `cmake --install` puts under the prefix: the library, its headers as <tripartite/neurons/lif.hpp>, the program, the
# experiment files, and a package for find_package(Tripartite).
include(GNUInstallDirs)
include(CMakePackageConfigHelpers)
set(package_folder ${CMAKE_INSTALL_LIBDIR}/cmake/Tripartite)

# Headers include each other as in the tree, "neurons/lif.hpp": hence the second folder.
install(TARGETS tripartite EXPORT TripartiteTargets
  INCLUDES DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} ${CMAKE_INSTALL_INCLUDEDIR}/tripartite)
install(TARGETS tripartite_program)
install(DIRECTORY core engine neurons synapses learning encoders datasets io simulation plot experiment
  DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/tripartite FILES_MATCHING PATTERN *.hpp)
install(DIRECTORY configs DESTINATION ${CMAKE_INSTALL_DATADIR}/tripartite)
install(FILES LICENSE DESTINATION ${CMAKE_INSTALL_DOCDIR})

install(EXPORT TripartiteTargets NAMESPACE Tripartite:: DESTINATION ${package_folder})
configure_package_config_file(cmake/TripartiteConfig.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/TripartiteConfig.cmake
  INSTALL_DESTINATION ${package_folder})
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/TripartiteConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/TripartiteConfig.cmake ${CMAKE_CURRENT_BINARY_DIR}/TripartiteConfigVersion.cmake
  DESTINATION ${package_folder})
