/* Open addressing over a queue. Many ids are looked up at once, so their slots are fetched ahead. */
#include "store/memory_marks.h"

#include <stdalign.h>

#include "kh/alloc.h"

#define CHUNK_SIZE ((size_t)64 * 1024)
#define FIRST_SLOT_COUNT ((size_t)256)
/* So many ids before its turn comes a slot is fetched. */
#define AHEAD ((size_t)8)

struct kh__mark {
    uint64_t hash;
    size_t length;
    char id[];
};

struct kh__mark_chunk {
    struct kh__mark_chunk *next; /* newer */
    size_t size;
    size_t used;
    alignas(struct kh__mark) char data[];
};

struct kh__mark_slot {
    uint64_t hash;
    const struct kh__mark *mark; /* NULL: free */
};

void kh__marks_init(struct kh__marks *marks, size_t capacity, struct kh_hash_key hash_key)
{
    *marks = (struct kh__marks){ .capacity = capacity, .hash_key = hash_key };
}

void kh__marks_clean_up(struct kh__marks *marks)
{
    while (marks->oldest != NULL) {
        struct kh__mark_chunk *next = marks->oldest->next;

        kh_free(marks->oldest);
        marks->oldest = next;
    }
    kh_free(marks->slots);
}

/* ---- The table ----------------------------------------------------------------------------- */

static struct kh__mark_slot *first_slot(const struct kh__marks *marks, uint64_t hash)
{
    return &marks->slots[hash & (marks->slot_count - 1)];
}

static struct kh__mark_slot *next_slot(const struct kh__marks *marks, struct kh__mark_slot *slot)
{
    return slot + 1 == marks->slots + marks->slot_count ? marks->slots : slot + 1;
}

static bool contains(const struct kh__marks *marks, struct kh_str id, uint64_t hash)
{
    struct kh__mark_slot *slot = first_slot(marks, hash);

    for (; slot->mark != NULL; slot = next_slot(marks, slot)) {
        if (slot->hash == hash &&
            kh_str_equal(id, (struct kh_str){ slot->mark->id, slot->mark->length })) {
            return true;
        }
    }
    return false;
}

static void put_in_slot(struct kh__marks *marks, const struct kh__mark *mark)
{
    struct kh__mark_slot *slot = first_slot(marks, mark->hash);

    while (slot->mark != NULL) {
        slot = next_slot(marks, slot);
    }
    *slot = (struct kh__mark_slot){ mark->hash, mark };
}

/* Frees the slot of the mark; those behind it move up, so that a free slot ends every search. */
static void take_from_slot(struct kh__marks *marks, const struct kh__mark *mark)
{
    struct kh__mark_slot *hole = first_slot(marks, mark->hash);
    struct kh__mark_slot *slot;
    size_t mask = marks->slot_count - 1;

    while (hole->mark != mark) {
        hole = next_slot(marks, hole);
    }
    for (slot = next_slot(marks, hole); slot->mark != NULL; slot = next_slot(marks, slot)) {
        size_t wanted = slot->hash & mask;
        size_t from_wanted = ((size_t)(slot - marks->slots) - wanted) & mask;
        size_t from_hole = (size_t)(slot - hole) & mask;

        if (from_wanted >= from_hole) {
            *hole = *slot;
            hole = slot;
        }
    }
    hole->mark = NULL;
}

static enum kh_status reserve_slots(struct kh__marks *marks, size_t more)
{
    size_t count = marks->count + more < marks->capacity ? marks->count + more : marks->capacity;
    struct kh__marks larger = *marks;

    if (larger.slot_count == 0) {
        larger.slot_count = FIRST_SLOT_COUNT;
    }
    while (larger.slot_count < count * 2) {
        larger.slot_count *= 2;
    }
    if (larger.slot_count == marks->slot_count) {
        return KH_OK;
    }
    larger.slots = kh_calloc(larger.slot_count, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return KH_NO_MEMORY;
    }
    for (size_t i = 0; i < marks->slot_count; i++) {
        if (marks->slots[i].mark != NULL) {
            put_in_slot(&larger, marks->slots[i].mark);
        }
    }
    kh_free(marks->slots);
    *marks = larger;
    return KH_OK;
}

/* ---- Looking up ---------------------------------------------------------------------------- */

void kh__marks_hash(const struct kh__marks *marks, const struct kh_str *ids, size_t count,
                    uint64_t *hashes)
{
    for (size_t i = 0; i < count; i++) {
        hashes[i] = kh_hash(marks->hash_key, ids[i]);
    }
}

/* Gets the slot of an id that is looked at soon into the cache. */
static void fetch_ahead(const struct kh__marks *marks, const uint64_t *hashes, size_t count,
                        size_t at)
{
    if (at + AHEAD < count) {
        __builtin_prefetch(first_slot(marks, hashes[at + AHEAD]));
    }
}

