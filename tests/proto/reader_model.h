/*
 * A reader by tables, made of the functions that generated readers are made of: what it reads, as JSON.
 */
#ifndef READER_MODEL_H
#define READER_MODEL_H

#include "kh/json_writer.h"
#include "kh/proto_reader.h"

/* Appends the message at the cursor, which goes to its end. Memory must suffice. */
enum kh_status reader_model_read(struct kh_proto_reader *in, const struct kh_proto_message *message,
                                 struct kh_json_writer *out) KH_MUST_USE;

#endif
