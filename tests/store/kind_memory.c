#include "store_kinds.h"

static void make_place(struct store_place *place)
{
    place->name[0] = '\0';
}

static enum kh_status open_memory(const struct store_place *place, struct kh_error *error,
                                  struct kh_store **out)
{
    (void)place;
    *out = kh_store_memory_new(1000000);
    return *out == NULL ? kh_fail(error, KH_NO_MEMORY, "no memory for the store") : KH_OK;
}

static void clear_place(struct store_place *place)
{
    (void)place;
}

const struct store_kind memory_kind = {
    .name = "memory",
    .keeps_all = true,
    .make_place = make_place,
    .open = open_memory,
    .clear_place = clear_place,
};
