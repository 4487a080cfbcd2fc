/* What the program is made of: for whoever must know what a static executable holds. */
#ifndef KH_LIBRARIES_H
#define KH_LIBRARIES_H

#define KH_LIBRARY_COUNT 8

struct kh_library {
    const char *name;
    char version[64]; /* as the library itself has it */
};

void kh_libraries(struct kh_library out[KH_LIBRARY_COUNT]);

#endif
