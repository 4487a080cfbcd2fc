# How our own C is compiled. Nothing here reaches a service that uses the installed package.

add_library(kh_compile_options INTERFACE)
target_compile_options(kh_compile_options INTERFACE
    -Wall -Wextra -Wconversion -Wshadow -Wformat=2 -Wundef -Wstrict-prototypes
    -Wmissing-prototypes -Wvla -Werror
    -fno-common -fstack-protector-strong
    $<$<CONFIG:Release>:-D_FORTIFY_SOURCE=2>)
target_link_options(kh_compile_options INTERFACE
    -Wl,--as-needed -Wl,-z,relro -Wl,-z,now -Wl,-z,noexecstack)

set(CMAKE_POSITION_INDEPENDENT_CODE ON)
include(CheckPIESupported)
check_pie_supported(LANGUAGES C)

if(KH_SANITIZE)
    add_compile_options(-fsanitize=${KH_SANITIZE} -fno-sanitize-recover=all
                        -fno-omit-frame-pointer -g)
    add_link_options(-fsanitize=${KH_SANITIZE})
endif()
