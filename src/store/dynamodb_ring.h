/*
 * Marks of events inside the row that they concern: as long as there is room, the newest ones. Each is the first
 * half of the SHA-256 of the event's id, and when it was applied; the newest comes last.
 */
#ifndef KH_STORE_DYNAMODB_RING_H
#define KH_STORE_DYNAMODB_RING_H

#include <stdbool.h>
#include <stdint.h>

#include "kh/arena.h"
#include "kh/status.h"
#include "kh/str.h"

#define KH__RING_ID_SIZE ((size_t)16)
#define KH__RING_ENTRY_SIZE (KH__RING_ID_SIZE + 4) /* seconds since 1970, the highest byte first */

struct kh__ring_id {
    unsigned char bytes[KH__RING_ID_SIZE];
};

/* KH_NO_MEMORY. */
enum kh_status kh__ring_id_of(struct kh_str event_id, struct kh__ring_id *out) KH_MUST_USE;

/* The id in hexadecimal: what a mark with an item of its own is found by. */
#define KH__RING_NAME_SIZE (KH__RING_ID_SIZE * 2)
struct kh_str kh__ring_name_of(const struct kh__ring_id *id, char buffer[KH__RING_NAME_SIZE]);

/* Is a mark of this id in the ring that was set at `since_s` or later? A ring of another length is none. */
bool kh__ring_has(struct kh_str ring, const struct kh__ring_id *id, int64_t since_s);

/* How many marks of the ring were set at `since_s` or later. */
size_t kh__ring_count(struct kh_str ring, int64_t since_s);

/* A ring with more marks, and those it has no room for. */
struct kh__ring_change {
    struct kh_str ring;
    const struct kh__ring_id *spilled; /* the oldest */
    size_t spilled_count;
};

/*
 * Adds marks that are set at `now_s`; those set before `since_s` are left out. `capacity` marks at most
 * stay in the ring. In the arena. KH_NO_MEMORY.
 */
enum kh_status kh__ring_add(struct kh_str ring, const struct kh__ring_id *ids, size_t count,
                            int64_t since_s, int64_t now_s, size_t capacity, struct kh_arena *arena,
                            struct kh__ring_change *out) KH_MUST_USE;

#endif
