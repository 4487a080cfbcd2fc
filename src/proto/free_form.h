/* Free-form values: google.protobuf.Struct, Value and ListValue. */
#ifndef KH_PROTO_FREE_FORM_H
#define KH_PROTO_FREE_FORM_H

#include "kh/proto.h"

/*
 * The message, which is of one of the three kinds, as JSON text in the arena; at most `levels` objects and arrays
 * inside each other. Otherwise as kh_proto_to_json.
 */
enum kh_status kh__free_form_to_json(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                                     struct kh_arena *arena, struct kh_error *error,
                                     struct kh_str *text) KH_MUST_USE;

#endif
