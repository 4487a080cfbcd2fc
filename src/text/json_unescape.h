/* The escapes of JSON strings, as they are read. */
#ifndef KH_TEXT_JSON_UNESCAPE_H
#define KH_TEXT_JSON_UNESCAPE_H

#include "kh/scan.h"
#include "kh/str.h"

/* What the byte behind a backslash stands for; 0: it is no escape of one letter. */
extern const char kh__json_meanings[256];

/* Of a hexadecimal digit: its value, and a bit above it; of any other byte: 0. */
extern const unsigned char kh__hex_values[256];

/* The value of four hexadecimal digits, or -1. */
static inline int kh__json_hex4(const char *at)
{
    unsigned a = kh__hex_values[(unsigned char)at[0]];
    unsigned b = kh__hex_values[(unsigned char)at[1]];
    unsigned c = kh__hex_values[(unsigned char)at[2]];
    unsigned d = kh__hex_values[(unsigned char)at[3]];

    if ((a & b & c & d & 0x10) == 0) {
        return -1;
    }
    return (int)((a & 15) << 12 | (b & 15) << 8 | (c & 15) << 4 | (d & 15));
}

/*
 * The place behind the escape at `at`, where a backslash is; a surrogate pair is one escape. NULL if
 * JSON has no such escape, or it is not all before `end`. 12 bytes are readable.
 */
static inline const char *kh__json_escape_end(const char *at, const char *end)
{
    int unit;

    if (kh__json_meanings[(unsigned char)at[1]] != 0) {
        return end - at < 2 ? NULL : at + 2;
    }
    if (at[1] != 'u' || end - at < 6) {
        return NULL;
    }
    unit = kh__json_hex4(at + 2);
    if (unit < 0) {
        return NULL;
    }
    if (unit < 0xD800 || unit > 0xDFFF) {
        return at + 6;
    }
    if (unit > 0xDBFF || end - at < 12 || at[6] != '\\' || at[7] != 'u' ||
        kh__json_hex4(at + 8) < 0xDC00 || kh__json_hex4(at + 8) > 0xDFFF) {
        return NULL;
    }
    return at + 12;
}

/* Room that must be behind as many bytes as the spelling has, which the meaning never exceeds. */
#define KH__UNESCAPE_SLACK KH__SCAN_STEP

/* Writes what a checked string means, with KH__NAME_SLACK bytes behind it that are set. */
struct kh_str kh__json_unescape_to(char *out, struct kh_str raw);

#endif
