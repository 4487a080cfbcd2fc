/*
 * Metrics of a batch in CloudWatch's embedded metric format: one line that CloudWatch Logs reads.
 */
#ifndef KH_METRICS_H
#define KH_METRICS_H

#include <stdint.h>

#include "kh/batch.h"
#include "kh/json_writer.h"
#include "kh/status.h"
#include "kh/str.h"

struct kh_metrics {
    const char *name_space;
    const char *service; /* the only dimension */
    int64_t timestamp_ms;
    int64_t batch_ms;
    int64_t behind_ms;        /* how far the consumer is behind the stream; below 0: not known */
    struct kh_str request_id; /* a property, not a dimension: it would be a metric each time */
    const struct kh_batch_result *result;
};

/* The line with its newline, after what `out` holds already. KH_NO_MEMORY. */
enum kh_status kh_metrics_write(struct kh_json_writer *out,
                                const struct kh_metrics *metrics) KH_MUST_USE;

#endif
