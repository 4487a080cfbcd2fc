/*
 * Violations of the schema: the one place that decides between failing (fast path) and listing
 * (collecting).
 */
#include "text/json_internal.h"

#include <stdarg.h>

/* Puts what was formatted on the list; counts it only when the list is long already. */
static enum kh_status list_violation(struct kh_json *in, const char *keyword, size_t offset,
                                     struct kh_str member, const char *reason)
{
    struct kh_violations *list = in->violations;
    struct kh_violation *violation;

    if (list->count >= KH_MAX_VIOLATIONS) {
        list->count++;
        return KH_OK;
    }
    violation = kh_arena_alloc(in->arena, sizeof *violation);
    if (violation == NULL) {
        return kh__json_no_memory(in);
    }
    violation->next = NULL;
    violation->keyword = keyword;
    violation->offset = offset;
    violation->member = member;
    violation->reason = kh_arena_copy(in->arena, kh_str_from(reason));
    if (violation->reason.data == NULL) {
        return kh__json_no_memory(in);
    }
    if (list->last == NULL) {
        list->first = violation;
    } else {
        list->last->next = violation;
    }
    list->last = violation;
    list->count++;
    return KH_OK;
}

__attribute__((format(printf, 5, 0))) static enum kh_status violate(
    struct kh_json *in, const char *value, const char *keyword, struct kh_str member,
    const char *format, va_list arguments)
{
    struct kh_error error;
    size_t offset = (size_t)(value - in->begin);

    /* It has been reported already that there is no value such a rule could look at. */
    if (in->wrong_type) {
        return KH_OK;
    }
    kh_error_clear(&error);
    (void)kh_fail_v(&error, KH_INVALID, format, arguments);
    if (in->violations != NULL) {
        return list_violation(in, keyword, offset, member, error.reason);
    }
    if (in->error->status == KH_OK) {
        error.keyword = keyword;
        error.offset = offset;
        *in->error = error;
    }
    return KH_INVALID;
}

enum kh_status kh_json_violation(struct kh_json *in, const char *value, const char *keyword,
                                 const char *format, ...)
{
    enum kh_status status;
    va_list arguments;

    va_start(arguments, format);
    status = violate(in, value, keyword, KH_STR(""), format, arguments);
    va_end(arguments);
    return status;
}

__attribute__((format(printf, 4, 5))) static enum kh_status violate_required(
    struct kh_json *in, const char *value, struct kh_str member, const char *format, ...)
{
    enum kh_status status;
    va_list arguments;

    va_start(arguments, format);
    status = violate(in, value, "required", member, format, arguments);
    va_end(arguments);
    return status;
}

enum kh_status kh__json_missing_member(struct kh_json *in, const char *value, struct kh_str member)
{
    return violate_required(in, value, member, "must have the member \"%.*s\"", KH_STR_ARG(member));
}

enum kh_status kh__json_refuse_value(struct kh_json *in, const char *keyword, const char *reason)
{
    KH_TRY(kh_json_violation(in, in->value, keyword, "%s", reason));
    in->wrong_type = true;
    return KH_OK;
}

enum kh_status kh__json_wrong_type(struct kh_json *in, const char *reason)
{
    /* First, because text that is not JSON is that, whatever type was asked for. */
    KH_TRY(kh_json_skip(in));
    return kh__json_refuse_value(in, "type", reason);
}
