/* ZSTD_createDCtx_advanced, without which the memory of zstd could not be ours. */
#define ZSTD_STATIC_LINKING_ONLY
#include "record/decompress.h"

#include <stdint.h>
#include <zstd.h>
#include <zstd_errors.h>

#include "kh/alloc.h"

/* zstd keeps as much of what it has made as the frame asks for: 8 MiB is what RFC 8878 expects of everyone. */
#define ZSTD_WINDOW_LOG 23

/* ---- What comes out ---------------------------------------------------------------------- */

struct output {
    struct kh_arena *arena;
    char *data;
    size_t length;
    size_t capacity;
    size_t limit; /* one byte more than this shows that there is too much */
};

/* Room for more. */
static enum kh_status grow(struct output *out, size_t capacity)
{
    size_t most = out->limit + 1;
    char *data;

    if (out->length > out->limit) {
        return KH_TOO_LARGE;
    }
    if (capacity > most) {
        capacity = most;
    }
    data = kh_arena_grow(out->arena, out->data, out->capacity == 0 ? 0 : out->capacity + KH_PADDING,
                         capacity + KH_PADDING, 1);
    if (data == NULL) {
        return KH_NO_MEMORY;
    }
    out->data = data;
    out->capacity = capacity;
    return KH_OK;
}

static enum kh_status grow_more(struct output *out)
{
    return out->length < out->capacity ? KH_OK : grow(out, out->capacity * 2);
}

/* Gives back what was not needed, which nothing was allocated behind. */
static enum kh_status finish(struct output *out, struct kh_str *text)
{
    if (out->length > out->limit) {
        return KH_TOO_LARGE;
    }
    out->data = kh_arena_grow(out->arena, out->data, out->capacity + KH_PADDING,
                              out->length + KH_PADDING, 1);
    *text = (struct kh_str){ out->data, out->length };
    return out->data == NULL ? KH_NO_MEMORY : KH_OK;
}

/* ---- gzip and zlib ----------------------------------------------------------------------- */

static void *allocate_for_zlib(void *context, unsigned count, unsigned size)
{
    (void)context;
    return kh_malloc((size_t)count * size);
}

static void release(void *context, void *memory)
{
    (void)context;
    kh_free(memory);
}

static enum kh_status start_zlib(struct kh__decompressor *d, enum kh__compression compression)
{
    int window_bits = compression == KH__GZIP ? MAX_WBITS + 16 : MAX_WBITS;
    int result;

    if (d->has_zlib) {
        return inflateReset2(&d->zlib, window_bits) == Z_OK ? KH_OK : KH_NO_MEMORY;
    }
    d->zlib = (z_stream){ .zalloc = allocate_for_zlib, .zfree = release };
    result = inflateInit2(&d->zlib, window_bits);
    d->has_zlib = result == Z_OK;
    return d->has_zlib ? KH_OK : KH_NO_MEMORY;
}

/* What is the matter with a stream that did not go on. */
static enum kh_status zlib_failure(int result, const char **reason)
{
    if (result == Z_MEM_ERROR) {
        return KH_NO_MEMORY;
    }
    *reason = result == Z_BUF_ERROR || result == Z_OK ? "what is compressed ends too early"
                                                      : "what is compressed is damaged";
    return KH_BAD_FRAME;
}

/* One gzip member or zlib stream. */
static enum kh_status inflate_stream(z_stream *zlib, struct output *out, const char **reason)
{
    int result;

    do {
        size_t room;

        KH_TRY(grow_more(out));
        room = out->capacity - out->length;
        zlib->next_out = (unsigned char *)out->data + out->length;
        zlib->avail_out = (unsigned)room;
        result = inflate(zlib, Z_NO_FLUSH);
        out->length += room - zlib->avail_out;
    } while ((result == Z_OK || result == Z_BUF_ERROR) && zlib->avail_out == 0);
    return result == Z_STREAM_END ? KH_OK : zlib_failure(result, reason);
}

static enum kh_status inflate_all(struct kh__decompressor *d, enum kh__compression compression,
                                  struct kh_str bytes, struct output *out, const char **reason)
{
    KH_TRY(start_zlib(d, compression));
    d->zlib.next_in = (const unsigned char *)bytes.data;
    d->zlib.avail_in = (unsigned)bytes.length;
    KH_TRY(inflate_stream(&d->zlib, out, reason));
    while (d->zlib.avail_in > 0) {
        if (compression != KH__GZIP || d->zlib.next_in[0] != 0x1F) {
            *reason = "something follows what is compressed";
            return KH_BAD_FRAME;
        }
        if (inflateReset(&d->zlib) != Z_OK) {
            return KH_NO_MEMORY;
        }
        KH_TRY(inflate_stream(&d->zlib, out, reason));
    }
    return KH_OK;
}

