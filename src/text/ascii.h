/* Classes of ASCII characters, whatever the locale. */
#ifndef KH_TEXT_ASCII_H
#define KH_TEXT_ASCII_H

#include <stdbool.h>

static inline bool kh__is_digit(char c)
{
    return c >= '0' && c <= '9';
}

static inline bool kh__is_alpha(char c)
{
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

static inline bool kh__is_hex_digit(char c)
{
    return kh__is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

#endif
