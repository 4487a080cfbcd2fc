/* Streams have up to some hundreds of shards, so they are looked through from the first to the last. */
#include "edge/shard_table.h"

#include <time.h>

#include "kh/alloc.h"

static int64_t now_ms(const struct kh_shard_table *table)
{
    return kh_clock_monotonic_ns(table->clock) / 1000000;
}

/* ---- Beginning and end --------------------------------------------------------------------- */

static bool init_condition(pthread_cond_t *condition)
{
    pthread_condattr_t attributes;
    bool fine = pthread_condattr_init(&attributes) == 0;

    if (fine) {
        fine = pthread_condattr_setclock(&attributes, CLOCK_MONOTONIC) == 0 &&
               pthread_cond_init(condition, &attributes) == 0;
        pthread_condattr_destroy(&attributes);
    }
    return fine;
}

enum kh_status kh_shard_table_init(struct kh_shard_table *table, const struct kh_clock *clock,
                                   struct kh_error *error)
{
    *table = (struct kh_shard_table){ .clock = clock, .is_stale = true };
    if (pthread_mutex_init(&table->lock, NULL) != 0) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a lock");
    }
    if (!init_condition(&table->changed)) {
        pthread_mutex_destroy(&table->lock);
        return kh_fail(error, KH_NO_MEMORY, "no memory for a lock");
    }
    kh_arena_init(&table->arena);
    return KH_OK;
}

void kh_shard_table_clean_up(struct kh_shard_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        kh_shard_reader_clean_up(&table->shards[i]->reader);
        kh_free(table->shards[i]);
    }
    kh_free(table->shards);
    kh_arena_clean_up(&table->arena);
    pthread_cond_destroy(&table->changed);
    pthread_mutex_destroy(&table->lock);
}

/* ---- Parents before children --------------------------------------------------------------- */

static struct kh_shard *find(const struct kh_shard_table *table, struct kh_str id)
{
    for (size_t i = 0; i < table->count; i++) {
        if (kh_str_equal(table->shards[i]->id, id)) {
            return table->shards[i];
        }
    }
    return NULL;
}

/* A parent that is not listed any more has nothing left to read. */
static bool may_begin(const struct kh_shard_table *table, const struct kh_shard *shard)
{
    for (size_t i = 0; i < shard->parent_count; i++) {
        const struct kh_shard *parent = find(table, shard->parents[i]);

        if (parent != NULL && parent->state != KH_SHARD_FINISHED) {
            return false;
        }
    }
    return true;
}

static void release_children(struct kh_shard_table *table)
{
    for (size_t i = 0; i < table->count; i++) {
        struct kh_shard *shard = table->shards[i];

        if (shard->state == KH_SHARD_WAITING && may_begin(table, shard)) {
            shard->state = KH_SHARD_READY;
        }
    }
}

/* ---- Turns --------------------------------------------------------------------------------- */

/* What is due next, and when. */
static enum kh_shard_task find_task(const struct kh_shard_table *table, struct kh_shard **shard,
                                    int64_t *due_ms)
{
    enum kh_shard_task task = KH_TASK_STOP;

    *due_ms = INT64_MAX;
    if (!table->is_discovering) {
        task = KH_TASK_DISCOVER;
        *due_ms = table->discovery_due_ms;
    }
    for (size_t i = 0; i < table->count; i++) {
        if (table->shards[i]->state == KH_SHARD_READY && table->shards[i]->due_ms < *due_ms) {
            task = KH_TASK_READ;
            *due_ms = table->shards[i]->due_ms;
            *shard = table->shards[i];
        }
    }
    return task;
}

static void wait_until(struct kh_shard_table *table, int64_t due_ms)
{
    const struct timespec until = { .tv_sec = due_ms / 1000,
                                    .tv_nsec = due_ms % 1000 * INT64_C(1000000) };

    if (due_ms == INT64_MAX) {
        pthread_cond_wait(&table->changed, &table->lock);
    } else {
        pthread_cond_timedwait(&table->changed, &table->lock, &until);
    }
}

enum kh_shard_task kh_shard_table_take(struct kh_shard_table *table, struct kh_shard **shard)
{
    enum kh_shard_task task = KH_TASK_STOP;
    int64_t due_ms;

    pthread_mutex_lock(&table->lock);
    while (!table->is_stopped) {
        task = find_task(table, shard, &due_ms);
        if (task != KH_TASK_STOP && due_ms <= now_ms(table)) {
            break;
        }
        wait_until(table, due_ms);
    }
    if (table->is_stopped) {
        task = KH_TASK_STOP;
    } else if (task == KH_TASK_DISCOVER) {
        table->is_discovering = true;
        table->is_stale = false;
    } else {
        (*shard)->state = KH_SHARD_TAKEN;
    }
    pthread_mutex_unlock(&table->lock);
    return task;
}

