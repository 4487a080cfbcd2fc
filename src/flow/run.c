/* One record: its envelope, its route, whether it was applied before, its payload, its handler. */
#include "flow/batch.h"

/* ---- Reading ------------------------------------------------------------------------------- */

/* It could not be opened. */
static enum kh_status refuse(struct kh_batch *batch, const struct kh_record *record)
{
    if (record->wrapping != NULL && record->wrapping->reason != NULL) {
        return kh_fail(&batch->error, record->status, "%s", record->wrapping->reason);
    }
    return kh_fail(&batch->error, record->status, "the record is %s",
                   kh_status_text(record->status));
}

/* Everything of a record that can be known without store and handler. */
static enum kh_status read_record(struct kh_batch *batch, struct kh__run *run)
{
    const struct kh_record *record = run->record;
    struct kh_json in;
    enum kh_status status;

    if (record->status != KH_OK) {
        return refuse(batch, record);
    }
    if (record->data.length > batch->options.max_record_size) {
        return kh_fail(&batch->error, KH_TOO_LARGE, "the record has %zu bytes, %zu are allowed",
                       record->data.length, batch->options.max_record_size);
    }
    kh_json_init(&in, record->data, &batch->arena, &batch->error);
    status = kh__message_read(batch->options.service, &in, &batch->rooms, &run->message);
    if (status != KH_OK) {
        run->message = (struct kh__message){ 0 };
        return status;
    }
    run->is_read = true;
    return KH_OK;
}

/* Both in one address space: whether `part` is a part of `whole`. */
static bool is_inside(struct kh_str part, struct kh_str whole)
{
    uintptr_t begin = (uintptr_t)whole.data;
    uintptr_t at = (uintptr_t)part.data;

    return at >= begin && at - begin <= whole.length &&
           part.length <= whole.length - (size_t)(at - begin);
}

void kh__run_payload(const struct kh__run *run, struct kh_arena *arena, struct kh_error *error,
                     struct kh_json *in, struct kh_str *text, struct kh_str *prefix)
{
    const struct kh_event *event = &run->message.event;

    *text = run->record->data;
    *prefix = KH_STR("");
    if (event->has_payload && !is_inside(event->payload, run->record->data)) {
        /* It was encoded in the envelope (base64), and is a text of its own. */
        *text = event->payload;
        *prefix = kh_str_from(event->payload_pointer);
    }
    kh_json_init(in, event->has_payload ? event->payload : *text, arena, error);
    in->begin = text->data;
}

/* Nothing has read the payload on the way: it is encoded, or not valid, or the type was not guessed. */
static enum kh_status read_payload(struct kh_batch *batch, struct kh__run *run)
{
    void *payload = kh__message_room(run->message.route, &batch->rooms);
    struct kh_str text;
    struct kh_str prefix;
    struct kh_json in;

    if (payload == NULL) {
        return KH_NO_MEMORY;
    }
    kh__run_payload(run, &batch->arena, &batch->error, &in, &text, &prefix);
    KH_TRY(kh__message_read_payload(&run->message, &in, payload));
    run->message.payload = payload;
    return KH_OK;
}

/* ---- Applied before? ----------------------------------------------------------------------- */

static struct kh_mark mark_of(const struct kh__run *run)
{
    return (struct kh_mark){ run->message.event.id, run->id_hash, KH_HOMELESS };
}

static bool needs_mark(const struct kh_batch *batch, const struct kh__run *run)
{
    return run->is_read && run->message.route != NULL && !batch->options.validate_only;
}

bool kh__run_is(const void *value, const void *space, struct kh_str id)
{
    const struct kh__run *run = value;

    (void)space;
    return kh_str_equal(run->message.event.id, id);
}

/* Chains the records of one event, so that the second sees what became of the first. */
static enum kh_status link_same_id(struct kh_batch *batch, struct kh__run *run)
{
    struct kh__name *name;

