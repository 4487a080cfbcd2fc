/* Free-form values: google.protobuf.Struct, Value and ListValue. */
#ifndef KH_PROTO_FREE_FORM_H
#define KH_PROTO_FREE_FORM_H

#include "kh/proto.h"

/* Field numbers of struct.proto: of Value, and of the messages around it. */
#define KH__VALUE_NULL 1
#define KH__VALUE_NUMBER 2
#define KH__VALUE_STRING 3
#define KH__VALUE_BOOL 4
#define KH__VALUE_STRUCT 5
#define KH__VALUE_LIST 6
#define KH__STRUCT_FIELDS 1
#define KH__ENTRY_KEY 1
#define KH__ENTRY_VALUE 2
#define KH__LIST_VALUES 1

/*
 * The message, which is of one of the three kinds, as JSON text in the arena; at most `levels` objects
 * and arrays inside each other. Otherwise as kh_proto_to_json.
 */
enum kh_status kh__free_form_to_json(enum kh_proto_kind kind, struct kh_str bytes, int levels,
                                     struct kh_arena *arena, struct kh_error *error,
                                     struct kh_str *text) KH_MUST_USE;

#endif
