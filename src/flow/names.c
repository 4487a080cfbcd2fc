/* Open addressing, a keyed hash, at most three quarters full. Nothing is ever taken out. */
#include "flow/names.h"

#define FIRST_PLACE_COUNT ((size_t)64)

void kh__names_init(struct kh__names *names, struct kh_arena *arena, kh__name_test *test)
{
    *names = (struct kh__names){ .arena = arena, .test = test };
}

static size_t next_place(const struct kh__names *names, size_t at)
{
    return (at + 1) & (names->place_count - 1);
}

/* Where the name is, or the free place where it belongs. */
static struct kh__name *place_of(const struct kh__names *names, const void *space,
                                 struct kh_str text, uint64_t hash)
{
    size_t at = hash & (names->place_count - 1);

    while (names->places[at].value != NULL &&
           !(names->places[at].hash == hash && names->test(names->places[at].value, space, text))) {
        at = next_place(names, at);
    }
    return &names->places[at];
}

static struct kh__name *free_place_of(const struct kh__names *names, uint64_t hash)
{
    size_t at = hash & (names->place_count - 1);

    while (names->places[at].value != NULL) {
        at = next_place(names, at);
    }
    return &names->places[at];
}

enum kh_status kh__names_grow(struct kh__names *names, size_t count)
{
    struct kh__names larger = *names;

    if (larger.place_count == 0) {
        larger.place_count = FIRST_PLACE_COUNT;
    }
    while (count * 4 > larger.place_count * 3) {
        larger.place_count *= 2;
    }
    larger.places = kh_arena_alloc(names->arena, larger.place_count * sizeof *larger.places);
    if (larger.places == NULL) {
        return KH_NO_MEMORY;
    }
    kh_clear(larger.places, larger.place_count * sizeof *larger.places);
    for (size_t i = 0; i < names->place_count; i++) {
        const struct kh__name *name = &names->places[i];

        if (name->value != NULL) {
            *free_place_of(&larger, name->hash) = *name;
        }
    }
    *names = larger;
    return KH_OK;
}

enum kh_status kh__names_find(struct kh__names *names, const void *space, struct kh_str text,
                              uint64_t hash, struct kh__name **place)
{
    KH_TRY(kh__names_reserve(names, names->count + 1));
    *place = place_of(names, space, text, hash);
    (*place)->hash = hash;
    return KH_OK;
}

void kh__names_add(struct kh__names *names, struct kh__name *place, void *value)
{
    place->value = value;
    names->count++;
}
