/* gzip, zlib and zstd into an arena, as far as a limit. Their own memory is kept from one use to the next. */
#ifndef KH_DECOMPRESS_H
#define KH_DECOMPRESS_H

#include <stdbool.h>

#define ZLIB_CONST
#include <zlib.h>

#include "kh/arena.h"
#include "kh/status.h"
#include "kh/str.h"

enum kh__compression {
    KH__GZIP, /* RFC 1952; one member or more */
    KH__ZLIB, /* RFC 1950 */
    KH__ZSTD  /* RFC 8878; one frame or more */
};

struct kh__decompressor {
    z_stream zlib;
    bool has_zlib;
    struct ZSTD_DCtx_s *zstd; /* NULL: not needed so far */
};

/* Takes nothing from the heap yet. */
void kh__decompressor_init(struct kh__decompressor *d);
void kh__decompressor_clean_up(struct kh__decompressor *d);

/*
 * All of `bytes`, with KH_PADDING behind it. KH_TOO_LARGE: it would be more than `limit` bytes.
 * KH_BAD_FRAME: it is damaged, cut, or followed by something else; *reason (static) says which.
 * KH_NO_MEMORY.
 */
enum kh_status kh__decompress(struct kh__decompressor *d, enum kh__compression compression,
                              struct kh_str bytes, size_t limit, struct kh_arena *arena,
                              struct kh_str *out, const char **reason) KH_MUST_USE;

#endif
