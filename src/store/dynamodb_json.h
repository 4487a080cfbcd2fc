/* What is written often in requests, and looked for in answers. */
#ifndef KH_STORE_DYNAMODB_JSON_H
#define KH_STORE_DYNAMODB_JSON_H

#include "kh/json.h"
#include "kh/json_writer.h"

/* `"name":"text"` */
KH_MUST_USE static inline enum kh_status kh__dynamodb_write_text(struct kh_json_writer *out,
                                                                 struct kh_str name,
                                                                 struct kh_str text)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_str(out, text);
}

/* `{"S":"text"}`; `type` is S or N, whose numbers are strings too. */
KH_MUST_USE static inline enum kh_status kh__dynamodb_write_typed(struct kh_json_writer *out,
                                                                  struct kh_str type,
                                                                  struct kh_str text)
{
    KH_TRY(kh_json_write_object_begin(out));
    KH_TRY(kh__dynamodb_write_text(out, type, text));
    return kh_json_write_object_end(out);
}

/* Begins the member `"name":{`. */
KH_MUST_USE static inline enum kh_status kh__dynamodb_begin_object(struct kh_json_writer *out,
                                                                   struct kh_str name)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_object_begin(out);
}

/* Begins the member `"name":[`. */
KH_MUST_USE static inline enum kh_status kh__dynamodb_begin_array(struct kh_json_writer *out,
                                                                  struct kh_str name)
{
    KH_TRY(kh_json_write_name(out, name));
    return kh_json_write_array_begin(out);
}

#endif