    if (run->is_linked) {
        return KH_OK;
    }
    run->is_linked = true;
    KH_TRY(kh__names_find(&batch->ids, NULL, run->message.event.id, run->id_hash, &name));
    run->same_id = name->value;
    if (name->value == NULL) {
        kh__names_add(&batch->ids, name, run);
    } else {
        name->value = run;
    }
    return KH_OK;
}

/* What can't be read is read again in its turn, to say why. */
static enum kh_status prepare_record(struct kh_batch *batch, struct kh__run *run)
{
    struct kh_arena_mark mark = kh_arena_mark(&batch->arena);
    enum kh_status status = read_record(batch, run);

    if (status != KH_OK) {
        /* A large record may have taken much until it showed that it is wrong. */
        kh_arena_release(&batch->arena, mark);
    }
    kh_error_clear(&batch->error);
    if (needs_mark(batch, run)) {
        run->id_hash = kh_hash(run->message.event.id);
        kh__names_fetch(&batch->ids, run->id_hash);
    }
    /* Left out here, its id would not be compared with those of the others. */
    return status == KH_NO_MEMORY ? status : KH_OK;
}

static enum kh_status link_same_ids(struct kh_batch *batch, size_t begin, size_t end)
{
    for (size_t i = begin; i < end; i++) {
        if (needs_mark(batch, &batch->runs[i])) {
            KH_TRY(link_same_id(batch, &batch->runs[i]));
        }
    }
    return KH_OK;
}

enum kh_status kh__runs_prepare(struct kh_batch *batch)
{
    size_t begin = batch->next;
    size_t left = batch->count - begin;
    size_t end = begin + (left < KH__PREPARED_TOGETHER ? left : KH__PREPARED_TOGETHER);

    KH_TRY(kh__names_reserve(&batch->ids, batch->count));
    kh_arena_reset(&batch->rooms);
    for (size_t i = begin; i < end; i++) {
        KH_TRY(prepare_record(batch, &batch->runs[i]));
    }
    KH_TRY(link_same_ids(batch, begin, end));
    batch->prepared = end;
    return KH_OK;
}

/* The payload tells the key. Without one that can be read, nothing will be applied. */
static enum kh_status want_home(struct kh_batch *batch, struct kh__run *run)
{
    const struct kh_route *route = run->message.route;
    enum kh_status status = KH_OK;
    void *key;

    run->home = NULL;
    if (route->entity == NULL || !batch->options.store->ops->is_remote) {
        return KH_OK;
    }
    if (run->message.payload == NULL) {
        status = read_payload(batch, run);
        kh_error_clear(&batch->error);
    }
    if (status != KH_OK) {
        return status == KH_NO_MEMORY ? status : KH_OK;
    }
    key = kh_arena_alloc(&batch->rooms, route->entity->codec->size);
    if (key == NULL) {
        return KH_NO_MEMORY;
    }
    memset(key, 0, route->entity->codec->size);
    route->set_key(run->message.payload, key);
    return kh__unit_want(&batch->unit, route->entity, key, &run->home);
}

/* For the records from `begin` to `end`, which are prepared: at most KH__PREPARED_TOGETHER. */
static enum kh_status fetch(struct kh_batch *batch, size_t begin, size_t end)
{
    struct kh__unit_row *homes[KH__PREPARED_TOGETHER];
    struct kh_mark marks[KH__PREPARED_TOGETHER];
    bool found[KH__PREPARED_TOGETHER] = { false };
    size_t count = 0;

    for (size_t i = begin; i < end; i++) {
        if (needs_mark(batch, &batch->runs[i])) {
            KH_TRY(want_home(batch, &batch->runs[i]));
            marks[count] = mark_of(&batch->runs[i]);
            homes[count] = batch->runs[i].home;
            count++;
        }
    }
    if (count == 0) {
        return KH_OK;
    }
    KH_TRY(kh__unit_fetch(&batch->context, marks, homes, count, found));
    count = 0;
    for (size_t i = begin; i < end; i++) {
        if (needs_mark(batch, &batch->runs[i])) {
            batch->runs[i].is_marked = found[count++];
            batch->runs[i].is_asked = true;
        }
    }
    return KH_OK;
}

