/*
 * Open addressing over a queue. Slots are all over the table, so each is fetched into the cache some
 * marks before its turn.
 */
#include "store/memory_marks.h"

#include <stdalign.h>

#include "kh/alloc.h"

#define CHUNK_SIZE ((size_t)64 * 1024)
#define FIRST_SLOT_COUNT ((size_t)256)
/* So many marks before its turn comes a slot is fetched. */
#define AHEAD ((size_t)16)

struct kh__mark_entry {
    uint64_t hash;
    size_t length;
    char id[];
};

struct kh__mark_chunk {
    struct kh__mark_chunk *next; /* newer */
    size_t size;
    size_t used;
    alignas(struct kh__mark_entry) char data[];
};

struct kh__mark_slot {
    uint64_t hash;
    const struct kh__mark_entry *entry; /* NULL: free */
};

void kh__marks_init(struct kh__marks *marks, size_t capacity)
{
    *marks = (struct kh__marks){ .capacity = capacity };
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

static struct kh_str id_of(const struct kh__mark_entry *entry)
{
    return (struct kh_str){ entry->id, entry->length };
}

static bool contains(const struct kh__marks *marks, const struct kh_mark *mark)
{
    struct kh__mark_slot *slot = first_slot(marks, mark->hash);

    for (; slot->entry != NULL; slot = next_slot(marks, slot)) {
        if (slot->hash == mark->hash && kh_str_equal(mark->id, id_of(slot->entry))) {
            return true;
        }
    }
    return false;
}

static void put_in_slot(struct kh__marks *marks, const struct kh__mark_entry *entry)
{
    struct kh__mark_slot *slot = first_slot(marks, entry->hash);

    while (slot->entry != NULL) {
        slot = next_slot(marks, slot);
    }
    *slot = (struct kh__mark_slot){ entry->hash, entry };
}

/* Frees the slot of the entry; those behind it move up, so that a free slot ends every search. */
static void take_from_slot(struct kh__marks *marks, const struct kh__mark_entry *entry)
{
    struct kh__mark_slot *hole = first_slot(marks, entry->hash);
    struct kh__mark_slot *slot;
    size_t mask = marks->slot_count - 1;

    while (hole->entry != entry) {
        hole = next_slot(marks, hole);
    }
    for (slot = next_slot(marks, hole); slot->entry != NULL; slot = next_slot(marks, slot)) {
        size_t wanted = slot->hash & mask;
        size_t from_wanted = ((size_t)(slot - marks->slots) - wanted) & mask;
        size_t from_hole = (size_t)(slot - hole) & mask;

        if (from_wanted >= from_hole) {
            *hole = *slot;
            hole = slot;
        }
    }
    hole->entry = NULL;
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
        if (marks->slots[i].entry != NULL) {
            put_in_slot(&larger, marks->slots[i].entry);
        }
    }
    kh_free(marks->slots);
    *marks = larger;
    return KH_OK;
}

/* ---- Looking up ---------------------------------------------------------------------------- */

/* Gets the slots of marks that are looked at soon into the cache: at first several, then one more. */
static void fetch_ahead(const struct kh__marks *marks, const struct kh_mark *all, size_t count,
                        size_t at)
{
    size_t end = at + AHEAD < count ? at + AHEAD : count;

    for (size_t i = at == 0 ? 0 : at + AHEAD - 1; i < end; i++) {
        __builtin_prefetch(first_slot(marks, all[i].hash));
    }
}

void kh__marks_find(const struct kh__marks *marks, const struct kh_mark *wanted, size_t count,
                    bool *found)
{
    for (size_t i = 0; i < count; i++) {
        found[i] = false;
        if (marks->slot_count > 0) {
            fetch_ahead(marks, wanted, count, i);
            found[i] = contains(marks, &wanted[i]);
        }
    }
}

bool kh__marks_contain_any(const struct kh__marks *marks, const struct kh_mark *wanted,
                           size_t count)
{
    for (size_t i = 0; marks->slot_count > 0 && i < count; i++) {
        fetch_ahead(marks, wanted, count, i);
        if (contains(marks, &wanted[i])) {
            return true;
        }
    }
    return false;
}

/* ---- The queue ----------------------------------------------------------------------------- */

