/* The embedded metric format: https://docs.aws.amazon.com, "CloudWatch embedded metric format". */
#include "edge/metrics.h"

struct metric {
    struct kh_str name;
    struct kh_str unit;
    int64_t value;
};

#define METRIC_COUNT 8

static enum kh_status write_text(struct kh_json_writer *out, struct kh_str name,
                                 struct kh_str value)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, value);
}

/* Which root members are metrics, and which are dimensions. */
static enum kh_status write_directive(struct kh_json_writer *out, const char *name_space,
                                      const struct metric metrics[METRIC_COUNT], size_t count)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(write_text(out, KH_STR("Namespace"), kh_str_from(name_space)));
    KH_TRY(kh_json_write_name(out, KH_STR("Dimensions")));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(kh_json_write_str(out, KH_STR("service")));
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_name(out, KH_STR("Metrics")));
    KH_TRY(kh_json_write_array_begin(out));
    for (size_t i = 0; i < count; i++) {
        KH_TRY(kh_json_write_object_begin(out));
        KH_TRY(write_text(out, KH_STR("Name"), metrics[i].name));
        KH_TRY(write_text(out, KH_STR("Unit"), metrics[i].unit));
        KH_TRY(kh_json_write_object_end(out));
    }
    KH_TRY(kh_json_write_array_end(out));
    return kh_json_write_object_end(out);
}

enum kh_status kh_metrics_write(struct kh_json_writer *out, const struct kh_metrics *metrics)
{
    const struct kh_batch_result *result = metrics->result;
    const struct metric values[METRIC_COUNT] = {
        { KH_STR_INIT("records"), KH_STR_INIT("Count"), (int64_t)result->records },
        { KH_STR_INIT("done"), KH_STR_INIT("Count"), (int64_t)result->done },
        { KH_STR_INIT("duplicate"), KH_STR_INIT("Count"), (int64_t)result->duplicate },
        { KH_STR_INIT("skipped"), KH_STR_INIT("Count"), (int64_t)result->skipped },
        { KH_STR_INIT("deadLettered"), KH_STR_INIT("Count"), (int64_t)result->dead_lettered },
        { KH_STR_INIT("retry"), KH_STR_INIT("Count"), (int64_t)result->retry },
        { KH_STR_INIT("batchMilliseconds"), KH_STR_INIT("Milliseconds"), metrics->batch_ms },
        { KH_STR_INIT("millisBehindLatest"), KH_STR_INIT("Milliseconds"), metrics->behind_ms },
    };
    size_t count = metrics->behind_ms < 0 ? METRIC_COUNT - 1 : METRIC_COUNT;

    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("_aws")));
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh_json_write_name(out, KH_STR("Timestamp")));
    KH_TRY(kh_json_write_int64(out, metrics->timestamp_ms));
    KH_TRY(kh_json_write_name(out, KH_STR("CloudWatchMetrics")));
    KH_TRY(kh_json_write_array_begin(out));
    KH_TRY(write_directive(out, metrics->name_space, values, count));
    KH_TRY(kh_json_write_array_end(out));
    KH_TRY(kh_json_write_object_end(out));
    KH_TRY(write_text(out, KH_STR("service"), kh_str_from(metrics->service)));
    for (size_t i = 0; i < count; i++) {
        KH_TRY(kh_json_write_name(out, values[i].name));
        KH_TRY(kh_json_write_int64(out, values[i].value));
    }
    if (metrics->request_id.length > 0) {
        KH_TRY(write_text(out, KH_STR("requestId"), metrics->request_id));
    }
    KH_TRY(kh_json_write_object_end(out));
    return kh_json_write_newline(out);
}
