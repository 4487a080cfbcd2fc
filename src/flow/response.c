/* The partial batch response. */
#include "kh/response.h"

static enum kh_status write_item(struct kh_json_writer *out, const struct kh_record *record)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("itemIdentifier")));
    KH_TRY(kh_json_write_str(out, record->id));
    return kh_json_write_object_end(out);
}

enum kh_status kh_batch_response_write(struct kh_json_writer *out,
                                       const struct kh_batch_result *result)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("batchItemFailures")));
    KH_TRY(kh_json_write_array_begin(out));
    if (result->failed != NULL) {
        KH_TRY(write_item(out, result->failed));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}
