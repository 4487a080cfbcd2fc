/* Files for people: lines, and what stands between blanks. Everything is a slice of the text. */
#ifndef KH_TEXT_LINES_H
#define KH_TEXT_LINES_H

#include "kh/str.h"

static inline bool kh__is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

/* Without the blanks at both ends. */
static inline struct kh_str kh__trim(struct kh_str text)
{
    while (text.length != 0 && kh__is_blank(text.data[0])) {
        text.data++;
        text.length--;
    }
    while (text.length != 0 && kh__is_blank(text.data[text.length - 1])) {
        text.length--;
    }
    return text;
}

/* From byte `at` on, which is at most the length. */
static inline struct kh_str kh__from(struct kh_str text, size_t at)
{
    return (struct kh_str){ text.data + at, text.length - at };
}

/* Takes the first line, without its end, from the text that is not empty. */
static inline struct kh_str kh__take_line(struct kh_str *rest)
{
    const char *end = memchr(rest->data, '\n', rest->length);
    struct kh_str line = { rest->data, end == NULL ? rest->length : (size_t)(end - rest->data) };

    *rest = kh__from(*rest, end == NULL ? line.length : line.length + 1);
    return line;
}

#endif
