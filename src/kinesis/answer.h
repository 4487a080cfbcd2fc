/* What the readers of answers have in common. */
#ifndef KH_KINESIS_ANSWER_H
#define KH_KINESIS_ANSWER_H

#include "kh/json.h"
#include "kinesis/stream.h"

/* A string, or null, which is "". */
KH_MUST_USE static inline enum kh_status kh__kinesis_read_str(struct kh_json *in,
                                                              struct kh_str *out)
{
    *out = KH_STR("");
    return kh_json_take_null(in) ? KH_OK : kh_json_read_str(in, out);
}

/* As kh__kinesis_call, but KH_IO where the service itself failed: a later call may succeed. */
KH_MUST_USE static inline enum kh_status kh__kinesis_ask(struct kh_kinesis_stream *stream,
                                                         const struct kh_call *call,
                                                         const char *operation, struct kh_str body,
                                                         struct kh_aws_answer *answer)
{
    enum kh_status status = kh__kinesis_call(stream, call, operation, body, answer);

    return status == KH_STORE && answer->code >= 500 ? KH_IO : status;
}

#endif