/* ---- zstd -------------------------------------------------------------------------------- */

static void *allocate_for_zstd(void *context, size_t size)
{
    (void)context;
    return kh_malloc(size);
}

static enum kh_status start_zstd(struct kh__decompressor *d)
{
    if (d->zstd == NULL) {
        d->zstd = ZSTD_createDCtx_advanced((ZSTD_customMem){ allocate_for_zstd, release, NULL });
        if (d->zstd == NULL) {
            return KH_NO_MEMORY;
        }
        (void)ZSTD_DCtx_setParameter(d->zstd, ZSTD_d_windowLogMax, ZSTD_WINDOW_LOG);
    }
    (void)ZSTD_DCtx_reset(d->zstd, ZSTD_reset_session_only);
    return KH_OK;
}

static enum kh_status zstd_failure(size_t result, const char **reason)
{
    switch (ZSTD_getErrorCode(result)) {
    case ZSTD_error_memory_allocation:
        return KH_NO_MEMORY;
    case ZSTD_error_frameParameter_windowTooLarge:
        *reason = "it was compressed with a window of more than 8 MiB";
        return KH_BAD_FRAME;
    case ZSTD_error_dictionary_wrong:
        *reason = "it was compressed with a dictionary";
        return KH_BAD_FRAME;
    default:
        *reason = "what is compressed is damaged";
        return KH_BAD_FRAME;
    }
}

/* Of another frame, or of one to be passed over. Frames of before RFC 8878 would be read by other code. */
static bool begins_frame(struct kh_str rest)
{
    return rest.length >= 4 && (memcmp(rest.data, "\x28\xB5\x2F\xFD", 4) == 0 ||
                                (((unsigned char)rest.data[0] & 0xF0) == 0x50 &&
                                 memcmp(rest.data + 1, "\x2A\x4D\x18", 3) == 0));
}

static enum kh_status expand_all(struct kh__decompressor *d, struct kh_str bytes,
                                 struct output *out, const char **reason)
{
    ZSTD_inBuffer from = { bytes.data, bytes.length, 0 };
    size_t result = 1;

    KH_TRY(start_zstd(d));
    while (result != 0 || from.pos < from.size) {
        ZSTD_outBuffer to;

        KH_TRY(grow_more(out));
        to = (ZSTD_outBuffer){ out->data, out->capacity, out->length };
        result = ZSTD_decompressStream(d->zstd, &to, &from);
        if (ZSTD_isError(result)) {
            return zstd_failure(result, reason);
        }
        out->length = to.pos;
        if (result != 0 && from.pos == from.size && to.pos < to.size) {
            *reason = "what is compressed ends too early";
            return KH_BAD_FRAME;
        }
        if (result == 0 && from.pos < from.size &&
            !begins_frame((struct kh_str){ bytes.data + from.pos, from.size - from.pos })) {
            *reason = "something follows what is compressed";
            return KH_BAD_FRAME;
        }
    }
    return KH_OK;
}

/* ---- The whole --------------------------------------------------------------------------- */

void kh__decompressor_init(struct kh__decompressor *d)
{
    *d = (struct kh__decompressor){ .has_zlib = false };
}

void kh__decompressor_clean_up(struct kh__decompressor *d)
{
    if (d->has_zlib) {
        (void)inflateEnd(&d->zlib);
    }
    (void)ZSTD_freeDCtx(d->zstd);
}

enum kh_status kh__decompress(struct kh__decompressor *d, enum kh__compression compression,
                              struct kh_str bytes, size_t limit, struct kh_arena *arena,
                              struct kh_str *out, const char **reason)
{
    struct kh_arena_mark mark = kh_arena_mark(arena);
    struct output output = { .arena = arena, .limit = limit };
    enum kh_status status = grow(&output, bytes.length < 128 ? 512 : bytes.length * 4);

    if (status == KH_OK) {
        status = compression == KH__ZSTD ? expand_all(d, bytes, &output, reason)
                                         : inflate_all(d, compression, bytes, &output, reason);
    }
    if (status == KH_OK) {
        status = finish(&output, out);
    }
    if (status != KH_OK) {
        kh_arena_release(arena, mark);
    }
    return status;
}
