/* One character of UTF-8, for all who read text byte by byte. */
#ifndef TEXT_UTF8_SEQUENCE_H
#define TEXT_UTF8_SEQUENCE_H

#include <stddef.h>

/* The length of the UTF-8 sequence at `at`, or 0 if there is no valid one before `end`. */
size_t kh__utf8_sequence(const char *at, const char *end);

#endif
