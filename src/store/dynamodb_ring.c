#include "store/dynamodb_ring.h"

#include "aws/sha256.h"

enum kh_status kh__ring_id_of(struct kh_str event_id, struct kh__ring_id *out)
{
    unsigned char digest[KH_SHA256_SIZE];

    KH_TRY(kh_sha256(event_id, digest));
    memcpy(out->bytes, digest, sizeof out->bytes);
    return KH_OK;
}

struct kh_str kh__ring_name_of(const struct kh__ring_id *id, char buffer[KH__RING_NAME_SIZE])
{
    static const char digits[] = "0123456789abcdef";

    for (size_t i = 0; i < KH__RING_ID_SIZE; i++) {
        buffer[2 * i] = digits[id->bytes[i] >> 4];
        buffer[2 * i + 1] = digits[id->bytes[i] & 15];
    }
    return (struct kh_str){ buffer, KH__RING_NAME_SIZE };
}

static size_t count_of(struct kh_str ring)
{
    return ring.length % KH__RING_ENTRY_SIZE == 0 ? ring.length / KH__RING_ENTRY_SIZE : 0;
}

static const char *entry_at(struct kh_str ring, size_t index)
{
    return ring.data + index * KH__RING_ENTRY_SIZE;
}

static int64_t time_of(const char *entry)
{
    const unsigned char *bytes = (const unsigned char *)entry + KH__RING_ID_SIZE;

    return (int64_t)((uint32_t)bytes[0] << 24 | (uint32_t)bytes[1] << 16 | (uint32_t)bytes[2] << 8 |
                     (uint32_t)bytes[3]);
}

static void put_entry(char *entry, const struct kh__ring_id *id, int64_t time_s)
{
    uint32_t seconds = (uint32_t)time_s;

    memcpy(entry, id->bytes, KH__RING_ID_SIZE);
    for (size_t i = 0; i < 4; i++) {
        entry[KH__RING_ID_SIZE + i] = (char)(seconds >> (24 - 8 * i) & 255);
    }
}

bool kh__ring_has(struct kh_str ring, const struct kh__ring_id *id, int64_t since_s)
{
    for (size_t i = count_of(ring); i-- > 0;) {
        const char *entry = entry_at(ring, i);

        if (memcmp(entry, id->bytes, KH__RING_ID_SIZE) == 0) {
            return time_of(entry) >= since_s;
        }
    }
    return false;
}

size_t kh__ring_count(struct kh_str ring, int64_t since_s)
{
    size_t count = 0;

    for (size_t i = 0; i < count_of(ring); i++) {
        count += time_of(entry_at(ring, i)) >= since_s ? 1 : 0;
    }
    return count;
}

/* All marks that hold, the new ones last. */
static enum kh_status gather(struct kh_str ring, const struct kh__ring_id *ids, size_t count,
                             int64_t since_s, int64_t now_s, struct kh_arena *arena,
                             struct kh_str *out)
{
    char *all = kh_arena_alloc(arena, ring.length + count * KH__RING_ENTRY_SIZE);
    char *at = all;

    if (all == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < count_of(ring); i++) {
        if (time_of(entry_at(ring, i)) >= since_s) {
            memcpy(at, entry_at(ring, i), KH__RING_ENTRY_SIZE);
            at += KH__RING_ENTRY_SIZE;
        }
    }
    for (size_t i = 0; i < count; i++) {
        put_entry(at, &ids[i], now_s);
        at += KH__RING_ENTRY_SIZE;
    }
    *out = (struct kh_str){ all, (size_t)(at - all) };
    return KH_OK;
}

enum kh_status kh__ring_add(struct kh_str ring, const struct kh__ring_id *ids, size_t count,
                            int64_t since_s, int64_t now_s, size_t capacity, struct kh_arena *arena,
                            struct kh__ring_change *out)
{
    struct kh_str all;
    struct kh__ring_id *spilled;
    size_t total;

    KH_TRY(gather(ring, ids, count, since_s, now_s, arena, &all));
    total = count_of(all);
    *out = (struct kh__ring_change){ .ring = all };
    if (total <= capacity) {
        return KH_OK;
    }
    out->spilled_count = total - capacity;
    spilled = kh_arena_alloc(arena, out->spilled_count * sizeof *spilled);
    if (spilled == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < out->spilled_count; i++) {
        memcpy(spilled[i].bytes, entry_at(all, i), KH__RING_ID_SIZE);
    }
    out->spilled = spilled;
    out->ring =
        (struct kh_str){ entry_at(all, out->spilled_count), capacity * KH__RING_ENTRY_SIZE };
    return KH_OK;
}
