/*
 * The `pattern` keyword by PCRE2, for the patterns that no automaton of reasonable size can do
 * (look-around, back-references, very large counts). Its work is limited, so that no text can keep
 * it busy; every allocation goes through kh/alloc.h.
 */
#ifndef KH_REGEX_H
#define KH_REGEX_H

#include <stdbool.h>

#include "kh/status.h"
#include "kh/str.h"

/* Generated code declares these statically, `code` as NULL. */
struct kh_regex {
    const char *source;   /* as the schema has it, for messages */
    const char *pcre;     /* its translation by codegen/pattern/pcre.py */
    _Atomic(void *) code; /* compiled on first use */
};

/*
 * Sets *matched to whether the regex matches somewhere in the text. May be called by several
 * threads at once. On any other status than KH_OK *matched is false and means nothing:
 * KH_PATTERN_LIMIT when the answer would take too many steps or too much memory, KH_NOT_UTF8,
 * KH_BAD_PATTERN when PCRE2 does not take the pattern, KH_NO_MEMORY.
 */
KH_MUST_USE enum kh_status kh_regex_match(struct kh_regex *regex, struct kh_str text,
                                          bool *matched);

/* Frees what was compiled. No thread may be matching; the regex may be used again. */
void kh_regex_clean_up(struct kh_regex *regex);

#endif
