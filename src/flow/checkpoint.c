/* Rows of src/model/checkpoint.h, read and written past the unit of work: they are no part of a batch. */
#include "flow/checkpoint.h"

#include <stdio.h>

static enum kh_status no_memory(const struct kh_call *call)
{
    return kh_fail(call->error, KH_NO_MEMORY, "no memory for a checkpoint");
}

/* No part but the stream's can hold a slash, so no two ids are alike. */
static enum kh_status make_id(const struct kh_checkpoints *checkpoints, const struct kh_call *call,
                              struct kh_str shard, struct kh_str *out)
{
    size_t size = strlen(checkpoints->stream) + strlen(checkpoints->consumer) + shard.length + 3;
    char *text = kh_arena_alloc(call->arena, size);
    int length;

    if (text == NULL) {
        return no_memory(call);
    }
    length = snprintf(text, size, "%s/%s%s%.*s", checkpoints->stream, checkpoints->consumer,
                      shard.length == 0 ? "" : "/", KH_STR_ARG(shard));
    *out = (struct kh_str){ text, (size_t)length };
    return KH_OK;
}

/* `keys` have their ids; `out` is set where there is a row, and is empty elsewhere. */
static enum kh_status fetch(const struct kh_checkpoints *checkpoints, const struct kh_call *call,
                            const struct kh_checkpoint *keys, size_t count,
                            struct kh_checkpoint *out, struct kh_row_state *states)
{
    struct kh_wanted *rows = kh_arena_alloc(call->arena, count * sizeof *rows);

    if (rows == NULL) {
        return no_memory(call);
    }
    for (size_t i = 0; i < count; i++) {
        out[i] = (struct kh_checkpoint){ .id = KH_STR(""), .sequence_number = KH_STR("") };
        rows[i] = (struct kh_wanted){ .entity = &kh_checkpoint_entity,
                                      .key = &keys[i],
                                      .value = &out[i] };
    }
    KH_TRY(checkpoints->store->ops->fetch(checkpoints->store, call, rows, count, NULL, 0, NULL));
    for (size_t i = 0; states != NULL && i < count; i++) {
        states[i] = rows[i].state;
    }
    return KH_OK;
}

enum kh_status kh_checkpoints_read(const struct kh_checkpoints *checkpoints,
                                   const struct kh_call *call, const struct kh_str *shards,
                                   size_t count, struct kh_checkpoint *out)
{
    struct kh_checkpoint *keys = kh_arena_alloc(call->arena, count * sizeof *keys);

    if (keys == NULL) {
        return no_memory(call);
    }
    for (size_t i = 0; i < count; i++) {
        keys[i] = (struct kh_checkpoint){ .sequence_number = KH_STR("") };
        KH_TRY(make_id(checkpoints, call, shards[i], &keys[i].id));
    }
    return fetch(checkpoints, call, keys, count, out, NULL);
}

static bool is_same(const struct kh_checkpoint *found, const struct kh_checkpoint *other)
{
    return found->finished == other->finished && found->from_ms == other->from_ms &&
           kh_str_equal(found->sequence_number, other->sequence_number);
}

enum kh_status kh_checkpoints_write(const struct kh_checkpoints *checkpoints,
                                    const struct kh_call *call, struct kh_str shard,
                                    const struct kh_checkpoint *known,
                                    const struct kh_checkpoint *next)
{
    struct kh_checkpoint row = *next;
    struct kh_checkpoint found;
    struct kh_change change = { .kind = KH_CHANGE_PUT,
                                .entity = &kh_checkpoint_entity,
                                .value = &row };
    const struct kh_commit commit = { .changes = &change, .change_count = 1 };
    bool is_there;
    enum kh_status status;

    row.updated_ms = kh_clock_wall_ms(checkpoints->clock);
    KH_TRY(make_id(checkpoints, call, shard, &row.id));
    KH_TRY(fetch(checkpoints, call, &row, 1, &found, &change.state));
    is_there = change.state.version != 0;
    if (is_there && is_same(&found, next)) {
        return KH_OK; /* written before, and the answer was lost */
    }
    status = KH_CONFLICT;
    if (known == NULL ? !is_there : is_there && is_same(&found, known)) {
        status = checkpoints->store->ops->commit(checkpoints->store, call, &commit);
    }
    if (status == KH_CONFLICT) {
        kh_error_clear(call->error);
        return kh_fail(call->error, status,
                       "the checkpoint %.*s was moved by somebody else: another process reads this "
                       "stream as consumer %s; stop one of them, or give it another name",
                       KH_STR_ARG(row.id), checkpoints->consumer);
    }
    return status;
}
