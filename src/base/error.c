/* Records the first error, in memory that is there already: works when memory is short. */
#include "kh/error.h"

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

/* If the last character of `text` (`length` bytes) was cut, drops the rest of it. */
static void drop_cut_character(char *text, size_t length)
{
    size_t lead = length;
    unsigned char byte;
    size_t size;

    while (lead > 0 && length - lead < 4 && ((unsigned char)text[lead - 1] & 0xC0) == 0x80) {
        lead--;
    }
    if (lead == 0) {
        return;
    }
    byte = (unsigned char)text[lead - 1];
    size = byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : byte >= 0xC0 ? 2 : 1;
    if (length - (lead - 1) < size) {
        text[lead - 1] = '\0';
    }
}

void kh_error_clear(struct kh_error *error)
{
    error->status = KH_OK;
    error->keyword = "";
    error->offset = 0;
    error->reason[0] = '\0';
}

enum kh_status kh_fail_v(struct kh_error *error, enum kh_status status, const char *format,
                         va_list arguments)
{
    int length;

    if (error->status != KH_OK) {
        return status;
    }
    kh_error_clear(error);
    error->status = status;
    length = vsnprintf(error->reason, sizeof error->reason, format, arguments);
    if (length < 0) {
        error->reason[0] = '\0';
    } else if ((size_t)length >= sizeof error->reason) {
        drop_cut_character(error->reason, sizeof error->reason - 1);
    }
    return status;
}

enum kh_status kh_fail(struct kh_error *error, enum kh_status status, const char *format, ...)
{
    va_list arguments;

    va_start(arguments, format);
    status = kh_fail_v(error, status, format, arguments);
    va_end(arguments);
    return status;
}
