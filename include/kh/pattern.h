/*
 * The `pattern` keyword as a table-driven automaton: linear in the text, no memory, no failure.
 * Generated code declares these as constants; see codegen/pattern.
 */
#ifndef KH_PATTERN_H
#define KH_PATTERN_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/str.h"

struct kh_pattern {
    const char *source;       /* as the schema has it, for messages */
    const uint8_t *classes;   /* 256: the class of each byte */
    const uint16_t *next;     /* next[state * class_count + class] */
    const uint8_t *accepting; /* by state: 1 if a text that ends there matches */
    uint16_t class_count;
    uint16_t start;
    uint16_t absorbing_from; /* this state and those after it lead to nothing but themselves */
};

/*
 * Whether the pattern matches somewhere in the text. The text must be valid UTF-8 (kh/utf8.h); the
 * answer for any other is unspecified, but safe.
 */
bool kh_pattern_matches(const struct kh_pattern *pattern, struct kh_str text) KH_PURE;

#endif
