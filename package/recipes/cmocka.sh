# For the tests only.
build() {
    # Its header would declare uintptr_t itself, and be right about it with glibc only.
    local cflags=-D_UINTPTR_T
    flags=("$cflags" -I "$source/include" -DHAVE_INTTYPES_H -DHAVE_MALLOC_H -DHAVE_SIGNAL_H
        -DHAVE_STRINGS_H -DHAVE_SNPRINTF -DHAVE_VSNPRINTF -DHAVE_STRSIGNAL -DHAVE_SIGLONGJMP
        -DHAVE_STRUCT_TIMESPEC -DHAVE_CLOCK_REALTIME -DHAVE_GCC_THREAD_LOCAL_STORAGE)
    archive libcmocka.a "$source/src/cmocka.c"
    headers . "$source/include/cmocka.h"
    pkg_config cmocka -lcmocka "" "$cflags"
}
