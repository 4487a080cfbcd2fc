#include "edge/seen.h"

#include "kh/alloc.h"
#include "kh/hash.h"

static uint64_t *place_of(const struct kh_seen *seen, uint64_t hash)
{
    size_t at = (size_t)hash & (seen->room - 1);

    while (seen->hashes[at] != 0 && seen->hashes[at] != hash) {
        at = (at + 1) & (seen->room - 1);
    }
    return &seen->hashes[at];
}

static enum kh_status make_room(struct kh_seen *seen)
{
    struct kh_seen larger = { .room = seen->room == 0 ? 256 : seen->room * 2,
                              .count = seen->count };

    if (seen->count < seen->room / 2) {
        return KH_OK;
    }
    larger.hashes = kh_calloc(larger.room, sizeof *larger.hashes);
    if (larger.hashes == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < seen->room; i++) {
        if (seen->hashes[i] != 0) {
            *place_of(&larger, seen->hashes[i]) = seen->hashes[i];
        }
    }
    kh_free(seen->hashes);
    *seen = larger;
    return KH_OK;
}

enum kh_status kh_seen_add(struct kh_seen *seen, struct kh_str name, bool *before)
{
    uint64_t hash = kh_hash(name);
    uint64_t *place;

    hash = hash == 0 ? 1 : hash;
    KH_TRY(make_room(seen));
    place = place_of(seen, hash);
    *before = *place == hash;
    seen->count += *before ? 0 : 1;
    *place = hash;
    return KH_OK;
}

void kh_seen_clean_up(struct kh_seen *seen)
{
    kh_free(seen->hashes);
}
