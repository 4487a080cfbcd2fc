/*
 * Names in a free-form object: of entries with the same one the last stays. Names are found in a table
 * by a keyed hash, so that no choice of them makes it slow.
 */
#include "kh/hash.h"
#include "proto/free_form.h"
#include "proto/to_json.h"

/* Slots of the first table; one is at most half full. */
#define FIRST_SIZE ((size_t)16)

struct slot {
    struct kh_str name; /* free slots have no data */
    uint32_t entry;     /* position of the last one that has the name */
};

struct names {
    const struct kh__proto_source *source;
    struct slot *slots;
    size_t size; /* a power of two */
    size_t count;
};

/* The name of an entry: what its last key is, "" without one. */
static enum kh_status read_name(const struct kh__proto_source *source, const uint32_t *tag,
                                struct kh_str *name)
{
    struct kh__proto_scan scan;
    bool found;

    *name = KH_STR("");
    kh__proto_scan_init(&scan, source, (struct kh__proto_content){ tag, 1 });
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        if (scan.tag == KH_PROTO_TAG(KH__ENTRY_KEY, KH_WIRE_BYTES)) {
            *name = kh__proto_bytes(source, scan.offset);
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    return KH_OK;
}

/* The slot that has the name, or the free one where it belongs. */
static struct slot *find(const struct names *names, struct kh_str name)
{
    size_t mask = names->size - 1;
    size_t at = (size_t)kh_hash(name) & mask;

    while (names->slots[at].name.data != NULL && !kh_str_equal(names->slots[at].name, name)) {
        at = (at + 1) & mask;
    }
    return &names->slots[at];
}

static enum kh_status make_room(struct names *names)
{
    struct names larger = *names;

    if (names->count < names->size / 2) {
        return KH_OK;
    }
    larger.size = names->size == 0 ? FIRST_SIZE : names->size * 2;
    larger.slots = kh_arena_alloc(names->source->arena, larger.size * sizeof *larger.slots);
    if (larger.slots == NULL) {
        return kh__proto_no_memory(names->source);
    }
    memset(larger.slots, 0, larger.size * sizeof *larger.slots);
    for (size_t i = 0; i < names->size; i++) {
        if (names->slots[i].name.data != NULL) {
            *find(&larger, names->slots[i].name) = names->slots[i];
        }
    }
    *names = larger;
    return KH_OK;
}

static enum kh_status drop_duplicates(struct names *names, uint32_t *tags, uint32_t count)
{
    for (uint32_t i = 0; i < count; i++) {
        struct kh_str name;
        struct slot *slot;

        KH_TRY(read_name(names->source, &tags[i], &name));
        KH_TRY(make_room(names));
        slot = find(names, name);
        if (slot->name.data != NULL) {
            tags[slot->entry] = KH__PROTO_DROPPED;
        } else {
            names->count++;
        }
        *slot = (struct slot){ name, i };
    }
    return KH_OK;
}

enum kh_status kh__proto_drop_duplicates(const struct kh__proto_source *source, uint32_t *tags,
                                         uint32_t count)
{
    struct kh_arena_mark mark = kh_arena_mark(source->arena);
    struct names names = { .source = source };

    if (count < 2) {
        return KH_OK;
    }
    KH_TRY(drop_duplicates(&names, tags, count));
    kh_arena_release(source->arena, mark);
    return KH_OK;
}
