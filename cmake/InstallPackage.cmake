# `cmake --install` gives a package for find_package(kinesis_handler): the runtime as a static library,
# its public headers, the generator, and kinesis_handler_add_service.

include(CMakePackageConfigHelpers)

set(package_dir ${CMAKE_INSTALL_LIBDIR}/cmake/kinesis_handler)
set(data_dir ${CMAKE_INSTALL_DATADIR}/kinesis_handler)

install(TARGETS kinesis_handler EXPORT kinesis_handler_targets
        ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR})
install(DIRECTORY include/kh DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
install(DIRECTORY codegen DESTINATION ${data_dir} PATTERN __pycache__ EXCLUDE)
install(FILES cmake/KinesisHandlerService.cmake DESTINATION ${data_dir}/cmake)
install(EXPORT kinesis_handler_targets NAMESPACE kinesis_handler:: DESTINATION ${package_dir})

configure_package_config_file(cmake/kinesis_handlerConfig.cmake.in
    ${CMAKE_CURRENT_BINARY_DIR}/kinesis_handlerConfig.cmake
    INSTALL_DESTINATION ${package_dir} PATH_VARS data_dir)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/kinesis_handlerConfigVersion.cmake
    COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/kinesis_handlerConfig.cmake
              ${CMAKE_CURRENT_BINARY_DIR}/kinesis_handlerConfigVersion.cmake
        DESTINATION ${package_dir})
