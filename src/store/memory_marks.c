/* A hash table to look marks up, and a list in the order they came to forget the oldest. */
#include "store/memory_marks.h"

#include "kh/alloc.h"

void kh__marks_init(struct kh__marks *marks, size_t capacity, struct kh_hash_key hash_key)
{
    *marks = (struct kh__marks){ .capacity = capacity };
    kh__table_init(&marks->table, hash_key);
}

void kh__marks_clean_up(struct kh__marks *marks)
{
    kh__mark_list_destroy(marks->oldest);
    kh__table_clean_up(&marks->table);
}

bool kh__marks_contain(const struct kh__marks *marks, struct kh_str id)
{
    return kh__table_find(&marks->table, id) != NULL;
}

struct kh__mark *kh__mark_new(struct kh_str id, struct kh__mark *list)
{
    struct kh__mark *mark = kh_malloc(sizeof *mark + id.length);

    if (mark != NULL) {
        if (id.length != 0) {
            memcpy(mark->id, id.data, id.length);
        }
        mark->node.name = (struct kh_str){ mark->id, id.length };
        mark->newer = list;
    }
    return mark;
}

void kh__mark_list_destroy(struct kh__mark *list)
{
    while (list != NULL) {
        struct kh__mark *next = list->newer;

        kh_free(list);
        list = next;
    }
}

static void forget_oldest(struct kh__marks *marks)
{
    struct kh__mark *oldest = marks->oldest;

    marks->oldest = oldest->newer;
    if (marks->oldest == NULL) {
        marks->newest = NULL;
    }
    kh__table_remove(&marks->table, &oldest->node);
    kh_free(oldest);
}

void kh__marks_add(struct kh__marks *marks, struct kh__mark *list)
{
    while (list != NULL) {
        struct kh__mark *mark = list;

        list = mark->newer;
        mark->newer = NULL;
        if (marks->table.count == marks->capacity) {
            forget_oldest(marks);
        }
        if (marks->newest == NULL) {
            marks->oldest = mark;
        } else {
            marks->newest->newer = mark;
        }
        marks->newest = mark;
        kh__table_add(&marks->table, &mark->node);
    }
}