static size_t entry_size(size_t id_length)
{
    return (sizeof(struct kh__mark_entry) + id_length + alignof(struct kh__mark_entry) - 1) /
           alignof(struct kh__mark_entry) * alignof(struct kh__mark_entry);
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

/*
 * The chunk from here on that has room. One that was emptied meanwhile may be in between and too small;
 * it is passed over until it is the oldest again.
 */
static struct kh__mark_chunk *chunk_with_room(struct kh__mark_chunk *chunk, size_t size)
{
    while (chunk->size - chunk->used < size) {
        chunk = chunk->next;
    }
    return chunk;
}

/*
 * Goes through the chunks as kh__marks_add will, and puts those that are missing where they are needed:
 * behind them stay the empty ones that were too small.
 */
static enum kh_status reserve_chunks(struct kh__marks *marks, const struct kh_mark *added,
                                     size_t count)
{
    struct kh__mark_chunk *chunk = marks->newest;
    size_t used = chunk == NULL ? 0 : chunk->used;

    for (size_t i = 0; i < count; i++) {
        size_t size = entry_size(added[i].id.length);

        if (chunk != NULL && chunk->size - used < size && chunk->next != NULL &&
            chunk->next->size >= size) {
            chunk = chunk->next;
            used = 0;
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
                made->next = chunk->next;
                chunk->next = made;
            }
            chunk = made;
            used = 0;
        }
        used += size;
    }
    return KH_OK;
}

/*
 * An emptied chunk goes behind the newest, where the next ids will need one. One that was made for a
 * long id does not: the next long id may be longer, and such chunks would become ever more.
 */
static void use_again(struct kh__marks *marks, struct kh__mark_chunk *chunk)
{
    if (chunk->size > CHUNK_SIZE) {
        kh_free(chunk);
        return;
    }
    chunk->used = 0;
    chunk->next = marks->newest->next;
    marks->newest->next = chunk;
}

static const struct kh__mark_entry *entry_at(const struct kh__mark_chunk *chunk, size_t at)
{
    return (const struct kh__mark_entry *)(const void *)(chunk->data + at);
}

/* Gets the slots of the oldest marks, in their chunk, into the cache. */
static void fetch_oldest(const struct kh__marks *marks, size_t count)
{
    size_t at = marks->oldest_at;

    for (; count > 0 && at < marks->oldest->used; count--) {
        const struct kh__mark_entry *entry = entry_at(marks->oldest, at);

        __builtin_prefetch(first_slot(marks, entry->hash));
        at += entry_size(entry->length);
    }
}

static void forget_oldest(struct kh__marks *marks)
{
    const struct kh__mark_entry *entry;

    while (marks->oldest_at == marks->oldest->used) {
        struct kh__mark_chunk *chunk = marks->oldest;

        marks->oldest = chunk->next;
        marks->oldest_at = 0;
        use_again(marks, chunk);
    }
    entry = entry_at(marks->oldest, marks->oldest_at);
    take_from_slot(marks, entry);
    marks->oldest_at += entry_size(entry->length);
    marks->count--;
}

static void forget(struct kh__marks *marks, size_t count)
{
    if (count > 0) {
        fetch_oldest(marks, count);
    }
    for (; count > 0; count--) {
        forget_oldest(marks);
    }
}

static void add(struct kh__marks *marks, const struct kh_mark *mark)
{
    size_t size = entry_size(mark->id.length);
    struct kh__mark_entry *entry;

    marks->newest = chunk_with_room(marks->newest, size);
    entry = (struct kh__mark_entry *)(void *)(marks->newest->data + marks->newest->used);
    entry->hash = mark->hash;
    entry->length = mark->id.length;
    if (mark->id.length > 0) {
        memcpy(entry->id, mark->id.data, mark->id.length);
    }
    marks->newest->used += size;
    put_in_slot(marks, entry);
    marks->count++;
}

enum kh_status kh__marks_reserve(struct kh__marks *marks, const struct kh_mark *added, size_t count)
{
    KH_TRY(reserve_slots(marks, count));
    return reserve_chunks(marks, added, count);
}

void kh__marks_add(struct kh__marks *marks, const struct kh_mark *added, size_t count)
{
    size_t most = marks->capacity < AHEAD ? marks->capacity : AHEAD;

    while (count > 0) {
        size_t group = count < most ? count : most;
        size_t room = marks->capacity - marks->count;

        for (size_t i = 0; i < group; i++) {
            __builtin_prefetch(first_slot(marks, added[i].hash));
            __builtin_prefetch(added[i].id.data);
        }
        forget(marks, group > room ? group - room : 0);
        for (size_t i = 0; i < group; i++) {
            add(marks, &added[i]);
        }
        added += group;
        count -= group;
    }
}
