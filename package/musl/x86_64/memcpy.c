/*
 * Short copies by a few wide loads and stores; musl's own starts a string instruction for all of them,
 * which costs more than the copy. With that one, what a batch costs beside decoding rises by a fifth
 * (see docs/decisions/0009-a-static-executable.md). arm64 has a good one in musl.
 */
#include <stdint.h>
#include <string.h>

typedef uint64_t block __attribute__((vector_size(16)));

/* Above this the string instruction pays. */
#define LONG 2048

/* Two copies, which may overlap, of the first and of the last bytes. */
#define COPY_ENDS(type)                                                                            \
    do {                                                                                           \
        type first;                                                                                \
        type last;                                                                                 \
                                                                                                   \
        __builtin_memcpy(&first, in, sizeof(type));                                                \
        __builtin_memcpy(&last, in + length - sizeof(type), sizeof(type));                         \
        __builtin_memcpy(out, &first, sizeof(type));                                               \
        __builtin_memcpy(out + length - sizeof(type), &last, sizeof(type));                        \
    } while (0)

static inline void copy_short(char *out, const char *in, size_t length)
{
    if (length >= sizeof(block)) {
        COPY_ENDS(block);
    } else if (length >= sizeof(uint64_t)) {
        COPY_ENDS(uint64_t);
    } else if (length >= sizeof(uint32_t)) {
        COPY_ENDS(uint32_t);
    } else if (length >= sizeof(uint16_t)) {
        COPY_ENDS(uint16_t);
    } else if (length > 0) {
        *out = *in;
    }
}

static inline void copy_block(char *out, const char *in)
{
    block bytes;

    __builtin_memcpy(&bytes, in, sizeof bytes);
    __builtin_memcpy(out, &bytes, sizeof bytes);
}

/* Two blocks a step, the last two from the end. */
static inline void copy_medium(char *out, const char *in, size_t length)
{
    const size_t step = 2 * sizeof(block);

    for (size_t at = 0; at < length - step; at += step) {
        copy_block(out + at, in + at);
        copy_block(out + at + sizeof(block), in + at + sizeof(block));
    }
    copy_block(out + length - step, in + length - step);
    copy_block(out + length - sizeof(block), in + length - sizeof(block));
}

void *memcpy(void *restrict to, const void *restrict from, size_t length)
{
    void *out = to;

    if (length <= 2 * sizeof(block)) {
        copy_short(to, from, length);
    } else if (length <= LONG) {
        copy_medium(to, from, length);
    } else {
        __asm__ volatile("rep movsb" : "+D"(out), "+S"(from), "+c"(length) : : "memory");
    }
    return to;
}
