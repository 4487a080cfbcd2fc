# Toolchain: a static executable with musl and the libraries that package/build.sh made, for
# KH_STATIC_ARCHITECTURE (x86_64 or arm64). The presets static and static-arm64 use it.
#
# Position independent, so that addresses differ from process to process although nothing is loaded.

set(CMAKE_SYSTEM_NAME Linux)
list(APPEND CMAKE_TRY_COMPILE_PLATFORM_VARIABLES KH_STATIC_ARCHITECTURE)
if(KH_STATIC_ARCHITECTURE STREQUAL "arm64")
    set(CMAKE_SYSTEM_PROCESSOR aarch64)
    # Tests run in the emulator where the machine is another one.
    if(NOT CMAKE_HOST_SYSTEM_PROCESSOR STREQUAL "aarch64")
        set(CMAKE_CROSSCOMPILING_EMULATOR qemu-aarch64)
    endif()
    # Without helpers of libgcc that ask glibc what the processor has.
    set(machine_flags "-mno-outline-atomics")
else()
    set(CMAKE_SYSTEM_PROCESSOR x86_64)
    set(machine_flags "")
endif()

set(CMAKE_C_COMPILER ${CMAKE_SYSTEM_PROCESSOR}-linux-gnu-gcc)
get_filename_component(root ${CMAKE_CURRENT_LIST_DIR} DIRECTORY)
set(CMAKE_SYSROOT ${root}/build/chain/${KH_STATIC_ARCHITECTURE}/sysroot)
if(NOT EXISTS ${CMAKE_SYSROOT}/usr/lib/libc.a)
    message(FATAL_ERROR "${CMAKE_SYSROOT} is not built: package/build.sh ${KH_STATIC_ARCHITECTURE}")
endif()

# The same bytes wherever it is built. Sections of their own are what the libraries' functions have; ours
# would be laid out worse by that, and decode some percent slower.
set(CMAKE_C_FLAGS_INIT "-specs=${root}/package/musl.specs ${machine_flags} -ffile-prefix-map=${root}=.")
# musl gives threads as much stack as the file asks for, and else too little for SQLite and TLS.
set(CMAKE_EXE_LINKER_FLAGS_INIT "-static-pie -Wl,--gc-sections -Wl,-z,stack-size=1048576")

set(CMAKE_FIND_ROOT_PATH_MODE_PROGRAM NEVER)
set(CMAKE_FIND_ROOT_PATH_MODE_INCLUDE ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_LIBRARY ONLY)
set(CMAKE_FIND_ROOT_PATH_MODE_PACKAGE ONLY)
set(ENV{PKG_CONFIG_LIBDIR} ${CMAKE_SYSROOT}/usr/lib/pkgconfig)
set(ENV{PKG_CONFIG_SYSROOT_DIR} ${CMAKE_SYSROOT})
set(PKG_CONFIG_ARGN --static)
