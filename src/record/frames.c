/*
 * Headers of schema registries, and compression. They are told by their first bytes, with which neither JSON
 * nor a message of Protocol Buffers begins: a message's first byte is 08 at least, its lowest three bits are
 * a wire type below 6, and so are those of the message's first byte behind an index.
 */
#include <stdio.h>

#include "kh/proto.h"
#include "record/opener.h"

#define GLUE_HEADER_SIZE 18
#define CONFLUENT_HEADER_SIZE 5

/* An event while what stands around it goes away. */
struct unwrapping {
    struct kh_opener *opener;
    struct kh_str rest;
    const char *names[2 * KH__FRAME_LAYERS]; /* of the frames so far; a layer has two at most */
    size_t name_count;
    unsigned layers;
    size_t decompressed;
    bool has_schema_id; /* a registry's header was there; an index may be, in front of a message */
    bool is_confluent;  /* it was Confluent's */
    char schema_id[40];
    const char *reason;
};

static unsigned byte_at(const struct unwrapping *u, size_t at)
{
    return at < u->rest.length ? (unsigned char)u->rest.data[at] : 0x100U;
}

static enum kh_status bad(struct unwrapping *u, const char *reason)
{
    u->reason = reason;
    return KH_BAD_FRAME;
}

static void take(struct unwrapping *u, size_t length)
{
    u->rest.data += length;
    u->rest.length -= length;
}

/* ---- Compression ------------------------------------------------------------------------- */

/* How many bytes may come out: for this record, and beside the other records of the batch. */
static size_t room_left(const struct unwrapping *u)
{
    const struct kh_opener *opener = u->opener;
    size_t most = opener->options.max_decompressed;
    size_t record = most - u->decompressed;
    size_t batch = most * KH_OPEN_BATCH_FACTOR - opener->decompressed;

    return record < batch ? record : batch;
}

/* Whether it would have had room if it had been the first of its batch. */
static enum kh_status too_large(struct unwrapping *u, size_t room)
{
    const struct kh_opener *opener = u->opener;

    if (room < opener->options.max_decompressed - u->decompressed && opener->others > 0) {
        u->reason =
            "this batch is full: its records before this one were decompressed to eight times "
            "MAX_DECOMPRESSED_BYTES; smaller batches help";
        return KH_NO_ROOM;
    }
    u->reason =
        room < opener->options.max_decompressed - u->decompressed
            ? "the user records before it were decompressed to eight times MAX_DECOMPRESSED_BYTES"
            : "it would be decompressed to more than MAX_DECOMPRESSED_BYTES";
    return KH_TOO_LARGE;
}

static enum kh_status decompress(struct unwrapping *u, enum kh__compression compression,
                                 const char *name)
{
    struct kh_opener *opener = u->opener;
    size_t room = room_left(u);
    struct kh_str text;
    enum kh_status status = kh__decompress(&opener->decompressor, compression, u->rest, room,
                                           opener->arena, &text, &u->reason);

    u->names[u->name_count++] = name;
    if (status == KH_TOO_LARGE) {
        return too_large(u, room);
    }
    KH_TRY(status);
    u->decompressed += text.length;
    opener->decompressed += text.length;
    u->rest = text;
    return KH_OK;
}

/* ---- Headers ----------------------------------------------------------------------------- */

/* AWS Glue: 03, compression, and the UUID of a schema version. */
static enum kh_status take_glue(struct unwrapping *u)
{
    const unsigned char *id = (const unsigned char *)u->rest.data + 2;
    unsigned compression = byte_at(u, 1);

    if (u->rest.length < GLUE_HEADER_SIZE) {
        return bad(u, "a header of AWS Glue has 18 bytes; there are fewer");
    }
    if (compression != 0 && compression != 5) {
        return bad(u, "a header of AWS Glue names a compression that is not known");
    }
    (void)snprintf(u->schema_id, sizeof u->schema_id,
                   "%02x%02x%02x%02x-%02x%02x-%02x%02x-%02x%02x-%02x%02x%02x%02x%02x%02x", id[0],
                   id[1], id[2], id[3], id[4], id[5], id[6], id[7], id[8], id[9], id[10], id[11],
                   id[12], id[13], id[14], id[15]);
    u->names[u->name_count++] = "glue";
    u->has_schema_id = true;
    take(u, GLUE_HEADER_SIZE);
    return compression == 0 ? KH_OK : decompress(u, KH__ZLIB, "zlib");
}

/* Confluent: 00, and the schema's number. */
static enum kh_status take_confluent(struct unwrapping *u)
{
    const unsigned char *id = (const unsigned char *)u->rest.data + 1;

    if (u->rest.length < CONFLUENT_HEADER_SIZE) {
        return bad(u, "a header of Confluent has 5 bytes; there are fewer");
    }
    (void)snprintf(u->schema_id, sizeof u->schema_id, "%lu",
                   (unsigned long)id[0] << 24 | (unsigned long)id[1] << 16 |
                       (unsigned long)id[2] << 8 | id[3]);
    u->names[u->name_count++] = "confluent";
    u->has_schema_id = true;
    u->is_confluent = true;
    take(u, CONFLUENT_HEADER_SIZE);
    return KH_OK;
}

enum frame { FRAME_NONE, FRAME_GLUE, FRAME_CONFLUENT, FRAME_GZIP, FRAME_ZSTD };

static enum frame find_frame(const struct unwrapping *u)
{
    unsigned first = byte_at(u, 0);

