/* Tables of the messages in sample.proto, made by hand. */
#ifndef SAMPLE_TABLES_H
#define SAMPLE_TABLES_H

#include "kh/proto.h"

extern const struct kh_proto_message everything_proto;
extern const struct kh_proto_message point_proto;
extern const struct kh_proto_message shape_proto;
extern const struct kh_proto_message envelope_proto;
extern const struct kh_proto_enum colour_values; /* with numbers of their own */
extern const struct kh_proto_enum size_values;

#endif
