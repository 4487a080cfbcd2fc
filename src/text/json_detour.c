/*
 * Names that are spelled with escapes, or have blanks before their colon.
 *
 * Generated readers compare the text at the cursor with `"name":`. For a name spelled otherwise the
 * cursor makes a detour: to a copy of it in the arena in the shortest JSON, as the generator spells
 * names. A byte that no value begins with ends the copy, so that whoever wants the value behind it
 * takes a slow path, and there is led back to the text.
 */
#include "text/json_escape.h"
#include "text/json_internal.h"

#define END_OF_DETOUR '\1'

enum kh_status kh__json_begin_detour(struct kh_json *in, struct kh_json_object *object)
{
    /* Six bytes for each at most, a separator, two quotes, a colon and the end. */
    char *copy = kh_arena_alloc(in->arena, object->name.length * 6 + 5 + KH_PADDING);
    char *at = copy;

    if (copy == NULL) {
        return kh__json_no_memory(in);
    }
    *at++ = object->separator;
    *at++ = '"';
    for (size_t i = 0; i < object->name.length; i++) {
        at = kh__json_escape(at, object->name.data[i]);
    }
    *at++ = '"';
    *at++ = ':';
    memset(at, END_OF_DETOUR, 1 + KH_PADDING);
    in->detour_end = at;
    in->detour_back = in->at;
    in->at = copy;
    object->respelled = copy;
    return KH_OK;
}

void kh__json_end_detour(struct kh_json *in)
{
    in->at = in->detour_back;
    in->detour_end = NULL;
}
