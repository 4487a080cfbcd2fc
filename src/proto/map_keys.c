/*
 * Names in a free-form object: of entries with the same one the last stays. Names are found in a table
 * by a keyed hash, so that no choice of them makes it slow.
 */
#include "kh/alloc.h"
#include "kh/hash.h"
#include "proto/free_form.h"
#include "proto/to_json.h"

/* Slots of the first table; one is at most half full. */
#define FIRST_SIZE ((size_t)16)

/* Small, as a message of a MiB may have 150,000 names. */
struct slot {
    uint32_t name; /* its place in the bytes */
    uint32_t length;
    uint32_t entry; /* the last one that has the name, counted from 1; 0: the slot is free */
};

struct names {
    const struct kh__proto_source *source;
    struct slot *slots; /* on the heap, as an arena would keep the smaller tables */
    size_t size;        /* a power of two */
    size_t count;
};

/* The name of an entry: what its last key is, "" without one. */
static enum kh_status read_name(const struct kh__proto_source *source, const uint32_t *tag,
                                struct kh_str *name)
{
    struct kh__proto_scan scan;
    bool found;

    *name = (struct kh_str){ source->bytes.data, 0 };
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

static struct kh_str name_of(const struct names *names, const struct slot *slot)
{
    return (struct kh_str){ names->source->bytes.data + slot->name, slot->length };
}

/* The slot that has the name, or the free one where it belongs. */
static struct slot *find(const struct names *names, struct kh_str name)
{
    size_t mask = names->size - 1;
    size_t at = (size_t)kh_hash(name) & mask;

    while (names->slots[at].entry != 0 && !kh_str_equal(name_of(names, &names->slots[at]), name)) {
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
    larger.slots = kh_calloc(larger.size, sizeof *larger.slots);
    if (larger.slots == NULL) {
        return kh__proto_no_memory(names->source);
    }
    for (size_t i = 0; i < names->size; i++) {
        if (names->slots[i].entry != 0) {
            *find(&larger, name_of(names, &names->slots[i])) = names->slots[i];
        }
    }
    kh_free(names->slots);
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
        if (slot->entry != 0) {
            tags[slot->entry - 1] = KH__PROTO_DROPPED;
        } else {
            names->count++;
        }
        *slot = (struct slot){ (uint32_t)(name.data - names->source->bytes.data),
                               (uint32_t)name.length, i + 1 };
    }
    return KH_OK;
}

enum kh_status kh__proto_drop_duplicates(const struct kh__proto_source *source, uint32_t *tags,
                                         uint32_t count)
{
    struct names names = { .source = source };
    enum kh_status status;

    if (count < 2) {
        return KH_OK;
    }
    status = drop_duplicates(&names, tags, count);
    kh_free(names.slots);
    return status;
}
