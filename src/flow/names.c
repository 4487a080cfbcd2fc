/* Open addressing, a keyed hash, at most three quarters full. Nothing is ever taken out. */
#include "flow/names.h"

#define FIRST_PLACE_COUNT ((size_t)64)

void kh__names_init(struct kh__names *names, struct kh_arena *arena, struct kh_hash_key key)
{
    *names = (struct kh__names){ .arena = arena, .key = key };
}

/* Where the name is, or the free place where it belongs. */
static struct kh__name *place_of(const struct kh__names *names, struct kh_str text)
{
    size_t mask = names->place_count - 1;
    size_t at = kh_hash(names->key, text) & mask;

    while (names->places[at].value != NULL && !kh_str_equal(names->places[at].text, text)) {
        at = (at + 1) & mask;
    }
    return &names->places[at];
}

void *kh__names_find(const struct kh__names *names, struct kh_str text)
{
    return names->place_count == 0 ? NULL : place_of(names, text)->value;
}

static enum kh_status grow(struct kh__names *names)
{
    struct kh__names larger = *names;

    larger.place_count = names->place_count == 0 ? FIRST_PLACE_COUNT : names->place_count * 2;
    larger.places = kh_arena_alloc(names->arena, larger.place_count * sizeof *larger.places);
    if (larger.places == NULL) {
        return KH_NO_MEMORY;
    }
    memset(larger.places, 0, larger.place_count * sizeof *larger.places);
    for (size_t i = 0; i < names->place_count; i++) {
        if (names->places[i].value != NULL) {
            *place_of(&larger, names->places[i].text) = names->places[i];
        }
    }
    *names = larger;
    return KH_OK;
}

enum kh_status kh__names_set(struct kh__names *names, struct kh_str text, void *value)
{
    struct kh__name *place;

    if ((names->count + 1) * 4 > names->place_count * 3) {
        KH_TRY(grow(names));
    }
    place = place_of(names, text);
    if (place->value == NULL) {
        names->count++;
    }
    *place = (struct kh__name){ text, value };
    return KH_OK;
}