void kh_shard_table_give_back(struct kh_shard_table *table, struct kh_shard *shard, bool finished,
                              int64_t pause_ms)
{
    pthread_mutex_lock(&table->lock);
    shard->state = finished ? KH_SHARD_FINISHED : KH_SHARD_READY;
    shard->due_ms = now_ms(table) + pause_ms;
    if (finished) {
        table->is_stale = true;
        table->discovery_due_ms = 0;
        release_children(table);
    }
    pthread_cond_broadcast(&table->changed);
    pthread_mutex_unlock(&table->lock);
}

/* ---- Discovery ----------------------------------------------------------------------------- */

bool kh_shard_table_has(struct kh_shard_table *table, struct kh_str id)
{
    bool found;

    pthread_mutex_lock(&table->lock);
    found = find(table, id) != NULL;
    pthread_mutex_unlock(&table->lock);
    return found;
}

static bool make_room(struct kh_shard_table *table)
{
    size_t capacity = table->capacity * 2 + 16;
    struct kh_shard **shards;

    if (table->count < table->capacity) {
        return true;
    }
    shards = kh_realloc(table->shards, capacity * sizeof(struct kh_shard *));
    if (shards != NULL) {
        table->shards = shards;
        table->capacity = capacity;
    }
    return shards != NULL;
}

static struct kh_shard *make_shard(struct kh_shard_table *table,
                                   const struct kh_kinesis_shard *from,
                                   const struct kh_checkpoint *kept)
{
    struct kh_shard *shard = make_room(table) ? kh_calloc(1, sizeof *shard) : NULL;
    bool fine = shard != NULL;

    if (!fine) {
        return NULL;
    }
    shard->id = kh_arena_copy(&table->arena, from->id);
    fine = shard->id.data != NULL;
    for (size_t i = 0; i < from->parent_count; i++) {
        shard->parents[i] = kh_arena_copy(&table->arena, from->parents[i]);
        fine = fine && shard->parents[i].data != NULL;
    }
    if (!fine) {
        kh_free(shard);
        return NULL;
    }
    shard->parent_count = from->parent_count;
    shard->state = kept->finished ? KH_SHARD_FINISHED : KH_SHARD_WAITING;
    kh_shard_reader_init(&shard->reader, shard->id, kept);
    return shard;
}

enum kh_status kh_shard_table_add(struct kh_shard_table *table, const struct kh_kinesis_shard *from,
                                  const struct kh_checkpoint *kept)
{
    struct kh_shard *shard;

    pthread_mutex_lock(&table->lock);
    shard = make_shard(table, from, kept);
    if (shard != NULL) {
        table->shards[table->count++] = shard;
    }
    pthread_mutex_unlock(&table->lock);
    return shard == NULL ? KH_NO_MEMORY : KH_OK;
}

void kh_shard_table_discovered(struct kh_shard_table *table, bool succeeded, int64_t pause_ms)
{
    pthread_mutex_lock(&table->lock);
    table->is_discovering = false;
    table->is_stale = table->is_stale || !succeeded;
    /* A shard that was finished meanwhile may have had children since. */
    table->discovery_due_ms = succeeded && table->is_stale ? 0 : now_ms(table) + pause_ms;
    if (succeeded) {
        release_children(table);
    }
    pthread_cond_broadcast(&table->changed);
    pthread_mutex_unlock(&table->lock);
}

/* ---- The end ------------------------------------------------------------------------------- */

bool kh_shard_table_is_idle(struct kh_shard_table *table)
{
    bool idle;

    pthread_mutex_lock(&table->lock);
    idle = !table->is_stale && !table->is_discovering;
    for (size_t i = 0; i < table->count; i++) {
        const struct kh_shard *shard = table->shards[i];
        const struct kh_shard_reader *reader = &shard->reader;

        idle = idle && (shard->state == KH_SHARD_FINISHED ||
                        (shard->state == KH_SHARD_READY && reader->is_idle && reader->count == 0 &&
                         !reader->is_unsaved));
    }
    pthread_mutex_unlock(&table->lock);
    return idle;
}

void kh_shard_table_stop(struct kh_shard_table *table)
{
    pthread_mutex_lock(&table->lock);
    table->is_stopped = true;
    pthread_cond_broadcast(&table->changed);
    pthread_mutex_unlock(&table->lock);
}

bool kh_shard_table_is_stopped(struct kh_shard_table *table)
{
    bool stopped;

    pthread_mutex_lock(&table->lock);
    stopped = table->is_stopped;
    pthread_mutex_unlock(&table->lock);
    return stopped;
}
