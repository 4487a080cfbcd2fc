/*
 * Strings are a pointer and a length, passed by value. They are not NUL-terminated, may hold any
 * byte (U+0000 included), and never own their bytes: whoever made the bytes says how long they live.
 */
#ifndef KH_STR_H
#define KH_STR_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

/*
 * Text that is read (JSON, base64) must have so many readable bytes behind it; their values do not
 * matter. Wide loads need them.
 */
#define KH_PADDING 64

/* A function that changes nothing: what its caller has in registers may stay there. */
#define KH_PURE __attribute__((pure))

struct kh_str {
    const char *data;
    size_t length;
};

/* A kh_str over a string literal: KH_STR as an expression, KH_STR_INIT in a static initialiser. */
#define KH_STR_INIT(literal)                                                                       \
    {                                                                                              \
        "" literal, sizeof(literal) - 1                                                            \
    }
#define KH_STR(literal) ((struct kh_str)KH_STR_INIT(literal))

/* For printf: printf("%.*s", KH_STR_ARG(s)). Cuts at INT_MAX bytes. */
#define KH_STR_ARG(s) ((int)(s).length), ((s).data)

/* A kh_str over a NUL-terminated string; NULL gives the empty string. */
static inline struct kh_str kh_str_from(const char *text)
{
    return text == NULL ? (struct kh_str){ "", 0 } : (struct kh_str){ text, strlen(text) };
}

static inline bool kh_str_begins(struct kh_str text, char byte)
{
    return text.length > 0 && text.data[0] == byte;
}

static inline bool kh_str_equal(struct kh_str a, struct kh_str b)
{
    return a.length == b.length && (a.length == 0 || memcmp(a.data, b.data, a.length) == 0);
}

/* As much as every machine stores at once. */
typedef unsigned char kh__chunk __attribute__((vector_size(16), aligned(1), may_alias));

static inline char *kh__clear_chunk(char *at)
{
    *(kh__chunk *)(void *)at = (kh__chunk){ 0 };
    return at + sizeof(kh__chunk);
}

/*
 * Sets all bytes to 0: for structs, of which compilers make a call or slow string instructions of the
 * machine.
 */
static inline void kh_clear(void *memory, size_t size)
{
    char *at = (char *)memory; /* the cast for C++ */

    for (size_t left = size / 64; left > 0; left--) {
        at = kh__clear_chunk(kh__clear_chunk(kh__clear_chunk(kh__clear_chunk(at))));
        /* Or compilers find out that this is a memset. */
        __asm__("" : "+r"(at));
    }
    for (size_t left = size % 64 / sizeof(kh__chunk); left > 0; left--) {
        at = kh__clear_chunk(at);
    }
    for (size_t left = size % sizeof(kh__chunk); left > 0; left--) {
        *at++ = 0;
    }
}

/* Bytewise order, a prefix before the longer string: < 0, 0 or > 0. */
static inline int kh_str_compare(struct kh_str a, struct kh_str b)
{
    size_t shorter = a.length < b.length ? a.length : b.length;
    int order = shorter == 0 ? 0 : memcmp(a.data, b.data, shorter);

    if (order != 0 || a.length == b.length) {
        return order;
    }
    return a.length < b.length ? -1 : 1;
}

#endif
