/* The one spelling of each byte of a string in the JSON that is written here: the shortest. */
#ifndef KH_TEXT_JSON_ESCAPE_H
#define KH_TEXT_JSON_ESCAPE_H

#include <stdbool.h>
#include <string.h>

/* Bytes of the longest escape. */
#define KH__JSON_ESCAPE_SIZE 6

static inline bool kh__json_needs_escape(char byte)
{
    return (unsigned char)byte < 0x20 || byte == '"' || byte == '\\';
}

/* Writes the byte, escaped if it must be; returns the place behind it. */
static inline char *kh__json_escape(char *out, char byte)
{
    static const char hex[] = "0123456789abcdef";
    static const char letters[0x20] = {
        ['\b'] = 'b', ['\f'] = 'f', ['\n'] = 'n', ['\r'] = 'r', ['\t'] = 't'
    };
    unsigned char c = (unsigned char)byte;

    if (!kh__json_needs_escape(byte)) {
        *out++ = byte;
        return out;
    }
    *out++ = '\\';
    if (c >= 0x20) {
        *out++ = byte;
    } else if (letters[c] != '\0') {
        *out++ = letters[c];
    } else {
        memcpy(out, "u00", 3);
        out[3] = hex[c >> 4];
        out[4] = hex[c & 15];
        out += 5;
    }
    return out;
}

#endif
