/* The everyday half of free_form.h. */
#ifndef KH_PROTO_PLAIN_FORM_H
#define KH_PROTO_PLAIN_FORM_H

#include "kh/proto.h"

/*
 * As kh__free_form_to_json, of messages as producers mostly write them. False, and nothing is done, for all others,
 * for those that are broken, and when memory is short: kh__free_form_to_json has the last word, and writes the very
 * same text of what is taken here.
 */
bool kh__plain_form_to_json(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                            struct kh_arena *arena, struct kh_str *text) KH_MUST_USE;

#endif
