/* Going through the items of an array, and keeping them in the arena. */
#include "text/json_internal.h"

#define FIRST_CAPACITY ((size_t)4)

enum kh_status kh_json_array_begin(struct kh_json *in, struct kh_json_array *array)
{
    char byte = kh__json_byte(in);

    kh__json_begin_value(in);
    *array = (struct kh_json_array){ .begin = in->at };
    if (byte != '[') {
        array->wrong_type = true;
        return kh__json_wrong_type(in, "must be an array");
    }
    return kh__json_open(in);
}

bool kh_json_array_next(struct kh_json *in, struct kh_json_array *array)
{
    char byte;

    if (array->wrong_type) {
        return false;
    }
    byte = kh__json_byte(in);
    if (byte == ']') {
        in->at++;
        in->depth--;
        return false;
    }
    if (array->count > 0) {
        if (byte != ',') {
            array->status = kh__json_unexpected(in, "a comma or a closing bracket");
            return false;
        }
        in->at++;
    }
    array->count++;
    return true;
}

void *kh_json_array_slot(struct kh_json *in, struct kh_json_array *array, void *items,
                         size_t item_size)
{
    if (array->count > array->capacity) {
        size_t capacity = array->capacity == 0 ? FIRST_CAPACITY : array->capacity * 2;

        items = kh_arena_grow(in->arena, items, array->capacity, capacity, item_size);
        if (items == NULL) {
            array->status = kh__json_no_memory(in);
            return NULL;
        }
        array->capacity = capacity;
    }
    memset((char *)items + (array->count - 1) * item_size, 0, item_size);
    return items;
}

enum kh_status kh_json_array_end(struct kh_json *in, struct kh_json_array *array)
{
    KH_TRY(array->status);
    in->value = array->begin;
    in->wrong_type = array->wrong_type;
    return KH_OK;
}
