/* One member of an entity's value: where it is, how it compares, how it is copied and spelled. */
#ifndef KH_MODEL_FIELD_H
#define KH_MODEL_FIELD_H

#include "kh/entity.h"

static inline const void *kh__field_at(const struct kh_field *field, const void *value)
{
    return (const char *)value + field->offset;
}

static inline void *kh__field_slot(const struct kh_field *field, void *value)
{
    return (char *)value + field->offset;
}

bool kh__field_may_be_present(const struct kh_field *field, const void *value);

/* False when the member is absent or null. */
static inline bool kh__field_is_present(const struct kh_field *field, const void *value)
{
    return field->presence == KH_FIELD_REQUIRED || kh__field_may_be_present(field, value);
}

void kh__field_set_present(const struct kh_field *field, void *value);

/* Of the member's C type. */
size_t kh__field_size(const struct kh_field *field);

/* Of a member of kind KH_FIELD_ENUM that is there, as in the schema; empty for none of its names. */
struct kh_str kh__field_enum_name(const struct kh_field *field, const void *value);

/* The way back; false for none of its names. */
bool kh__field_set_enum(const struct kh_field *field, struct kh_str name, void *value);

/*
 * By value, enums by name: a name more in the schema leaves those before it where they are. A value that
 * lacks the member comes first. Not for KH_FIELD_JSON.
 */
int kh__field_compare(const struct kh_field *field, const void *a, const void *b);

/* The member of kind KH_FIELD_JSON as JSON text, and back; nested values go to the arena. */
enum kh_status kh__field_write_json(const struct kh_field *field, const void *value,
                                    struct kh_json_writer *out) KH_MUST_USE;
enum kh_status kh__field_read_json(const struct kh_field *field, struct kh_str text,
                                   struct kh_arena *arena, void *value) KH_MUST_USE;

/* Room for the text of any scalar that is not a string. */
#define KH_FIELD_TEXT_SIZE 160

/*
 * The scalar member as text that is equal exactly when the members compare equal; `buffer` is used
 * where the text is not in the value itself.
 */
struct kh_str kh__field_text(const struct kh_field *field, const void *value,
                             char buffer[KH_FIELD_TEXT_SIZE]);

/* The way back, strictly: only what kh__field_text makes. KH_INVALID. Strings are not copied. */
enum kh_status kh__field_parse(const struct kh_field *field, struct kh_str text,
                               void *value) KH_MUST_USE;

#endif
