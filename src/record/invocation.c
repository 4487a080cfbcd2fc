/* What an invocation was given: a batch of a stream, or one event in the service's own envelope. */
#include "kh/source.h"

enum kh_status kh_invocation_read(struct kh_str text, struct kh_arena *arena,
                                  struct kh_error *error, struct kh_records *out)
{
    struct kh_record *record;
    bool found;

    KH_TRY(kh_lambda_event_read(text, arena, error, out, &found));
    if (found) {
        return KH_OK;
    }
    record = kh_arena_alloc(arena, sizeof *record);
    if (record == NULL) {
        return kh_fail(error, KH_NO_MEMORY, "no memory for a record");
    }
    *record = (struct kh_record){ .data = text,
                                  .id = KH_STR(""),
                                  .sequence_number = KH_STR(""),
                                  .partition_key = KH_STR(""),
                                  .shard_id = KH_STR(""),
                                  .source_arn = KH_STR("") };
    *out = (struct kh_records){
        .items = record, .count = 1, .bare = true, .all_objects = kh_str_begins(text, '{')
    };
    return KH_OK;
}
