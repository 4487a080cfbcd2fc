#include "kh/str.h"

/* As much as every machine stores at once. */
typedef unsigned char chunk __attribute__((vector_size(16), aligned(1), may_alias));

void kh_clear(void *memory, size_t size)
{
    char *at = memory;
    char *end = at + size;

    if (size < sizeof(chunk)) {
        while (at < end) {
            *at++ = 0;
        }
        return;
    }
    while (at < end - sizeof(chunk)) {
        *(chunk *)at = (chunk){ 0 };
        at += sizeof(chunk);
        /* Or compilers find out that this is a memset. */
        __asm__ volatile("" : : : "memory");
    }
    *(chunk *)(end - sizeof(chunk)) = (chunk){ 0 };
}
