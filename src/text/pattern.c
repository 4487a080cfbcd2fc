#include "kh/pattern.h"

bool kh_pattern_matches(const struct kh_pattern *pattern, struct kh_str text)
{
    const uint8_t *classes = pattern->classes;
    const uint16_t *next = pattern->next;
    size_t class_count = pattern->class_count;
    size_t state = pattern->start;

    for (size_t i = 0; i < text.length && state < pattern->absorbing_from; i++) {
        state = next[state * class_count + classes[(unsigned char)text.data[i]]];
    }
    return pattern->accepting[state] != 0;
}
