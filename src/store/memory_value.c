/* Planning, making and reading values. */
#include "store/memory_value.h"

#include "model/field.h"

/* Without data if the member is absent. */
static struct kh_str str_of(const struct kh_field *field, const void *value)
{
    struct kh_str text = { NULL, 0 };

    if (kh__field_is_present(field, value)) {
        memcpy(&text, kh__field_at(field, value), sizeof text);
    }
    return text;
}

static size_t aligned(size_t size)
{
    return (size + KH_ARENA_ALIGNMENT - 1) / KH_ARENA_ALIGNMENT * KH_ARENA_ALIGNMENT;
}

/* Where the parts of a block are; strings follow the last of them. */
struct layout {
    size_t members;
    size_t nested;
    size_t strings;
};

static struct layout layout_of(const struct kh_entity *entity)
{
    struct layout layout = { .members = aligned(sizeof(struct kh__value)) };

    layout.nested = layout.members + aligned(entity->codec->size);
    layout.strings = layout.nested + entity->nested_count * sizeof(struct kh_str);
    return layout;
}

static enum kh_status write_nested(struct kh__value_plan *plan, struct kh_json_writer *writer,
                                   struct kh_arena *arena)
{
    for (size_t i = 0; i < plan->entity->nested_count; i++) {
        const struct kh_field *field = &plan->entity->fields[plan->entity->nested[i]];

        plan->nested[i] = (struct kh_str){ NULL, 0 };
        if (kh__field_is_present(field, plan->value)) {
            kh_json_writer_reset(writer);
            KH_TRY(kh__field_write_json(field, plan->value, writer));
            plan->nested[i] = kh_arena_copy(arena, kh_json_writer_text(writer));
            if (plan->nested[i].data == NULL) {
                return KH_NO_MEMORY;
            }
            plan->size += plan->nested[i].length;
        }
    }
    return KH_OK;
}

static enum kh_status plan_nested(struct kh__value_plan *plan, struct kh_arena *arena)
{
    struct kh_json_writer writer;
    enum kh_status status;

    plan->nested = kh_arena_alloc(arena, plan->entity->nested_count * sizeof *plan->nested);
    if (plan->nested == NULL) {
        return KH_NO_MEMORY;
    }
    kh_json_writer_init(&writer);
    status = write_nested(plan, &writer, arena);
    kh_json_writer_clean_up(&writer);
    return status;
}

enum kh_status kh__value_plan(const struct kh_entity *entity, const void *value,
                              struct kh_arena *arena, struct kh__value_plan *out)
{
    *out = (struct kh__value_plan){ .entity = entity,
                                    .value = value,
                                    .size = layout_of(entity).strings };
    for (size_t i = 0; i < entity->string_count; i++) {
        out->size += str_of(&entity->fields[entity->strings[i]], value).length;
    }
    return entity->nested_count > 0 ? plan_nested(out, arena) : KH_OK;
}

/* Copies the text, if there is one, to *at and goes past it. */
static struct kh_str put(char **at, struct kh_str text)
{
    struct kh_str copy = { *at, text.length };

    if (text.data == NULL) {
        return text;
    }
    memcpy(*at, text.data, text.length);
    *at += text.length;
    return copy;
}

struct kh__value *kh__value_make(const struct kh__value_plan *plan, void *block)
{
    const struct kh_entity *entity = plan->entity;
    struct layout layout = layout_of(entity);
    struct kh__value *value = block;
    char *at = (char *)block + layout.strings;

    value->size = plan->size;
    value->members = (char *)block + layout.members;
    value->nested = (struct kh_str *)(void *)((char *)block + layout.nested);
    memcpy(value->members, plan->value, entity->codec->size);
    for (size_t i = 0; i < entity->string_count; i++) {
        const struct kh_field *field = &entity->fields[entity->strings[i]];
        struct kh_str text = put(&at, str_of(field, plan->value));

        memcpy(kh__field_slot(field, value->members), &text, sizeof text);
    }
    for (size_t i = 0; i < entity->nested_count; i++) {
        const struct kh_field *field = &entity->fields[entity->nested[i]];

        value->nested[i] = put(&at, plan->nested[i]);
        /* Whatever is there points to memory of the caller. */
        memset(kh__field_slot(field, value->members), 0, kh__field_size(field));
    }
    return value;
}

enum kh_status kh__value_read(const struct kh__value *value, const struct kh_entity *entity,
                              struct kh_arena *arena, void *out)
{
    struct layout layout = layout_of(entity);
    const char *strings = (const char *)value + layout.strings;
    size_t size = value->size - layout.strings;
    char *copy = kh_arena_alloc(arena, size);

    if (copy == NULL) {
        return KH_NO_MEMORY;
    }
    /* All strings at once; those of the copy are as far from its beginning. */
    memcpy(copy, strings, size);
    memcpy(out, value->members, entity->codec->size);
    for (size_t i = 0; i < entity->string_count; i++) {
        const struct kh_field *field = &entity->fields[entity->strings[i]];
        struct kh_str text;

        memcpy(&text, kh__field_at(field, out), sizeof text);
        if (text.data != NULL) {
            text.data = copy + (text.data - strings);
            memcpy(kh__field_slot(field, out), &text, sizeof text);
        }
    }
    for (size_t i = 0; i < entity->nested_count; i++) {
        if (value->nested[i].data != NULL) {
            KH_TRY(kh__field_read_json(&entity->fields[entity->nested[i]], value->nested[i], arena,
                                       out));
        }
    }
    return KH_OK;
}
