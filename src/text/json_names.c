/*
 * The names seen in one object, to find duplicates. The first few are compared one by one, by a
 * word made of their bytes; more go into a table with a keyed hash, so that no choice of names
 * makes it slow. Sets live in the arena; whoever made one gives it up with a mark, or not at all.
 */
#include "text/json_internal.h"

/* As many names as are quicker to compare than to hash. */
#define FEW_NAMES 16

/* Slots of the first table; a table is at most half full. */
#define FIRST_TABLE_SIZE ((size_t)64)

struct kh_name_set {
    size_t count;
    struct kh_str *table; /* open addressing, free slots have no data; NULL while names are few */
    size_t table_size;    /* a power of two */
    uint64_t words[FEW_NAMES];
    struct kh_str names[FEW_NAMES];
};

/* The slot of the table that holds the name, or the free one where it belongs. */
static struct kh_str *find_slot(const struct kh_name_set *set, struct kh_str name)
{
    size_t mask = set->table_size - 1;
    size_t slot = (size_t)kh_hash(name) & mask;

    while (set->table[slot].data != NULL && !kh_str_equal(set->table[slot], name)) {
        slot = (slot + 1) & mask;
    }
    return &set->table[slot];
}

/* Moves all names to a new table of `size` slots. */
static enum kh_status make_table(struct kh_json *in, struct kh_name_set *set, size_t size)
{
    const struct kh_str *old = set->table != NULL ? set->table : set->names;
    size_t old_size = set->table != NULL ? set->table_size : set->count;
    struct kh_str *table = kh_arena_alloc(in->arena, size * sizeof *table);

    if (table == NULL) {
        return kh__json_no_memory(in);
    }
    for (size_t i = 0; i < size; i++) {
        table[i] = (struct kh_str){ NULL, 0 };
    }
    set->table = table;
    set->table_size = size;
    for (size_t i = 0; i < old_size; i++) {
        if (old[i].data != NULL) {
            *find_slot(set, old[i]) = old[i];
        }
    }
    return KH_OK;
}

static enum kh_status duplicate(struct kh_json *in, const char *begin)
{
    return kh__json_fail(in, KH_NOT_JSON, begin, "an object has two members of the same name");
}

static enum kh_status add_to_table(struct kh_json *in, struct kh_name_set *set, struct kh_str name,
                                   const char *begin)
{
    struct kh_str *slot;

    if (set->count >= set->table_size / 2) {
        size_t size = set->table == NULL ? FIRST_TABLE_SIZE : set->table_size * 2;

        KH_TRY(make_table(in, set, size));
    }
    slot = find_slot(set, name);
    if (slot->data != NULL) {
        return duplicate(in, begin);
    }
    *slot = name;
    set->count++;
    return KH_OK;
}

enum kh_status kh__json_add_name(struct kh_json *in, struct kh_name_set **set, struct kh_str name,
                                 const char *begin)
{
    struct kh_name_set *names = *set;
    uint64_t word;

    if (names == NULL) {
        names = kh_arena_alloc(in->arena, sizeof *names);
        if (names == NULL) {
            return kh__json_no_memory(in);
        }
        names->count = 0;
        names->table = NULL;
        names->table_size = 0;
        *set = names;
    }
    if (names->count >= FEW_NAMES) {
        return add_to_table(in, names, name, begin);
    }
    word = kh__json_name_word(name);
    for (size_t i = 0; i < names->count; i++) {
        if (names->words[i] == word && kh_str_equal(names->names[i], name)) {
            return duplicate(in, begin);
        }
    }
    names->words[names->count] = word;
    names->names[names->count] = name;
    names->count++;
    return KH_OK;
}

enum kh_status kh_json_once_unknown(struct kh_json *in, struct kh_json_object *object)
{
    return kh__json_add_name(in, &object->unknown, object->name, object->name_begin);
}

enum kh_status kh__json_seen_twice(struct kh_json *in, const char *name)
{
    return duplicate(in, name);
}
