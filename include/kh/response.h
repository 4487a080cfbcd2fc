/*
 * The answer to a stream's event source mapping (ReportBatchItemFailures). Made in this one place: a
 * wrong name in it loses records, because Lambda takes what it can't read for success.
 */
#ifndef KH_RESPONSE_H
#define KH_RESPONSE_H

#include "kh/batch.h"
#include "kh/json_writer.h"

/*
 * {"batchItemFailures":[]}, or with one item that names the lowest record to retry: Lambda sends it
 * and all after it again. A failed record without an id is named "", which Lambda takes for "all of
 * them": late is better than lost. KH_NO_MEMORY: the invocation is to be reported as failed.
 */
enum kh_status kh_batch_response_write(struct kh_json_writer *out,
                                       const struct kh_batch_result *result) KH_MUST_USE;

#endif
