/* See padded_text.h. The padding looks like JSON, so that whoever believes in it is found out. */
#include "padded_text.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "kh/json.h"

struct kh_str padded_text_new(struct kh_str text)
{
    char *copy = malloc(text.length + KH_PADDING);

    assert_non_null(copy);
    if (text.length > 0) {
        memcpy(copy, text.data, text.length);
    }
    memset(copy + text.length, '}', KH_PADDING);
    return (struct kh_str){ copy, text.length };
}

void padded_text_free(struct kh_str text)
{
    free((void *)(uintptr_t)text.data);
}