enum kh_status kh__runs_fetch(struct kh_batch *batch)
{
    size_t begin = batch->next;
    size_t left = batch->prepared - begin;
    size_t end = begin + (left < batch->unit_limit ? left : batch->unit_limit);

    batch->fetched = end;
    return fetch(batch, begin, end);
}

/* Applied in an earlier batch, or by an earlier record of this one: KH_DUPLICATE. */
static enum kh_status check_duplicate(struct kh_batch *batch, struct kh__run *run)
{
    if (batch->options.ignores_ids) {
        return KH_OK;
    }
    for (const struct kh__run *other = run->same_id; other != NULL; other = other->same_id) {
        if (other->status == KH_OK || other->status == KH_DUPLICATE) {
            return KH_DUPLICATE;
        }
        if (other->is_first) {
            break;
        }
    }
    if (!run->is_asked) {
        size_t at = (size_t)(run - batch->runs);

        KH_TRY(fetch(batch, at, at + 1));
    }
    run->is_first = !run->is_marked;
    return run->is_marked ? KH_DUPLICATE : KH_OK;
}

enum kh_status kh__run_check_again(struct kh_batch *batch, struct kh__run *run)
{
    if (!run->is_decoded || batch->options.validate_only) {
        return KH_OK;
    }
    if (batch->options.store->ops->is_remote) {
        /* Its marks may be in rows, so these are read again too. */
        kh__unit_reset(&batch->unit);
        batch->fetched = batch->next;
    }
    run->is_asked = false;
    return check_duplicate(batch, run);
}

/* ---- Processing ---------------------------------------------------------------------------- */

void kh__run_bind(struct kh_batch *batch, const struct kh__run *run)
{
    static const struct kh_str nothing = KH_STR_INIT("");

    batch->scope.event_id = run == NULL ? nothing : run->message.event.id;
    batch->scope.event_type = run == NULL ? nothing : run->message.event.type;
    batch->scope.sequence_number = run == NULL ? nothing : run->record->sequence_number;
}

static enum kh_status handle(struct kh_batch *batch, const struct kh__run *run)
{
    enum kh_status status;

    kh__unit_begin_record(&batch->unit);
    status =
        run->message.route->handle(&batch->context, run->message.envelope, run->message.payload);
    if (status == KH_OK) {
        status = kh__unit_keep_record(&batch->unit, mark_of(run), run->home);
    }
    if (status != KH_OK) {
        kh__unit_drop_record(&batch->unit);
    }
    return status;
}

static enum kh_status process(struct kh_batch *batch, struct kh__run *run)
{
    if (!run->is_read) {
        KH_TRY(read_record(batch, run));
        kh__run_bind(batch, run);
    }
    if (run->message.route == NULL) {
        return KH_NO_ROUTE;
    }
    if (!batch->options.validate_only) {
        KH_TRY(check_duplicate(batch, run));
    }
    if (run->message.payload == NULL) {
        KH_TRY(read_payload(batch, run));
    }
    run->is_decoded = true;
    return batch->options.validate_only ? KH_OK : handle(batch, run);
}

enum kh_status kh__run_process(struct kh_batch *batch, struct kh__run *run)
{
    enum kh_status status;

    kh_error_clear(&batch->error);
    run->error = NULL;
    run->violations = NULL;
    run->is_decoded = false;
    run->is_first = false;
    kh__run_bind(batch, run);
    status = process(batch, run);
    if (batch->error.status != status) {
        /* No reason was given, or that of a failure the handler got over. */
        kh_error_clear(&batch->error);
        (void)kh_fail(&batch->error, status, "%s", kh_status_text(status));
    }
    return status;
}
