/* One string of a message, without its other members. */
#include "proto/content.h"

static const struct kh_proto_field *find_field(const struct kh_proto_message *message,
                                               struct kh_str name)
{
    for (size_t i = 0; i < message->field_count; i++) {
        const struct kh_proto_field *field = &message->fields[i];

        if (field->kind == KH_PROTO_STRING && !field->is_repeated &&
            kh_str_equal(field->name, name)) {
            return field;
        }
    }
    return NULL;
}

enum kh_status kh_proto_find_string(const struct kh_proto_message *message, struct kh_str bytes,
                                    struct kh_str name, struct kh_error *error, struct kh_str *out)
{
    const struct kh_proto_field *field = find_field(message, name);
    struct kh__proto_source source = { .bytes = bytes, .error = error };
    struct kh__proto_scan scan;
    bool found;

    *out = KH_STR("");
    KH_TRY(kh__proto_check_length(&source));
    kh__proto_scan_init(&scan, &source, (struct kh__proto_content){ NULL, 1 });
    KH_TRY(kh__proto_scan_next(&scan, &found));
    while (found) {
        if (field != NULL && scan.tag == KH_PROTO_TAG(field->number, KH_WIRE_BYTES)) {
            *out = kh__proto_bytes(&source, scan.offset);
        }
        KH_TRY(kh__proto_scan_next(&scan, &found));
    }
    return KH_OK;
}