void kh__marks_find(const struct kh__marks *marks, const struct kh_str *ids, const uint64_t *hashes,
                    size_t count, bool *found)
{
    for (size_t i = 0; i < count; i++) {
        found[i] = false;
        if (marks->slot_count > 0) {
            fetch_ahead(marks, hashes, count, i);
            found[i] = contains(marks, ids[i], hashes[i]);
        }
    }
}

bool kh__marks_contain_any(const struct kh__marks *marks, const struct kh_str *ids,
                           const uint64_t *hashes, size_t count)
{
    for (size_t i = 0; marks->slot_count > 0 && i < count; i++) {
        fetch_ahead(marks, hashes, count, i);
        if (contains(marks, ids[i], hashes[i])) {
            return true;
        }
    }
    return false;
}

/* ---- The queue ----------------------------------------------------------------------------- */

static size_t mark_size(struct kh_str id)
{
    return (sizeof(struct kh__mark) + id.length + alignof(struct kh__mark) - 1) /
           alignof(struct kh__mark) * alignof(struct kh__mark);
}

static struct kh__mark_chunk *new_chunk(size_t size)
{
    struct kh__mark_chunk *chunk;

    size = size < CHUNK_SIZE ? CHUNK_SIZE : size;
    chunk = kh_malloc(sizeof *chunk + size);
    if (chunk != NULL) {
        *chunk = (struct kh__mark_chunk){ .size = size };
    }
    return chunk;
}

/* The chunk behind `*link` that has room; empty ones that are too small are passed over. */
static struct kh__mark_chunk *chunk_with_room(struct kh__mark_chunk *chunk, size_t size)
{
    while (chunk != NULL && chunk->size - chunk->used < size) {
        chunk = chunk->next;
    }
    return chunk;
}

/* Goes through the chunks as kh__marks_add will, and adds those that are missing at the end. */
static enum kh_status reserve_chunks(struct kh__marks *marks, const struct kh_str *ids,
                                     size_t count)
{
    struct kh__mark_chunk *chunk = marks->newest;
    size_t used = chunk == NULL ? 0 : chunk->used;

    for (size_t i = 0; i < count; i++) {
        size_t size = mark_size(ids[i]);

        while (chunk != NULL && chunk->size - used < size && chunk->next != NULL) {
            chunk = chunk->next;
            used = chunk->used;
        }
        if (chunk == NULL || chunk->size - used < size) {
            struct kh__mark_chunk *made = new_chunk(size);

            if (made == NULL) {
                return KH_NO_MEMORY;
            }
            if (chunk == NULL) {
                marks->oldest = made;
                marks->newest = made;
            } else {
                chunk->next = made;
            }
            chunk = made;
            used = 0;
        }
        used += size;
    }
    return KH_OK;
}

/* An emptied chunk goes behind the newest, where the next ids will need one. */
static void use_again(struct kh__marks *marks, struct kh__mark_chunk *chunk)
{
    chunk->used = 0;
    chunk->next = marks->newest->next;
    marks->newest->next = chunk;
}

static void forget_oldest(struct kh__marks *marks)
{
    struct kh__mark_chunk *chunk;
    const struct kh__mark *mark;

    while (marks->oldest_at == marks->oldest->used) {
        chunk = marks->oldest;
        marks->oldest = chunk->next;
        marks->oldest_at = 0;
        use_again(marks, chunk);
    }
    mark = (const struct kh__mark *)(const void *)(marks->oldest->data + marks->oldest_at);
    take_from_slot(marks, mark);
    marks->oldest_at += mark_size((struct kh_str){ mark->id, mark->length });
    marks->count--;
}

static void add(struct kh__marks *marks, struct kh_str id, uint64_t hash)
{
    size_t size = mark_size(id);
    struct kh__mark *mark;

    if (marks->count == marks->capacity) {
        forget_oldest(marks);
    }
    marks->newest = chunk_with_room(marks->newest, size);
    mark = (struct kh__mark *)(void *)(marks->newest->data + marks->newest->used);
    mark->hash = hash;
    mark->length = id.length;
    if (id.length > 0) {
        memcpy(mark->id, id.data, id.length);
    }
    marks->newest->used += size;
    put_in_slot(marks, mark);
    marks->count++;
}

enum kh_status kh__marks_reserve(struct kh__marks *marks, const struct kh_str *ids, size_t count)
{
    KH_TRY(reserve_slots(marks, count));
    return reserve_chunks(marks, ids, count);
}

void kh__marks_add(struct kh__marks *marks, const struct kh_str *ids, const uint64_t *hashes,
                   size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fetch_ahead(marks, hashes, count, i);
        add(marks, ids[i], hashes[i]);
    }
}
