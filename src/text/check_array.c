/*
 * The keywords that apply to arrays. uniqueItems reads the items again and sorts them (heap sort:
 * n log n whatever the items are, no memory beside the list), so that equal ones are neighbours.
 */
#include "kh/check.h"

#include "text/json_internal.h"
#include "text/number.h"

enum kh_status kh_check_min_items(struct kh_json *in, const struct kh_json_array *array,
                                  size_t minimum)
{
    if (array->count >= minimum) {
        return KH_OK;
    }
    return kh_json_violation(in, array->begin, "minItems", "must have at least %zu item%s", minimum,
                             minimum == 1 ? "" : "s");
}

enum kh_status kh_check_max_items(struct kh_json *in, const struct kh_json_array *array,
                                  size_t maximum)
{
    if (array->count <= maximum) {
        return KH_OK;
    }
    return kh_json_violation(in, array->begin, "maxItems", "must have at most %zu item%s", maximum,
                             maximum == 1 ? "" : "s");
}

/* A scalar item: strings without quotes and escapes, everything else as its token. */
struct item {
    char kind; /* '"', '0' for numbers, or the first byte of a literal */
    struct kh_str text;
};

static int compare_items(struct item a, struct item b)
{
    if (a.kind != b.kind) {
        return a.kind < b.kind ? -1 : 1;
    }
    return a.kind == '0' ? kh__number_compare(a.text, b.text) : kh_str_compare(a.text, b.text);
}

/* Moves items[root] down until no child is greater than its parent. */
static void sift_down(struct item *items, size_t root, size_t count)
{
    struct item moved = items[root];
    size_t child;

    while ((child = root * 2 + 1) < count) {
        if (child + 1 < count && compare_items(items[child], items[child + 1]) < 0) {
            child++;
        }
        if (compare_items(moved, items[child]) >= 0) {
            break;
        }
        items[root] = items[child];
        root = child;
    }
    items[root] = moved;
}

static void sort(struct item *items, size_t count)
{
    for (size_t root = count / 2; root > 0; root--) {
        sift_down(items, root - 1, count);
    }
    for (size_t left = count; left > 1; left--) {
        struct item greatest = items[0];

        items[0] = items[left - 1];
        items[left - 1] = greatest;
        sift_down(items, 0, left - 1);
    }
}

/* Reads the item at the cursor; an object or array has no kind. */
static enum kh_status read_item(struct kh_json *in, struct item *item)
{
    char byte = kh__json_byte(in);
    const char *begin = in->at;

    item->kind = '\0';
    if (byte == '{' || byte == '[') {
        return kh_json_skip(in);
    }
    if (byte == '"') {
        item->kind = byte;
        return kh__json_text(in, &item->text);
    }
    KH_TRY(kh__json_skip_scalar(in, byte));
    item->kind = byte == '-' || kh__is_digit(byte) ? '0' : byte;
    item->text = (struct kh_str){ begin, (size_t)(in->at - begin) };
    return KH_OK;
}

/* Lists the scalar items of the array that begins at the cursor. */
static enum kh_status list_items(struct kh_json *in, struct item *items, size_t *count)
{
    struct kh_json_array array;

    *count = 0;
    KH_TRY(kh_json_array_begin(in, &array));
    while (kh_json_array_next(in, &array)) {
        KH_TRY(read_item(in, &items[*count]));
        *count += items[*count].kind != '\0';
    }
    return kh_json_array_end(in, &array);
}

static enum kh_status find_equal_items(struct kh_json *in, const struct kh_json_array *array,
                                       bool *found)
{
    struct item *items = kh_arena_grow(in->arena, NULL, 0, array->count, sizeof *items);
    size_t count;

    if (items == NULL) {
        return kh__json_no_memory(in);
    }
    in->at = array->begin;
    KH_TRY(list_items(in, items, &count));
    sort(items, count);
    for (size_t i = 1; i < count && !*found; i++) {
        *found = compare_items(items[i - 1], items[i]) == 0;
    }
    return KH_OK;
}

enum kh_status kh_check_unique_items(struct kh_json *in, const struct kh_json_array *array)
{
    struct kh_json again = *in;
    struct kh_arena_mark mark = kh_arena_mark(in->arena);
    bool found = false;

    if (array->wrong_type || array->count < 2) {
        return KH_OK;
    }
    KH_TRY(find_equal_items(&again, array, &found));
    kh_arena_release(in->arena, mark);
    if (!found) {
        return KH_OK;
    }
    return kh_json_violation(in, array->begin, "uniqueItems", "must not hold equal items");
}
