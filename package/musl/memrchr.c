/* Many bytes a step, from the last one back; musl's own goes byte by byte. */
#include <string.h>

#include "steps.h"

void *__memrchr(const void *text, int character, size_t length)
{
    const unsigned char byte = (unsigned char)character;
    const unsigned char *at = text;

    for (; length >= STEP; length -= STEP) {
        uint64_t found = mask_of_equal(at + length - STEP, byte);

        if (found != 0) {
            return (void *)(at + length - STEP + last_of(found));
        }
    }
    for (; length > 0; length--) {
        if (at[length - 1] == byte) {
            return (void *)(at + length - 1);
        }
    }
    return NULL;
}

weak_alias(__memrchr, memrchr);
