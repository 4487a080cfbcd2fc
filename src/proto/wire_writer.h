/*
 * Writing the wire format, on the heap. What has a length is opened and closed: its length is known
 * only then, and put before it.
 */
#ifndef KH_PROTO_WIRE_WRITER_H
#define KH_PROTO_WIRE_WRITER_H

#include <stdint.h>

#include "kh/proto_reader.h"

struct kh__wire_writer {
    unsigned char *data;
    size_t length;
    size_t capacity;
};

void kh__wire_writer_init(struct kh__wire_writer *out);
void kh__wire_writer_clean_up(struct kh__wire_writer *out);

/* All return KH_OK or KH_NO_MEMORY. */
enum kh_status kh__wire_put_tag(struct kh__wire_writer *out, uint32_t number,
                                enum kh_wire type) KH_MUST_USE;
enum kh_status kh__wire_put_varint(struct kh__wire_writer *out, uint64_t value) KH_MUST_USE;
enum kh_status kh__wire_put_double(struct kh__wire_writer *out, double value) KH_MUST_USE;
/* With their length before them. */
enum kh_status kh__wire_put_bytes(struct kh__wire_writer *out, struct kh_str bytes) KH_MUST_USE;

/* What is written from here to kh__wire_close of *place gets its length before it. */
enum kh_status kh__wire_open(struct kh__wire_writer *out, size_t *place) KH_MUST_USE;
enum kh_status kh__wire_close(struct kh__wire_writer *out, size_t place) KH_MUST_USE;

#endif