    if (first == 0x1F && byte_at(u, 1) == 0x8B) {
        return FRAME_GZIP;
    }
    if (u->rest.length >= 4 && memcmp(u->rest.data, "\x28\xB5\x2F\xFD", 4) == 0) {
        return FRAME_ZSTD;
    }
    /* Behind a header they are the index of a message. */
    if (first == 0x03 && !u->has_schema_id) {
        return FRAME_GLUE;
    }
    return first == 0x00 && !u->has_schema_id ? FRAME_CONFLUENT : FRAME_NONE;
}

static enum kh_status take_frame(struct unwrapping *u, enum frame frame)
{
    if (u->layers++ == KH__FRAME_LAYERS) {
        return bad(u, "more than four headers and compressions stand around it");
    }
    switch (frame) {
    case FRAME_GLUE:
        return take_glue(u);
    case FRAME_CONFLUENT:
        return take_confluent(u);
    case FRAME_GZIP:
        return decompress(u, KH__GZIP, "gzip");
    default:
        return decompress(u, KH__ZSTD, "zstd");
    }
}

/* ---- What is inside ---------------------------------------------------------------------- */

/* False when it ends too early, or is no number of 32 bits. */
static bool take_varint(struct unwrapping *u, uint32_t *value)
{
    uint64_t number = 0;

    for (unsigned shift = 0; shift < 35 && u->rest.length > 0; shift += 7) {
        unsigned byte = byte_at(u, 0);

        take(u, 1);
        number |= (uint64_t)(byte & 0x7f) << shift;
        if (byte < 0x80) {
            *value = (uint32_t)number;
            return number <= UINT32_MAX;
        }
    }
    return false;
}

/*
 * Which message of the schema it is, in front of the message; nothing of what we read depends on it. Glue: its
 * number. Confluent: how many numbers, and the numbers, all of them zig-zag; 00 is short for 02 00.
 */
static enum kh_status take_message_index(struct unwrapping *u)
{
    uint32_t count = 2;
    uint32_t index;
    bool fine = !u->is_confluent || take_varint(u, &count);

    fine = fine && count % 2 == 0;
    for (uint32_t i = 0; fine && i < count / 2; i++) {
        fine = take_varint(u, &index);
    }
    return fine ? KH_OK : bad(u, "the index of the message, behind the header, is cut or damaged");
}

static enum kh_status find_encoding(struct unwrapping *u, enum kh_encoding *encoding)
{
    *encoding = KH_ENCODING_JSON;
    if (kh_str_begins(u->rest, '{') || !u->opener->options.has_protobuf) {
        return KH_OK;
    }
    if (u->has_schema_id) {
        KH_TRY(take_message_index(u));
        *encoding = KH_ENCODING_PROTOBUF;
        return KH_OK;
    }
    if (kh_proto_is_likely(u->rest)) {
        *encoding = KH_ENCODING_PROTOBUF;
    }
    return KH_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

static struct kh_wrapping *wrapping_of(struct kh_opener *opener, struct kh_record *record)
{
    struct kh_wrapping *wrapping = kh_arena_alloc(opener->arena, sizeof *wrapping);

    if (wrapping == NULL) {
        return NULL;
    }
    *wrapping = record->wrapping != NULL ? *record->wrapping
                                         : (struct kh_wrapping){ .frames = KH_STR(""),
                                                                 .schema_id = KH_STR(""),
                                                                 .explicit_hash_key = KH_STR("") };
    wrapping->delivered = record->data;
    record->wrapping = wrapping;
    return wrapping;
}

enum kh_status kh__open_failed(struct kh_opener *opener, struct kh_record *record,
                               enum kh_status status, const char *reason)
{
    struct kh_wrapping *wrapping = wrapping_of(opener, record);

    if (wrapping == NULL) {
        return KH_NO_MEMORY;
    }
    wrapping->reason = reason;
    record->status = status;
    return KH_OK;
}

/* "gzip, confluent" and the schema's id, in the arena. */
static enum kh_status describe(const struct unwrapping *u, struct kh_wrapping *wrapping)
{
    char frames[96] = "";
    size_t length = 0;

    for (size_t i = 0; i < u->name_count; i++) {
        length += (size_t)snprintf(frames + length, sizeof frames - length, "%s%s",
                                   i == 0 ? "" : ", ", u->names[i]);
    }
    wrapping->frames = kh_arena_copy(u->opener->arena, (struct kh_str){ frames, length });
    wrapping->schema_id = kh_arena_copy(u->opener->arena, kh_str_from(u->schema_id));
    return wrapping->frames.data == NULL || wrapping->schema_id.data == NULL ? KH_NO_MEMORY : KH_OK;
}

static enum kh_status unwrap(struct unwrapping *u, enum kh_encoding *encoding)
{
    enum frame frame;

    while ((frame = find_frame(u)) != FRAME_NONE) {
        KH_TRY(take_frame(u, frame));
    }
    return find_encoding(u, encoding);
}

enum kh_status kh__frames_open(struct kh_opener *opener, struct kh_record *record)
{
    struct unwrapping u = { .opener = opener, .rest = record->data };
    struct kh_wrapping *wrapping;
    enum kh_status status = unwrap(&u, &record->encoding);

    if (status == KH_OK && u.layers == 0) {
        return KH_OK;
    }
    if (status == KH_NO_MEMORY) {
        return KH_NO_MEMORY;
    }
    wrapping = wrapping_of(opener, record);
    if (wrapping == NULL) {
        return KH_NO_MEMORY;
    }
    KH_TRY(describe(&u, wrapping));
    if (status == KH_OK) {
        record->data = u.rest;
    } else {
        record->status = status;
        wrapping->reason = u.reason;
    }
    return KH_OK;
}
