/*
 * Writing JSON text. The counterpart of kh/json.h: every writer, hand-written or generated, is
 *
 *     enum kh_status T_write(struct kh_json_writer *out, const T *value);
 *
 * Commas are put by the writer. The text is compact and valid UTF-8; what a reader of kh/json.h
 * makes of it equals what was written.
 */
#ifndef KH_JSON_WRITER_H
#define KH_JSON_WRITER_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/decimal.h"
#include "kh/instant.h"
#include "kh/json.h"
#include "kh/status.h"
#include "kh/str.h"

/* Growing text on the heap. */
struct kh_json_writer {
    char *data;
    size_t length;
    size_t capacity;
    bool comma; /* the next member or item needs one before it */
};

void kh_json_writer_init(struct kh_json_writer *out);
/* Empty again, the memory is kept. */
void kh_json_writer_reset(struct kh_json_writer *out);
void kh_json_writer_clean_up(struct kh_json_writer *out);

/* What was written so far; valid until the next write. */
struct kh_str kh_json_writer_text(const struct kh_json_writer *out);

/* All return KH_OK, or KH_NO_MEMORY and have written nothing then. */
enum kh_status kh_json_write_object_begin(struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh_json_write_object_end(struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh_json_write_array_begin(struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh_json_write_array_end(struct kh_json_writer *out) KH_MUST_USE;
/* A member's name, escaped; its value is to be written next. */
enum kh_status kh_json_write_name(struct kh_json_writer *out, struct kh_str name) KH_MUST_USE;
/* Escapes what must be; a byte that is not UTF-8 becomes U+FFFD. */
enum kh_status kh_json_write_str(struct kh_json_writer *out, struct kh_str value) KH_MUST_USE;
enum kh_status kh_json_write_bool(struct kh_json_writer *out, bool value) KH_MUST_USE;
enum kh_status kh_json_write_int64(struct kh_json_writer *out, int64_t value) KH_MUST_USE;
enum kh_status kh_json_write_uint64(struct kh_json_writer *out, uint64_t value) KH_MUST_USE;
/* As few digits as read back as the same double; NaN and infinities become null. */
enum kh_status kh_json_write_double(struct kh_json_writer *out, double value) KH_MUST_USE;
enum kh_status kh_json_write_null(struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh_json_write_decimal(struct kh_json_writer *out,
                                     struct kh_decimal value) KH_MUST_USE;
enum kh_status kh_json_write_instant(struct kh_json_writer *out,
                                     struct kh_instant value) KH_MUST_USE;
/* As it stands; empty text becomes null. */
enum kh_status kh_json_write_raw(struct kh_json_writer *out, struct kh_raw value) KH_MUST_USE;
/* Bytes as a base64 string. */
enum kh_status kh_json_write_base64(struct kh_json_writer *out, struct kh_str bytes) KH_MUST_USE;
/* A bare newline between documents (NDJSON). */
enum kh_status kh_json_write_newline(struct kh_json_writer *out) KH_MUST_USE;

#endif
